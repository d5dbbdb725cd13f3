"""An app that somebody has written for one user, and the few lines that share it."""

from __future__ import annotations

import difflib
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from livedocs.catalog import Catalog
from tests.snippets.streamlit.test_rooms_headless import edit
from tests.users.streamlit_headless import StreamlitSession, join

pytestmark = pytest.mark.usefixtures("process")

HELPER = '''\
"""What the pages have in common."""

import streamlit as st


def total() -> int:
    """The price of all stops: read where Streamlit keeps it."""
    return sum(stop["price"] for stop in st.session_state.stops)


def undo() -> None:
    """Take the last stop back."""
    if st.session_state.stops:
        st.session_state.stops.pop()
'''

BEFORE = '''\
"""Plan a trip."""

from datetime import date

import pandas as pd
import streamlit as st

from helper import total, undo

KINDS = ["train", "boat", "bicycle"]


def add():
    stop = {"name": st.session_state.new, "price": 10, "seen": False}
    st.session_state.stops.append(stop)
    st.session_state.names.add(st.session_state.new)


@st.dialog("A new stop")
def ask_for_a_stop():
    st.text_input("Name", key="new")
    st.button("Save", on_click=add)


def plan():
    st.title("Trip")
    if "stops" not in st.session_state:
        st.session_state.stops = []
        st.session_state.names = set()
    kind = st.selectbox("By", KINDS)
    budget = st.slider("Budget", 0, 100, 50, key="budget")
    if st.button("Add a stop"):
        ask_for_a_stop()
    st.button("Undo", on_click=undo)
    for number, stop in enumerate(st.session_state.stops):
        if st.button(f"Visit {stop['name']}", key=f"visit {number}"):
            st.session_state.stops[number]["seen"] = True
    seen = [stop["name"] for stop in st.session_state.stops if stop["seen"]]
    st.text(f"By {kind}: {sorted(st.session_state.names)}, seen {seen}")
    st.text(f"{total()} of {budget}")


def days():
    table = pd.DataFrame({"What": ["Leave", "Return"], "Day": [date(2026, 5, 1)] * 2})
    table = st.data_editor(table, key="days")
    st.text(f"{(table['Day'].iloc[1] - table['Day'].iloc[0]).days} days")
    st.session_state.notes = st.text_area("Notes")
    st.text(f"{len(st.session_state.notes.split())} words")


pages = {"plan": plan, "days": days}
pages[st.query_params.get("page", "plan")]()
'''

AFTER = (
    BEFORE.replace(
        "from helper import total, undo\n",
        "from helper import total, undo\nfrom room_sync import room\n",
    )
    .replace("def plan():\n", '@room("trip")\ndef plan(st):\n')
    .replace("def days():\n", '@room("trip")\ndef days(st):\n')
)


@pytest.fixture(params=[BEFORE, AFTER], ids=["before", "after"])
def app(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The app in a folder with its helper."""
    (tmp_path / "helper.py").write_text(HELPER)
    path = tmp_path / "app.py"
    path.write_text(request.param)
    monkeypatch.syspath_prepend(tmp_path)
    yield path
    sys.modules.pop("helper", None)


def texts(user: StreamlitSession) -> list[str]:
    return [text.value for text in user.page.text]


@pytest.mark.fact("library-size")
def test_the_library_is_small_and_needs_only_streamlit() -> None:
    """The library has at most 70 KB and needs only Streamlit."""
    (package,) = Catalog.default().packages
    wheel = package.build()
    with zipfile.ZipFile(BytesIO(wheel)) as unpacked:
        (name,) = (it for it in unpacked.namelist() if it.endswith("/METADATA"))
        about = unpacked.read(name).decode()
    assert len(wheel) <= 70_000
    assert re.findall(r"(?m)^Requires-Dist: (.*)$", about) == ["streamlit>=1.60"]


@pytest.mark.fact("few-lines")
def test_few_lines_share_an_app() -> None:
    """An app of some 60 lines, with lists, a helper module, a dialog, a table of dates
    and two pages, is shared by five lines.
    """
    assert 60 <= len((BEFORE + HELPER).splitlines()) < 70
    changed = difflib.ndiff(BEFORE.splitlines(), AFTER.splitlines())
    assert [line for line in changed if line.startswith("+ ")] == [
        "+ from room_sync import room",
        '+ @room("trip")',
        "+ def plan(st):",
        '+ @room("trip")',
        "+ def days(st):",
    ]


@pytest.mark.fact("few-lines")
def test_a_trip_is_planned_by_two(app: Path, request: pytest.FixtureRequest) -> None:
    is_shared = "room_sync" in app.read_text()
    alex, doppler = join(app), join(app)

    def adds(user: StreamlitSession, name: str) -> None:
        user.click("Add a stop")
        user.touch("Name", name)
        user.click("Save")

    adds(alex, "Ulm")
    adds(doppler, "Bonn")
    adds(alex, "Rome")
    alex.click("Undo")
    alex.set("Budget", 80)
    alex.widget("By").select("boat")
    alex.run()
    doppler.run()
    alex.run()
    alex.click("Visit Ulm")
    if is_shared:
        both = ["By boat: ['Bonn', 'Rome', 'Ulm'], seen ['Ulm']", "20 of 80"]
        for user in (alex, doppler):
            user.wait_a_second()
            assert texts(user) == both
    else:
        assert texts(alex) == ["By boat: ['Rome', 'Ulm'], seen ['Ulm']", "10 of 80"]
        assert texts(doppler) == ["By train: ['Bonn'], seen []", "10 of 50"]


@pytest.mark.fact("few-lines")
@pytest.mark.since("1.67")
def test_its_days_are_filled_in_by_two(app: Path) -> None:
    is_shared = "room_sync" in app.read_text()
    alex, doppler = join(app, page="days"), join(app, page="days")
    edit(alex, 1, "Day", "2026-05-08")
    doppler.set("Notes", "take a towel")
    for user in (alex, doppler):
        user.wait_a_second() if is_shared else user.run()
    if is_shared:
        assert texts(alex) == texts(doppler) == ["7 days", "3 words"]
    else:
        assert texts(alex) == ["7 days", "0 words"]
        assert texts(doppler) == ["0 days", "3 words"]
    columns = json.loads(doppler.table().columns)
    assert not columns.get("Day", {}).get("disabled")
