"""What listens for all pages of a browser, with one connection.

Over plain HTTP, a browser opens six connections to a server at most. So its pages share
a worker, which asks for all of them together. Without shared workers, each page listens
for itself.
"""

from zlib import crc32

WORKER = """
const address = location.href.split("?")[0];
const pages = new Map();  // by port: its room, session and token, and how it is
let request, turn = 0, asked = [];

const ask = async () => {
  request?.abort();
  const mine = ++turn;
  while (pages.size) {
    await ping();
    if (mine !== turn) return;
    asked = [...pages].filter(([, page]) => page.isAwake);
    const began = performance.now();
    try {
      if (asked.length) await listen();
    } catch (error) {
      if (mine !== turn) return;
      tell({ kind: "failed" });
    }
    const left = 1000 - (performance.now() - began);
    if (left > 0) await pause(left);
    if (mine !== turn) return;
  }
};

// A page that has crashed, or is asleep, has not said so: it does not answer.
let answered;
const ping = async () => {
  const all = new Promise((done) => (answered = done));
  for (const [port, page] of pages) {
    page.isAwake = false;
    if (++page.unanswered > 1000) pages.delete(port);
    else port.postMessage({ kind: "ping" });
  }
  await Promise.race([all, pause(300)]);
  answered = undefined;
};
const pause = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));

const tell = (message) => asked.forEach(([port]) => port.postMessage(message));

const listen = async () => {
  const mine = (request = new AbortController());
  const late = setTimeout(() => mine.abort(), 8000);  // an answer lasts three seconds
  try {
    await read(mine.signal);
  } finally {
    clearTimeout(late);
  }
};

const read = async (signal) => {
  const body = JSON.stringify(asked.map(([, page]) => page.id));
  const answer = await fetch(address, { method: "POST", body, signal });
  if (!answer.ok) throw new Error(answer.status);
  tell({ kind: "opened" });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = "", part; !(part = await reader.read()).done; ) {
    const events = (text + part.value).split("\\n\\n");
    text = events.pop();
    for (const event of events) {
      const [room, session, shown] = JSON.parse(event.slice("data: ".length));
      for (const [port, { id }] of asked)
        if (id[0] === room && id[1] === session)
          port.postMessage({ kind: "changed", shown });
    }
  }
};

onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data: id }) => {
    if (!id) return pages.delete(port);
    const isAsked = asked.some(([other]) => other === port);
    pages.set(port, { id, isAwake: true, unanswered: 0 });
    if ([...pages.values()].every((page) => page.isAwake)) answered?.();
    if (!answered && !isAsked) ask();  // else it is asked for in a moment
  };
};
"""

VERSION = f"{crc32(WORKER.encode()):x}"
"""Pages of one version share a worker."""
