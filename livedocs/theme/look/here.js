// A program in the page itself: one Python, and a pane for each person who uses it. It is
// loaded when somebody asks for it, and needs no server but one for files.

const site = new URL("../", import.meta.url);
const at = path => new URL(path, site).href;

const PATIENCE = 60;  // seconds without news after which a start has failed

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const button = (text, onclick) => make("button", {
  className: "ss-button ss-button--quiet", type: "button", textContent: text, onclick,
});

const get = async address => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} is missing (${answer.status}).`);
  return answer;
};

const read = async path => (await get(at(path))).json();

const inMB = bytes => (bytes / 1e6).toFixed(1);

document.head.append(make("link", { rel: "stylesheet", href: at("look/live.css") }));

class Demo {
  constructor(figure) {
    this.snippet = figure.dataset.snippet;
    this.framework = this.snippet.split("/")[0];
    this.folder = at(`run/${this.framework}/`);
    this.names = (figure.dataset.users ?? "Alex,Doppler").split(",");
    this.offer = figure.querySelector("[data-here]");
    const place = figure.querySelector(".ss-demo__place");
    this.before = [place, figure.querySelector(".ss-film")].filter(Boolean);
    this.people = make("div", { className: "ss-live" });
    this.error = make("pre", { className: "ss-live__error", tabIndex: 0 });
    this.add = button("Add a person", () => this.join());
    this.change = button("Edit the program", () => this.edit());
    this.end = button("Stop", () => this.stop());
    this.status = make("span", { role: "status" });
    this.seconds = make("span", { ariaHidden: "true" });
    this.code = make("div", { className: "ss-live__code" });
    this.again = button("Run again", () => this.restart(this.editor.text));
    this.reset = button("Reset", () => { this.editor.text = this.original; });
    this.run = make("div", { className: "ss-here" },
      this.people,
      this.error,
      make("p", { className: "ss-live__bar" },
        this.add, this.change, this.end, this.status, this.seconds),
      this.code,
      make("p", { className: "ss-live__bar" }, this.again, this.reset));
    if (place) place.after(this.run); else figure.append(this.run);
    addEventListener("message", event => this.receive(event));
    this.show("off");
  }

  // `state`: off, starting, running or failed.
  show(state) {
    const isOn = state === "starting" || state === "running";
    this.state = state;
    this.run.hidden = state === "off";
    for (const it of [...this.before, this.offer]) it.hidden = isOn;
    this.people.hidden = !isOn;
    if (state === "starting") this.error.textContent = "";
    this.error.hidden = state !== "failed";
    this.add.hidden = this.change.hidden = state !== "running";
    this.change.hidden ||= Boolean(this.editor);
    this.again.hidden = this.reset.hidden = !this.editor;
    clearInterval(this.clock);
    if (!isOn) this.close();
  }

  async start() {
    this.begin("Loading");
    try {
      const [{ title, core }, programs] = await Promise.all([
        read(`run/${this.framework}/runtime.json`), read("run/programs.json"),
      ]);
      const { file, wheels } = programs[this.snippet];
      this.original = await (await get(at(file))).text();
      this.title = title;
      this.program = { name: file.split("/").pop(), wheels: wheels.map(at) };
      await this.load(core);
      this.launch(this.editor?.text ?? this.original);
    } catch ({ message }) {
      this.fail(message);
    }
  }

  // Into the browser's cache, where Python and the panes find it.
  async load(core) {
    const all = Object.values(core).reduce((sum, bytes) => sum + bytes);
    let done = 0;
    await Promise.all(Object.entries(core).map(async ([path, bytes]) => {
      await (await get(this.folder + path)).arrayBuffer();
      done += bytes;
      this.tell(`Loading: ${inMB(done)} of ${inMB(all)} MB`);
    }));
  }

  launch(text) {
    if (this.state !== "starting") return;  // it has been stopped meanwhile
    this.program.text = text;
    this.tell("Starting Python");
    this.python = new Worker(`${this.folder}python.js`, { type: "module" });
    this.python.onerror = ({ message }) => this.fail(message || "Python cannot start.");
    this.python.onmessage = ({ data }) => this.note(data);
    this.python.postMessage({ program: this.program });
    for (const _ of this.names) this.join();
  }

  restart(text) {
    this.close();
    this.begin("Starting Python");
    this.launch(text);
  }

  begin(step) {
    this.show("starting");
    this.began = performance.now();
    this.tell(step);
    this.clock = setInterval(() => this.tick(), 200);
  }

  tell(step) {
    this.news = performance.now();
    if (this.status.textContent !== step) this.status.textContent = step;
  }

  tick() {
    const now = performance.now();
    this.seconds.textContent = `${Math.round((now - this.began) / 1000)} s`;
    if (now - this.news > PATIENCE * 1000) {
      this.fail(`${this.status.textContent}: nothing has happened for ${PATIENCE} s.`);
    }
  }

  join() {
    const number = this.people.childElementCount;
    const name = this.names[number] ?? `Person ${number + 1}`;
    const pane = make("iframe", {
      title: `${name}’s browser`,
      name: `${number}`,
      sandbox: "allow-forms allow-same-origin allow-scripts",
      src: `${this.folder}pane.html`,
    });
    const reload = make("button", {
      type: "button",
      textContent: "Reload",
      ariaLabel: `Reload ${name}’s browser`,
      onclick: () => pane.contentWindow.location.reload(),
    });
    this.people.append(make("section", {}, make("b", {}, name, reload), pane));
  }

  // What a pane reports; nobody else is listened to.
  receive({ data, origin, source }) {
    const report = data?.pane;
    const panes = [...this.people.querySelectorAll("iframe")];
    const pane = panes.find(it => it.contentWindow === source);
    if (!pane || !report || origin !== location.origin) return;
    if (report.state === "loading") {
      const { port1, port2 } = new MessageChannel();
      this.python.postMessage({ person: pane.name }, [port1]);
      source.postMessage({ program: this.program }, origin, [port2]);
    }
    if (report.state === "running") pane.dataset.runs = "";
    this.note(report);
    if (this.state === "starting" && panes.every(it => "runs" in it.dataset)) this.ready();
  }

  note({ state, step, reason }) {
    if (state === "failed") this.fail(reason);
    else if (state === "erred") this.warn(reason);
    else if (step && this.state === "starting") this.tell(step);
  }

  ready() {
    this.show("running");
    this.tick();
    this.tell(`${this.title} runs in this page; nothing leaves it. Started in`);
  }

  fail(reason) {
    if (this.state === "off" || this.state === "failed") return;
    this.show("failed");
    this.error.textContent = reason;
    this.seconds.textContent = "";
    this.tell("It cannot run here. The film shows what happens.");
  }

  // The program has raised something for one person, and runs on for the others.
  warn(reason) {
    this.error.textContent = reason;
    this.error.hidden = false;
  }

  close() {
    this.python?.terminate();
    this.python = undefined;
    this.people.replaceChildren();
  }

  stop() {
    this.show("off");
    this.editor = undefined;
    this.code.replaceChildren();
    this.offer.focus();
  }

  async edit() {
    const { openEditor } = await import(at("run/editor.js"));
    this.editor = openEditor({
      parent: this.code,
      text: this.original,
      label: `Program ${this.program.name}`,
      onRun: () => this.restart(this.editor.text),
    });
    this.show(this.state);
    this.editor.focus();
  }
}

const known = new Map();

export const demos = {
  of(offer) {
    const figure = offer.closest("figure");
    if (!known.has(figure)) known.set(figure, new Demo(figure));
    return known.get(figure);
  },
};
