// What the panes of all frameworks do: they ask the page around them for the program
// and a way to Python, and report how they are.

const home = opener ?? parent;

export const report = message => home.postMessage({ pane: message }, location.origin);

export const fail = reason => report({
  state: "failed", reason: String(reason?.message ?? reason),
});

addEventListener("error", ({ message }) => fail(message));
addEventListener("unhandledrejection", ({ reason }) => fail(reason));

// Resolves to `program` and `port`.
export const join = () => new Promise(done => {
  addEventListener("message", ({ data, source, ports: [port] }) => {
    if (source === home && data.program) done({ program: data.program, port });
  });
  report({ state: "loading" });
});
