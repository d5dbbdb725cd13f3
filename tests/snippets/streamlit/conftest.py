"""What tests of rooms start with: a process of their own, and programs to run in it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.users.streamlit_headless import LIBRARY, ROOMS, Write


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A process of its own for each test; call it to start another."""

    def restart() -> None:
        for name in LIBRARY:
            sys.modules.pop(name, None)

    monkeypatch.syspath_prepend(ROOMS)
    restart()
    yield restart
    restart()


@pytest.fixture
def room_store(process: Callable[[], None]) -> ModuleType:
    """The module that the programs of this test import."""
    return __import__("room_store")


@pytest.fixture
def room_sync(process: Callable[[], None]) -> ModuleType:
    """The module that the programs of this test import."""
    return __import__("room_sync")


@pytest.fixture
def program(process: Callable[[], None], tmp_path: Path) -> Write:
    """Write a program of a few lines."""

    def write(lines: str) -> Path:
        path = tmp_path / "app.py"
        path.write_text("from room_sync import *\n" + lines)
        return path

    return write
