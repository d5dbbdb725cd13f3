"""What listens in the page for changes of a room, and for what is not sent yet."""

from room_sync.components import component

listener = component(
    "room_listener",
    js="""
const SILENT = 12;  // seconds; a worker that lives says something within ten

export default function (component) {
  const { data, setTriggerValue, setStateValue, parentElement: self } = component;
  self.data = data;
  if (self.sent !== data.sent) data.forms.forEach((key) => self.drafts?.delete(key));
  self.sent = data.sent;
  const way = `${data.pushed} ${data.url}`;
  if (self.way === way) return self.leave;
  self.leave?.();
  self.way = way;

  // Changes: ask for another run of the fragment around this component.
  // A proxy may serve the app below a path that its server does not know.
  const address = new URL(data.url, location.href);
  let source, worker, later, failures = 0, patience = 3, workers = 0, silence, ticks;
  const on = {
    opened: () => {  // the server may be a new one
      failures = 0;
      patience = 15;  // seconds: that it was there says more than that it is not
      reported &&= "unknown";
      report();
    },
    changed: (now) => {
      const { shown } = self.data;
      const isShown = (part, n) => part === null || part === now[n];
      if (!(now && shown?.every(isShown)))
        setTriggerValue("changed", JSON.stringify(now));
    },
    failed: () => {  // what a run renders then may be lost: it is asked for again
      const isConnected = app.dataset.testConnectionState === "CONNECTED";
      failures = isConnected ? failures + 1 : 0;  // else it is the server that is gone
      if (failures && failures % patience === 0) setTriggerValue("unreached", failures);
    },
    ping: () => worker.port.postMessage(id),
  };
  // One connection for all pages of the browser; without a worker, one for this page.
  const id = ["room", "session", "token"].map((it) => address.searchParams.get(it));
  const listen = () => {
    const script = new URL(`?worker=${data.worker}`, address);
    if (!window.SharedWorker) return listenAlone();
    worker = new SharedWorker(script, `room_sync ${workers}`);
    worker.onerror = () => (leave(), listenAlone());
    worker.port.onmessage = ({ data: { kind, shown } }) => {
      ticks = 0;
      on[kind](shown);
    };
    worker.port.postMessage(id);
    ticks = 0;  // no clock: while a computer sleeps, its workers are silent
    silence = setInterval(() => {
      if (++ticks < SILENT) return;
      leave();  // it has died or never begun, and no event says so
      if (++workers < 2) listen();
      else listenAlone();
    }, 1000);
  };
  const leave = () => {
    clearInterval(silence);
    hide();
    worker?.port.close();
    worker = undefined;
  };
  const listenAlone = () => {
    const asked = performance.now();
    source = new EventSource(address);
    source.onopen = on.opened;
    source.onmessage = (event) => on.changed(JSON.parse(event.data));
    source.onerror = () => {  // an answer has ended, or there is none
      source.close();
      on.failed();
      if (performance.now() - asked > 1000) listenAlone();
      else later = setTimeout(listenAlone, 1000);
    };
  };
  const hide = () => worker?.port.postMessage(null);
  const show = ({ persisted }) => persisted && worker?.port.postMessage(id);
  const poll = ({ detail: [url, number] }) =>
    url === data.url && setTriggerValue("changed", number);

  // Drafts: report which widgets have something in them that Streamlit has not sent.
  const drafts = (self.drafts = new Set()), ends = new Map();
  const app = self.host.closest(".stApp");
  let last, reported = "";  // what had the focus last; what the server was sent
  const serial = (key) => key.split("#").pop();
  const owner = (node) => {  // the key of the shared widget that it is part of
    const place = node?.closest?.("[class*='st-key-']");
    if (!place) return isApart(node) ? last : undefined;
    const found = self.data.keys.find((key) => place.className.includes(serial(key)));
    return found ?? owner(place.parentElement);
  };
  // A cell's editor opens elsewhere on the page: it belongs to what had the focus.
  const isApart = (node) => node && node !== document.body && !app.contains(node);
  const isForm = (key) => self.data.forms.includes(key);
  const isText = (node) =>
    node.matches("textarea, input:not([type=checkbox], [type=radio], [type=range])");
  const begin = (key) => {
    clearTimeout(ends.get(key));
    drafts.add(key);
    report();
  };
  const end = (key) => {
    const forget = () => drafts.delete(key) && report();
    clearTimeout(ends.get(key));
    ends.set(key, setTimeout(forget, 500));  // a table sends its cells 0.15 s later
  };
  const react = {
    input: (key, { target }) => {
      if (key && (isForm(key) || isText(target))) begin(key);
    },
    pointerdown: (key, { target }) => {
      if (isForm(key) && !target.matches("input, textarea")) begin(key);
      if (key && target.closest("[data-testid=stSlider]")) begin((dragged = key));
      setTimeout(noteOpenLists, 100);
    },
    pointerup: () => {
      if (dragged && !isForm(dragged)) end(dragged);
      dragged = undefined;
      setTimeout(noteOpenLists, 100);
    },
    focusin: (key, { target }) => {
      if (key && isApart(target)) begin(key);
      last = key;
    },
    focusout: (key, { relatedTarget: next }) => {
      if (!isForm(key) && !isApart(next)) end(key);
    },
    keydown: (key, { key: pressed, target, ctrlKey, metaKey }) => {
      const isSent = target.tagName !== "TEXTAREA" || ctrlKey || metaKey;
      if (pressed === "Enter" && isSent && !isForm(key)) end(key);
      setTimeout(noteOpenLists, 100);
    },
  };
  react.pointercancel = react.pointerup;
  // A list that is open, or a slider that is being dragged, is left alone as well.
  let dragged;
  const open = new Set();
  const noteOpenLists = () => {
    const boxes = document.querySelectorAll("[role=combobox][aria-expanded=true]");
    const now = new Set([...boxes].map(owner).filter(Boolean));
    for (const key of now) if (!open.has(key)) open.add(key), begin(key);
    for (const key of open)
      if (!now.has(key)) open.delete(key), isForm(key) || end(key);
  };
  const report = () => {
    const keys = self.data.keys.filter((key) => drafts.has(key));
    if (`${keys}` === reported) return;
    reported = `${keys}`;
    if (!data.pushed) return setStateValue("typing", keys);
    const body = JSON.stringify([performance.timeOrigin + performance.now(), keys]);
    fetch(address, { method: "POST", body }).catch(() => (reported = "unknown"));
  };
  const handle = (event) => react[event.type](owner(event.target), event);
  for (const kind in react) document.addEventListener(kind, handle, true);
  const focus = document.activeElement;  // its user may have been faster
  react.input(owner(focus), { target: focus });
  document.addEventListener("room-changed", poll);
  window.addEventListener("pagehide", hide);
  window.addEventListener("pageshow", show);
  if (data.pushed) listen();
  self.leave = () => {
    for (const kind in react) document.removeEventListener(kind, handle, true);
    document.removeEventListener("room-changed", poll);
    window.removeEventListener("pagehide", hide);
    window.removeEventListener("pageshow", show);
    leave();
    [later, ...ends.values()].forEach(clearTimeout);
    source?.close();
    self.way = null;
  };
  return self.leave;
}
""",
)
