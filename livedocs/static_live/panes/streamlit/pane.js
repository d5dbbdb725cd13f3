// One person's page of a Streamlit program. Python runs in the worker of the page around
// it, which hands over the program and a port to that worker.

import { fail, join, report } from "../pane.js";

const { program, port } = await join();

// stlite makes a worker for each page, and people would not meet. Remove this when its
// `mount` takes a worker.
self.SharedWorker = class { port = port; };

const at = path => new URL(path, import.meta.url).href;
const root = document.getElementById("root");
const DRAWN = ".stApp[data-test-script-state=notRunning] .stMainBlockContainer > *";

new MutationObserver((_, observer) => {
  if (!root.querySelector(DRAWN)) return;
  observer.disconnect();
  report({ state: "running" });
}).observe(root, { attributes: true, childList: true, subtree: true });

const { mount } = await import("./stlite/stlite.js");
const app = mount({
  entrypoint: program.name,
  files: { [program.name]: program.text },
  requirements: ["sqlite3", ...program.wheels],
  sharedWorker: true,
  pyodideUrl: at("pyodide/pyodide.mjs"),
  wheelUrls: {
    stliteLib: at("stlite/wheels/stlite_lib-0.1.0-py3-none-any.whl"),
    streamlit: at("stlite/wheels/streamlit-1.62.0-cp313-none-any.whl"),
  },
  streamlitConfig: { "client.toolbarMode": "viewer" },
  disableProgressToasts: true,
  disableErrorToasts: true,
}, root);
app._kernel.addEventListener("loadProgress", ({ detail }) => report({ step: detail }));
app._kernel.addEventListener("loadError", ({ detail }) => fail(detail));
