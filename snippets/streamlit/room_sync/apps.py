"""Which app a session belongs to, and what each app has declared.

A server runs one app. In tests, and where Python runs in a browser, one process may run
several.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from room_sync import process

T = TypeVar("T")


def running() -> str:
    """The app whose script runs: its file; "" where none does.

    Of an app with a folder of pages it may be a page. In callbacks, and in fragments
    that are not in the file itself, it is "": there a session has to know its app.
    """
    app = ""
    frame: FrameType | None = sys._getframe(1)
    while frame:
        around = frame.f_back.f_globals if frame.f_back else {}
        is_script = frame.f_globals.get("__name__") == "__main__"
        if is_script and _package(around) == "streamlit":
            app = str(frame.f_globals.get("__file__", ""))
        frame = frame.f_back
    # In a browser, stlite gives each page a folder of its own, with the app's file.
    return Path(app).name if sys.platform == "emscripten" else app


def frame_of_run() -> FrameType | None:
    """The outermost lines of the app's own that run now: a script's, or a callback's.

    Each run has another such frame, however often its functions are called.
    """
    found: FrameType | None = None
    first: FrameType | None = None
    frame: FrameType | None = sys._getframe(1)
    while frame:
        if _package(frame.f_globals) == "streamlit":
            found = first
        else:
            first = frame
        frame = frame.f_back
    return found or first


def _package(names: dict[str, object]) -> str:
    return str(names.get("__name__", "")).partition(".")[0]


def declare(name: str, app: str, value: object) -> None:
    """Remember what an app has declared; "" is the file that starts the server."""
    _declared(name)[app] = value


def find(name: str, app: str, default: T) -> T:
    """What an app has declared, or else its server, or else the default.

    Where no app is known, it is what some app has declared.
    """
    known = _declared(name)
    for other in (app, *_relatives(app, known), "", *([] if app else reversed(known))):
        if other in known:
            found: T = known[other]
            return found
    return default


def make(name: str, app: str, value: T) -> T:
    """The same, or else this value from now on."""
    if (found := find(name, app, None)) is not None:
        return found
    made: T = _declared(name).setdefault(app, value)
    return made


def _declared(name: str) -> dict[str, Any]:
    return process.only(f"{name} of apps", dict[str, Any])


def _relatives(app: str, others: Iterable[str]) -> list[str]:
    """The pages of an app, or the app of a page."""
    return [it for it in [*others] if app and it and _is_page(Path(app), Path(it))]


def _is_page(one: Path, two: Path) -> bool:
    """Whether one of two files is a page beside the other, or below it."""
    in_pages = {one.parent.name, two.parent.name} & {"pages"}
    return one != two and bool(in_pages) and _folder(one) == _folder(two)


def _folder(file: Path) -> Path:
    return file.parent.parent if file.parent.name == "pages" else file.parent
