"""The rooms with several sessions in one process, without server and browser."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest

from livedocs.catalog import Catalog
from tests.users.streamlit_headless import StreamlitSession

ROOMS = Catalog.default().root / "streamlit" / "rooms"

Join = Callable[..., StreamlitSession]


@pytest.fixture(autouse=True)
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process of its own for each test, as far as rooms can tell."""
    forget = [path.stem for path in ROOMS.glob("room_*.py")]
    monkeypatch.syspath_prepend(ROOMS)
    yield
    for name in forget:
        sys.modules.pop(name, None)


def join(program: str, **address: str) -> StreamlitSession:
    """Let one more session open the program."""
    return StreamlitSession(ROOMS / f"{program}.py", **address)


class TestFirstRoom:
    def test_a_change_reaches_the_others(self) -> None:
        alex, doppler = join("first_room"), join("first_room")
        alex.set("Select a value", 7)
        doppler.wait_a_second()
        assert doppler.value("Select a value") == 7
        assert not doppler.errors()

    def test_who_comes_later_finds_the_value(self) -> None:
        alex = join("first_room")
        alex.set("Select a value", 7)
        assert join("first_room").value("Select a value") == 7
