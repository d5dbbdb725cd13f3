"""The app for one person that becomes one for a team, step by step, by two of them."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
import streamlit as st

from livedocs.catalog import Catalog
from tests.snippets.streamlit.test_rooms_headless import modules_of_the_library
from tests.users.streamlit_headless import PROGRAMS, StreamlitSession

pytestmark = pytest.mark.usefixtures("process")

BEFORE = "single_user"
PRIVATE, SHARED, SAFE, NAMES, SAVED = STEPS = (
    "step1_private",
    "step2_shared",
    "step3_safe",
    "step4_names",
    "step5_saved",
)
TOGETHER = (SHARED, SAFE, NAMES, SAVED)

CHANGE, ELASTICITY = "Price change in %", "Elasticity"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the server has just been started: a folder without any file."""
    monkeypatch.chdir(tmp_path)
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    """Let the caches be those of a server that has just started."""
    st.cache_data.clear()
    st.cache_resource.clear()


class Planner(StreamlitSession):
    """Somebody who has the app open in one tab."""

    def __init__(self, program: str, **address: str) -> None:
        super().__init__(PROGRAMS / "my_app" / f"{program}.py", **address)

    def keeps(self, title: str) -> None:
        """Keep the price change as a plan."""
        self.touch("New plan", title)
        self.click("Keep")

    def votes(self) -> None:
        """Vote for the only plan."""
        self.click("Vote")

    def is_shown(self) -> None:
        """See what has come, as a page does that polls; then the whole page again.

        AppTest takes what the fragment has rendered for the whole page, so the widgets
        around it are sent as they were before.
        """
        before = self.message()
        self.wait_a_second()
        heard = self.numbers, self.plans
        message = self.message()
        rendered = {widget.id for widget in message.widgets}
        message.widgets.extend(it for it in before.widgets if it.id not in rendered)
        self.send(message)
        assert (self.numbers, self.plans) == heard
        assert not self.errors()

    @property
    def numbers(self) -> list[str]:
        """What its two metrics say."""
        return [metric.value for metric in self.page.metric]

    @property
    def plans(self) -> list[str]:
        """The lines of its list."""
        return [text.value for text in self.page.text]


def revenue(change: int, elasticity: float) -> list[str]:
    """The numbers of all regions, calculated once more."""
    kilos = 4400 * (1 - elasticity * change / 100)
    euros = 96400 * (1 - elasticity * change / 100) * (1 + change / 100)
    return [f"{kilos:,.0f}", f"{euros:,.0f} €"]


class TestBefore:
    """What the app for one person does when two come."""

    @pytest.mark.state("single_user.py", "load_sales", "everybody", reload="kept")
    @pytest.mark.state("single_user.py", "change", "one tab", reload="lost")
    @pytest.mark.fact("streamlit-app-cached-data")
    def test_a_cached_frame_is_loaded_once_and_copied(self) -> None:
        """`st.cache_data` loads once for everybody and gives each run a copy, so the
        prices that one person's run changes in the frame stay as they are for others.
        """
        with patch.object(pd, "DataFrame", side_effect=pd.DataFrame) as loaded:
            alex, doppler = Planner(BEFORE), Planner(BEFORE)
            for change in (10, -10, 20):
                alex.set(CHANGE, change)
                doppler.run()
                assert alex.numbers == revenue(change, 1.5)
                assert doppler.numbers == revenue(0, 1.5)
            again = Planner(BEFORE)
        assert loaded.call_count == 1
        assert (again.value(CHANGE), again.numbers) == (0, revenue(0, 1.5))

    @pytest.mark.state("single_user.py", "assumptions", "everybody", reload="kept")
    @pytest.mark.fact("streamlit-app-elasticity")
    def test_a_cached_assumption_changes_numbers_of_others(self) -> None:
        """In `single_user.py`, an elasticity that one person enters changes another
        person's numbers the next time that person's script runs, while that person's
        field still shows the old elasticity.
        """
        alex, doppler = Planner(BEFORE), Planner(BEFORE)
        doppler.set(CHANGE, 10)
        assert doppler.numbers == revenue(10, 1.5)
        alex.set(ELASTICITY, 3.0)
        assert doppler.numbers == revenue(10, 1.5), "nothing has run since"
        doppler.run()
        assert doppler.numbers == revenue(10, 3.0)
        assert doppler.value(ELASTICITY) == 1.5
        assert Planner(BEFORE).value(ELASTICITY) == 3.0

    @pytest.mark.state("single_user.py", "plans", "one tab", reload="lost")
    @pytest.mark.state("single_user.py", "file", "every process", reload="kept")
    @pytest.mark.fact("streamlit-app-overwrite")
    def test_the_file_has_the_list_of_the_last_who_saved(self, folder: Path) -> None:
        """In `single_user.py`, two people who have the app open have a list each, and
        the file holds only the list that was saved last.
        """
        alex, doppler = Planner(BEFORE), Planner(BEFORE)
        alex.keeps("Up")
        doppler.keeps("Down")
        alex.run()
        assert alex.plans == ["Up: +0 %, 0 for it"]
        assert doppler.plans == ["Down: +0 %, 0 for it"]
        saved = json.loads((folder / "plans.json").read_text())
        assert [plan["title"] for plan in saved] == ["Down"]
        assert Planner(BEFORE).plans == doppler.plans, "so Alex's is gone by a reload"

    @pytest.mark.fact("streamlit-app-folder")
    def test_another_folder_has_another_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A server that's started in another folder doesn't find the plans."""
        Planner(BEFORE).keeps("Up")
        assert Planner(BEFORE).plans
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir("elsewhere")
        assert not Planner(BEFORE).plans


@pytest.mark.fact("streamlit-app-own")
def test_each_has_an_elasticity() -> None:
    """In `step1_private.py`, each person has an elasticity, and sees the numbers that
    belong to it.
    """
    alex, doppler = Planner(PRIVATE), Planner(PRIVATE)
    alex.set(ELASTICITY, 3.0)
    for user in (alex, doppler):
        user.set(CHANGE, 10)
        assert user.numbers == revenue(10, user.value(ELASTICITY))
    assert (alex.value(ELASTICITY), doppler.value(ELASTICITY)) == (3.0, 1.5)


@pytest.mark.fact("streamlit-app-three-lines")
def test_three_lines_share_it() -> None:
    """From `step1_private.py` to `step2_shared.py`, three lines of code are new: the
    import, the decorator and the function's first line.
    """
    catalog = Catalog.default()
    before, after = (
        catalog.find(f"streamlit/my_app/{step}").code.splitlines()
        for step in (PRIVATE, SHARED)
    )
    new = [line[2:] for line in difflib.ndiff(before, after) if line[:2] == "+ "]
    assert [line for line in new if line and '"""' not in line] == [
        "from room_sync import room",
        '@room("prices")',
        "def plan_prices(st, region):",
    ]


class TestTogether:
    """What holds from the step on that shares."""

    @pytest.mark.fact("streamlit-app-shared")
    @pytest.mark.parametrize("step", TOGETHER)
    def test_both_see_what_either_does(self, step: str) -> None:
        """From `step2_shared.py` on, a price change, an elasticity or a plan of one
        person is on the other's page without any action there, and the numbers fit.
        """
        alex, doppler = Planner(step), Planner(step)
        alex.set(CHANGE, 10)
        doppler.is_shown()
        doppler.set(ELASTICITY, 2.0)
        doppler.keeps("Up")
        alex.is_shown()
        for user in (alex, doppler):
            assert user.numbers == revenue(10, 2.0)
            assert [line.partition(" ")[0].strip(":") for line in user.plans] == ["Up"]
        alex.keeps("Up and away")
        doppler.is_shown()
        assert len(doppler.plans) == 2

    @pytest.mark.fact("streamlit-app-region")
    @pytest.mark.parametrize("step", TOGETHER)
    def test_each_has_a_region(self, step: str) -> None:
        """From `step2_shared.py` on, each person still looks at a region of their own,
        and keeps it when the other moves the slider.
        """
        alex, doppler = Planner(step), Planner(step)
        doppler.set("Region", "North")
        alex.set(CHANGE, 10)
        doppler.is_shown()
        assert (alex.value("Region"), doppler.value("Region")) == ("All", "North")
        assert alex.numbers[0] == "3,740"
        assert doppler.numbers[0] == "1,700"


class TestVotes:
    """What becomes of two votes."""

    def votes_of_two(self, step: str) -> str:
        """The end of the line, where both vote while their pages show no vote."""
        alex, doppler = Planner(step), Planner(step)
        alex.keeps("Up")
        doppler.is_shown()
        for user in (alex, doppler):
            assert user.plans[0].endswith(" 0 for it")
        alex.votes()
        doppler.votes()
        for user in (alex, doppler):
            user.is_shown()
        assert alex.plans == doppler.plans
        return alex.plans[0].rpartition(", ")[2]

    @pytest.mark.fact("streamlit-app-votes-lost")
    def test_a_vote_is_lost(self) -> None:
        """In `step2_shared.py`, when two people vote before either page shows the
        other's vote, one vote is lost.
        """
        assert self.votes_of_two(SHARED) == "1 for it"

    @pytest.mark.fact("streamlit-app-votes")
    @pytest.mark.parametrize("step", [SAFE, NAMES, SAVED])
    def test_both_votes_count(self, step: str) -> None:
        """From `step3_safe.py` on, both count, even if the second vote arrives while
        the first is being written.
        """
        assert self.votes_of_two(step) == "2 for it"

    @pytest.mark.fact("streamlit-app-votes")
    @pytest.mark.parametrize("step", [SAFE, NAMES, SAVED])
    def test_a_vote_comes_while_another_is_written(
        self, step: str, stores: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alex = Planner(step)
        alex.keeps("Up")
        late = ["Doppler"]

        def vote_first(write: Callable[..., None]) -> Callable[..., None]:
            def overtaken(store: Any, room: str, change: Any) -> None:
                if late:
                    late.pop()
                    write(store, room, voted)
                write(store, room, change)

            return overtaken

        def voted(entries: dict[str, str]) -> dict[str, str]:
            (plans,) = (text for text in entries.values() if "votes" in text)
            new = plans.replace('["votes", 0]', '["votes", 1]')
            assert new != plans
            return {of_key("plans"): new}

        of_key = import_module("room_sync.entries").of_key
        for store in (stores.Memory, stores.SQLite):
            monkeypatch.setattr(store, "write", vote_first(store.write))
        alex.votes()
        assert not late
        assert alex.plans[0].endswith(" 2 for it")


class TestNames:
    """Who somebody is."""

    @pytest.mark.state("step5_saved.py", "name", "one tab", reload="kept")
    @pytest.mark.fact("streamlit-app-names")
    @pytest.mark.parametrize("step", [NAMES, SAVED])
    def test_a_plan_says_whose_it_is(self, step: str) -> None:
        """From `step4_names.py` on, a plan has the name that its author has entered,
        and the page's address keeps that name when the page is reloaded.
        """
        alex, doppler = Planner(step), Planner(step)
        doppler.set("Your name", "Doppler")
        alex.keeps("Up")
        doppler.keeps("Down")
        alex.is_shown()
        assert [plan.partition(":")[0] for plan in alex.plans] == [
            "Up (Guest)",
            "Down (Doppler)",
        ]
        assert Planner(step, name="Third").value("Your name") == "Third"

    @pytest.mark.fact("streamlit-app-login")
    @pytest.mark.parametrize("step", [NAMES, SAVED])
    def test_who_has_logged_in_has_their_name(self, step: str) -> None:
        """From `step4_names.py` on, if you have logged in, the name is the one that
        `st.user` has, and there is no field for it.
        """
        doppler = Planner(step)
        doppler.page.user = {"is_logged_in": True, "name": "Doppler"}
        doppler.run()
        assert "Your name" not in [field.label for field in doppler.page.text_input]
        doppler.keeps("Down")
        assert doppler.plans[0].startswith("Down (Doppler)")


class TestSaved:
    """What is left when the server has been restarted."""

    @pytest.mark.state(
        "step5_saved.py", "plans", "every process", reload="kept", restart="kept"
    )
    @pytest.mark.state(
        "step5_saved.py", "change", "every process", reload="kept", restart="kept"
    )
    @pytest.mark.state(
        "step5_saved.py", "elasticity", "every process", reload="kept", restart="kept"
    )
    @pytest.mark.state("step5_saved.py", "region", "one tab", reload="lost")
    @pytest.mark.fact("streamlit-app-restart")
    def test_it_outlives_the_process(self, process: Callable[[], None]) -> None:
        """In `step5_saved.py`, the price change, the elasticity and the plans with
        their votes survive a restart of the server, and a second process that is
        started in the same folder has them, too.
        """
        alex = Planner(SAVED)
        here = modules_of_the_library()
        alex.set("Region", "North")
        alex.set(CHANGE, 10)
        alex.set(ELASTICITY, 2.0)
        alex.keeps("Up")
        alex.votes()
        process()
        forget()
        doppler = Planner(SAVED)
        there = modules_of_the_library()
        assert here["_room_sync_process"] is not there["_room_sync_process"]
        assert doppler.value("Region") == "All"
        assert doppler.numbers == revenue(10, 2.0)
        assert doppler.plans == ["Up (Guest): +10 %, 1 for it"]
        doppler.votes()
        sys.modules.update(here)
        alex.is_shown()
        assert alex.plans == ["Up (Guest): +10 %, 2 for it"]

    @pytest.mark.fact("streamlit-app-memory")
    @pytest.mark.parametrize("step", [SHARED, SAFE, NAMES])
    def test_without_a_store_a_restart_empties_the_room(
        self, step: str, process: Callable[[], None]
    ) -> None:
        """Before `step5_saved.py`, a restart of the server takes the room's slider
        back to the beginning.
        """
        Planner(step).set(CHANGE, 10)
        assert Planner(step).value(CHANGE) == 10
        process()
        assert Planner(step).value(CHANGE) == 0

    @pytest.mark.fact("streamlit-app-old-plans")
    def test_old_plans_come_along(
        self, folder: Path, process: Callable[[], None]
    ) -> None:
        """`step5_saved.py` takes over the plans that `single_user.py` has saved in its
        file, once.
        """
        Planner(BEFORE).keeps("Up")
        for _ in "ab":
            process()
            alex = Planner(SAVED)
            assert [plan.partition(":")[0] for plan in alex.plans[:1]] == ["Up (Guest)"]
        alex.keeps("Down")
        (folder / "plans.json").unlink()
        assert len(Planner(SAVED).plans) == 2


AROUND = """
import streamlit as st
from room_sync import room

@room("around")
def around(st):
    @st.fragment
    def part():
        st.slider("Level")
    part()
    st.text(f"Count: {st.session_state.get('count', 0)}")
    if st.button("Count"):
        st.session_state["count"] = st.session_state.get("count", 0) + 1
        st.rerun()
    if st.button("Stop"):
        st.stop()
    st.text("The end")

st.set_page_config("Around")
around()
"""


@pytest.mark.fact("streamlit-app-around")
def test_what_an_app_does_around_and_in_its_room(tmp_path: Path) -> None:
    """`st.set_page_config` above a room, and `st.fragment`, `st.rerun` and `st.stop` in
    it do what they do elsewhere, and the page goes on following the room.
    """
    app = tmp_path / "around.py"
    app.write_text(AROUND)
    alex, doppler = StreamlitSession(app), StreamlitSession(app)
    alex.set("Level", 7)
    alex.click("Count")
    assert alex.reads("Count: 1")
    doppler.wait_a_second()
    assert doppler.value("Level") == 7
    assert doppler.reads("Count: 1")
    assert alex.reads("The end")
    alex.click("Stop")
    assert not alex.reads("The end")
    doppler.click("Count")
    alex.wait_a_second()
    assert alex.reads("Count: 2")
    assert not alex.errors() + doppler.errors()


@pytest.mark.fact("streamlit-app-pages")
def test_pages_of_one_app_have_one_room(tmp_path: Path) -> None:
    """The pages of `st.navigation` that name the same room share its values."""
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(
            "from room_sync import room\n"
            '@room("lobby")\n'
            "def lobby(st):\n"
            f'    st.slider("{name}", key="level")\n'
            "lobby()\n"
        )
    app = tmp_path / "app.py"
    app.write_text(
        "import streamlit as st\n"
        'st.navigation([st.Page("one.py"), st.Page("two.py")]).run()\n'
    )
    alex, doppler = StreamlitSession(app), StreamlitSession(app)
    doppler.page.switch_page("two.py")
    doppler.run()
    alex.set("one", 7)
    doppler.wait_a_second()
    assert doppler.value("two") == 7
    doppler.set("two", 9)
    alex.wait_a_second()
    assert alex.value("one") == 9


@pytest.mark.fact("streamlit-app-password")
def test_a_password_stays_private(tmp_path: Path) -> None:
    """In a room, a password that somebody enters stays in that session, and a warning
    says so.
    """
    app = tmp_path / "app.py"
    app.write_text(
        "from room_sync import room\n"
        '@room("lobby")\n'
        "def lobby(st):\n"
        '    st.text_input("Word", type="password", key="word")\n'
        "lobby()\n"
    )
    alex, doppler = StreamlitSession(app), StreamlitSession(app)
    for user in (alex, doppler):
        (warning,) = user.warnings()
        assert warning == "“word” stays private: a password cannot be shared."
    alex.set("Word", "swordfish")
    doppler.wait_a_second()
    assert (alex.value("Word"), doppler.value("Word")) == ("swordfish", "")
