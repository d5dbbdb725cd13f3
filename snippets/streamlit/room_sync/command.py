"""The command ``room-sync run app.py``: ``streamlit run``, and the server pushes."""

from __future__ import annotations

import argparse
import runpy
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from room_sync import __version__

_PATIENCE = 30  # seconds for a server that has the app

_SERVER = """\
import gc
import os
import sys

import streamlit as st

from room_sync import push_route

APP = {app!r}
sys.path[0] = os.path.dirname(APP)  # where the app finds its own modules
app = st.App(APP, routes=[push_route(os.environ.get("ROOM_SYNC_SECRET", ""))])
gc.freeze()  # after each run Streamlit looks for garbage: none of this is any
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Start an app; return 2 when there is none.

    Args:
        arguments: those of the command; without them, the process's own.
    """
    parser = argparse.ArgumentParser(
        prog="room-sync",
        description="Rooms in which Streamlit sessions share widgets and values.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser(
        "run",
        help="start an app as `streamlit run` does, with the route that pushes",
        epilog="All other options are those of `streamlit run`. Servers behind one "
        "address need the same secret: set ROOM_SYNC_SECRET.",
    )
    run.add_argument("app", help="a Python file, or its address (https://…)")
    options, rest = parser.parse_known_args(arguments)
    with tempfile.TemporaryDirectory(prefix="room-sync-") as folder:
        try:
            app = _found(options.app, Path(folder))
        except OSError as error:
            reason = error.reason if isinstance(error, URLError) else error.strerror
            print(f"room-sync: {options.app}: {reason or error}", file=sys.stderr)
            return 2
        server = Path(folder) / "server" / "server.py"
        server.parent.mkdir()
        server.write_text(_SERVER.format(app=str(app)), "utf-8")
        # Whatever ends the server, what was written for it goes.
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
        sys.argv = ["streamlit", "run", str(server), *rest]
        runpy.run_module("streamlit", run_name="__main__")
    return 0


def _found(app: str, folder: Path) -> Path:
    """The app's file; one that has an address is brought into the folder.

    Raises:
        OSError: there is none, or it cannot be read.
    """
    if urlsplit(app).scheme not in ("http", "https"):
        path = Path(app).resolve()
        path.open("rb").close()
        return path
    path = folder / Path(urlsplit(app).path).name
    with urlopen(app, timeout=_PATIENCE) as answer:  # noqa: S310 -- checked above
        path.write_bytes(answer.read())
    return path


if __name__ == "__main__":
    sys.exit(main())
