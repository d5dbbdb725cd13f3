"""What people do with the rooms of Streamlit's pages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.stories.scene import Scene, story
from tests.stories.streamlit import RoomStage, at_rest
from tests.users.base import BrowserUser
from tests.users.streamlit import StreamlitUser, click_together

NUMBER = "Select a value"


@story("streamlit/rooms/dashboard", dark=True, stage=RoomStage)
def moved_for_all(scene: Scene[StreamlitUser]) -> None:
    """What one moves is moved for the other, who touches nothing."""
    alex, doppler = scene.opens()
    with scene.step("Alex drags the slider to 60. Doppler's moves as well."):
        alex.drags(NUMBER, 60)
        sees_number(60, alex, doppler)
    with scene.step("Doppler drags it back to 25. Both read that its square is 625."):
        doppler.drags(NUMBER, 25)
        sees_number(25, alex, doppler)


def sees_number(number: int, *users: StreamlitUser) -> None:
    """Wait until the slider of all says this, and the line with its square."""
    for user in users:
        user.finds(NUMBER, f"{number}")
        user.reads_line(f"{number} squared is {number**2}")
    at_rest(*users)


@story("streamlit/rooms/forms", height=620, dark=True, stage=RoomStage)
def sent_as_one(scene: Scene[StreamlitUser]) -> None:
    """Nobody sees what is in a form before it is sent."""
    alex, doppler = scene.opens()
    with scene.step("Alex writes a place into a form. Doppler does not see it yet."):
        alex.writes("Where?", "At the lake")
        alex.finds("Where?", "At the lake")
        doppler.finds("Where?", "Here")
    with scene.step(
        "Alex sends the form with a click on Agree. Doppler's says the same."
    ):
        alex.presses("Agree")
        for user in (alex, doppler):
            user.reads_line("At the lake, on Monday")
            user.finds("Where?", "At the lake")
        alex.looks_away()
        at_rest(alex, doppler)
    with scene.step("Doppler fills in the other form. Both read who comes."):
        doppler.writes("Name", "Doppler")
        doppler.presses("I come")
        doppler.finds("Name", "")
        for user in (alex, doppler):
            user.reads_line("Coming: Doppler")
        doppler.looks_away()
        at_rest(alex, doppler)


@story("streamlit/rooms/table", height=340, dark=True, stage=RoomStage)
def merged_cells(scene: Scene[StreamlitUser]) -> None:
    """Two fill in one table at the same time."""
    alex, doppler = scene.opens()
    with scene.step("Alex writes 900 for the rent; Doppler writes 400 for the food."):
        alex.writes_into_cell(0, 1, "900")
        doppler.writes_into_cell(1, 1, "400")
    with scene.step("Both press Enter. Both tables have both numbers."):
        for user in (alex, doppler):
            user.open_cell.press("Enter")
        for user in (alex, doppler):
            user.reads_line("To pay: 1420 euro")
            user.is_at_rest()
            user.finds_cell(0, 1, "900")
            user.finds_cell(1, 1, "400")
    with scene.step("Doppler ticks that the trips are paid. Alex sees that as well."):
        doppler.clicks_cell(2, 2)
        doppler.looks_away()
        for user in (alex, doppler):
            user.reads_line("To pay: 1300 euro")
        at_rest(alex, doppler)
        alex.finds_cell(2, 2, "true")


class TalkStage(RoomStage):
    """The server knows the presenter's word."""

    def _start(self, port: int = 0) -> None:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("PRESENTER_WORD", "swordfish")
            super()._start(port)


@story("streamlit/rooms/viewers", dark=True, stage=TalkStage)
def one_presents(scene: Scene[StreamlitUser]) -> None:
    """Who has the word moves the page; the other one watches."""
    alex, doppler = scene.opens()
    with scene.step("Alex gives the word, and may change everything now."):
        alex.opens_sidebar()
        alex.writes("Word", "swordfish")
        alex.page.keyboard.press("Enter")
        expect(alex.widget("Slide")).to_be_enabled()
        alex.closes_sidebar()
        at_rest(alex, doppler)
    with scene.step("Alex goes on to slide 2. Doppler sees it, and can touch nothing."):
        alex.clicks_step("Slide", "Up")
        for user in (alex, doppler):
            user.finds("Slide", "2")
        expect(doppler.widget("Slide")).to_be_disabled()
        expect(doppler.widget("Remark")).to_be_disabled()
        alex.looks_away()
        at_rest(alex, doppler)
    with scene.step("Alex writes a remark. Doppler reads it."):
        alex.writes("Remark", "Look here!")
        alex.page.keyboard.press("Enter")
        for user in (alex, doppler):
            user.reads_line("Slide 2: Look here! (0 times)")
            user.finds("Remark", "Look here!")
        at_rest(alex, doppler)


@story("streamlit/rooms/push_launcher", height=460, dark=True, stage=RoomStage)
def both_at_once(scene: Scene[StreamlitUser]) -> None:
    """Two act at the same moment, and neither is disturbed."""
    alex, doppler = scene.opens()
    with scene.step("While Alex drags the slider, Doppler clicks. Both see both."):
        with alex.dragging(NUMBER, 40):
            doppler.presses("Click")
            alex.reads_line("1 clicks, 2 here")
        doppler.looks_away()
        sees_number(40, alex, doppler)
        doppler.reads_line("1 clicks, 2 here")
    with scene.step(
        "Doppler drags the slider on, and Alex clicks. Both see that, too."
    ):
        with doppler.dragging(NUMBER, 70):
            alex.presses("Click")
            doppler.reads_line("2 clicks, 2 here")
        alex.looks_away()
        sees_number(70, alex, doppler)
        alex.reads_line("2 clicks, 2 here")


@story("streamlit/rooms/buttons", height=300, dark=True, stage=RoomStage)
def balloons_for_one(scene: Scene[StreamlitUser]) -> None:
    """A click is for the person who clicks, what it does to a value is for all."""
    alex, doppler = scene.opens()
    with scene.step("Alex sends balloons, which Alex alone sees. Both count them."):
        alex.presses("Send balloons")
        alex.looks_away()
        expect(alex.page.get_by_test_id("stBalloons")).to_be_attached()
        for user in (alex, doppler):
            user.reads_line("Sent 1 times")
        assert doppler.page.get_by_test_id("stBalloons").count() == 0
        at_rest(alex, doppler)


@story("streamlit/rooms/counter", height=300, dark=True, stage=RoomStage)
def no_click_lost(scene: Scene[StreamlitUser]) -> None:
    """Two who click at the same moment are both counted."""
    alex, doppler = scene.opens()
    for text, clicks in (
        ("Alex and Doppler click at the same moment. Both read 2.", 2),
        ("They do so once more. Both read 4: no click is lost.", 4),
    ):
        with scene.step(text):
            counts_after_click(clicks, alex, doppler)


def counts_after_click(clicks: int, *users: StreamlitUser) -> None:
    """Let all click at the same moment; then they read this number."""
    click_together("Click", *users)
    for user in users:
        user.looks_away()
        user.reads_line(f"Clicked {clicks} times")
    at_rest(*users)


@story("streamlit/rooms/choose_room", height=480, dark=True, stage=RoomStage)
def invited_by_a_link(scene: Scene[StreamlitUser]) -> None:
    """Somebody makes a room, and its address invites into it."""
    alex, doppler = scene.opens()
    with scene.step("Alex makes a room with the name Garden, and is in it."):
        alex.opens_sidebar()
        alex.makes_room("Garden")
        alex.closes_sidebar()
        alex.reads_line("Garden")
        at_rest(alex)
    text = "Doppler opens the address of Alex's page, and is there as well."
    with scene.step(text), scene.hiding(doppler):
        doppler.follows_link_of(alex)
        doppler.reads_line("Garden")
        alex.reads_line("Garden: 2 here")
        at_rest(alex, doppler)
    with scene.step("Alex sets A to 40. Doppler's sum is 42, too."):
        alex.writes("A", "40")
        alex.page.keyboard.press("Enter")
        for user in (alex, doppler):
            user.finds("A", "40")
            user.reads_line("Their sum is 42")
        at_rest(alex, doppler)


class QuietStage(RoomStage):
    """The field for a name is none that has to be filled in first."""

    def lets_in(self, user: BrowserUser, name: str = "", *, joins: bool = True) -> None:
        user.open()
        expect(user.page.get_by_test_id("stSkeleton")).to_have_count(0)


@story("streamlit/rooms/private_values", height=600, dark=True, stage=QuietStage)
def some_for_all(scene: Scene[StreamlitUser]) -> None:
    """One slider is everybody's, the other one is each one's own."""
    alex, doppler = scene.opens()
    with scene.step(
        "Alex drags the level, which is everybody's: Doppler's moves, too."
    ):
        alex.drags("Level, for all", 7)
        for user in (alex, doppler):
            user.finds("Level, for all", "7")
            user.reads_line("Level 7, seen at zoom 1")
        at_rest(alex, doppler)
    with scene.step("Doppler drags the zoom, which is private: Alex's stays."):
        doppler.drags("Zoom, for you", 4)
        doppler.reads_line("Level 7, seen at zoom 4")
        alex.reads_line("Level 7, seen at zoom 1")
        at_rest(alex, doppler)
    with scene.step("Alex signs in. Both read the name, and Doppler's field is empty."):
        alex.writes("Your name", "Alex")
        alex.presses("Sign in")
        alex.looks_away()
        for user in (alex, doppler):
            user.reads_line("Signed in: Alex")
        doppler.finds("Your name", "")
        at_rest(alex, doppler)


@story("streamlit/rooms/chosen_values", height=480, dark=True, stage=RoomStage)
def only_what_is_named(scene: Scene[StreamlitUser]) -> None:
    """The topic and the votes are everybody's, the notes are not."""
    alex, doppler = scene.opens()
    with scene.step("Alex sets the topic. Doppler reads it."):
        alex.writes("Topic, for all", "Lunch")
        alex.page.keyboard.press("Enter")
        for user in (alex, doppler):
            user.finds("Topic, for all", "Lunch")
            user.reads_line("Lunch: 0 votes")
        at_rest(alex, doppler)
    with scene.step("Doppler writes a note, which stays with Doppler."):
        doppler.writes("Notes, for you", "Soup again?")
        doppler.page.keyboard.press("ControlOrMeta+Enter")
        doppler.finds("Notes, for you", "Soup again?")
        alex.finds("Notes, for you", "")
        at_rest(alex, doppler)
    with scene.step("Doppler votes. Both read that there is one vote."):
        doppler.presses("Vote")
        doppler.looks_away()
        for user in (alex, doppler):
            user.reads_line("Lunch: 1 votes")
        at_rest(alex, doppler)
