// A program in the page itself: one Python, and a pane for each person who uses it. It is
// loaded when somebody asks for it, and needs no server but one for files.

const site = new URL("../", import.meta.url);
const at = path => new URL(path, site).href;

const PATIENCE = 60;  // seconds without news after which a start has failed

// What uv reads of a program: pages do not show it.
const HEAD = /^# \/\/\/ script\n(?:#.*\n)*?# \/\/\/\n+/;

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const button = (text, onclick) => make("button", {
  className: "ss-button ss-button--quiet", type: "button", textContent: text, onclick,
});

const get = async (address, signal) => {
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Error(`${address} is missing (${answer.status}).`);
  return answer;
};

const inMB = bytes => Math.round(bytes / 1e6);

document.head.append(make("link", { rel: "stylesheet", href: at("look/live.css") }));

class Demo {
  constructor(figure) {
    this.snippet = figure.dataset.snippet;
    this.framework = this.snippet.split("/")[0];
    this.folder = at(`run/${this.framework}/`);
    this.names = (figure.dataset.users ?? "Alex,Doppler").split(",");
    this.offer = figure.querySelector("[data-here]");
    const place = figure.querySelector(".ss-demo__place");
    this.film = figure.querySelector(".ss-film");
    this.before = [place, this.film].filter(Boolean);
    this.stage = make("div", { className: "ss-live" });
    this.people = [];
    this.error = make("pre", { className: "ss-live__error", tabIndex: 0 });
    this.add = button("Add a person", () => this.join());
    this.window = button("Open a window", () => this.openWindow());
    this.change = button("Edit the program", () => this.edit());
    this.end = button("Stop", () => this.stop());
    this.status = make("span", { role: "status" });
    this.seconds = make("span", { ariaHidden: "true" });
    this.code = make("div", { className: "ss-live__code" });
    this.again = button("Run again", () => this.restart(this.editor.text));
    this.reset = button("Reset", () => { this.editor.text = this.original; });
    this.run = make("div", { className: "ss-here" },
      this.stage,
      this.error,
      make("p", { className: "ss-live__bar" },
        this.add, this.window, this.change, this.end, this.status, this.seconds),
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
    this.stage.hidden = !isOn;
    if (state === "starting") this.error.textContent = "";
    this.error.hidden = !this.error.textContent;
    for (const it of [this.add, this.window]) it.hidden = state !== "running";
    this.end.hidden = !isOn;
    this.change.hidden = state !== "running" || Boolean(this.editor);
    this.again.hidden = this.reset.hidden = !this.editor;
    clearInterval(this.clock);
    if (!isOn) this.close();
  }

  async start() {
    for (const other of known.values()) other.show("off");  // one at a time is enough
    this.begin("Loading");
    this.end.focus({ preventScroll: true });  // the button that had the focus is gone
    const { signal } = this.loading = new AbortController();
    try {
      const [runtime, programs] = await Promise.all([
        get(`${this.folder}runtime.json`, signal), get(at("run/programs.json"), signal),
      ]);
      const { title, core } = await runtime.json();
      const { file, wheels, madeFor, note } = (await programs.json())[this.snippet];
      const text = await (await get(at(file), signal)).text();
      this.original = text.replace(HEAD, "");
      this.program = { name: file.split("/").pop(), wheels: wheels.map(at) };
      const other = title.endsWith(` ${madeFor}`) ? "" : `; the program is made for ${madeFor}`;
      this.about = `${title} runs in this page${other}. ${note} Nothing leaves it.`;
      await this.load(core, signal);
      this.launch(this.editor?.text ?? this.original);
    } catch (error) {
      if (!signal.aborted) this.fail(error.message);
    }
  }

  // Into the browser's cache, where Python and the panes find it.
  async load(core, signal) {
    const all = core.reduce((sum, { sent }) => sum + sent, 0);
    let done = 0;
    await Promise.all(core.map(async ({ path, bytes, sent }) => {
      const { body } = await get(this.folder + path, signal);
      for (const reader = body.getReader();;) {
        const part = await reader.read();
        if (part.done) return;
        done += sent * part.value.length / bytes;
        this.tell(`Loading: ${inMB(done)} of ${inMB(all)} MB`);
      }
    }));
  }

  launch(text) {
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
    const person = this.welcome();
    const { name } = person;
    const pane = make("iframe", {
      title: `${name}’s browser`,
      sandbox: "allow-forms allow-same-origin allow-scripts",
      src: `${this.folder}pane.html`,
    });
    const reload = make("button", {
      type: "button",
      textContent: "Reload",
      ariaLabel: `Reload ${name}’s browser`,
      onclick: () => pane.contentWindow.location.reload(),
    });
    this.stage.append(make("section", {}, make("b", {}, name, reload), pane));
    person.pane = pane;
  }

  // Another window of the browser, perhaps on another screen, as long as this page is open.
  openWindow() {
    const person = this.welcome();
    person.window = open(`${this.folder}pane.html`, "_blank", "popup,width=480,height=720");
    if (person.window) return;
    this.people.pop();
    this.warn("The browser has not let a window open.");
  }

  welcome() {
    const number = this.people.length;
    const person = { number, name: this.names[number] ?? `Person ${number + 1}` };
    this.people.push(person);
    return person;
  }

  // What a pane reports; nobody else is listened to.
  receive({ data, origin, source }) {
    const report = data?.pane;
    const person = this.people.find(it => (it.window ?? it.pane.contentWindow) === source);
    if (!person || !report || origin !== location.origin) return;
    if (report.state === "loading") {
      const { port1, port2 } = new MessageChannel();
      this.python.postMessage({ person: `${person.number}` }, [port1]);
      source.postMessage({ program: this.program }, origin, [port2]);
    }
    person.isThere ||= report.state === "running";
    this.note(report);
    if (this.state === "starting" && this.people.every(it => it.isThere)) this.ready();
  }

  note({ state, step, reason }) {
    if (state === "failed" && this.state === "starting") this.fail(reason);
    else if (state === "erred") this.warn(reason);
    else if (step && this.state === "starting") this.tell(step);
  }

  ready() {
    this.show("running");
    const seconds = Math.round((performance.now() - this.began) / 1000);
    this.seconds.textContent = "";
    this.tell(`${this.about} Started in ${seconds} s.`);
  }

  fail(reason) {
    if (this.state === "off" || this.state === "failed") return;
    this.error.textContent = reason;
    this.show("failed");
    this.seconds.textContent = "";
    this.tell(`It can’t run here.${this.film ? " The film shows what you’d see." : ""}`);
  }

  // The program has raised something for one person, and runs on for the others.
  warn(reason) {
    this.error.textContent = reason;
    this.error.hidden = false;
  }

  close() {
    this.loading?.abort();
    this.python?.terminate();
    this.python = undefined;
    for (const { window } of this.people) window?.close();
    this.people = [];
    this.stage.replaceChildren();
  }

  stop() {
    this.show("off");
    this.editor = undefined;
    this.code.replaceChildren();
    this.offer.focus();
  }

  async edit() {
    const editor = await import(at("run/editor.js")).catch(({ message }) => this.warn(message));
    if (!editor || this.state !== "running" || this.editor) return;
    this.editor = editor.openEditor({
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
