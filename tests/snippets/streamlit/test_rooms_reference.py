"""The examples of the library's docstrings, without server and browser."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from livedocs.catalog import Catalog
from livedocs.reference import read
from tests.users.streamlit_headless import StreamlitSession

ENTRIES = read(Catalog.default().package("streamlit/room_sync"))


@pytest.mark.fact("reference-examples", over="each name in `room_sync.__all__`")
@pytest.mark.usefixtures("process")
@pytest.mark.parametrize("name", ENTRIES)
def test_the_example_of_each_name_runs_for_two(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every example runs as it stands, for two people and without an error."""
    monkeypatch.chdir(tmp_path)  # for the files that examples make
    app = tmp_path / "example.py"
    app.write_text(ENTRIES[name].example, "utf-8")
    for user in (StreamlitSession(app), StreamlitSession(app)):
        user.run()
        assert not user.errors()
        assert not user.warnings()


def own(value: Any) -> set[str]:
    """The public names that a class has itself, as Python knows them."""
    return {name for name in [*vars(value), *fields(value)] if not name.startswith("_")}


def fields(value: Any) -> list[str]:
    """Those of a dataclass or a protocol, which need no values."""
    return [*getattr(value, "__annotations__", {})]


def test_what_python_finds_is_described(room_sync: ModuleType) -> None:
    """Names, methods and attributes; some by a protocol, or as an argument."""
    assert list(ENTRIES) == room_sync.__all__
    for name, entry in ENTRIES.items():
        found = getattr(room_sync, name)
        if not isinstance(found, type):
            continue
        described = {it.name.partition(":")[0] for it in entry.attributes}
        described |= {it.name.rpartition(".")[2] for it in entry.methods}
        described |= {it.name for it in entry.arguments}
        if entry.protocol:
            described |= own(getattr(room_sync, entry.protocol))
        assert own(found) <= described, name
