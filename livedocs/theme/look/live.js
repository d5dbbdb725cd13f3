// Programs that run in the page, two users side by side, as long as its server runs.

const ask = async (action, snippet) => {
  const body = JSON.stringify({ snippet });
  const answer = await fetch(`/_live/${action}`, { method: "POST", body });
  return answer.json();
};

const AHEAD = 2000;  // milliseconds that the first user's page has for itself

const sleep = milliseconds => new Promise(done => setTimeout(done, milliseconds));

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

for (const figure of document.querySelectorAll("[data-live]")) {
  const { snippet } = figure.dataset;
  const stage = figure.querySelector(".ss-demo__place");  // what makes room
  const names = figure.dataset.users.split(",");
  const status = figure.querySelector("[role=status]");
  const button = name => figure.querySelector(`[data-do=${name}]`);
  const frames = make("div", { className: "ss-live", hidden: true });
  const error = make("pre", { className: "ss-live__error", hidden: true, tabIndex: 0 });
  stage.after(frames, error);
  let addresses = [], misses = 0, timer, began;

  const add = () => {
    const number = frames.childElementCount;
    const name = names[number] ?? `User ${number + 1}`;
    const page = make("iframe", { title: `${name}’s browser` });
    page.allow = "clipboard-read; clipboard-write";
    frames.append(make("section", {}, make("b", { textContent: name }), page));
    button("add").hidden = number + 1 === addresses.length;
  };

  const open = async () => {  // in turn, or the first would wait for the others
    for (const [number, page] of frames.querySelectorAll("iframe").entries()) {
      if (page.src) continue;
      page.src = addresses[number];
      const loaded = new Promise(done => page.addEventListener("load", done));
      await Promise.all([loaded, sleep(AHEAD)]);
    }
  };

  const show = ({ state, addresses: found = [], error: said = "" }) => {
    const isRunning = state === "running";
    if (isRunning && found.join() !== addresses.join()) {  // started, or started anew
      addresses = found;
      const users = Math.max(names.length, frames.childElementCount);
      frames.replaceChildren();
      while (frames.childElementCount < users) add();
      open();
    }
    if (!isRunning && state !== "starting") {
      addresses = [];
      frames.replaceChildren();
    }
    stage.hidden = isRunning || state === "failed";
    frames.hidden = !isRunning;
    error.hidden = state !== "failed";
    error.textContent = said;
    button("start").hidden = isRunning || state === "starting";
    for (const name of ["add", "reload"]) button(name).hidden = !isRunning;
    button("add").hidden ||= frames.childElementCount === addresses.length;
    button("stop").hidden = !isRunning && state !== "starting";
    if (state === "starting") began ??= Date.now(); else began = undefined;
    status.textContent = {
      starting: `Starting … ${Math.round((Date.now() - began) / 1000)} s`,
      failed: "It has failed.",
    }[state] ?? "";
    clearTimeout(timer);
    misses = 0;
    const wait = { starting: 100, running: 2000 }[state];
    if (wait) look(wait);
  };

  const look = wait => {
    timer = setTimeout(() => ask("state", snippet).then(show, miss), wait);
  };

  const miss = () => {  // a laptop that wakes up needs a moment until it can ask
    if (++misses > 3) return gone();
    status.textContent = "Asking again …";
    look(2000);
  };

  const gone = () => show({ state: "failed", error: "The server of this page has ended." });

  const actions = {
    start: () => {
      show({ state: "starting" });
      ask("start", snippet).then(show, gone);
    },
    stop: () => ask("stop", snippet).then(show, gone),
    add: () => {
      add();
      open();
    },
    reload: () => {
      for (const page of frames.querySelectorAll("iframe[src]")) page.src = page.src;
    },
  };

  figure.addEventListener("click", ({ target }) => actions[target.dataset.do]?.());
  ask("state", snippet).then(show, () => {});  // it may run since before a reload
}
