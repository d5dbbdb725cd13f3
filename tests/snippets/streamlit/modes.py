"""One program, in each of the ways in which its page can follow the others."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from livedocs.catalog import Catalog, Snippet

PROGRAMS = Catalog.default().root / "streamlit"

SHIPPED = "shipped"
"""As readers copy it: with ``sync(…)``, what others change runs the whole script."""

POLLED, PUSHED = "polled", "pushed"
"""With ``@room(…)``, the page polls once a second, or the server says that it must."""

MODES = (SHIPPED, PUSHED)

_BODY = re.compile(r"(?m)^( *)with sync\((.*)\) as st:$")


def program(name: str, *modes: str) -> pytest.MarkDecorator:
    """Let a class have this program, in each mode unless some are named.

    Args:
        name: a program in ``snippets/streamlit/rooms``, or the lines of another one.
        modes: in which it is started.
    """
    is_written = "\n" in name
    rounds = [
        pytest.param(
            (name if is_written else f"streamlit/rooms/{name}", mode),
            id=mode if is_written else f"{name}-{mode}",
        )
        for mode in modes or MODES
    ]
    return pytest.mark.parametrize("stage", rounds, indirect=True)


def written(lines: str, folder: Path, snippet_id: str = "streamlit/rooms/app") -> Path:
    """Write a program of a few lines beside a copy of the library."""
    path = folder / f"{snippet_id}.py"
    if not path.parent.is_dir():
        leave_out = shutil.ignore_patterns("__pycache__")
        for name in ("rooms", "room_sync"):
            folder = path.parent.with_name(name)
            shutil.copytree(PROGRAMS / name, folder, ignore=leave_out)
    path.write_text(lines, "utf-8")
    return path


def in_mode(mode: str, snippet: Snippet, folder: Path) -> Snippet:
    """The program as it is, or with its room's body drawn as one fragment.

    A ``with sync(…) as st:`` becomes ``@room(…)`` and a function, as pages show.
    """
    if mode == SHIPPED:
        return snippet
    app = snippet.text if "@room(" in snippet.text else _with_function(snippet.text)
    path = written(app, folder)
    if mode == POLLED:
        return Snippet(snippet.id, path, app)
    return launched(Snippet(snippet.id, path, app), folder)


def launched(snippet: Snippet, folder: Path) -> Snippet:
    """A program that stands in the folder, started with the route that pushes."""
    launcher = Catalog.default().find("streamlit/rooms/push_launcher").text
    assert '"push_app.py"' in launcher
    text = launcher.replace('"push_app.py"', f'"{snippet.path.name}"')
    path = written(text, folder, "streamlit/rooms/launcher")
    return Snippet(snippet.id, path, text)


def _with_function(text: str) -> str:
    *_, last = _BODY.finditer(text)
    body = _BODY.sub(_as_function, text)
    push = "from room_sync import room as in_room\n"
    body = re.sub(r"(?m)^(?=from room_sync )", push, body, count=1)
    return f"{body}\n{last[1]}page()\n"


def _as_function(body: re.Match[str]) -> str:
    indent, arguments = body.groups()
    return f"{indent}@in_room({arguments})\n{indent}def page(st):"
