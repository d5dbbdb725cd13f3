// stlite's worker serves several pages only where it finds itself in a shared worker,
// which it tells by this: a shared worker posts to its ports, and has no page itself.
for (let at = self; at; at = Object.getPrototypeOf(at)) delete at.postMessage;
