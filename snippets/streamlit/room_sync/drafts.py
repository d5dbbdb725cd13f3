"""What listens in the page for a room's news, and for what its user has not sent."""

import streamlit as st

listener = st.components.v2.component(
    "room_listener",
    js="""
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
  let source, later, opened = false, failures = 0;
  const listen = () => {
    const asked = performance.now();
    source = new EventSource(address);
    source.onopen = () => {  // the server may be a new one
      opened = true;
      told &&= "unheard";
      say();
    };
    source.onmessage = (event) => {
      const { shown } = self.data, said = JSON.parse(event.data);
      const isShown = (part, n) => part === null || part === said[n];
      if (!(said && shown?.every(isShown))) setTriggerValue("changed", event.data);
    };
    source.onerror = () => {  // an answer has ended, or there is none
      source.close();
      if (!opened && ++failures === 3) return setTriggerValue("unreached", failures);
      if (performance.now() - asked > 1000) listen();
      else later = setTimeout(listen, 1000);
    };
  };
  const ring = ({ detail: [url, number] }) =>
    url === data.url && setTriggerValue("changed", number);

  // Drafts: say which widgets have something in them that Streamlit has not sent.
  const drafts = (self.drafts = new Set()), ends = new Map();
  const app = self.host.closest(".stApp");
  let last, told = "";  // what had the focus last; what the server knows
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
    say();
  };
  const end = (key) => {
    const forget = () => drafts.delete(key) && say();
    clearTimeout(ends.get(key));
    ends.set(key, setTimeout(forget, 500));  // a table sends its cells 0.15 s later
  };
  const on = {
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
  on.pointercancel = on.pointerup;
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
  const say = () => {
    const keys = self.data.keys.filter((key) => drafts.has(key));
    if (`${keys}` === told) return;
    told = `${keys}`;
    if (!data.pushed) return setStateValue("typing", keys);
    const body = JSON.stringify([performance.timeOrigin + performance.now(), keys]);
    fetch(address, { method: "POST", body }).catch(() => (told = "unheard"));
  };
  const react = (event) => on[event.type](owner(event.target), event);
  for (const kind in on) document.addEventListener(kind, react, true);
  const focus = document.activeElement;  // its user may have been faster
  on.input(owner(focus), { target: focus });
  document.addEventListener("room-changed", ring);
  if (data.pushed) listen();
  self.leave = () => {
    for (const kind in on) document.removeEventListener(kind, react, true);
    document.removeEventListener("room-changed", ring);
    [later, ...ends.values()].forEach(clearTimeout);
    source?.close();
    self.way = null;
  };
  return self.leave;
}
""",
)
