"""The rooms with several sessions in one process, without server and browser."""

from __future__ import annotations

import json
import math
import os
import random
import runpy
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
import streamlit as st
from hypothesis import given, settings, strategies
from streamlit.runtime import Runtime

from tests.users.streamlit_headless import (
    LIBRARY,
    PROGRAMS,
    StreamlitSession,
    Write,
    join,
)

pytestmark = pytest.mark.usefixtures("process")

TWO_FIELDS = """
with sync("lobby") as st:
    a = st.slider("A")
    b = st.text_input("B", key="b")
    st.text(f"{a} {b}")
"""

IN_A_BLOCK = """
with sync("lobby") as st:
{0}
"""

IN_A_FUNCTION = """
from room_sync import room

@room("lobby")
def lobby(st):
{0}
lobby()
"""


def in_any_order(seed: int, *users: StreamlitSession) -> list[StreamlitSession]:
    """The users, shuffled; the same seed gives the same order."""
    chance = random.Random(seed)  # noqa: S311 -- nothing secret
    return chance.sample(users, len(users))


class TestWidgets:
    @pytest.mark.fact("change-shows")
    @pytest.mark.parametrize("app", ["dashboard", "first_room"])
    def test_a_change_reaches_idle_sessions_and_later_ones(self, app: str) -> None:
        """A change in one tab shows in the others, which can be idle, and in tabs that
        are opened later.
        """
        alex, doppler = join(app), join(app)
        alex.set("Select a value", 7)
        doppler.wait_a_second()
        for user in (doppler, join(app)):
            assert user.value("Select a value") == 7
            assert not user.errors()

    @pytest.mark.fact("different-widgets")
    def test_changes_of_different_widgets_at_the_same_moment_both_win(
        self, program: Write
    ) -> None:
        """Two people who change different widgets at the same moment both win."""
        app = program(TWO_FIELDS)
        alex, doppler, third = join(app), join(app), join(app)
        for n in range(1, 21):
            alex.touch("A", n)
            doppler.touch("B", str(n))
            for user in in_any_order(n, alex, doppler):
                user.run()
            for user in (alex, doppler, third):
                user.wait_a_second()
                assert (user.value("A"), user.value("B")) == (n, str(n))

    @pytest.mark.fact("same-widget")
    def test_of_two_changes_of_one_widget_the_later_wins_everywhere(
        self, program: Write
    ) -> None:
        """When two people change the same widget, the later change wins, and everyone
        in the room sees it.
        """
        app = program(TWO_FIELDS)
        users = alex, doppler, _ = join(app), join(app), join(app)
        for n in range(20):
            alex.touch("B", f"Alex {n}")
            doppler.touch("B", f"Doppler {n}")
            first, second = in_any_order(n, alex, doppler)
            first.run()
            second.run()
            later = f"Alex {n}" if second is alex else f"Doppler {n}"
            for user in users:
                user.wait_a_second()
                assert user.value("B") == later

    def test_a_message_with_older_values_reverts_nothing(self, program: Write) -> None:
        """Each message of a browser carries the values of all its widgets."""
        app = program(TWO_FIELDS)
        alex, doppler = join(app), join(app)
        alex.set("A", 5)
        doppler.set("B", "hello")
        old = doppler.message()
        alex.set("A", 6)
        doppler.wait_a_second()
        doppler.send(old)
        doppler.send(old)
        alex.wait_a_second()
        assert alex.reads("6 hello")
        assert doppler.reads("6 hello")

    def test_a_value_may_come_back(self, program: Write) -> None:
        app = program(TWO_FIELDS)
        alex, doppler = join(app), join(app)
        for n in (5, 0, 5, 0):
            alex.set("A", n)
            doppler.wait_a_second()
            assert doppler.value("A") == n

    @pytest.mark.fact("others-left-alone")
    def test_own_edits_and_those_of_other_widgets_leave_a_widget_alone(
        self, program: Write
    ) -> None:
        app = program(TWO_FIELDS)  # focus and draft live as long as a widget's key
        alex, doppler = join(app), join(app)
        own, others = alex.key("B"), doppler.key("B")
        for n in range(3):
            alex.set("B", f"typed {n}")
            doppler.set("A", n)
            alex.wait_a_second()
        assert alex.key("B") == own
        doppler.wait_a_second()
        assert doppler.key("B") != others
        assert doppler.value("B") == "typed 2"

    def test_a_widget_that_was_away_shows_the_newest_value(
        self, program: Write
    ) -> None:
        app = program(
            'with sync("lobby") as st:\n'
            '    if st.checkbox("More", key=private("more")):\n'
            '        st.slider("A")\n'
        )
        alex, doppler = join(app), join(app)
        for user in (alex, doppler):
            user.set("More", True)
        alex.set("A", 5)
        alex.set("More", False)
        alex.set("More", True)
        assert alex.value("A") == 5, "its own edit"
        alex.set("More", False)
        doppler.wait_a_second()
        doppler.set("A", 6)
        alex.set("More", True)
        assert alex.value("A") == 6, "somebody else's"

    def test_an_idle_session_is_drawn_again_only_when_something_changed(
        self, program: Write
    ) -> None:
        app = program(
            'with sync("lobby") as st:\n'
            '    st.slider("A")\n'
            '    runs = st.session_state.get(private("runs"), 0) + 1\n'
            '    st.session_state[private("runs")] = runs\n'
            "    st.text(runs)\n"
        )
        alex, doppler = join(app), join(app)
        for _ in range(3):
            doppler.wait_a_second()
        assert doppler.reads("1")
        alex.set("A", 5)
        for _ in range(3):
            doppler.wait_a_second()
            alex.wait_a_second()
        assert doppler.reads("2")
        assert alex.reads("2"), "nobody is notified of their own change"

    @pytest.mark.fact("shared-in-containers")
    @pytest.mark.parametrize("room", [IN_A_BLOCK, IN_A_FUNCTION], ids=["with", "def"])
    def test_widgets_in_containers_are_shared(self, room: str, program: Write) -> None:
        """Widgets in columns, tabs, expanders, popovers, containers and the sidebar are
        shared as well, and a room that a function draws may have them, too.
        """
        app = program(
            room.format(
                "    left, right = st.columns(2)\n"
                '    left.slider("A")\n'
                "    with right, st.expander('More'):\n"
                '        st.slider("B")\n'
                '    st.sidebar.slider("C")\n'
                "    with st.sidebar.container():\n"
                '        st.slider("D")\n'
                '    st.tabs(["one", "two"])[1].slider("E")\n'
                '    st.popover("Menu").slider("F")\n'
                '    st.empty().slider("G")\n'
            )
        )
        alex, doppler = join(app), join(app)
        for add in (1, 2):
            for n, label in enumerate("ABCDEFG", add):
                alex.set(label, n)
            doppler.wait_a_second()
            values = [doppler.value(label) for label in "ABCDEFG"]
            assert values == [*range(add, add + 7)]

    def test_edits_in_a_fragment_of_the_app_are_shared(self, program: Write) -> None:
        app = program(
            'with sync("lobby") as st:\n'
            "    @st.fragment\n"
            "    def part():\n"
            '        st.slider("A")\n'
            "    part()\n"
        )
        alex, doppler = join(app), join(app)
        alex.touch("A", 5)
        alex.wait_a_second()
        doppler.wait_a_second()
        assert doppler.value("A") == 5

    def test_two_widgets_of_one_name_are_an_error_that_names_it(
        self, program: Write
    ) -> None:
        app = program(
            'with sync("lobby") as st:\n    st.slider("A", 0, 9)\n    st.slider("A")\n'
        )
        with pytest.raises(AssertionError, match="slider:A"):
            join(app)

    def test_a_value_that_a_session_cannot_show_stays_in_the_room(
        self, program: Write
    ) -> None:
        app = program(
            "import streamlit\n"
            'top = int(streamlit.query_params.get("top", 100))\n'
            'with sync("lobby") as st:\n'
            '    st.number_input("A", 0, top)\n'
            '    st.slider("B")\n'
        )
        alex, doppler = join(app), join(app, top="10")
        alex.set("A", 50)
        doppler.wait_a_second()
        assert doppler.value("A") == 0
        doppler.set("B", 5)
        alex.wait_a_second()
        assert alex.value("A") == 50
        alex.set("A", 8)
        doppler.wait_a_second()
        assert doppler.value("A") == 8

    def test_an_option_that_a_session_does_not_have_stays_in_the_room(
        self, program: Write
    ) -> None:
        app = program(
            "import streamlit\n"
            'options = list(streamlit.query_params.get("options", "abc"))\n'
            'with sync("lobby") as st:\n'
            '    st.selectbox("X", options)\n'
            '    st.slider("B")\n'
        )
        alex, doppler = join(app), join(app, options="ab")
        alex.set("X", "c")
        doppler.wait_a_second()
        assert doppler.value("X") == "a"
        doppler.set("B", 5)
        alex.wait_a_second()
        assert alex.value("X") == "c"


OWN = [
    ('st.file_uploader("File")', "file_uploader:File"),
    ('st.camera_input("Photo")', "camera_input:Photo"),
    ('st.audio_input("Voice")', "audio_input:Voice"),
    ('st.session_state["frame"] = pd.DataFrame({"a": [1]})', "frame"),
    ('st.data_editor({"n": [1, 2]}, key="t")', "t"),
]
"""What a room does not share though it could be asked to, with the key it has."""


class TestValues:
    def test_an_enum_which_each_run_defines_anew_is_found(self, program: Write) -> None:
        app = program(
            "from enum import Enum\n"
            'Color = Enum("Color", "RED GREEN")\n'
            'with sync("lobby") as st:\n'
            '    color = st.selectbox("Color", Color)\n'
            "    st.text(color is Color.GREEN)\n"
        )
        alex, doppler = join(app), join(app)
        alex.widget("Color").select_index(1)
        alex.run()
        doppler.wait_a_second()
        assert alex.reads("True")
        assert doppler.reads("True")

    def test_what_somebody_typed_beside_the_options_reaches_the_others(
        self, program: Write
    ) -> None:
        app = program(
            'with sync("lobby") as st:\n'
            '    st.text(st.selectbox("X", ["a"], accept_new_options=True))\n'
        )
        alex, doppler = join(app), join(app)
        alex.widget("X").options.append("new")
        alex.set("X", "new")
        doppler.wait_a_second()
        assert doppler.reads("new")
        doppler.run()
        assert doppler.reads("new")

    @pytest.mark.fact("stays-private")
    @pytest.mark.parametrize(("line", "key"), OWN)
    def test_what_cannot_be_shared_stays_private_and_a_warning_names_it(
        self, line: str, key: str, program: Write, room_sync: ModuleType
    ) -> None:
        """Files, data frames in `st.session_state`, and tables that are no `DataFrame`
        stay in their session, with a warning that names the key.
        """
        app = program(f'import pandas as pd\nwith sync("lobby") as st:\n    {line}\n')
        (warning,) = join(app).warnings()
        assert f"“{key}” stays private" in warning
        assert room_sync.rooms.store().read("lobby")[1] == {}

    def test_a_table_of_fixed_length_is_shared_without_a_warning(
        self, program: Write
    ) -> None:
        app = program(
            "import pandas as pd\n"
            'with sync("lobby") as st:\n'
            '    table = st.data_editor(pd.DataFrame({"n": [1, 2]}), key="numbers")\n'
            '    st.text(table["n"].sum())\n'
        )
        alex, doppler = join(app), join(app)
        edit(alex, 0, "n", 5)
        doppler.wait_a_second()
        assert doppler.reads("7")
        assert not doppler.warnings()

    def test_a_frame_is_there_for_the_session_that_has_made_it(
        self, program: Write
    ) -> None:
        app = program(
            "import pandas as pd\n"
            'with sync("lobby") as st:\n'
            '    if st.button("Load"):\n'
            '        st.session_state["frame"] = pd.DataFrame({"a": [1, 2]})\n'
            '    st.text(len(st.session_state.get("frame", "")))\n'
        )
        alex, doppler = join(app), join(app)
        alex.click("Load")
        assert alex.reads("2")
        doppler.wait_a_second()
        assert doppler.reads("0")


class TestButtonsAndForms:
    @pytest.mark.fact("click-and-effect")
    def test_a_click_is_its_sessions_and_its_effect_everybodys(self) -> None:
        """A click belongs to the session that made it; what it changes in the room
        belongs to everyone there.
        """
        alex, doppler = join("buttons"), join("buttons")
        alex.click("Send balloons")
        assert alex.page.get("balloons")
        for user in (alex, doppler):
            user.wait_a_second()
            assert user.reads("Sent 1 times")
        assert alex.page.get("balloons"), "its own change must not end them"
        assert not doppler.page.get("balloons")

    @pytest.mark.fact("form-arrives-whole")
    @pytest.mark.since("1.65")
    def test_a_form_arrives_when_it_is_sent_and_as_a_whole(self) -> None:
        """Others see what you enter in a form once you send it, and then its fields
        arrive together.
        """
        alex, doppler, third = (join("forms") for _ in range(3))
        third.touch("Where?", "Elsewhere")
        third.run()
        doppler.wait_a_second()
        assert doppler.reads("Here, on Monday")
        alex.touch("Where?", "There")
        alex.touch("When?", "Friday")
        alex.click("Agree")
        doppler.wait_a_second()
        for user in (alex, doppler):
            assert user.reads("There, on Friday")
            assert (user.value("Where?"), user.value("When?")) == ("There", "Friday")

    @pytest.mark.fact("form-drafts")
    def test_a_draft_survives_what_others_send_in_other_fields(self) -> None:
        alex, doppler = join("forms"), join("forms")
        draft = doppler.key("When?")
        alex.touch("Where?", "There")
        alex.click("Agree")
        doppler.wait_a_second()
        assert doppler.key("When?") == draft
        doppler.touch("When?", "Friday")
        doppler.click("Agree")
        alex.wait_a_second()
        for user in (alex, doppler):
            assert user.reads("There, on Friday")

    @pytest.mark.fact("form-drafts")
    @pytest.mark.since("1.65")
    def test_a_form_that_clears_is_empty_for_all_and_keeps_the_others_drafts(
        self,
    ) -> None:
        alex, doppler = join("forms"), join("forms")
        draft = doppler.key("Name")
        alex.touch("Name", "Alex")
        alex.click("I come")
        doppler.wait_a_second()
        assert doppler.reads("Coming: Alex")
        assert doppler.key("Name") == draft
        assert doppler.value("Name") == ""
        alex.run()
        doppler.touch("Name", "Doppler")
        doppler.click("I come")
        alex.click("I come")
        assert alex.reads("Coming: Alex, Doppler"), "a cleared field is sent empty"


class TestPrivate:
    @pytest.mark.fact("private-key")
    def test_private_widgets_and_values_are_each_sessions_own(self) -> None:
        """A widget or a value whose key is made by `private` stays in its session."""
        alex, doppler = join("private_values"), join("private_values")
        alex.set("Your name", "Alex")
        alex.set("Zoom, for you", 3)
        alex.set("Level, for all", 4)
        alex.click("Sign in")
        doppler.wait_a_second()
        assert doppler.value("Your name") == ""
        assert doppler.reads("Level 4, seen at zoom 1")
        assert doppler.reads("Signed in: Alex")

    @pytest.mark.fact("only-named-keys")
    def test_only_what_is_named_can_be_shared(self) -> None:
        """With `only`, the keys that it names are shared, and the others aren't."""
        alex, doppler = join("chosen_values"), join("chosen_values")
        alex.set("Topic, for all", "Lunch")
        alex.set("Notes, for you", "soup?")
        alex.click("Vote")
        doppler.wait_a_second()
        assert doppler.reads("Lunch: 1 votes")
        assert doppler.value("Notes, for you") == ""

    def test_a_session_in_no_room_is_alone(self) -> None:
        alex, doppler = join("choose_room"), join("choose_room")
        alex.set("A", 7)
        alex.run()
        assert alex.value("A") == 7
        doppler.wait_a_second()
        assert doppler.value("A") == 1


class TestState:
    def test_the_state_is_a_dictionary_of_the_room(self, program: Write) -> None:
        app = program(
            'with sync("lobby") as st:\n'
            "    state = st.session_state\n"
            '    if st.button("Fill"):\n'
            "        state.n = 1\n"
            '        state["tuple"] = (1, {2}, {3: None})\n'
            '        state[private("mine")] = 1\n'
            '    if st.button("Empty"):\n'
            "        del state.n\n"
            '    shared = sorted(k for k in state if not k.startswith("private:"))\n'
            '    st.text([getattr(state, "n", None), shared, state.get("tuple")])\n'
            '    st.text(state.get(private("mine")))\n'
        )
        alex, doppler = join(app), join(app)
        alex.click("Fill")
        doppler.wait_a_second()
        assert doppler.reads("[1, ['n', 'tuple'], (1, {2}, {3: None})]")
        assert doppler.reads("None")
        doppler.click("Empty")
        alex.wait_a_second()
        assert alex.reads("[None, ['tuple'], (1, {2}, {3: None})]")
        assert alex.reads("1")

    def test_the_state_knows_the_widgets(self, program: Write) -> None:
        app = program(
            'with sync("lobby") as st:\n'
            '    st.button("Reset", on_click=lambda: st.session_state.update(a=1))\n'
            '    a = st.slider("A", key="a", value=3)\n'
            '    st.text(f"{a} {st.session_state.a}")\n'
        )
        alex, doppler = join(app), join(app)
        assert alex.reads("3 3")
        alex.set("A", 5)
        doppler.wait_a_second()
        assert doppler.reads("5 5")
        doppler.click("Reset")
        alex.wait_a_second()
        for user in (alex, doppler):
            assert user.value("A") == 1
            assert user.reads("1 1")

    def test_an_update_in_a_callback_builds_on_what_its_user_has_just_changed(
        self, program: Write
    ) -> None:
        app = program(
            'with sync("lobby") as st:\n'
            "    def double():\n"
            '        st.update("a", lambda a: 2 * a)\n'
            '    st.slider("A", key="a", on_change=double)\n'
        )
        alex, doppler = join(app), join(app)
        alex.set("A", 5)
        doppler.wait_a_second()
        assert (alex.value("A"), doppler.value("A")) == (10, 10)

    def test_to_set_the_value_that_is_there_notifies_nobody(
        self, program: Write
    ) -> None:
        app = program(
            'with sync("lobby") as st:\n'
            '    st.session_state["a"] = 1\n'
            '    runs = st.session_state.get(private("runs"), 0) + 1\n'
            '    st.session_state[private("runs")] = runs\n'
            "    st.text(runs)\n"
        )
        alex, doppler = join(app), join(app)
        for _ in range(3):
            for user in (alex, doppler):
                user.wait_a_second()
        assert alex.reads("1")
        assert doppler.reads("1")

    def test_a_value_that_is_set_shows_in_a_widget_of_the_same_run(
        self, program: Write
    ) -> None:
        app = program(
            'with sync("lobby") as st:\n'
            '    if st.button("Set"):\n'
            "        st.session_state.a = 9\n"
            '    st.slider("A", key="a")\n'
        )
        alex = join(app)
        alex.click("Set")
        assert alex.value("A") == 9

    def test_a_widget_and_its_state_agree_whatever_others_do_meanwhile(
        self, program: Write
    ) -> None:
        app = program(
            "import room_sync\n"
            'with sync("lobby") as st:\n'
            '    a = st.slider("A", key="a")\n'
            '    if st.button("Meanwhile"):\n'
            '        room_sync.rooms.store().write("lobby", lambda _: {"key:a": "8"})\n'
            '    st.text(f"{a} {st.session_state.a}")\n'
        )
        alex = join(app)
        alex.set("A", 5)
        alex.click("Meanwhile")
        assert alex.reads("5 5")
        alex.wait_a_second()
        assert alex.reads("8 8")

    def test_a_callback_finds_what_its_user_has_just_changed(
        self, program: Write
    ) -> None:
        app = program(
            'with sync("lobby") as st:\n'
            "    def double():\n"
            "        st.session_state.b = 2 * st.session_state.a\n"
            '    st.slider("A", key="a", on_change=double)\n'
            '    st.slider("B", key="b")\n'
        )
        alex, doppler = join(app), join(app)
        alex.set("A", 5)
        assert alex.value("B") == 10
        doppler.wait_a_second()
        assert (doppler.value("A"), doppler.value("B")) == (5, 10)

    @pytest.mark.fact("no-click-lost")
    def test_a_counter_loses_no_click(self) -> None:
        users = [join("counter") for _ in range(3)]
        for _ in range(10):
            for user in users:
                user.widget("Click").click()
            for user in users:
                user.run()
        for user in users:
            user.wait_a_second()
            assert user.reads("Clicked 30 times")

    @pytest.mark.fact("lost-update")
    @pytest.mark.parametrize(
        ("program", "clicks"), [("pitfall_lost_update", 1), ("counter", 2)]
    )
    def test_reading_and_writing_apart_loses_what_others_write_between(
        self, program: str, clicks: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of two clicks that read the same number, one is lost; with `st.update`, both
        count.
        """
        alex, doppler = join(program), join(program)
        others = [doppler]
        sleep = time.sleep

        def sleep_while_others_click(seconds: float) -> None:
            if seconds == 0.2 and others:  # the program's, not the test runner's
                with patch.object(Runtime, "_instance", Runtime._instance):
                    others.pop().click("Click")  # a run in the middle of another
            sleep(seconds)

        monkeypatch.setattr(time, "sleep", sleep_while_others_click)
        alex.click("Click")
        for user in others:
            user.click("Click")
        alex.run()
        assert alex.reads(f"Clicked {clicks} times")

    @pytest.mark.parametrize("kind", ["Memory", "SQLite"])
    def test_an_update_is_one_step_for_all_threads(
        self, kind: str, stores: ModuleType, tmp_path: Path
    ) -> None:
        def store_of_a_process() -> Any:
            file = str(tmp_path / "rooms.db")
            return memory if kind == "Memory" else stores.SQLite(file, 60)

        memory = stores.Memory()
        first = store_of_a_process()
        first.write("r", lambda _: {"n": "0"})  # it stays open till the end

        def one_more(texts: dict[str, str]) -> dict[str, str]:
            # Gives the processor away between reading and writing: without a lock, a
            # click of another thread would then be lost.
            time.sleep(0.0001)
            return {"n": str(int(texts["n"]) + 1)}

        def click() -> None:
            store = store_of_a_process()
            for _ in range(50):
                store.write("r", one_more)

        with ThreadPoolExecutor(4) as pool:
            for click_ended in [pool.submit(click) for _ in range(4)]:
                click_ended.result()
        assert first.read("r")[1] == {"n": "200"}

    @pytest.mark.parametrize("kind", ["Memory", "SQLite"])
    def test_an_update_that_fails_halfway_has_not_happened(
        self, kind: str, stores: ModuleType, tmp_path: Path
    ) -> None:
        arguments = [str(tmp_path / "rooms.db")] if kind == "SQLite" else []
        store = getattr(stores, kind)(*arguments)
        store.write("r", lambda _: {"n": "1"})
        with pytest.raises(ZeroDivisionError):
            store.write("r", lambda texts: {"n": str(int(texts["n"]) / 0)})
        store.write("r", lambda texts: {"m": texts["n"]})
        assert store.read("r")[1] == {"n": "1", "m": "1"}

    def test_processes_may_make_the_same_file_at_the_same_moment(
        self, stores: ModuleType, tmp_path: Path
    ) -> None:
        for n in range(100):
            file = str(tmp_path / f"{n}.db")
            files = [stores.SQLite(file, 60) for _ in range(4)]
            with ThreadPoolExecutor(len(files)) as pool:
                assert list(pool.map(lambda s: s.rooms(), files)) == [[]] * 4


class Clock:
    """What `time.time()` says in the stores, in the hands of a test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stores: ModuleType) -> None:
        self.now = time.time()
        patched = SimpleNamespace(time=lambda: self.now, monotonic=time.monotonic)
        monkeypatch.setattr(stores, "time", patched)


class TestRooms:
    @pytest.mark.fact("room-in-address")
    def test_a_link_with_the_rooms_name_leads_into_it(self) -> None:
        alex, doppler = join("choose_room", room="Red"), join("choose_room", room="Red")
        elsewhere = join("choose_room", room="Blue")
        alex.set("A", 7)
        doppler.wait_a_second()
        elsewhere.wait_a_second()
        assert doppler.value("A") == 7
        assert elsewhere.value("A") == 1

    @pytest.mark.since("1.65")
    def test_a_new_room_is_made_entered_and_listed(self) -> None:
        alex, doppler = join("choose_room"), join("choose_room")
        alex.widget("Room").options.append("Red")
        alex.touch("Room", "Red")
        alex.click("Enter room")
        assert alex.page.query_params["room"] == "Red"
        assert alex.reads("Red")
        doppler.run()
        assert doppler.widget("Room").options == ["Red"]
        assert doppler.reads("Red: 1 here")
        doppler.touch("Room", "Red")
        doppler.click("Enter room")
        alex.run()
        assert alex.reads("Red: 2 here")
        alex.click("Exit room")
        assert "room" not in alex.page.query_params
        doppler.run()
        assert doppler.reads("Red: 1 here")

    @pytest.mark.fact("room-in-address")
    def test_a_reload_returns_to_the_room_and_its_values(self) -> None:
        alex = join("choose_room", room="Red")
        alex.set("A", 7)
        again = join("choose_room", **alex.page.query_params)
        assert again.value("A") == 7

    def test_a_look_that_was_asked_for_at_an_older_address_draws_the_new_one(
        self,
    ) -> None:
        alex = join("choose_room", room="Red")
        alex.click("Exit room")
        alex.page.query_params["room"] = "Red"  # as its browser had it when it asked
        alex.wait_a_second()
        assert alex.reads("Nobody else is here")
        assert "room" not in alex.page.query_params

    def test_a_page_that_was_drawn_a_moment_before_is_drawn_once_more(
        self, program: Write
    ) -> None:
        app = program(
            'with sync("lobby") as st:\n'
            '    runs = st.session_state.get(private("runs"), 0) + 1\n'
            '    st.session_state[private("runs")] = runs\n'
            "    st.text(runs)\n"
        )
        alex = join(app)
        alex.polls_again(drawn=math.inf)
        assert alex.reads("2")
        alex.wait_a_second()
        assert alex.reads("2")

    @pytest.mark.fact("room-outlives-visits")
    def test_a_room_keeps_its_values_until_it_is_deleted(self) -> None:
        """A room keeps its values when everyone has left, until it's deleted; if you're
        in it then, you start again with an empty one.
        """
        alex, doppler = join("own_room_ui"), join("own_room_ui")
        label = "What everybody in the room reads"
        for user in (alex, doppler):
            user.click("Enter Red")
        alex.set(label, "hello")
        doppler.wait_a_second()
        assert doppler.value(label) == "hello"
        for user in (alex, doppler):
            user.click("Leave Red")
        alex.click("Enter Red")
        assert alex.value(label) == "hello"
        doppler.click("Enter Blue")
        assert doppler.value(label) == ""
        doppler.set(label, "blue")
        alex.wait_a_second()
        assert alex.value(label) == "hello"
        doppler.click("Delete Red")
        alex.wait_a_second()
        assert alex.value(label) == ""
        assert doppler.value(label) == "blue"
        alex.set(label, "again")
        doppler.click("Enter Red")
        assert doppler.value(label) == "again"

    def test_rooms_of_ones_own_making(self) -> None:
        alex = join("own_room_ui")
        assert not [b for b in alex.page.button if b.label == "Delete Red"]
        alex.click("Enter Red")
        assert alex.reads("1 in Red")
        alex.click("Leave Red")
        assert not alex.reads("1 in Red")
        alex.click("Delete Red")
        assert not [b for b in alex.page.button if b.label == "Delete Red"]

    def test_a_page_may_show_two_rooms(self, program: Write) -> None:
        app = program(
            'with sync("Red") as st:\n'
            '    red = st.slider("A", key="a")\n'
            'with sync("Blue") as st:\n'
            '    blue = st.slider("B", key="b")\n'
            "    st.text(f\"{red} {blue} {st.session_state.get('a')}\")\n"
        )
        alex, doppler = join(app), join(app)
        for label, red, blue in (("A", 5, 0), ("B", 5, 6)):
            alex.set(label, blue or red)
            doppler.wait_a_second()
            assert doppler.reads(f"{red} {blue} None")


class TestPresence:
    @pytest.mark.fact("room-presence")
    def test_all_see_how_many_are_there(self) -> None:
        """Everyone sees how many are in the room, and the number updates by itself."""
        alex, doppler = join("first_room"), join("first_room")
        assert alex.reads("1 here")
        alex.wait_a_second()
        for user in (alex, doppler):
            assert user.reads("2 here")

    @pytest.mark.fact("gone-in-five-seconds")
    @pytest.mark.parametrize("kind", ["Memory", "SQLite"])
    def test_who_is_silent_is_gone_within_five_seconds(
        self,
        kind: str,
        stores: ModuleType,
        room_sync: ModuleType,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        if kind == "SQLite":
            room_sync.use(stores.SQLite(str(tmp_path / "rooms.db")))
        now = Clock(monkeypatch, stores)
        alex, _ = join("first_room"), join("first_room")
        for _ in range(2):
            now.now += 1
            alex.wait_a_second()
            assert alex.reads("2 here"), "a late sign of life is no absence"
        for _ in range(2):
            now.now += 1
            alex.wait_a_second()
        assert alex.reads("1 here")


class TestViewers:
    @pytest.fixture(autouse=True)
    def word(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the presenter has to know."""
        monkeypatch.setenv("PRESENTER_WORD", "swordfish")

    @pytest.mark.parametrize("guess", ["", "Swordfish", "swordfish ", "schön"])
    def test_who_does_not_know_the_word_watches(self, guess: str) -> None:
        alex = join("viewers")
        alex.set("Word", guess)
        assert alex.widget("Slide").disabled

    @pytest.mark.parametrize("guess", ["", "swordfish"])
    def test_without_a_word_on_the_server_nobody_presents(
        self, guess: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PRESENTER_WORD")
        alex = join("viewers")
        alex.set("Word", guess)
        assert alex.widget("Slide").disabled
        assert alex.warnings() == [
            "Nobody can present: the server has no PRESENTER_WORD."
        ]

    def test_viewers_see_all_and_can_touch_nothing(self) -> None:
        alex, doppler = join("viewers"), join("viewers")
        alex.set("Word", "swordfish")
        alex.set("Slide", 3)
        doppler.wait_a_second()
        assert doppler.reads("Slide 3:  (0 times)")
        for label in ("Slide", "Remark", "Applaud"):
            assert doppler.widget(label).disabled
            assert not alex.widget(label).disabled

    @pytest.mark.fact("viewers-are-refused")
    def test_a_forged_message_of_a_viewer_changes_nothing(self) -> None:
        alex, doppler = join("viewers"), join("viewers")
        alex.set("Word", "swordfish")
        alex.set("Slide", 3)
        doppler.wait_a_second()
        forged = doppler.message()
        for state in forged.widgets:
            if "Slide" in state.id:
                state.double_value = 9
            if "Applaud" in state.id:
                state.trigger_value = True
        doppler.send(forged)
        assert doppler.value("Slide") == 3
        alex.wait_a_second()
        assert alex.reads("Slide 3:  (0 times)")

    def test_who_becomes_a_viewer_sees_the_rooms_value_again(self) -> None:
        alex, doppler = join("viewers"), join("viewers")
        alex.set("Word", "swordfish")
        alex.set("Slide", 3)
        alex.touch("Word", "forgotten")
        alex.touch("Slide", 9)
        alex.run()
        doppler.wait_a_second()
        for user in (alex, doppler):
            assert user.value("Slide") == 3

    @pytest.mark.fact("viewers-script")
    @pytest.mark.parametrize(
        "change",
        [
            'st.update("n", lambda n: 1)',
            'st.session_state["n"] = 1',
            'st.session_state.pop("n", None)',
        ],
    )
    def test_what_a_viewers_script_would_change_is_refused_with_a_message(
        self, change: str, program: Write, room_sync: ModuleType
    ) -> None:
        """What the script of a viewer would change in the room is refused, with a
        message.
        """
        room_sync.rooms.store().write("lobby", lambda _: {"n": "7"})
        app = program(f'with sync("lobby", read_only=True) as st:\n    {change}\n')
        assert join(app).errors() == [
            "You are watching this room: changes are not accepted."
        ]
        assert room_sync.rooms.store().read("lobby")[1] == {"n": "7"}


def edit(user: StreamlitSession, row: int, column: str, value: Any) -> None:
    """Change a cell of the only table, as its editor in the browser does."""
    table = user.table()
    message = user.message()
    (state,) = [w for w in message.widgets if w.id == table.id] or [
        message.widgets.add(id=table.id)
    ]
    edits = json.loads(state.string_value or EMPTY)
    edits["edited_rows"].setdefault(str(row), {})[column] = value
    state.string_value = json.dumps(edits)
    user.send(message)


EMPTY = '{"edited_rows": {}, "added_rows": [], "deleted_rows": []}'


class TestTable:
    @pytest.mark.fact("cells-are-merged")
    @pytest.mark.since("1.67")
    def test_cells_that_several_edit_are_merged(self) -> None:
        """Cells that several people edit at the same time are merged, cell by cell."""
        users = alex, doppler, third = [join("table") for _ in range(3)]
        edit(alex, 0, "Euro", 900)
        edit(doppler, 0, "What", "Castle")
        edit(third, 2, "Paid", True)
        edit(alex, 1, "Euro", 300)
        for user in users:
            user.wait_a_second()
            table = user.page.data_editor[0].value
            assert table["What"].tolist() == ["Castle", "Food", "Trips"]
            assert table["Paid"].tolist() == [False, False, True]
            assert user.reads("To pay: 1200 euro")


SAVED = """
from room_sync import SQLite
use(SQLite("rooms.db", timeout=0.05))
with sync("notes") as st:
    text = st.text_area("Notes")
    st.text(text)
    if st.button("Count"):
        st.update("n", lambda n: (n or 0) + 1)
    st.text(st.session_state.get("n", 0))
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where programs of this test save their rooms."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "rooms.db"


@contextmanager
def locked(file: Path, _: Any) -> Iterator[None]:
    """Another program writes, and takes its time."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def gone(file: Path, _: Any) -> Iterator[None]:
    """Somebody has moved the file away, and puts it back."""
    away = file.with_suffix(".away")
    file.rename(away)
    yield
    assert not file.exists(), "an empty one in its place would look like data lost"
    away.rename(file)


@contextmanager
def read_only(_: Path, store: Any) -> Iterator[None]:
    """The file may be read and not be written."""
    store._file.execute("PRAGMA query_only = 1")
    yield
    store._file.execute("PRAGMA query_only = 0")


@contextmanager
def full(_: Path, store: Any) -> Iterator[None]:
    """There is no more room on the disk, as far as SQLite can tell."""
    limit = store._file.execute("PRAGMA max_page_count").fetchone()[0]
    store._file.execute("PRAGMA max_page_count = 1")
    yield
    store._file.execute(f"PRAGMA max_page_count = {limit}")


FAILURES = {
    locked: "database is locked",
    gone: "the file is gone",
    read_only: "attempt to write a readonly database",
    full: "database or disk is full",
}


def modules_of_the_library() -> dict[str, ModuleType]:
    """What a process has imported of it."""
    return {
        name: module
        for name, module in sys.modules.items()
        if name.partition(".")[0] in ("room_sync", "_room_sync_process")
    }


class TestSavedRooms:
    @pytest.mark.fact("room-in-a-file")
    @pytest.mark.state("saved_room.py", "text", "every process", restart="kept")
    def test_processes_share_a_file_and_a_later_one_finds_it(
        self, file: Path, process: Callable[[], None]
    ) -> None:
        """A room in a file survives a restart of the server, and servers that use the
        same file share it.
        """
        alex = join("saved_room")
        here = modules_of_the_library()
        process()
        doppler = join("saved_room")
        there = modules_of_the_library()
        assert here["_room_sync_process"] is not there["_room_sync_process"]
        doppler.set("Notes", "hello")
        sys.modules.update(here)
        alex.wait_a_second()
        assert alex.value("Notes") == "hello"
        alex.set("Notes", "hello you")
        sys.modules.update(there)
        doppler.wait_a_second()
        assert doppler.value("Notes") == "hello you"
        process()
        assert join("saved_room").reads("2 words, saved in rooms.db")

    @pytest.mark.fact("file-in-trouble")
    @pytest.mark.parametrize("failure", FAILURES, ids=lambda f: f.__name__)
    def test_what_cannot_be_saved_now_is_said_and_saved_later(
        self, failure: Any, file: Path, program: Write
    ) -> None:
        """While the file is locked, read-only, full or gone, the app says so and keeps
        what you change in widgets until it can be saved; an `update` doesn't happen.
        """
        app = program(SAVED)
        alex, doppler = join(app), join(app)
        alex.click("Count")
        doppler.wait_a_second()
        store = sys.modules["room_sync.rooms"].store()
        while_it_lasts = "meanwhile" * 2000  # more than the pages that it has can hold
        with failure(file, store):
            alex.set("Notes", while_it_lasts)
            (message,) = alex.errors()
            assert message == (
                f"rooms.db is out of reach: {FAILURES[failure]}. What was saved is "
                "untouched; your changes wait in this tab and are saved later."
            )
            assert alex.value("Notes") == while_it_lasts
            alex.wait_a_second()
            alex.run()
            assert alex.value("Notes") == while_it_lasts, "typed, and kept"
            alex.click("Count")
            assert FAILURES[failure] in alex.errors()[0]
        alex.wait_a_second()
        assert not alex.errors()
        doppler.wait_a_second()
        for user in (alex, doppler, join(app)):
            assert user.value("Notes") == while_it_lasts
            user.run()
            assert user.reads("1"), "saved before, and not counted meanwhile"

    def test_what_a_callback_cannot_save_is_said_in_its_place(
        self, file: Path, program: Write
    ) -> None:
        alex = join(
            program(
                "from room_sync import SQLite\n"
                'use(SQLite("rooms.db", timeout=0.05))\n'
                'with sync("notes") as st:\n'
                "    def count():\n"
                '        st.update("n", lambda n: (n or 0) + 1)\n'
                '    st.button("Count", on_click=count)\n'
                '    st.text(st.session_state.get("n", 0))\n'
            )
        )
        alex.click("Count")
        assert alex.reads("1")
        with locked(file, None):
            alex.click("Count")
            (message,) = alex.errors()
            assert "database is locked" in message
            assert alex.reads("1")
        alex.run()
        assert not alex.errors()
        alex.click("Count")
        assert alex.reads("2")

    @pytest.mark.parametrize("call", ["enter_room", "delete_room"])
    def test_what_a_button_for_rooms_cannot_save_is_said_on_the_page(
        self, call: str, file: Path, program: Write
    ) -> None:
        alex = join(
            program(
                "import streamlit as st\n"
                "from room_sync import SQLite\n"
                'use(SQLite("rooms.db", timeout=0.05))\n'
                f'st.button("Do", on_click={call}, args=["Red"])\n'
                "st.text(current_room())\n"
                "st.text(list_rooms())\n"
            )
        )
        with locked(file, None):
            alex.click("Do")
            (message,) = alex.errors()
            assert "database is locked" in message
            assert alex.reads("None")
        alex.click("Do")
        assert not alex.errors()
        assert alex.reads("['Red']" if call == "enter_room" else "[]")

    def test_presence_waits_for_no_disk_and_what_is_saved_does(
        self, file: Path, stores: ModuleType
    ) -> None:
        """SQLite's 1 is NORMAL, which syncs now and then; 2 is FULL: at each commit."""
        store = stores.SQLite(str(file))

        def synchronous() -> int:
            (level,) = store._file.execute("PRAGMA synchronous").fetchone()
            return int(level)

        for _ in range(2):
            store.heartbeat("r", "Alex", 3)
            assert synchronous() == 1
            store.write("r", lambda texts: {"n": f"{len(texts)}"})
            assert synchronous() == 2
            store.heartbeat("r", "Alex", 3)
            store.delete("r")
            assert synchronous() == 2

    @pytest.mark.fact("damaged-file")
    @pytest.mark.parametrize("bytes_", [b"no rooms\n" * 500, b"SQLite format 3\0" * 99])
    def test_a_damaged_file_is_named_and_left_as_it_is(
        self, bytes_: bytes, file: Path, program: Write
    ) -> None:
        """A damaged file is named, and left as it is."""
        file.write_bytes(bytes_)
        alex = join(program(SAVED))
        alex.set("Notes", "typed")
        (message,) = alex.errors()
        assert message.startswith("rooms.db is out of reach: ")
        assert alex.value("Notes") == "typed"
        assert file.read_bytes() == bytes_

    @pytest.mark.process
    @pytest.mark.fact("kill-keeps-what-is-acknowledged")
    def test_all_that_was_acknowledged_outlives_a_kill(self, file: Path) -> None:
        writer = (
            "from itertools import count\n"
            "from room_sync import SQLite\n"
            "store = SQLite('rooms.db')\n"
            "for n in count():\n"
            "    store.write('r', lambda _: {'n': str(n), str(n): 'x'})\n"
            "    print(n, flush=True)\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", writer],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(PROGRAMS)},
        )
        assert process.stdout
        for _ in range(50):
            process.stdout.readline()
        process.kill()
        rest = process.stdout.read().splitlines(keepends=True)
        process.wait()
        last = max([49, *(int(line) for line in rest if line.endswith("\n"))])
        texts = import_module("room_sync.stores").SQLite(str(file)).read("r")[1]
        assert int(texts["n"]) in (last, last + 1)
        assert all(str(n) in texts for n in range(last + 1))


class TestEdges:
    def test_an_old_streamlit_is_refused_with_a_clear_message(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(st, "__version__", "1.59.1")
        with pytest.raises(ImportError, match=r"needs Streamlit 1\.60 .* is 1\.59\.1"):
            runpy.run_path(str(LIBRARY / "__init__.py"))

    def test_the_longer_name_of_the_old_library_works(
        self, room_sync: ModuleType
    ) -> None:
        assert room_sync.get_not_synced_key("x") == room_sync.private("x") != "x"


@dataclass(frozen=True)
class Step:
    """What one of three users does next."""

    user: int
    widget: str
    value: int
    late: bool
    """They still look at what they saw before they last heard of the others."""


STEPS = strategies.lists(
    strategies.builds(
        Step,
        user=strategies.integers(0, 2),
        widget=strategies.sampled_from("AB"),
        value=strategies.integers(0, 3),
        late=strategies.booleans(),
    ),
    max_size=12,
)


@pytest.fixture(scope="session")
def two_sliders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("merge") / "app.py"
    path.write_text(
        "from room_sync import sync\n"
        'with sync("lobby") as st:\n'
        '    st.slider("A", 0, 3)\n'
        '    st.slider("B", 0, 3)\n'
    )
    return path


class TestMerge:
    @settings(max_examples=20, deadline=None, database=None, derandomize=True)
    @given(steps=STEPS)
    def test_any_order_of_edits_and_echoes_converges_and_loses_no_edit(
        self, two_sliders: Path, steps: list[Step]
    ) -> None:
        """The room's value is the last one that a session was told is its own.

        An edit made late counts, too, unless somebody else's value has taken the place
        of that very widget meanwhile. All other widgets in its message are echoes.
        """
        __import__("room_sync").delete_room("lobby")
        users = [join(two_sliders) for _ in range(3)]
        last = {"A": 0, "B": 0}
        for step in steps:
            user = users[step.user]
            shown, key = user.value(step.widget), user.key(step.widget)
            user.touch(step.widget, step.value)
            message = user.message()
            if step.late:
                user.touch(step.widget, shown)
                user.wait_a_second()
            if step.value != shown and user.key(step.widget) == key:
                last[step.widget] = step.value
            user.send(message)
        for user in users:
            user.wait_a_second()
            assert {label: user.value(label) for label in "AB"} == last
