// Python for all people of one program: stlite's shared worker, owned by the page.

import "../apart.js";
import "./shared.js";
import "./stlite/worker.js";

// The program comes with each pane; here a person joins.
self.onmessage = ({ data, ports }) => { if (data.person) self.onconnect({ ports }); };
