// Python for all people of one program: Flet without a server, owned by the page.

import "../apart.js";
import "./blocking.js";
import { loadPyodide } from "./pyodide/pyodide.mjs";

let start;
const started = new Promise(done => { start = done; });

const bytes = async path => (await fetch(new URL(path, import.meta.url))).arrayBuffer();

const python = started.then(async ({ name, text }) => {
  const step = step => postMessage({ step });
  step("Loading Python");
  const [pyodide, library, hub] = await Promise.all([
    loadPyodide(), bytes("library.zip"), bytes("hub.py"),
  ]);
  step("Loading Flet");
  pyodide.registerJsModule("flet_js", { documentUrl: new URL("./", self.location).href });
  pyodide.unpackArchive(library, "zip", { extractDir: "/lib/flet" });
  pyodide.FS.writeFile("/lib/flet/hub.py", new Uint8Array(hub));
  await pyodide.runPythonAsync("import sys; sys.path.insert(0, '/lib/flet')");
  const module = pyodide.pyimport("hub");
  step("Starting the program");
  pyodide.FS.writeFile(name, text);
  module.start(name);
  return module;
});

python.catch(({ message }) => postMessage({ state: "failed", reason: message }));

self.onmessage = async ({ data, ports: [port] }) => {
  if (data.program) return start(data.program);
  (await python).join(data.person, port);
};
