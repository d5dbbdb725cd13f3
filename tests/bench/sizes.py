"""What one change costs in a room that has much in it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

from tests.bench.figures import Figure
from tests.users.streamlit_headless import StreamlitSession, own_process

ABOUT = """\
the time of a core that one assignment, or one append to a list of rows, takes in the \
script of a session"""

KEYS, ROWS, CHANGES = 1_000, 10_000, 20

_APP = """\
import time

import streamlit
from room_sync import Memory, SQLite, sync, use

use({store})
with sync("lobby") as st:
    state = st.session_state
    if "rows" not in state:
        state.update({{f"key {{n}}": n for n in range({keys})}})
        state["rows"] = [{{"name": f"row {{n}}", "done": False}} for n in range({rows})]
    begin = time.process_time()
    {change}
    streamlit.session_state["took"] = time.process_time() - begin
"""
_CHANGED = {
    f"a key of {KEYS:,}": ('state["key 500"] += 1', KEYS, 0),
    f"an append to {ROWS:,} rows": (
        'state["rows"].append({"name": "new", "done": False})',
        0,
        ROWS,
    ),
}


def measure_sizes() -> Iterator[Figure]:
    """The cost of one change, in memory and in a file."""
    for name, (change, keys, rows) in _CHANGED.items():
        for where, store in (("memory", "Memory()"), ("a file", 'SQLite("rooms.db")')):
            app = _APP.format(store=store, change=change, keys=keys, rows=rows)
            seconds = tuple(1000 * it for it in _seconds(app))
            yield Figure("sizes", f"{name}, in {where}", seconds, "ms of a core")


def _seconds(app: str) -> Iterator[float]:
    with tempfile.TemporaryDirectory() as folder, chdir(folder), own_process():
        path = Path("app.py").absolute()
        path.write_text(app)
        session = StreamlitSession(path)
        for _ in range(CHANGES):
            session.run()
            yield session.page.session_state["took"]
