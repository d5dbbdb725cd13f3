"""What an app does around its room, and what it has that the room knows nothing of."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from streamlit import config
from streamlit.runtime.scriptrunner_utils.exceptions import StopException
from streamlit.runtime.state import SCRIPT_RUN_WITHOUT_ERRORS_KEY
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import WStates

from tests.snippets.streamlit.test_rooms_headless import Clock, edit
from tests.users.streamlit_headless import PROGRAMS, StreamlitSession, Write, join
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.usefixtures("process")

Module = Callable[[str], None]


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Module]:
    """Write a module of the app's own, ``helper``, which has a Streamlit of its own."""

    def write(lines: str) -> None:
        (tmp_path / "helper.py").write_text(f"import streamlit as st\n{lines}")

    monkeypatch.syspath_prepend(tmp_path)
    yield write
    sys.modules.pop("helper", None)


def all_read(line: str, *users: StreamlitSession) -> None:
    """See that each of them reads it, a second later."""
    for user in users:
        user.wait_a_second()
        assert user.reads(line), [text.value for text in user.page.text]
        assert not user.errors()


def test_an_own_widget_below_the_block_may_have_the_key_of_a_shared_one(
    program: Write,
) -> None:
    app = program(
        "import streamlit\n"
        'with sync("lobby") as st:\n'
        '    st.slider("Room", 0, 9, key="level")\n'
        'streamlit.slider("Own", 0, 9, key="level")\n'
    )
    alex, doppler = join(app), join(app)
    doppler.set("Room", 7)
    alex.wait_a_second()
    assert (alex.value("Room"), alex.value("Own")) == (7, 0)
    alex.set("Own", 3)
    doppler.wait_a_second()
    for user, own in ((alex, 3), (doppler, 0)):
        assert (user.value("Room"), user.value("Own")) == (7, own)


def test_two_blocks_of_one_room_are_one(program: Write) -> None:
    """What either of them shows is behind if the room is."""
    app = program(
        "import streamlit\n"
        'with sync("lobby") as st:\n'
        '    st.slider("A", 0, 9)\n'
        "    st.text(st.present)\n"
        'streamlit.text("between")\n'
        'with sync("lobby") as st:\n'
        '    st.slider("B", 0, 9)\n'
        '    st.text(st.session_state.get("n"))\n'
        '    st.button("N", on_click=lambda: st.update("n", lambda n: (n or 0) + 1))\n'
    )
    alex, doppler = join(app), join(app)
    for label, line in (("A", "2"), ("B", "2")):
        alex.set(label, 5)
        doppler.wait_a_second()
        assert doppler.value(label) == 5
        assert doppler.reads(line)
    doppler.click("N")
    alex.wait_a_second()
    assert alex.reads("1")


TWICE = {
    "two functions": (
        '@room("lobby")\ndef one(st): st.slider("A", 0, 9)\n'
        '@room("lobby")\ndef two(st): st.slider("B", 0, 9)\n'
        "one(); two()\n"
    ),
    "a block before a function": (
        'with sync("lobby") as st: st.slider("A", 0, 9)\n'
        '@room("lobby")\ndef one(st): st.slider("B", 0, 9)\n'
        "one()\n"
    ),
    "a block after a function": (
        '@room("lobby")\ndef one(st): st.slider("B", 0, 9)\n'
        "one()\n"
        'with sync("lobby") as st: st.slider("A", 0, 9)\n'
    ),
    "a block in a function": (
        '@room("lobby")\ndef one(st):\n'
        '    with sync("lobby") as inner: inner.slider("B", 0, 9)\n'
        "one()\n"
    ),
}


@pytest.mark.fact("one-function")
@pytest.mark.parametrize("lines", TWICE.values(), ids=TWICE)
def test_a_function_is_alone_in_its_room(lines: str, program: Write) -> None:
    """A page shows one function of a room, and no block beside it; with another one, it
    shows an error that names the room.

    The function runs again when the room has changed, and the rest of the page doesn't.
    """
    assert join(program(lines)).errors() == [
        "The room “lobby” is on this page twice: render it in one function."
    ]


def test_the_name_of_a_room_that_is_there_twice_is_text(program: Write) -> None:
    """Somebody may have typed it."""
    name = ":red[A] $5$ ![x](https://example.org/x.png)"
    lines = TWICE["two functions"].replace("lobby", name)
    (error,) = join(program(lines)).errors()
    shown = "\\:red\\[A\\] \\$5\\$ \\!\\[x\\]\\(https"
    assert error.startswith(f"The room “{shown}")


@pytest.mark.fact("other-code")
def test_a_helper_module_finds_the_rooms_values(program: Write, helper: Module) -> None:
    """Code that has a Streamlit of its own, such as a helper module, finds the room's
    values in `st.session_state`, and what it writes there reaches the room.
    """
    helper(
        "def double():\n"
        '    return 2 * st.session_state["a"] + len(st.session_state["rows"])\n'
        "def more():\n"
        '    st.session_state["n"] += 1\n'
        '    st.session_state["rows"].append("x")\n'
    )
    app = program(
        "from helper import double, more\n"
        'with sync("lobby") as st:\n'
        '    st.slider("A", 0, 10, 3, key="a")\n'
        '    st.session_state.setdefault("n", 0)\n'
        '    st.session_state.setdefault("rows", [])\n'
        '    if st.button("More"):\n'
        "        more()\n"
        '    st.text(st.session_state["n"])\n'
        "st.text(double())\n"
    )
    alex, doppler = join(app), join(app)
    assert alex.reads("6")
    alex.set("A", 5)
    all_read("10", alex, doppler)
    alex.click("More")
    all_read("1", alex, doppler)
    all_read("11", alex, doppler)


@pytest.mark.since("1.67")
def test_other_code_finds_what_is_edited_in_a_table(program: Write) -> None:
    """As under the key of an editor of Streamlit's own: a callback sees the newest."""
    app = program(
        "import streamlit\n"
        "import pandas as pd\n"
        "def note():\n"
        '    rows = streamlit.session_state["table"]["edited_rows"]\n'
        "    streamlit.session_state['noted'] = str(rows)\n"
        'with sync("lobby") as st:\n'
        '    data = pd.DataFrame({"n": [1, 2]})\n'
        '    st.data_editor(data, key="table", on_change=note)\n'
        'streamlit.text(streamlit.session_state["table"]["edited_rows"])\n'
        'streamlit.text(streamlit.session_state.get("noted"))\n'
    )
    alex, doppler = join(app), join(app)
    assert alex.reads("{}")
    edit(alex, 0, "n", 7)
    texts = [text.value for text in alex.page.text]
    assert texts == ["{0: {'n': 7}}", "{0: {'n': 7}}"]
    doppler.wait_a_second()
    assert not doppler.errors()
    edit(doppler, 1, "n", 8)
    assert doppler.page.text[1].value == "{1: {'n': 8}}"


def test_a_callback_with_a_streamlit_of_its_own(program: Write) -> None:
    app = program(
        "import streamlit\n"
        "def half():\n"
        '    streamlit.session_state["a"] = streamlit.session_state["a"] // 2\n'
        'with sync("lobby") as st:\n'
        '    a = st.slider("A", 0, 10, 8, key="a")\n'
        '    st.button("Half", on_click=half)\n'
        "    st.text(a)\n"
    )
    alex, doppler = join(app), join(app)
    alex.click("Half")
    all_read("4", alex, doppler)
    doppler.touch("A", 6)
    doppler.click("Half")  # in one message with the change
    all_read("3", alex, doppler)


def test_a_callback_finds_the_room_when_its_store_is_out_of_reach(
    program: Write, room_sync: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = program(
        "import streamlit\n"
        "def note():\n"
        '    streamlit.session_state["noted"] = True\n'
        'with sync("lobby") as st:\n'
        '    st.button("Note", on_click=note)\n'
        '    streamlit.text(streamlit.session_state.get("noted"))\n'
    )
    alex = join(app)

    def fail(*_: Any) -> None:
        raise room_sync.StoreError("Out of reach.")

    for method in ("read", "write", "heartbeat"):
        monkeypatch.setattr(room_sync.rooms.store(), method, fail)
    alex.click("Note")
    assert alex.reads("True")


def test_what_is_deleted_outside_is_gone_for_all(program: Write) -> None:
    app = program(
        "import streamlit\n"
        'with sync("lobby") as st:\n'
        '    if st.button("Set"):\n'
        '        st.session_state["a"] = 1\n'
        '    st.text(st.session_state.get("a", "nothing"))\n'
        'if streamlit.button("Delete"):\n'
        '    del streamlit.session_state["a"]\n'
        "    streamlit.rerun()\n"
    )
    alex, doppler = join(app), join(app)
    alex.click("Set")
    all_read("1", alex, doppler)
    doppler.click("Delete")
    all_read("nothing", doppler, alex)


def test_values_of_one_room_are_not_found_in_another(program: Write) -> None:
    app = program(
        "import streamlit\n"
        'for name in ("Red", "Blue"):\n'
        "    streamlit.button(name, on_click=enter_room, args=[name])\n"
        "with sync(current_room()) as st:\n"
        '    st.text(streamlit.session_state.get("rows"))\n'
        '    if st.button("Add"):\n'
        '        st.session_state["rows"] = [current_room()]\n'
        '        st.text(streamlit.session_state.get("rows"))\n'
    )
    alex = join(app, room="Red")
    alex.click("Add")
    assert alex.reads("['Red']")
    alex.click("Blue")
    assert alex.reads("None")
    alex.click("Add")
    assert alex.reads("['Blue']")
    alex.click("Red")
    assert alex.reads("['Red']")


def test_two_rooms_of_one_page_have_values_of_one_name(program: Write) -> None:
    app = program(
        "import streamlit\n"
        "def shown():\n"
        '    return streamlit.session_state["n"]\n'
        'for name in ("Red", "Blue"):\n'
        "    with sync(name) as st:\n"
        '        st.session_state.setdefault("n", name)\n'
        '        if st.button(f"Change {name}"):\n'
        '            st.session_state["n"] += "!"\n'
        '        st.text(f"{name}: {st.session_state.n} {shown()}")\n'
    )
    alex, doppler = join(app), join(app)
    alex.click("Change Red")
    all_read("Red: Red! Red!", alex, doppler)
    all_read("Blue: Blue Blue", alex, doppler)


def test_what_the_room_does_not_have_is_the_sessions_own(program: Write) -> None:
    app = program(
        "import streamlit\n"
        'streamlit.session_state.setdefault("own", 7)\n'
        'streamlit.text_input("Name", key="name")\n'
        'with sync("lobby") as st:\n'
        '    go = st.button("Go", key="go")\n'
        '    st.text([st.session_state[key] for key in ("own", "name", "go")])\n'
        '    st.text("nowhere" in st.session_state)\n'
    )
    alex, doppler = join(app), join(app)
    alex.set("Name", "Alex")
    alex.click("Go")
    assert alex.reads("[7, 'Alex', True]")
    assert alex.reads("False")
    all_read("[7, '', False]", doppler)


@pytest.mark.parametrize("change", ['.append("x")', ' += ["x"]'])
def test_what_was_made_above_the_block_is_shared_when_it_is_changed_in_it(
    change: str, program: Write
) -> None:
    app = program(
        "import streamlit\n"
        'if "rows" not in streamlit.session_state:\n'
        '    streamlit.session_state["rows"] = []\n'
        'with sync("lobby") as st:\n'
        '    if st.button("Add"):\n'
        f'        st.session_state["rows"]{change}\n'
        '    st.text(st.session_state["rows"])\n'
    )
    alex, doppler = join(app), join(app)
    alex.click("Add")
    doppler.wait_a_second()
    doppler.click("Add")
    all_read("['x', 'x']", alex, doppler)


@pytest.mark.parametrize("name", ["guests", "send"])
def test_a_form_or_button_may_be_called_like_a_value(name: str, program: Write) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        f'    with st.form("{name}"):\n'
        '        st.text_input("A")\n'
        '        st.form_submit_button("Submit")\n'
        f'    if st.button("Send", key="send"):\n'
        f'        st.update("{name}", lambda n: (n or 0) + 1)\n'
    )
    alex = join(app)
    for _ in range(3):
        alex.click("Send")
        alex.wait_a_second()


BELOW = """
import streamlit
with sync("lobby") as st:
    a = st.slider("In", key="in")
st.slider("Below")
st.session_state["own"] = st.session_state.get("own", 0) + 1
st.text(f"{a} {st.session_state['in']}")
"""


@pytest.mark.fact("ends-with-the-block")
def test_sharing_ends_with_the_block(program: Write, room_sync: ModuleType) -> None:
    """Sharing ends with the block: what is rendered below it, with the same name, is
    the app's own.
    """
    app = program(BELOW)
    alex, doppler = join(app), join(app)
    alex.set("Below", 7)
    alex.set("In", 5)
    doppler.wait_a_second()
    assert (doppler.value("In"), doppler.value("Below")) == (5, 0)
    assert alex.value("Below") == 7
    all_read("5 5", alex, doppler)
    entries = room_sync.rooms.store().read("lobby")[1]
    assert entries == {"key:in": "5"}


def test_a_viewer_may_do_anything_below_the_block(program: Write) -> None:
    app = program(
        'with sync("lobby", read_only=True) as st:\n'
        '    st.slider("In")\n'
        'st.slider("Below")\n'
        'st.session_state["n"] = 1\n'
    )
    viewer = join(app)
    viewer.set("Below", 7)
    assert viewer.value("Below") == 7
    assert not viewer.errors()


@pytest.mark.parametrize("decorator", ["st.fragment", "streamlit.fragment"])
def test_a_fragment_of_the_room_is_shared_when_it_runs_alone(
    decorator: str, program: Write
) -> None:
    app = program(
        "import streamlit\n"
        'with sync("lobby") as st:\n'
        f"    @{decorator}\n"
        "    def part():\n"
        '        st.slider("A")\n'
        "    part()\n"
        'st.slider("Below")\n'
    )
    alex, doppler = join(app), join(app)
    alex.touch("A", 5)
    alex.wait_a_second()
    doppler.wait_a_second()
    assert doppler.value("A") == 5


def test_a_callback_of_the_room_is_the_rooms(program: Write) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        "    def count():\n"
        '        st.session_state["n"] = st.session_state.get("n", 0) + 1\n'
        '    st.button("Count", on_click=count)\n'
        '    st.text(st.session_state.get("n", 0))\n'
        'st.button("Count below", on_click=count)\n'
    )
    alex, doppler = join(app), join(app)
    alex.click("Count")
    doppler.wait_a_second()
    doppler.click("Count below")
    all_read("2", alex, doppler)


CITIES = (
    "class City:\n"
    "    def __init__(self, name):\n"
    "        self.name = name\n"
    'cities = [City("Ulm"), City("Bonn")]\n'
    "def name(city):\n"
    "    return city.name\n"
)
MODULES = (
    "import pandas as pd\n"
    "from dataclasses import dataclass\n"
    "from decimal import Decimal\n"
    "from pathlib import Path\n"
    "from uuid import UUID\n"
    'frame = pd.DataFrame({"name": ["Ulm", "Bonn"], "zip": [1, 2]})\n'
)
OPTIONS = {
    "objects": ("cities, format_func=name", 1, "Bonn"),
    "complex": ("[1j, 2j]", 1, "2j"),
    "decimals": ('[Decimal("1.5"), Decimal("2.50")]', 1, "2.50"),
    "UUIDs": ("[UUID(int=1), UUID(int=2)]", 1, f"{'0' * 8}-0000-0000-0000-{'0' * 11}2"),
    "paths": ('[Path("a"), Path("b")]', 1, "b"),
    "a frame": ("frame", 1, "Bonn"),
    "a series": ('frame["zip"]', 1, "2"),
    "an index": ("frame.index", 1, "1"),
    "texts and numbers": ('["1", 1, True]', 1, "1"),
    "tuples": ("[(1, 2), (3, 4)]", 1, "(3, 4)"),
    "sets": ("[{1}, {2}]", 1, "{2}"),
    "functions": (
        "[len, sum], format_func=lambda f: f.__name__",
        1,
        "<built-in function sum>",
    ),
}


@pytest.mark.fact("any-options")
@pytest.mark.parametrize("kind", OPTIONS)
def test_any_options_can_be_shared(kind: str, program: Write) -> None:
    """Options can be anything: objects of your own are known by what `format_func`, or
    `str`, makes of them.
    """
    options, index, text = OPTIONS[kind]
    app = program(
        f"{MODULES}{CITIES}"
        'with sync("lobby") as st:\n'
        f'    chosen = st.selectbox("X", {options}, key="x")\n'
        '    st.text(getattr(chosen, "name", chosen))\n'
        '    same = st.session_state["x"]\n'
        '    st.text(getattr(same, "name", same) == getattr(chosen, "name", chosen))\n'
        '    st.slider("A")\n'
    )
    alex, doppler = join(app), join(app)
    alex.widget("X").select_index(index)
    alex.run()
    all_read(text, alex, doppler)
    all_read("True", alex, doppler)
    doppler.set("A", 5)
    alex.wait_a_second()
    assert alex.value("A") == 5
    for user in (alex, doppler):
        assert len(user.page.selectbox) == 1
        assert not user.warnings()


def test_objects_of_one_label_are_told_apart(room_sync: ModuleType) -> None:
    """As far as Streamlit does: some of its widgets send labels."""
    kind = import_module("room_sync.options").Options

    class City:
        def __str__(self) -> str:
            return "Ulm"

    mine, theirs = ([City(), "Bonn", City(), City()] for _ in range(2))
    for number, city in enumerate(mine):
        text = kind(mine).dumps(city)
        assert kind(theirs).loads(text) is theirs[number]
    text = kind(mine).dumps([mine[3], mine[0]])
    assert kind(theirs).loads(text) == [theirs[3], theirs[0]]


def test_several_objects_can_be_chosen(program: Write) -> None:
    app = program(
        f"{CITIES}"
        'with sync("lobby") as st:\n'
        '    chosen = st.multiselect("X", cities, format_func=name)\n'
        "    st.text([city.name for city in chosen])\n"
    )
    alex, doppler = join(app), join(app)
    alex.widget("X").select("Bonn").select("Ulm")
    alex.run()
    all_read("['Bonn', 'Ulm']", alex, doppler)


@pytest.mark.fact("first-decides")
@pytest.mark.parametrize(
    "widget",
    ['text_input("X", uuid4().hex)', 'number_input("X", value=random())'],
)
def test_the_first_one_decides_where_a_widget_starts(
    widget: str, program: Write
) -> None:
    """The first one in the room decides where a widget starts, even if it starts at
    random or now.
    """
    app = program(
        "from random import random\n"
        "from uuid import uuid4\n"
        'with sync("lobby") as st:\n'
        f"    st.text(st.{widget})\n"
    )
    alex, doppler = join(app), join(app)
    first = alex.page.text[0].value
    all_read(first, alex, doppler, join(app))
    alex.run()
    all_read(first, alex, doppler)


def test_the_first_value_keeps_its_widget(program: Write) -> None:
    app = program('with sync("lobby") as st:\n    st.slider("A")\n')
    alex = join(app)
    key = alex.key("A")
    alex.run()
    alex.wait_a_second()
    assert alex.key("A") == key, "whose focus and draft go with it"


def test_the_same_first_value_of_another_keeps_the_widget(program: Write) -> None:
    """As when two pages ask a server that has just started."""
    app = program(
        "import room_sync\n"
        'with sync("lobby") as st:\n'
        '    st.slider("A", key="a")\n'
        "    write = room_sync.rooms.store().write\n"
        '    write("lobby", lambda entries: {"key:a": entries.get("key:a", "0")})\n'
    )
    alex = join(app)
    key = alex.key("A")
    alex.run()
    alex.wait_a_second()
    assert alex.key("A") == key
    alex.set("A", 5)
    assert alex.key("A") == key


def test_a_viewer_who_comes_first_decides_nothing(program: Write) -> None:
    app = program(
        "import streamlit\n"
        'watches = "watch" in streamlit.query_params\n'
        'with sync("lobby", read_only=watches) as st:\n'
        '    st.slider("A", 0, 9, 1 if watches else 2)\n'
    )
    viewer, alex = join(app, watch="1"), join(app)
    viewer.wait_a_second()
    assert (viewer.value("A"), alex.value("A")) == (2, 2)


NAMES = [
    ("Price", "Price[EUR]"),
    ("qty", "qty[1]"),
    ("a", "key:a"),
    ("b", 'cell:["key:b", 0, "c"]'),
    ("slider:A", "slider"),
    ("x#1", "x"),
]


@pytest.mark.parametrize("names", NAMES)
def test_widgets_whose_names_begin_alike_are_independent(
    names: tuple[str, str], program: Write
) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        f"    st.text_input('One', key={names[0]!r})\n"
        f"    st.text_input('Two', key={names[1]!r})\n"
        f"    st.text_input({names[0]!r})\n"
        f"    st.text_input({names[1]!r})\n"
    )
    alex, doppler = join(app), join(app)
    labels = "One", "Two", *names
    keys = [alex.key(label) for label in labels]
    for number, label in enumerate(labels):
        doppler.set(label, f"new {number}")
        alex.wait_a_second()
        changed = [alex.key(label) for label in labels]
        assert [a == b for a, b in zip(keys, changed, strict=True)] == [
            label != other for other in labels
        ]
        keys = changed
    assert [alex.value(label) for label in labels] == [f"new {n}" for n in range(4)]


def test_a_table_and_values_that_are_called_like_its_cells(program: Write) -> None:
    app = program(
        "import pandas as pd\n"
        'with sync("lobby") as st:\n'
        '    table = st.data_editor(pd.DataFrame({"Euro": [800, 350]}), key="budget")\n'
        '    note = st.text_input("Note", key="budget[note]")\n'
        '    if st.button("Done"):\n'
        '        st.session_state["budget[done]"] = True\n'
        """        st.session_state['budget[0, "Euro"]'] = 7\n"""
        '    st.text(f"{table.Euro.sum()} {note}")\n'
    )
    alex, doppler = join(app), join(app)
    alex.set("Note", "rent")
    alex.click("Done")
    all_read("1150 rent", alex, doppler, join(app))


def test_it_works_where_the_state_has_to_be_serializable(program: Write) -> None:
    config.set_option("runner.enforceSerializableSessionState", True)
    try:
        app = program(
            'with sync("lobby") as st:\n'
            '    rows = st.session_state.setdefault("rows", [{"a": 1}])\n'
            '    st.slider("A", key="a")\n'
            "    st.text(rows)\n"
        )
        alex, doppler = join(app), join(app)
        alex.set("A", 7)
        doppler.wait_a_second()
        assert doppler.value("A") == 7
        for user in (alex, doppler):
            assert not user.errors()
    finally:
        config.set_option("runner.enforceSerializableSessionState", False)


def test_the_list_of_rooms_can_be_serialized(program: Write) -> None:
    """It is drawn where no room is, with components of its own."""
    config.set_option("runner.enforceSerializableSessionState", True)
    try:
        alex = join(program("from room_sync import *\nselect_room_widget()\n"))
        for _ in range(2):
            alex.run()
            assert not alex.errors()
            assert not alex.page.exception
    finally:
        config.set_option("runner.enforceSerializableSessionState", False)


def test_a_run_begins_while_the_one_before_registers_a_widget(program: Write) -> None:
    """As `_call_callbacks` looks through all widgets: see `workarounds`."""
    join(program('with sync("lobby") as st:\n    st.slider("A")\n'))
    states = WStates()
    states.set_from_value("first", 1)
    for widget in states:
        states.set_from_value(f"{widget} and one more", 2)
    assert len(states) == 2


@pytest.mark.fact("saved-while-it-runs")
def test_a_room_outlives_a_saved_file(program: Write, room_sync: ModuleType) -> None:
    """When the app's file is saved while the server runs, the room stays as it is, and
    pages that are open go on following each other.

    Streamlit forgets the modules whose files it watches, and imports them again.
    """
    app = program('with sync("lobby") as st:\n    st.slider("A", key="a")\n')
    alex, doppler = join(app), join(app)
    alex.set("A", 40)
    for name in [it for it in sys.modules if f"{it}.".startswith("room_sync.")]:
        del sys.modules[name]
    alex.run()
    assert alex.value("A") == 40
    doppler.wait_a_second()
    doppler.set("A", 60)
    alex.wait_a_second()
    assert alex.value("A") == 60
    assert join(app).value("A") == 60
    assert sys.modules["room_sync"] is not room_sync


def test_what_would_bind_a_widget_to_the_address_is_refused(program: Write) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        '    st.slider("Level", key="level", bind="query-params")\n'
    )
    alex, doppler = join(app, level="7"), join(app)
    (warning,) = alex.warnings()
    assert warning.startswith("“level” is not in the page's address: `bind` does not")
    doppler.set("Level", 8)
    alex.wait_a_second()
    assert alex.value("Level") == 8


@pytest.mark.parametrize("name", ["![x](https://example.org/x.png)", ":red[A]", "$5$"])
def test_a_rooms_name_is_text(name: str) -> None:
    alex = join("choose_room", room=name)
    alex.run()
    assert alex.reads(f"You are in: {name}")
    assert alex.reads(name)
    assert alex.reads(f"{name}: 1 here")
    rendered = [node.value for node in [*alex.page.markdown, *alex.page.title]]
    assert not any(name in text for text in rendered)
    assert not any(name in button.label for button in alex.page.button)
    own = join("own_room_ui", room=name)
    assert not any(name in button.label for button in own.page.button)


@pytest.mark.fact("room-on-each-page")
@pytest.mark.since("1.65")
def test_the_room_stays_when_the_address_loses_it(program: Write) -> None:
    """In an app of several pages, you stay in your room when you go from one to the
    other, though Streamlit empties the address then.
    """
    app = program(
        "import streamlit\n"
        "room = select_room_widget()\n"
        "streamlit.text(room)\n"
        "with sync(room) as st:\n"
        '    st.slider("A")\n'
    )
    alex, doppler = join(app, room="Red"), join(app, room="Red")
    for key in list(alex.page.query_params):
        del alex.page.query_params[key]
    alex.run()
    assert alex.reads("Red")
    assert alex.page.query_params["room"] == "Red"
    alex.set("A", 5)
    doppler.wait_a_second()
    assert doppler.value("A") == 5
    alex.click("Exit room")
    assert alex.reads("None")
    assert "room" not in alex.page.query_params


@pytest.mark.fact("present-while-it-runs")
def test_who_waits_for_a_long_run_is_present(
    program: Write, room_sync: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """You count as present while your script runs, even if that takes a minute."""
    presence: Any = import_module("room_sync.presence")
    monkeypatch.setattr(presence, "INTERVAL", 0.01)
    clock = Clock(monkeypatch, import_module("room_sync.stores"))
    store = room_sync.rooms.store()
    heartbeat, beats = store.heartbeat, threading.Semaphore(0)

    def noted(*beat: Any) -> None:
        heartbeat(*beat)
        beats.release()

    monkeypatch.setattr(store, "heartbeat", noted)
    running, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(sys.modules[__name__], "stop", (running, go_on), raising=False)
    app = program(
        "import sys\n"
        'with sync("lobby") as st:\n'
        f"    running, go_on = sys.modules[{__name__!r}].stop\n"
        "    running.set()\n"
        f"    go_on.wait({PATIENCE})\n"
    )
    with ThreadPoolExecutor(1) as pool:
        alex = pool.submit(join, app)
        assert running.wait(PATIENCE)
        for _ in range(30):
            clock.now += 2
            while beats.acquire(blocking=False):
                pass
            for _ in "ab":  # one may have begun before the clock went on
                assert beats.acquire(timeout=PATIENCE)
            assert len(store.present("lobby")) == 1
        go_on.set()
        alex.result()
    wait_until(lambda: presence.heart._thread is None, event="the last beat")
    clock.now += 5
    assert not store.present("lobby")


def test_a_long_run_keeps_nobody_whose_page_was_loaded_again(
    room_sync: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    presence: Any = import_module("room_sync.presence")
    monkeypatch.setattr(presence, "INTERVAL", 0.01)
    kind: Any = import_module("room_sync.session").Session
    before, now = kind("before", "lobby"), kind("now", "lobby")
    store = import_module("room_sync.stores").Memory()
    for session in (before, now):
        session.store, session.every = store, 1.0
    before.is_replaced = True
    for session in (before, now):
        presence.heart.begin(session)
    wait_until(lambda: "now" in store.present("lobby"), event="a beat")
    assert store.present("lobby") == {"now"}
    for session in (before, now):
        presence.heart.end(session)


@contextmanager
def stopped_at(access: int) -> Iterator[None]:
    """End the run at its so many-th access to the state, as the next click does."""
    left = access

    def stopping(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(state: Any, key: str, *value: Any) -> Any:
            nonlocal left
            left -= key != SCRIPT_RUN_WITHOUT_ERRORS_KEY
            if left == 0:
                left = -1
                raise StopException
            return method(state, key, *value)

        return call

    with ExitStack() as patches:
        for name in ("__getitem__", "__setitem__", "__contains__", "__delitem__"):
            method = stopping(getattr(SafeSessionState, name))
            patches.enter_context(patch.object(SafeSessionState, name, method))
        yield


def test_a_run_that_is_stopped_anywhere_reverts_nothing(
    program: Write, process: Callable[[], None]
) -> None:
    """Streamlit may end a run wherever it asks for the state."""
    app = program(
        'with sync("lobby") as st:\n'
        '    rows = st.session_state.setdefault("rows", [])\n'
        '    a = st.slider("A", key="a")\n'
        "    rows.append(a)\n"
        "    st.text(a)\n"
    )
    alex = join(app)
    for access in range(1, 80):
        messages = []
        for value in (access % 7 + 10, access % 5 + 20):
            alex.touch("A", value)
            messages.append(alex.message())
        with stopped_at(access):
            alex.send(messages[0])
        alex.send(messages[1])
        alex.run()
        assert alex.value("A") == access % 5 + 20
        assert alex.reads(str(access % 5 + 20))


def test_a_room_that_only_the_address_names_is_left(program: Write) -> None:
    app = program(
        "import streamlit\n"
        'streamlit.button("Leave", on_click=exit_room)\n'
        'with sync(streamlit.query_params.get("room")) as st:\n'
        "    st.text(st.present)\n"
    )
    alex, doppler = join(app, room="Red"), join(app, room="Red")
    doppler.run()
    assert doppler.reads("2")
    alex.click("Leave")
    assert "room" not in alex.page.query_params
    doppler.run()
    assert doppler.reads("1")


@pytest.mark.since("1.65")
def test_the_chat_knows_its_user_on_another_page() -> None:
    alex = join(PROGRAMS / "chat" / "chat.py")
    alex.set("Your name", "Alex")
    assert not alex.page.text_input
    del alex.page.query_params["name"]  # as Streamlit does when the page changes
    alex.run()
    assert not alex.page.text_input
    assert alex.page.query_params["name"] == "Alex"


ENTERED = {
    "a function that yields it": (
        "@contextmanager\n"
        "def lobby():\n"
        '    with sync("lobby", read_only=VIEWS) as st: yield st\n'
        'with lobby() as st: st.slider("A")\n'
    ),
    "a function that returns it": (
        "def lobby():\n"
        '    with sync("lobby", read_only=VIEWS) as st: st.slider("A")\n'
        "    return st\n"
        "st = lobby()\n"
    ),
    "an exit stack": (
        "with ExitStack() as stack:\n"
        '    st = stack.enter_context(sync("lobby", read_only=VIEWS))\n'
        '    st.slider("A")\n'
    ),
}


@pytest.mark.fact("ends-with-the-block")
@pytest.mark.parametrize("views", [False, True])
@pytest.mark.parametrize("lines", ENTERED.values(), ids=ENTERED)
def test_sharing_ends_however_the_block_was_entered(
    lines: str, views: bool, program: Write
) -> None:
    app = program(
        "from contextlib import ExitStack, contextmanager\n"
        f"VIEWS = {views}\n{lines}"
        'st.slider("below")\n'
        'st.session_state["n"] = 1\n'
    )
    alex, doppler = join(app), join(app)
    assert not alex.errors()
    alex.set("below", 7)
    doppler.wait_a_second()
    assert doppler.value("below") == 0
    if not views:
        alex.set("A", 5)
        doppler.wait_a_second()
        assert doppler.value("A") == 5


def test_a_script_that_stops_in_its_room_goes_on_following_it(program: Write) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        '    n = st.slider("A", 0, 9, 3)\n'
        "    st.text(n)\n"
        "    st.stop()\n"
        '    st.text("not reached")\n'
    )
    alex, doppler = join(app), join(app)
    alex.set("A", 5)
    doppler.wait_a_second()
    for user in (alex, doppler):
        assert [text.value for text in user.page.text] == ["5"]
        assert not user.errors()


def test_a_callback_and_a_fragment_of_a_room_can_stop(program: Write) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        "    def note():\n"
        '        st.session_state["noted"] = True\n'
        "        st.stop()\n"
        '    st.button("Note", on_click=note)\n'
        "    @st.fragment\n"
        "    def part():\n"
        '        if st.button("Stop"): st.stop()\n'
        '        st.text("part")\n'
        "    part()\n"
    )
    alex = join(app)
    for button in ("Stop", "Note"):
        alex.run()
        alex.click(button)
        assert not alex.errors()
