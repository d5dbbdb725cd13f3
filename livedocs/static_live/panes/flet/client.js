// Takes the place of Flet's python.js: Python runs in the worker of the page around, and
// is reached through a port. Source: https://github.com/flet-dev/flet, client/web.

const pane = import("../pane.js");
const joined = pane.then(({ join }) => join());

globalThis.jsConnect = async (app, args, receive) => {
  const { port } = await joined;
  const { report } = await pane;
  await new Promise(started => {
    port.onmessage = ({ data }) => {
      if (typeof data !== "string") receive(data);
      else if (data === "started") started();
      else report({ state: "erred", reason: data });
    };
    port.postMessage("connect");
  });
  report({ state: "running" });
};

globalThis.jsSend = async (app, data) => {
  (await joined).port.postMessage(data, [data.buffer]);
};

globalThis.jsDisconnect = async () => (await joined).port.postMessage("disconnect");

addEventListener("pagehide", globalThis.jsDisconnect);
