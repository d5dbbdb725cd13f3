"""What a script writes: it reaches the room, or something says why it does not."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from tests.users.streamlit_headless import StreamlitSession, Write, join

pytestmark = pytest.mark.usefixtures("process")

FIRST_VALUES = ["0", "None", "False", "''", "'open'", "()"]


@pytest.mark.parametrize("first", FIRST_VALUES)
@pytest.mark.parametrize("write", ['s["v"] = value', "s.update(v=value)"])
def test_who_writes_what_they_have_seen_last_writes_it(
    first: str, write: str, program: Write
) -> None:
    """Even if it is the very object: the room has moved on."""
    app = program(
        'with sync("lobby") as st:\n'
        "    s = st.session_state\n"
        f'    s.setdefault("v", {first})\n'
        f"    def put(value): {write}\n"
        '    st.button("Five", on_click=put, args=[5])\n'
        f'    st.button("Reset", on_click=put, args=[{first}])\n'
        '    st.text(repr(s["v"]))\n'
    )
    alex, doppler = join(app), join(app)
    doppler.click("Five")
    alex.click("Reset")
    doppler.wait_a_second()
    assert alex.reads(first)
    assert doppler.reads(first)


ASSIGNED_THEN_CHANGED = {
    "list": ("[]", "append(1)", "[1]"),
    "dataclass": ("Note()", "tags.append(1)", "Note(tags=[1])"),
}


@pytest.mark.parametrize("kind", ASSIGNED_THEN_CHANGED)
def test_what_a_callback_assigns_and_then_changes_is_all_there(
    kind: str, program: Write
) -> None:
    first, change, text = ASSIGNED_THEN_CHANGED[kind]
    app = program(
        f"{NOTE}"
        'with sync("lobby") as st:\n'
        "    def go():\n"
        f'        st.session_state["v"] = v = {first}\n'
        f"        v.{change}\n"
        '    st.button("Go", on_click=go)\n'
        '    st.text(st.session_state.get("v"))\n'
    )
    alex, doppler = join(app), join(app)
    alex.click("Go")
    doppler.wait_a_second()
    assert alex.reads(text)
    assert doppler.reads(text)


NOTE = """
from dataclasses import dataclass, field

@dataclass
class Note:
    tags: list = field(default_factory=list)

"""


def test_an_object_that_two_change_at_once_is_a_conflict(program: Write) -> None:
    """The one whose change is lost is told."""
    app = program(
        f"{NOTE}"
        "from room_sync.rooms import store\n"
        'with sync("lobby") as st:\n'
        "    s = st.session_state\n"
        '    s.setdefault("notes", [Note()])\n'
        "    def mine():\n"
        '        s["notes"][0].tags.append("mine")\n'
        '        store().write("lobby", lambda now: {\n'
        '            "key:notes": now["key:notes"].replace("[]", \'["theirs"]\')})\n'
        '        len(s["notes"])\n'
        '    st.button("Mine", on_click=mine)\n'
        '    st.text(s["notes"][0].tags)\n'
    )
    alex = join(app)
    alex.click("Mine")
    assert alex.reads("['theirs']")
    (error,) = alex.errors()
    assert error.startswith("“notes” was changed by somebody else as well.")
    alex.run()
    assert not alex.errors()


@pytest.mark.parametrize("where", ["run", "callback"])
def test_what_changes_a_list_past_its_methods_reaches_the_room(
    where: str, program: Write
) -> None:
    """`heapq` is written in C, and calls none of them."""
    call = "if st.button('Push'): push()" if where == "run" else ""
    call = call or "st.button('Push', on_click=push)"
    app = program(
        "import heapq\n"
        'with sync("lobby") as st:\n'
        "    heap = st.session_state.setdefault('heap', [2])\n"
        "    def push():\n"
        "        heap = st.session_state['heap']\n"
        "        heapq.heappush(heap, 3 - len(heap))\n"
        f"    {call}\n"
        "    st.text(st.session_state['heap'])\n"
    )
    alex, doppler = join(app), join(app)
    alex.click("Push")
    doppler.wait_a_second()
    assert doppler.reads("[2, 2]")
    doppler.click("Push")
    alex.wait_a_second()
    assert alex.reads("[1, 2, 2]")


def test_a_form_that_clears_keeps_its_drafts_to_its_user(program: Write) -> None:
    """Its fields' keys are the session's, in `st.session_state` too."""
    app = program(
        'with sync("lobby") as st:\n'
        "    s = st.session_state\n"
        '    if "new" not in s:\n'
        '        s["new"] = ""\n'
        "    def send():\n"
        '        s.setdefault("all", []).append(s["new"])\n'
        '        s["new"] = ""\n'
        '    with st.form("f", clear_on_submit=True):\n'
        '        st.text_input("New", key="new")\n'
        '        st.form_submit_button("Send", on_click=send)\n'
        '    st.text(s.get("all"))\n'
    )
    alex, doppler = join(app), join(app)
    for text in ("one", "two"):
        alex.touch("New", text)
        alex.click("Send")
        doppler.wait_a_second()
        assert doppler.value("New") == ""
    assert doppler.reads("['one', 'two']")


def test_a_value_that_stays_private_is_one_like_any_other(program: Write) -> None:
    app = program(
        "import re\n"
        'with sync("lobby") as st:\n'
        "    s = st.session_state\n"
        '    counts = s.setdefault("counts", re.compile("a").scanner(""))\n'
        '    st.text(counts is s.setdefault("counts", None))\n'
        '    s["gone"] = re.compile("a")\n'
        '    st.text("gone" in s)\n'
        '    del s["gone"]\n'
        '    st.text(s.pop("gone", "nothing"))\n'
        '    s["gone"] = pattern = re.compile("b")\n'
        '    st.text(s.pop("gone") is pattern)\n'
    )
    alex = join(app)
    alex.run()
    assert [text.value for text in alex.page.text] == [
        "True",
        "True",
        "nothing",
        "True",
    ]


VIEWED = """
import streamlit
watches = "watch" in streamlit.query_params
with sync("lobby", read_only=watches, only=["notes", "tags", "level"]) as st:
    st.text(st.session_state.setdefault("tags", ["a"]))
    if not watches or "notes" in st.session_state:
        st.session_state["notes"] = st.text_area("Notes", "as it is")
    st.text("end")
    st.button("Reset")
    st.button("Mine", key=private("mine"))
"""


def test_a_viewers_script_may_say_what_is_so(program: Write) -> None:
    """Only what would change something is refused; buttons are, whatever is shared."""
    app = program(VIEWED)
    viewer = join(app, watch="1")
    assert viewer.reads("['a']")
    assert viewer.widget("Reset").disabled
    assert not viewer.widget("Mine").disabled
    alex = join(app)
    assert not alex.widget("Reset").disabled
    viewer.wait_a_second()
    assert viewer.widget("Notes").value == "as it is"
    assert viewer.reads("end")
    assert not viewer.errors()


def test_a_callback_may_have_any_arguments(program: Write) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        "    def put(function): st.session_state['v'] = function\n"
        '    st.button("Go", on_click=put, kwargs={"function": "f"})\n'
        '    st.text(st.session_state.get("v"))\n'
    )
    alex = join(app)
    alex.click("Go")
    assert alex.reads("f")


def test_a_password_is_shared_with_nobody(program: Write) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        '    st.text(st.text_input("Word", type="password", key="word") or "none")\n'
        '    st.text(st.session_state.get("word") or "none")\n'
    )
    alex, doppler = join(app), join(app)
    alex.set("Word", "swordfish")
    doppler.wait_a_second()
    assert [text.value for text in alex.page.text] == ["swordfish"] * 2
    assert [text.value for text in doppler.page.text] == ["none"] * 2
    assert doppler.warnings() == ["“word” stays private: a password cannot be shared."]


def test_a_text_is_no_list_of_keys(room_sync: ModuleType) -> None:
    with pytest.raises(TypeError, match="only='level' is a text: name the keys in a"):
        room_sync.sync("lobby", only="level")


def test_an_error_in_allow_lets_nobody_in(
    program: Write, caplog: pytest.LogCaptureFixture
) -> None:
    app = program(
        "def allow(user, room, action): return 1 / 0\n"
        "use(allow=allow)\n"
        'with sync("lobby") as st:\n'
        '    st.text("inside")\n'
    )
    with caplog.at_level(logging.ERROR):
        alex = join(app)
    assert not alex.reads("inside")
    assert len(alex.errors()) == 1
    assert "allow() failed for room 'lobby', action 'enter': refused" in caplog.text
    assert "ZeroDivisionError" in caplog.text


CHANGED_CLASSES = {
    "a member": ("class C(Enum): RED = 1", "C.RED", "class C(Enum): BLUE = 1"),
    "the class": ("class C(Enum): RED = 1", "C.RED", "C = None"),
    "a field": (
        "@dataclass(slots=True)\nclass C: x: int = 1",
        "C()",
        "@dataclass(slots=True)\nclass C: y: int",
    ),
}


@pytest.mark.parametrize("change", CHANGED_CLASSES)
def test_a_value_that_a_new_version_cannot_read_stops_nobody(
    change: str, program: Write
) -> None:
    """It says so where it is asked for, and `setdefault` replaces it."""
    before, value, after = CHANGED_CLASSES[change]
    head = "from dataclasses import dataclass\nfrom enum import Enum\n"
    body = (
        'with sync("lobby") as st:\n'
        "    s = st.session_state\n"
        '    st.text(s["v"] if "ask" in st.query_params else s.setdefault("v", V))\n'
    )
    app = program(f"{head}{before}\nV = {value}\n{body}")
    alex = join(app)
    app.write_text(app.read_text().replace(f"{before}\nV = {value}", f"{after}\nV = 7"))
    doppler = join(app, ask="1")
    (error,) = doppler.errors()
    assert error.startswith("this app")
    alex.run()
    assert alex.reads("7")
    doppler.run()
    assert doppler.reads("7")
    assert not doppler.errors()


def test_a_new_field_has_its_default(program: Write) -> None:
    head = "from dataclasses import dataclass, field\n@dataclass\nclass Note:\n"
    body = (
        '\nwith sync("lobby") as st:\n'
        '    st.text(st.session_state.setdefault("n", Note("a")))\n'
    )
    app = program(f"{head}    text: str{body}")
    join(app)
    more = "    done: bool = False\n    tags: list = field(default_factory=list)"
    app.write_text(app.read_text().replace("    text: str", f"    text: str\n{more}"))
    assert join(app).reads("Note(text='a', done=False, tags=[])")


MOMENTS: list[Any] = [
    np.datetime64("2026-12-24T10:00:00.123456789", "ns"),
    np.datetime64("2026-12-24", "D"),
    np.datetime64("NaT", "ns"),
    np.timedelta64(90, "s"),
    np.timedelta64(3, "D"),
    pd.Timestamp("2026-12-24T10:00:00.123456789"),
    pd.Timestamp("2026-12-24T10:00", tz="Europe/Berlin"),
    pd.Timestamp("2026-10-25T01:30Z").tz_convert(ZoneInfo("Europe/Berlin")),  # the 2nd
    pd.Timestamp(datetime(2026, 12, 24, tzinfo=UTC)),
    pd.Timedelta(days=1, nanoseconds=5),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=repr)
def test_moments_and_durations_of_pandas_and_numpy_stay_what_they_are(
    moment: Any,
) -> None:
    values = import_module("room_sync.values")
    read = values.loads(values.dumps(moment))
    assert type(read) is type(moment)
    assert repr(read) == repr(moment)
    assert values.dumps(read) == values.dumps(moment)


def test_flags_stay_what_they_are(program: Write) -> None:
    app = program(
        "from enum import Flag\n"
        "class May(Flag): READ = 1; WRITE = 2\n"
        'with sync("lobby") as st:\n'
        "    may = st.session_state.setdefault('may', May.READ | May.WRITE)\n"
        "    st.text(may == May.READ | May.WRITE)\n"
        "    st.text(st.session_state.setdefault('none', May(0)) == May(0))\n"
    )
    for user in (join(app), join(app)):
        assert [text.value for text in user.page.text] == ["True", "True"]


def test_a_private_key_and_a_shared_one_of_that_name_are_two(program: Write) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        '    st.session_state.setdefault(private("zoom"), 3)\n'
        '    st.text("zoom" in st.session_state)\n'
        '    if st.button("Share"):\n'
        '        st.session_state["zoom"] = 2 * st.session_state[private("zoom")]\n'
        '    if st.button("Remove"):\n'
        '        st.session_state.pop("zoom", None)\n'
        '    st.text(st.session_state.get("zoom", "none"))\n'
        '    st.text(st.session_state[private("zoom")])\n'
    )
    alex, doppler = join(app), join(app)

    def texts(user: StreamlitSession) -> list[str]:
        user.wait_a_second()
        user.run()
        return [text.value for text in user.page.text]

    assert texts(alex) == ["False", "none", "3"]
    alex.click("Share")
    assert texts(alex) == texts(doppler) == ["True", "6", "3"]
    doppler.click("Remove")
    assert texts(alex) == texts(doppler) == ["False", "none", "3"]
    alex.click("Remove")
    assert texts(alex) == ["False", "none", "3"]


@pytest.mark.fact("missing-value")
@pytest.mark.parametrize(
    "asks",
    [
        'if "rows" not in st.session_state',
        'if not hasattr(st.session_state, "rows")',
    ],
)
def test_two_who_find_a_value_missing_do_not_replace_each_others(
    asks: str, program: Write
) -> None:
    """Of two who find that a value is missing and set it, the first one decides what it
    is, and the other finds that.
    """
    app = program(
        "from room_sync import rooms\n"
        "from room_sync.entries import of_key\n"
        'theirs = {of_key("rows"): \'["x"]\'}\n'
        'with sync("lobby") as st:\n'
        f"    {asks}:\n"
        '        rooms.store().write("lobby", lambda _: theirs)\n'
        '        st.session_state["rows"] = []\n'
        '    if st.button("Clear"):\n'
        '        st.session_state["rows"] = []\n'
        '    st.text(st.session_state["rows"])\n'
    )
    alex, doppler = join(app), join(app)
    for user in (alex, doppler):
        assert user.reads("['x']")
    alex.click("Clear")
    doppler.wait_a_second()
    assert doppler.reads("[]")


def test_a_callback_replaces_what_was_missing_when_its_button_was_drawn(
    program: Write,
) -> None:
    """The later change wins, as with every other."""
    app = program(
        'with sync("lobby") as st:\n'
        "    def take(name):\n"
        '        st.session_state["winner"] = name\n'
        '    if "winner" not in st.session_state:\n'
        '        st.button("Alex", on_click=take, args=["Alex"])\n'
        '        st.button("Doppler", on_click=take, args=["Doppler"])\n'
        '    st.text(st.session_state.get("winner"))\n'
    )
    alex, doppler = join(app), join(app)
    alex.click("Alex")
    doppler.click("Doppler")
    alex.wait_a_second()
    for user in (alex, doppler):
        assert user.reads("Doppler")


def test_keys_are_texts_as_in_streamlit(program: Write) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        "    st.session_state[2] = 5\n"
        "    st.session_state.update({3: 7})\n"
        '    found = [st.session_state[2], st.session_state["3"]]\n'
        "    st.text([*found, 2 in st.session_state])\n"
        "    st.text(st.session_state.pop(2))\n"
        "    del st.session_state[3]\n"
        "    st.text(list(st.session_state))\n"
    )
    alex = join(app)
    texts = [text.value for text in alex.page.text]
    assert texts == ["[5, 7, True]", "5", "[]"]


def test_what_cannot_be_shared_is_named_in_each_run(program: Write) -> None:
    app = program(
        "from collections import deque\n"
        'with sync("lobby") as st:\n'
        '    if "last" not in st.session_state:\n'
        '        st.session_state["last"] = deque()\n'
        '    if st.button("Add"):\n'
        '        st.session_state["last"].append(1)\n'
        '    st.text(list(st.session_state["last"]))\n'
        '    st.text("last" in st.session_state.keys())\n'
    )
    alex = join(app)
    for clicks in range(3):
        (warning,) = alex.warnings()
        assert warning.startswith("“last” stays private:")
        texts = [text.value for text in alex.page.text]
        assert texts == [str([1] * clicks), "True"]
        alex.click("Add")


def test_where_python_has_no_threads_sessions_are_present(
    program: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a browser, where a script that waits lets everybody wait."""

    class Thread(threading.Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    app = program('with sync("lobby") as st:\n    st.text(st.present)\n')
    alex, doppler = join(app), join(app)
    presence = import_module("room_sync.presence")
    monkeypatch.setattr(presence, "threading", SimpleNamespace(Thread=Thread))
    for user in (alex, doppler):
        user.wait_a_second()
        assert user.reads("2")
