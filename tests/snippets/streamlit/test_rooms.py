"""The rooms, used by two and three people in real browsers.

What needs no page is in ``test_rooms_headless.py`` and ``test_rooms_server.py``. A test
runs in more than one mode where the page itself does something else in each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Route, expect

from tests.snippets.streamlit.modes import POLLED, PUSHED, SHIPPED, program
from tests.users.stage import Stage
from tests.users.streamlit import StreamlitUser
from tests.waiting import wait_until

User = StreamlitUser
WITHIN_5_S = 5
"""So long may it take until all see that somebody has come or gone."""


WATCH_COUNT = """() => {
    const counts = window.counts = [];
    const note = () => document.querySelectorAll("[data-testid=stText]").forEach(
        ({ innerText: text }) => /^\\d+ here$/.test(text) && counts.push(text));
    new MutationObserver(note).observe(
        document.body, { subtree: true, childList: true, characterData: true });
}"""
"""Remembers how many people a page says are here, whenever something in it changes."""


def visitor(stage: Stage) -> StreamlitUser:
    """Somebody who opens the program and touches nothing."""
    user = StreamlitUser(stage.browser, stage.address)
    stage.users.append(user)
    user.open()
    return user


@program("first_room")
class TestFirstRoom:
    """A page polls, or is notified: hence two modes."""

    LABEL = "Select a value"

    @pytest.mark.fact("change-shows")
    def test_changes_show_on_a_page_that_nobody_touches_and_keep_the_focus(
        self, alex: User, doppler: User
    ) -> None:
        alex.sets_slider(self.LABEL, 3)
        for user in (alex, doppler):
            user.finds(self.LABEL, "3")
            user.reads_line("3 squared is 9")
        alex.page.keyboard.press("ArrowRight")
        doppler.reads_line("4 squared is 16")
        expect(alex.widget(self.LABEL)).to_be_focused()
        doppler.turns(self.LABEL, "ArrowRight")
        alex.reads_line("5 squared is 25")
        alex.reload()
        alex.finds(self.LABEL, "5")

    @pytest.mark.alone
    def test_a_connection_that_is_ended_on_the_way_changes_no_count(
        self, stage: Stage, alex: User, doppler: User
    ) -> None:
        """A proxy that ends idle connections doesn't change how many are counted: the
        page connects again.
        """
        here = len(stage.users)
        alex.sees_present(here)
        alex.page.evaluate(WATCH_COUNT)
        for number in (6, 7):
            with doppler.cut_off():
                pass
            alex.sets_slider(self.LABEL, number)
            doppler.reads_line(f"{number} squared is {number**2}")
        assert set(alex.page.evaluate("window.counts")) == {f"{here} here"}

    def test_a_restart_empties_the_room_and_people_go_on(
        self, stage: Stage, alex: User, doppler: User
    ) -> None:
        alex.sets_slider(self.LABEL, 7)
        doppler.reads_line("7 squared is 49")
        stage.restart()
        for user in (alex, doppler):
            user.reads_line("0 squared is 0")
        alex.sets_slider(self.LABEL, 5)
        doppler.reads_line("5 squared is 25")
        doppler.turns(self.LABEL, "ArrowRight")
        alex.reads_line("6 squared is 36")

    @pytest.mark.alone
    @pytest.mark.fact("gone-in-five-seconds")
    def test_who_is_gone_is_no_longer_counted(
        self, alex: User, doppler: User, third: User
    ) -> None:
        """A tab that is closed, or whose network is cut, is no longer counted five
        seconds later.
        """
        for user in (alex, doppler, third):
            user.sees_present(3)
        doppler.page.close()
        third.cable.pull_out()
        alex.sees_present(1, within=WITHIN_5_S)
        alex.sets_slider(self.LABEL, 2)
        alex.reads_line("2 squared is 4")
        third.cable.plug_in()
        third.reads_line("2 squared is 4")
        doppler.open_second_tab()
        alex.sees_present(3)

    @pytest.mark.alone
    @pytest.mark.fact("gone-in-five-seconds")
    def test_who_is_cut_off_shows_the_newest_value_when_back(
        self, alex: User, third: User
    ) -> None:
        alex.sees_present(3)
        with third.cut_off():  # both ends of its connections end, as with a kill
            alex.sees_present(2, within=WITHIN_5_S)
            alex.sets_slider(self.LABEL, 1)
            alex.reads_line("1 squared is 1")
        third.reads_line("1 squared is 1")
        third.turns(self.LABEL, "ArrowRight")
        alex.reads_line("2 squared is 4")


def votes(user: User) -> int:
    """The number in the line of `chosen_values`."""
    line = user.page.get_by_test_id("stText").inner_text()
    return int(line.split()[-2])


@program("chosen_values", SHIPPED, POLLED, PUSHED)
class TestTyping:
    """Whole runs replace a field; a room in a function asks what is unsent.

    The page answers that with a click of its component, or to the route: three modes.
    """

    TOPIC = "Topic, for all"

    @pytest.mark.fact("others-left-alone")
    def test_others_changes_disturb_nobody_who_types(
        self, alex: User, doppler: User
    ) -> None:
        """A change of one widget leaves the others alone, with the focus, the caret and
        what is being typed in them.
        """
        before = votes(alex)
        doppler.types("Notes, for you", "half a sentence")
        for _ in "sentence":
            doppler.page.keyboard.press("ArrowLeft")
        for more, topic in enumerate(("Lunch", "Dinner"), 1):
            alex.enters(self.TOPIC, topic)
            alex.presses("Vote")
            doppler.reads_line(f"{topic}: {before + more} votes")
            expect(doppler.widget("Notes, for you")).to_be_focused()
            doppler.page.keyboard.type("word ")
        doppler.finds("Notes, for you", "half a word word sentence")
        doppler.the(self.TOPIC).press("End")
        doppler.types(self.TOPIC, " or t")
        alex.presses("Vote")
        doppler.reads_line(f"Dinner: {before + 3} votes")
        expect(doppler.widget(self.TOPIC)).to_be_focused()
        doppler.page.keyboard.type("ea\n")
        alex.reads_line(f"Dinner or tea: {before + 3} votes")
        alex.finds(self.TOPIC, "Dinner or tea")

    @pytest.mark.fact("unsent-text")
    def test_what_is_unsent_in_the_field_that_another_changes(
        self, mode: str, alex: User, doppler: User
    ) -> None:
        """What you've typed in a field and not sent is replaced when someone else sends
        that field; in a room that a function draws, it stays until you send it, and
        then it's the later change, which everyone sees.
        """
        alex.enters(self.TOPIC, "Supper")
        doppler.finds(self.TOPIC, "Supper")
        before = votes(alex)
        doppler.is_at_rest()
        doppler.writes(self.TOPIC, "half a ")
        if mode == SHIPPED:
            with doppler.finds_anew(self.TOPIC):
                alex.enters(self.TOPIC, "a whole sentence")
            doppler.finds(self.TOPIC, "a whole sentence")
            return
        alex.enters(self.TOPIC, "a whole sentence")
        alex.presses("Vote")
        doppler.reads_line(f"Supper: {before + 1} votes")
        doppler.finds(self.TOPIC, "half a ")
        expect(doppler.widget(self.TOPIC)).to_be_focused()
        doppler.page.keyboard.type("word\n")
        for user in (alex, doppler):
            user.reads_line(f"half a word: {before + 1} votes")
            user.finds(self.TOPIC, "half a word")


CHOICES = """\
from room_sync import sync

with sync("lobby") as st:
    day = st.selectbox("Day", ["Monday", "Tuesday", "Friday"])
    size = st.slider("Size")
    st.text(f"{day}, {size}")
    if st.button("Clear"):
        st.session_state["cleared"] = True
    st.text(st.session_state.get("cleared", "not cleared"))
"""


@program(CHOICES, POLLED, PUSHED)
class TestChoosing:
    """What is open or held in one page, while others change the same widget."""

    @pytest.mark.fact("open-list")
    def test_an_open_list_and_a_slider_in_the_hand_stay(
        self, mode: str, alex: User, doppler: User
    ) -> None:
        """In a room that a function draws, a list that you have opened stays open, and
        a slider stays in your hand, while others change them.
        """
        friday = doppler.page.get_by_role("option", name="Friday", exact=True)
        with tells_of_a_draft(doppler, mode):
            doppler.the("Day").click()
            expect(friday).to_be_visible()
        alex.chooses("Day", "Tuesday")
        alex.turns("Size", "End")
        doppler.reads_line("Monday, 100")
        expect(friday).to_be_visible()
        friday.click()
        for user in (alex, doppler):
            user.reads_line("Friday, 100")
        with doppler.dragging("Size", 30):
            alex.turns("Size", "Home")
            alex.reads_line("Friday, 0")
        for user in (alex, doppler):
            user.reads_line("Friday, 30")


HEAD = -1
"""The row above the first one."""

OPEN = """\
import pandas as pd
import streamlit

from room_sync import private, room

@streamlit.dialog("A note")
def note():
    streamlit.text_input("Note")

@room("lobby")
def lobby(st):
    st.slider("Size", key="size")
    st.text(f"Size {st.session_state['size']}")
    file = st.file_uploader("File", key=private("file"))
    st.text(f"File {file and file.name}")
    with st.expander("More"):
        st.text("In the expander")
    if st.button("Write"):
        note()
    numbers = [(7 * n + 3) % 60 for n in range(60)]
    rows = pd.DataFrame({"number": numbers, "done": [False] * 60})
    rows = st.data_editor(rows, key="rows", height=200, hide_index=True)
    st.text(f"{rows['done'].sum()} done")

lobby()
"""


@program(OPEN, POLLED, PUSHED)
class TestOpen:
    """What is open in one page, while others change the room."""

    @pytest.mark.fact("open-dialog")
    def test_a_dialog_an_expander_and_an_upload_stay(
        self, alex: User, doppler: User
    ) -> None:
        """In a room that a function draws, a dialog that you have opened stays open
        with what you've typed in it, and so do an expander and a file that you've
        uploaded, while others change the room.
        """
        doppler.page.locator("input[type=file]").set_input_files(
            {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Monday"}
        )
        doppler.reads_line("File plan.txt")
        doppler.page.get_by_text("More", exact=True).click()
        doppler.reads_line("In the expander")
        doppler.presses("Write")
        note = doppler.page.get_by_role("dialog").get_by_label("Note")
        note.press_sequentially("half a ")
        alex.turns("Size", "End")
        doppler.reads_line("Size 100")
        doppler.is_at_rest()
        note.press_sequentially("thought")
        expect(note).to_have_value("half a thought")
        for line in ("File plan.txt", "In the expander"):
            doppler.reads_line(line)
        doppler.page.keyboard.press("Escape")
        expect(doppler.page.get_by_role("dialog")).to_have_count(0)

    @pytest.mark.fact("table-stays")
    def test_a_table_stays_sorted_scrolled_and_selected(
        self, alex: User, doppler: User
    ) -> None:
        def scrolled() -> int:
            grid = doppler.page.locator(".dvn-scroller")
            return int(grid.evaluate("grid => grid.scrollTop"))

        doppler.finds_cell(0, 0, "3")
        doppler.clicks_cell(HEAD, 0, columns=2)
        doppler.finds_cell(0, 0, "0")
        doppler.clicks_cell(1, 0, columns=2)
        doppler.has_selected(1, 0)
        for _ in range(21):
            doppler.page.keyboard.press("ArrowDown")
        doppler.has_selected(22, 0)
        assert (before := scrolled()) > 300
        alex.ticks_cell(1, 1)
        doppler.reads_line("1 done")
        doppler.is_at_rest()
        assert scrolled() == before
        doppler.page.keyboard.press("ArrowUp")
        doppler.has_selected(21, 0)
        doppler.finds_cell(21, 0, "21")


@contextmanager
def tells_of_a_draft(user: User, mode: str) -> Iterator[None]:
    """Wait until the page has said what it has that is not sent."""
    if mode == PUSHED:
        with user.page.expect_response(lambda it: it.request.method == "POST"):
            yield
        return
    with user._sockets[-1].expect_event("framesent"):
        yield
    user.is_at_rest()


@program("forms", SHIPPED, PUSHED)
class TestForms:
    """A block is how readers copy it; in a function, the page watches the fields."""

    @pytest.mark.fact("form-drafts")
    def test_drafts_survive_what_others_send(self, alex: User, doppler: User) -> None:
        """Your draft in a form survives what others send, and a form with
        `clear_on_submit` is emptied only for the person who sends it.
        """
        doppler.widget("Name").fill("Third and four")
        doppler.chooses("When?", "Friday")
        doppler.widget("Name").focus()
        alex.widget("Where?").fill("There")
        alex.widget("Name").fill("Fifth")
        alex.presses("I come")
        for user in (alex, doppler):
            user.reads_line("Coming: Fifth")
            user.reads_line("Here, on Monday")
        alex.finds("Name", "")
        alex.presses("Agree")
        doppler.reads_line("There, on Monday")
        doppler.finds("When?", "Friday")
        doppler.finds("Name", "Third and four")
        expect(doppler.widget("Name")).to_be_focused()
        doppler.page.keyboard.press("End")
        doppler.page.keyboard.type("th")
        doppler.presses("I come")
        alex.reads_line("Coming: Fifth, Third and fourth")
        doppler.finds("Name", "")
        doppler.presses("Agree")
        for user in (alex, doppler):
            user.reads_line("There, on Friday")
            user.finds("Where?", "There")
            user.finds("When?", "Friday")
            user.reads_line("Coming: Fifth, Third and fourth")


@program("table", SHIPPED)
class TestTable:
    """One mode: how a page hears of changes is the same for a table as for a field."""

    @pytest.mark.fact("cells-are-merged")
    def test_cells_that_two_fill_at_once_are_merged(
        self, alex: User, doppler: User
    ) -> None:
        alex.steps_into_cell(0, 1)
        doppler.steps_into_cell(1, 1)
        alex.open_cell.fill("900")
        doppler.open_cell.fill("400")
        alex.open_cell.press("Enter")
        doppler.open_cell.press("Enter")
        for user in (alex, doppler):
            user.finds_cell(0, 1, "900")
            user.finds_cell(1, 1, "400")
            user.reads_line("To pay: 1420 euro")
        alex.fills_cell(2, 0, "Train")
        doppler.finds_cell(2, 0, "Train")
        doppler.ticks_cell(2, 2)
        for user in (alex, doppler):
            user.finds_cell(2, 0, "Train")
            user.finds_cell(2, 2, "true")
            user.reads_line("To pay: 1300 euro")
        doppler.fills_cell(0, 1, "850")
        for user in (alex, doppler):
            user.finds_cell(0, 1, "850")
            user.reads_line("To pay: 1250 euro")


@program("viewers", SHIPPED)
class TestViewers:
    """What is disabled is the server's word; here it is seen on a page."""

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def word(cls) -> Iterator[None]:
        """What the server takes for the presenter's word."""
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("PRESENTER_WORD", "swordfish")
            yield

    def test_viewers_see_everything_and_can_touch_nothing(
        self, alex: User, doppler: User
    ) -> None:
        alex.enters("Word", "swordfish")
        alex.enters("Slide", "3")
        alex.enters("Remark", "Look!")
        alex.presses("Applaud")
        doppler.reads_line("Slide 3: Look! (1 times)")
        for touched in ("Slide", "Remark"):
            expect(alex.widget(touched)).to_be_enabled()
            expect(doppler.widget(touched)).to_be_disabled()
        expect(doppler.button("Applaud")).to_be_disabled()


@program("choose_room", SHIPPED)
class TestChooseRoom:
    """The whole script runs, in whatever way the page follows the others."""

    @pytest.mark.fact("room-in-address")
    def test_a_room_is_made_left_and_entered_by_its_link(
        self, alex: User, doppler: User
    ) -> None:
        """The room is in the page's address, so a link leads others into it and a
        reload returns to it.
        """
        alex.makes_room("Garden & house #1")
        expect(alex.page).to_have_url(re.compile(r"\?room=Garden"))
        doppler.follows_link_of(alex)
        for user in (alex, doppler):
            user.reads_line("Garden & house #1")
            user.reads_line("Garden & house #1: 2 here")
        alex.enters("A", "40")
        doppler.reads_line("Their sum is 42")
        doppler.reload()
        doppler.reads_line("Garden & house #1")
        doppler.reads_line("Their sum is 42")
        doppler.presses("Exit room")
        doppler.reads_line("Nobody else is here")
        doppler.reads_line("Their sum is 3")
        alex.reads_line("Garden & house #1: 1 here")
        doppler.enters("A", "5")
        doppler.reads_line("Their sum is 7")
        alex.reads_line("Their sum is 42")
        doppler.chooses("Room", "Garden & house #1")
        doppler.presses("Enter room")
        doppler.reads_line("Their sum is 42")


@pytest.mark.state(
    "private_values.py",
    "level",
    "one room",
    reload="kept",
    reconnect="kept",
    restart="lost",
)
@pytest.mark.state(
    "private_values.py",
    "zoom",
    "one tab",
    reload="lost",
    reconnect="kept",
    restart="kept",
)
def test_what_becomes_of_private_and_shared_values(
    start: Callable[[str], Stage],
) -> None:
    stage = start("streamlit/rooms/private_values")
    alex, doppler = visitor(stage), visitor(stage)
    alex.sets_slider("Level, for all", 3)
    doppler.reads_line("Level 4, seen at zoom 1")
    doppler.sets_slider("Zoom, for you", 2)
    doppler.reads_line("Level 4, seen at zoom 3")
    alex.reads_line("Level 4, seen at zoom 1")
    doppler.reload()
    doppler.reads_line("Level 4, seen at zoom 1")
    doppler.sets_slider("Zoom, for you", 2)
    doppler.reads_line("Level 4, seen at zoom 3")
    with doppler.cut_off():
        alex.sets_slider("Level, for all", 4)
        alex.reads_line("Level 5, seen at zoom 1")
    doppler.reads_line("Level 5, seen at zoom 3")
    stage.restart()
    doppler.reads_line("Level 1, seen at zoom 3")


@pytest.mark.state(
    "saved_room.py",
    "text",
    "every process",
    reload="kept",
    reconnect="kept",
    restart="kept",
)
def test_what_becomes_of_a_saved_value(start: Callable[[str], Stage]) -> None:
    """That several processes share it is proven without a browser."""
    stage = start("streamlit/rooms/saved_room")
    alex, doppler = visitor(stage), visitor(stage)
    alex.enters("Notes", "one")
    doppler.reads_line("1 words, saved in rooms.db")
    doppler.reload()
    doppler.reads_line("1 words, saved in rooms.db")
    with doppler.cut_off():
        alex.enters("Notes", "one two")
        alex.reads_line("2 words, saved in rooms.db")
    doppler.reads_line("2 words, saved in rooms.db")
    with alex.finds_anew("Notes"), doppler.finds_anew("Notes"):
        stage.restart()
    for user in (alex, doppler):
        user.reads_line("2 words, saved in rooms.db")
        user.finds("Notes", "one two")
    doppler.enters("Notes", "one two three")
    alex.reads_line("3 words, saved in rooms.db")


@pytest.mark.fact("pushed-changes")
def test_a_page_that_is_notified_sends_nothing_until_then(
    start: Callable[[str], Stage],
) -> None:
    """Started by the launcher, a page is notified when the room changes, and while it
    doesn't, the page asks for no run.
    """
    stage = start("streamlit/rooms/push_launcher")
    alex, doppler = visitor(stage), visitor(stage)
    for user in (alex, doppler):
        user.reads_line("0 clicks, 2 here")
    assert idle_for_a_while(doppler) == []
    alex.presses("Click")
    for user in (alex, doppler):
        user.reads_line("1 clicks, 2 here")


@pytest.mark.fact("polls-where-unreached")
@pytest.mark.parametrize("when", ["from the start", "later"])
def test_a_page_that_cannot_be_notified_polls(
    when: str, start: Callable[[str], Stage]
) -> None:
    """A page that doesn't reach the push route, behind a proxy for example, polls
    instead, and the server's log says so.
    """
    stage = start("streamlit/rooms/push_launcher")
    alex = visitor(stage)
    doppler = StreamlitUser(stage.browser, stage.address)
    stage.users.append(doppler)
    is_closed = when == "from the start"

    def proxy(route: Route) -> None:
        if is_closed or "worker=" in route.request.url:  # workers are out of its reach
            route.fulfill(status=404, body="Not here.")
        else:
            route.continue_()

    doppler.context.route("**/rooms/events*", proxy)
    doppler.open()
    for user in (alex, doppler):
        user.reads_line("0 clicks, 2 here")
    is_closed = True

    def is_logged() -> bool:
        doppler.page.evaluate("0")  # requests are answered while the page is asked
        return "does not reach the push route" in stage.log()

    wait_until(is_logged)
    for clicks, user in enumerate((alex, doppler), 1):
        user.presses("Click")
        for reader in (alex, doppler):
            reader.reads_line(f"{clicks} clicks, 2 here")


def test_a_page_is_notified_behind_a_proxy_that_cuts_a_path_off(
    start: Callable[[str], Stage],
) -> None:
    """Jupyter, Coder and code-server have such proxies."""
    stage = start("streamlit/rooms/push_launcher")
    below = "/user/alex/proxy/8501"
    alex = StreamlitUser(stage.browser, stage.address, below)
    stage.users.append(alex)
    alex.open()
    doppler = visitor(stage)
    for user in (alex, doppler):
        user.reads_line("0 clicks, 2 here")
    assert idle_for_a_while(alex, below) == []
    doppler.presses("Click")
    for user in (alex, doppler):
        user.reads_line("1 clicks, 2 here")


def idle_for_a_while(user: StreamlitUser, below: str = "") -> list[object]:
    """What the page sends by itself while the server twice asks who is there."""
    sent: list[object] = []
    user._sockets[-1].on("framesent", lambda frame: sent.append(frame))

    def asked() -> int:
        user.page.evaluate("0")  # messages are seen while the page is asked
        return user.cable.requests.count(f"POST {below}/rooms/events")

    before = asked()
    wait_until(lambda: asked() >= before + 2, event="two requests")
    return sent
