// Loaded before anything else, in panes and in the worker that runs Python: a program
// leaves nothing in the site's storage, and reaches no other page and no other server.

const isPane = "document" in self;

const STORAGE = [
  "CookieStore", "IDBFactory", "caches", "cookieStore", "indexedDB", "localStorage",
  "sessionStorage",
];
const OTHERS = ["BroadcastChannel", "SharedWorker"];
const NETWORK = [ // in a pane, its policy sees to that
  "EventSource", "RTCPeerConnection", "WebSocket", "WebSocketStream", "WebTransport",
  "Worker", "XMLHttpRequest", "importScripts",
];

for (const name of [...STORAGE, ...OTHERS, ...isPane ? [] : NETWORK]) {
  for (let at = self; at; at = Object.getPrototypeOf(at)) delete at[name];
}

// The clients of Streamlit and Flet keep settings: as long as the pane is open.
class Memory {
  #kept = new Map();
  get length() { return this.#kept.size; }
  key(index) { return [...this.#kept.keys()][index] ?? null; }
  getItem(name) { return this.#kept.get(String(name)) ?? null; }
  setItem(name, value) { this.#kept.set(String(name), String(value)); }
  removeItem(name) { this.#kept.delete(String(name)); }
  clear() { this.#kept.clear(); }
}

if (isPane) {
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(self, name, { value: new Memory() });
  }
  Object.defineProperty(Document.prototype, "cookie", { get: () => "", set() {} });
} else { // a worker has no policy: let it fetch what the site publishes, and no more
  const { fetch, location } = self;
  const site = new URL("../../", location.href).href;
  self.fetch = (what, ...how) => {
    const { href } = new URL(what instanceof Request ? what.url : what, location.href);
    if (/^(?:blob|data):/.test(href) || href.startsWith(site)) return fetch(what, ...how);
    return Promise.reject(new TypeError(`A program in a page cannot fetch ${href}.`));
  };
}
