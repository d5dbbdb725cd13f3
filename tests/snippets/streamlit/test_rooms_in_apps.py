"""What becomes of an app that already exists when it gets a room."""

from __future__ import annotations

import ast
import copy
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from textwrap import indent
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from tests.snippets.streamlit.test_rooms_headless import edit
from tests.users.streamlit_headless import LIBRARY, StreamlitSession, Write, join

pytestmark = pytest.mark.usefixtures("process")


@pytest.mark.fact("without-as-st")
@pytest.mark.parametrize(("line", "seen"), [("", 0), (" as st", 5)])
def test_without_as_st_nothing_is_shared(line: str, seen: int, program: Write) -> None:
    """Without `as st`, the widgets in the block stay in their session."""
    app = program(
        f'import streamlit as st\nwith sync("lobby"){line}:\n    st.slider("A")\n'
    )
    alex, doppler = join(app), join(app)
    alex.set("A", 5)
    doppler.wait_a_second()
    assert doppler.value("A") == seen


@pytest.mark.fact("table-waits-for-you")
@pytest.mark.since("1.67")
def test_a_table_in_which_somebody_types_stays_as_it_is() -> None:
    """In a room that a function draws, a table stays as it is while you type in a cell;
    then it shows what the others have changed.
    """
    alex, doppler = join("table"), join("table")
    before = doppler.table().id
    listener = "private:room_sync:listen:household"
    (key,) = doppler.component(listener)["keys"]
    doppler.say(listener, typing=[key])
    edit(alex, 1, "Euro", 410)
    for _ in range(2):
        doppler.wait_a_second()
        assert doppler.table().id == before
    edit(doppler, 0, "Euro", 900)
    doppler.say(listener, typing=[])
    for user in (alex, doppler):
        user.wait_a_second()
        assert user.reads("To pay: 1430 euro")


class Stars(Enum):
    """Something that a module beside the app defines."""

    ONE = 1


@dataclass
class Place:
    """A value of a class of the app's own."""

    name: str
    position: list[float]


def _inside() -> type:
    @dataclass
    class Inside:
        pass

    return Inside


Inside = _inside()

VALUES: list[Any] = [
    *(None, True, 7, 0.5, "text", [1, [2]], {"a": {"b": None}}),
    *(date(2026, 1, 2), clock(3, 4), datetime(2026, 1, 2, 3, 4), timedelta(1, 2)),
    *({1, "2"}, (1, (2,)), Stars.ONE, {3: {"dict": date(2026, 1, 2)}}),
    *(np.int64(7), np.float32(0.5), np.True_, [np.int64(8)]),
    *(math.inf, -math.inf, 10**5000, -(2**2000), 1 + 2j, b"\0\xff", "\ud800"),
    *(Decimal("1.10"), UUID(int=7), Fraction(1, 3), Path("a/b"), frozenset({(1,)})),
    *(PureWindowsPath("c:/x"), PurePosixPath("/x"), pd.NA, pd.NaT),
    datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
    *([], {}, (), set(), [(1, [2])], {"": {None: [{}]}}),
    Place("Ulm", [48.4, 10.0]),
    *(pd.Timestamp("2026-01-02 03:04"), pd.Timedelta(days=1)),
]


@pytest.mark.fact("shared-values")
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_that_are_shared(
    value: Any, program: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In `st.session_state`, values that JSON has are shared, and so are dates, times,
    sets, tuples, bytes, decimals, UUIDs, paths, NumPy's numbers, enums and dataclasses.
    """
    monkeypatch.setattr(sys.modules[__name__], "value", value, raising=False)
    app = program(
        "import sys\n"
        'with sync("lobby") as st:\n'
        '    if st.button("Set"):\n'
        f'        st.session_state["a"] = sys.modules[{__name__!r}].value\n'
        '    a = st.session_state.get("a", "nothing")\n'
        '    st.session_state[private("got")] = a\n'
    )
    alex, doppler = join(app), join(app)
    alex.click("Set")
    doppler.wait_a_second()
    got = copy.copy(doppler.page.session_state["private:got"])
    if value is pd.NA or value is pd.NaT:
        assert got is value
        return
    assert got == value
    own = value.item() if isinstance(value, np.generic) else value
    assert type(got) in type(own).__mro__[:-1]
    assert getattr(got, "tzinfo", None) is getattr(value, "tzinfo", None)


def test_what_is_not_a_number_is_shared(program: Write) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        '    if st.button("Set"):\n'
        '        st.session_state["a"] = float("nan")\n'
        '    st.text(st.session_state.get("a"))\n'
    )
    alex, doppler = join(app), join(app)
    alex.click("Set")
    doppler.wait_a_second()
    assert doppler.reads("nan")


CYCLE: list[Any] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (object(), "a object cannot be shared"),
        (pd.DataFrame({"a": [1]}), "a DataFrame cannot be shared"),
        (Counter("aab"), "a Counter cannot be shared"),
        (CYCLE, "a list that contains itself cannot be shared"),
        (Inside(), "a Inside cannot be shared: its class is made in a function"),
    ],
    ids=["object", "frame", "counter", "cycle", "local class"],
)
def test_values_that_are_not_shared(
    value: Any, reason: str, program: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "value", value, raising=False)
    app = program(
        "import sys\n"
        'with sync("lobby") as st:\n'
        f'    st.session_state["a"] = sys.modules[{__name__!r}].value\n'
        '    st.text(type(st.session_state["a"]).__name__)\n'
    )
    alex = join(app)
    assert alex.warnings() == [f"“a” stays private: {reason}."]
    assert alex.reads(type(value).__name__)


FUNCTION = """
import streamlit as st

def app():
    st.title("Together")
    with sync("lobby") as {name}:
        {name}.slider("A")

app()
"""


@pytest.mark.fact("st-is-local")
def test_as_st_is_a_local_name_in_a_function(program: Write) -> None:
    """Inside a function, `as st` makes `st` a local name, so using it above the block
    is an error; another name, such as `as shared`, works.
    """
    with pytest.raises(AssertionError, match="cannot access local variable 'st'"):
        join(program(FUNCTION.format(name="st")))
    app = program(FUNCTION.format(name="shared"))
    alex, doppler = join(app), join(app)
    alex.set("A", 5)
    doppler.wait_a_second()
    assert doppler.value("A") == 5


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module of the app's own that draws."""
    (tmp_path / "parts.py").write_text(
        "import streamlit\n"
        "def own():\n"
        '    streamlit.slider("Own")\n'
        "def given(st):\n"
        '    st.slider("Given")\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("parts", None)


@pytest.mark.fact("functions-that-draw")
@pytest.mark.usefixtures("parts")
def test_functions_draw_in_the_room_with_the_st_that_they_have(program: Write) -> None:
    """A function of the same file that draws with `st` needs no change; one of another
    module has to be given `st`, for with a Streamlit of its own it draws what isn't
    shared.
    """
    app = program(
        "import parts\n"
        "import streamlit as st\n"
        "def here():\n"
        '    st.slider("Here")\n'
        'with sync("lobby") as st:\n'
        "    here()\n"
        "    parts.own()\n"
        "    parts.given(st)\n"
    )
    alex, doppler = join(app), join(app)
    for value, label in enumerate(("Here", "Own", "Given"), 4):
        alex.set(label, value)
    doppler.wait_a_second()
    assert [doppler.value(label) for label in ("Here", "Own", "Given")] == [4, 0, 6]


class TestReadme:
    """The examples of streamlit-sync's README, with the changes that the page lists.

    They have to be copied: their package cannot be installed beside this Streamlit.
    """

    CHANGES = (
        (r"import streamlit_sync", "import room_sync as streamlit_sync"),
        (r"(with streamlit_sync\.sync\(.*\)):", r"\1 as st:"),
        (r"streamlit_sync\.rooms\.(enter|exit)_room", r"streamlit_sync.\1_room"),
    )

    @pytest.fixture
    def example(self, tmp_path: Path) -> Write:
        """Write an example as it stands, changed."""

        def write(lines: str) -> Path:
            for old, new in self.CHANGES:
                lines = re.sub(old, new, lines)
            path = tmp_path / "app.py"
            path.write_text(lines)
            return path

        return write

    HEAD = "import streamlit as st\n\nimport streamlit_sync\n\n"
    APP = 'def app():\n    st.slider("Select a value")\n\n'
    SELECT = "room_name = streamlit_sync.select_room_widget()\n\n"
    SYNC = 'with streamlit_sync.sync("default_room"):\n'
    SYNC_ROOM = "with streamlit_sync.sync(room_name):\n"

    @pytest.mark.fact("streamlit-sync-readme")
    @pytest.mark.parametrize(
        "lines",
        [
            SELECT + SYNC_ROOM + '    y = st.slider("Select a value")\n'
            '    st.write(y, "squared is", y * y)\n',
            APP + SYNC + "    app()\n",
            SELECT + APP + SYNC_ROOM + "    app()\n",
        ],
    )
    def test_the_slider_is_shared(self, lines: str, example: Write) -> None:
        """The examples of streamlit-sync's README work after the three kinds of change
        that the page lists.
        """
        app = example(self.HEAD + lines)
        alex, doppler = join(app, room="Red"), join(app, room="Red")
        alex.set("Select a value", 7)
        doppler.wait_a_second()
        assert doppler.value("Select a value") == 7

    def in_a_room(self, example: Write, lines: str) -> list[StreamlitSession]:
        app = example(self.HEAD + self.SYNC + indent(lines, "    "))
        return [join(app), join(app)]

    @pytest.mark.fact("streamlit-sync-readme")
    def test_what_is_not_synced(self, example: Write) -> None:
        alex, doppler = self.in_a_room(
            example,
            'x = st.slider("Select a value",'
            ' key=streamlit_sync.get_not_synced_key("key"))\n'
            'synced_key = "my_custom_key"\n'
            'username = streamlit_sync.get_not_synced_key("username")\n'
            'if st.button("Set"):\n'
            "    st.session_state[synced_key] = 42\n"
            '    st.session_state[username] = "Adrien Treuille"\n'
            "st.text((st.session_state.get(synced_key),"
            " st.session_state.get(username)))\n",
        )
        alex.set("Select a value", 7)
        alex.click("Set")
        doppler.wait_a_second()
        assert alex.reads("(42, 'Adrien Treuille')")
        assert doppler.reads("(42, None)")
        assert doppler.value("Select a value") == 0

    @pytest.mark.fact("streamlit-sync-readme")
    def test_buttons(self, example: Write) -> None:
        alex, doppler = self.in_a_room(
            example,
            'if st.button(label="Send balloons"):\n'
            "    st.balloons()\n"
            'if st.session_state.get("NB_CLICKS") is None:\n'
            '    st.session_state["NB_CLICKS"] = 0\n'
            'if st.button(label="click"):\n'
            '    st.session_state["NB_CLICKS"] += 1\n'
            'st.write("Clicked **" + str(st.session_state["NB_CLICKS"])'
            ' + "** times !")\n',
        )
        alex.click("Send balloons")
        doppler.wait_a_second()
        assert alex.page.get("balloons")
        assert not doppler.page.get("balloons")
        alex.click("click")
        doppler.click("click")
        alex.wait_a_second()
        for user in (alex, doppler):
            assert user.page.markdown[0].value == "Clicked **2** times !"

    @pytest.mark.fact("streamlit-sync-readme")
    @pytest.mark.since("1.65")
    def test_rooms_with_buttons_of_ones_own(self, example: Write) -> None:
        app = example(
            self.HEAD + 'if st.button("Enter"):\n'
            '    streamlit_sync.rooms.enter_room("Red")\n'
            'if st.button("Exit"):\n'
            "    streamlit_sync.rooms.exit_room()\n"
        )
        alex = join(app)
        alex.click("Enter")
        assert alex.page.query_params["room"] == "Red"
        alex.click("Exit")
        assert "room" not in alex.page.query_params


@pytest.mark.fact("public-names")
@pytest.mark.parametrize(
    "path",
    sorted({*LIBRARY.glob("*.py")} - {LIBRARY / "workarounds.py"}),
    ids=lambda path: path.stem,
)
def test_the_library_uses_public_names(path: Path) -> None:
    """The library uses only public names of Streamlit, apart from its workarounds."""
    tree = ast.parse(path.read_text("utf-8"))
    modules, names = set(), set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=imported):
                modules |= {alias.name for alias in imported}
            case ast.ImportFrom(module=str(module), names=imported):
                modules.add(module)
                names |= {alias.name for alias in imported}
            case ast.Attribute(value=ast.Name(id="st"), attr=name):
                names.add(name)
    streamlit = {name for name in modules if name.startswith("streamlit")}
    typed = "streamlit.delta_generator"  # for type checkers alone
    assert streamlit <= {"streamlit", "streamlit.errors", typed}
    assert not [name for name in names - {"__version__"} if name.startswith("_")]
