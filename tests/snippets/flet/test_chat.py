"""The Flet chats, used by several people in real browsers.

The finished app does here what every chat must do; for the other programs that is
proven without browsers, and here only what a page may do otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from livedocs.catalog import Catalog
from tests.contracts.chat import FinishedChat, SharedHistory, Smoke
from tests.users.base import BrowserUser, Message
from tests.users.flet import AT_REST, TALL, FletUser
from tests.users.flet_ime import compose, press_enter, take
from tests.users.flet_socket import FletSocket
from tests.users.stage import Stage
from tests.waiting import wait_until

ALONE = "flet/chat/step2_messages"
BROADCAST = "flet/chat/step3_broadcast"
STEPS = (
    "flet/chat/step4_join_dialog",
    "flet/chat/step5_reusable_control",
    "flet/chat/step6_layout",
)
FINISHED = "flet/chat/history"
DECLARATIVE = "flet/chat/declarative"


@pytest.fixture(scope="class")
def stage(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Stage]:
    """One of the programs of the class, for all tests of the class."""
    snippet = Catalog.default().find(request.param)
    with closing(Stage(snippet, browser, **TALL)) as stage:
        yield stage


@pytest.fixture
def third(join: Callable[[], FletUser]) -> FletUser:
    """A third person, who goes home after the test: all pages draw what is said."""
    return join()


@pytest.fixture
def join(stage: Stage, doppler: FletUser) -> Iterator[Callable[[], BrowserUser]]:
    """More people, who go home after the test."""
    guests = len(stage.users)
    yield stage.join
    for user in stage.users[guests:]:
        user.leave()


@pytest.fixture
def visitor(stage: Stage, doppler: FletUser) -> Iterator[FletUser]:
    """Somebody who stands before the dialog."""
    user = stage.invite()
    assert isinstance(user, FletUser)
    user.open()
    expect(user.name_field).to_be_visible()
    yield user
    user.leave()


def ends_with(user: BrowserUser, *messages: Message) -> None:
    """Wait until these are the last messages on a page, each of them once."""
    event = f"{user.name} sees {messages} at the end"
    wait_until(lambda: user.latest(len(messages)) == list(messages), event=event)


def joins_and_writes_with_the_keyboard(visitor: FletUser, alex: FletUser) -> None:
    """Do all there is to do without a mouse."""
    expect(visitor.page).to_have_title("Flet chat")
    keys = visitor.page.keyboard
    visitor.waits_for_the_caret()
    keys.type("Nora")
    keys.press("Tab")
    keys.press("Enter")
    visitor.hears("Nora has joined the chat.")
    visitor.writes_without_a_click("first line", "second line")
    alex.sees(Message("Nora", "first line\nsecond line"))
    visitor.waits_for_the_caret()
    keys.type("by the button")
    keys.press("Tab")
    keys.press("Enter")
    alex.sees(Message("Nora", "by the button"))
    visitor.writes_without_a_click("and on")
    alex.sees(Message("Nora", "and on"))


def goes_on_after_a_cut(alex: FletUser, doppler: FletUser) -> list[Message]:
    """Be cut off and miss nothing; what is said next is seen all the same."""
    said = [alex.says("before the cut")]
    with doppler.cut_off_until_redrawn():
        doppler.sees(*said)  # after the reload that puts the connection in our hands
    said.append(alex.says("after the cut"))
    doppler.sees(*said)
    return said


def says_at_once(alex: BrowserUser, texts: Sequence[str]) -> list[Message]:
    """Send them by a web socket: what a page sends, three pages draw one by one."""
    user = FletSocket(alex.address)
    user.join("Ferris")
    for text in texts:
        user.send(text)
    user.close()
    return [Message("Ferris", text) for text in texts]


@pytest.mark.parametrize("stage", [FINISHED], indirect=True)
class TestFinished(SharedHistory, FinishedChat):
    """What every chat does, by the finished app."""

    def says_at_once(self, alex: BrowserUser, texts: Sequence[str]) -> list[Message]:
        return says_at_once(alex, texts)


@pytest.mark.parametrize("stage", [FINISHED], indirect=True)
class TestFinishedApp:
    """What it does besides."""

    @pytest.mark.fact("flet-name-dialog")
    def test_the_dialog_lets_in_people_with_a_name(
        self, alex: FletUser, visitor: FletUser
    ) -> None:
        """Enter in the dialog joins, and so does its button; an empty or blank name is
        refused, with an error in the field.
        """
        visitor.fills_in_name("   ")
        visitor.page.keyboard.press("Enter")
        expect(visitor.name_field).to_have_accessible_description("Enter a name.")
        visitor.fills_in_name("Mona")
        visitor.click_button("Join chat")
        visitor.hears("Mona has joined the chat.")
        visitor.send("Here I am")
        alex.sees(Message("Mona", "Here I am"))

    @pytest.mark.fact("flet-keyboard")
    def test_the_keyboard_is_enough(self, alex: FletUser, visitor: FletUser) -> None:
        """The keyboard is enough: to join, write, start a new line with Shift+Enter,
        press the button, and carry on writing.
        """
        joins_and_writes_with_the_keyboard(visitor, alex)

    @pytest.mark.fact("flet-composition")
    def test_an_enter_that_confirms_a_word_sends_it(
        self, alex: FletUser, visitor: FletUser
    ) -> None:
        """In a field with `shift_enter=True`, the Enter that confirms a composed word
        sends it; in a field without, it does not.
        """
        visitor.join("Nao")
        visitor.step_into(visitor.field)
        compose(visitor.page, "にほ")
        visitor.finds_field_with("にほ")
        press_enter(visitor.page)
        alex.sees(Message("Nao", "にほ"))
        take(visitor.page, "日本")

    @pytest.mark.fact("flet-screen-reader")
    def test_a_screen_reader_finds_name_and_text(
        self, alex: FletUser, doppler: FletUser, join: Callable[[str], FletUser]
    ) -> None:
        """A screen reader finds a message's name and text, even a long name with HTML,
        emoji and right-to-left text.
        """
        guest = join("<b>Alex</b> & 👋🏽 שלום " + "x" * 300)
        said = [guest.says("good evening"), alex.says("good evening to you")]
        for user in (alex, doppler, guest):
            user.sees(*said)

    @pytest.mark.fact("flet-draft")
    def test_a_message_that_comes_in_leaves_alone_what_is_being_typed(
        self, alex: FletUser, doppler: FletUser
    ) -> None:
        """A message that comes in leaves alone what you are typing."""
        doppler.step_into(doppler.field)
        doppler.waits_for_the_caret()
        doppler.types("half a ")
        doppler.sees(alex.says("meanwhile"))
        doppler.types("thought")
        doppler.press_enter()
        alex.sees(Message("Doppler", "half a thought"))

    @pytest.mark.fact("flet-in-turn")
    def test_two_people_who_write_in_turn_lose_nothing_and_see_one_order(
        self, alex: FletUser, doppler: FletUser
    ) -> None:
        said = []
        for user in (alex, doppler):
            user.step_into(user.field)
        for n in range(5):
            for user in (alex, doppler):
                user.field.press_sequentially(f"message {n}")
                user.press_enter()
                user.finds_field_with("")
                said.append(Message(user.name, f"message {n}"))
        for user in (alex, doppler):
            user.sees(*said[-2:])
        seen = [user.latest(len(said)) for user in (alex, doppler)]
        assert sorted(seen[0], key=repr) == sorted(said, key=repr)
        assert seen[0] == seen[1]

    @pytest.mark.fact("flet-newest-in-sight")
    def test_the_newest_message_is_in_sight(
        self, alex: FletUser, join: Callable[[], FletUser]
    ) -> None:
        """The list scrolls by itself: of many short messages the newest is in sight."""
        guest = join()
        guest.page.set_viewport_size({"width": 480, "height": 360})
        says_at_once(alex, [f"row {n} of 12" for n in range(1, 13)])
        wait_until(lambda: guest.is_in_sight("row 12 of 12"), event="the newest")
        assert not guest.is_in_sight("row 1 of 12")

    @pytest.mark.fact("flet-missed")
    @pytest.mark.fact("flet-new-view")
    @pytest.mark.state(
        "history.py", "history", "everybody", reload="kept", reconnect="kept"
    )
    @pytest.mark.state(
        "history.py", "messages", "one tab", reload="kept", reconnect="kept"
    )
    def test_a_cut_loses_nothing(self, alex: FletUser, doppler: FletUser) -> None:
        said = goes_on_after_a_cut(alex, doppler)
        with doppler.cut_off_until_redrawn():
            said.append(alex.says("in your absence"))
            assert said[-1] not in doppler.latest(5)
        doppler.sees(*said)
        said.append(doppler.says("here I am"))
        for user in (alex, doppler):
            ends_with(user, *said)

    @pytest.mark.fact("flet-restart")
    @pytest.mark.state("history.py", "history", "everybody", restart="lost")
    @pytest.mark.state("history.py", "messages", "one tab", restart="lost")
    def test_when_the_server_starts_again_so_does_a_page(
        self, stage: Stage, alex: FletUser, doppler: FletUser
    ) -> None:
        """When the server starts again, an open page starts again too, without a name
        and without messages.
        """
        doppler.sees(alex.says("the end"))
        stage.restart()
        for user, name in ((alex, "Alex"), (doppler, "Doppler")):
            expect(user.name_field).to_be_visible()
            user.join(name)
        new = alex.says("a new beginning")
        doppler.sees(new)
        for user in (alex, doppler):
            assert user.messages() == [new]


@pytest.mark.parametrize("stage", [DECLARATIVE], indirect=True)
class TestDeclarative(Smoke):
    """The finished app once more, in which Flet finds what has changed."""

    def test_the_keyboard_is_enough(self, alex: FletUser, visitor: FletUser) -> None:
        joins_and_writes_with_the_keyboard(visitor, alex)

    @pytest.mark.fact("flet-new-view")
    def test_with_a_new_view_a_page_that_was_cut_off_goes_on(
        self, alex: FletUser, doppler: FletUser
    ) -> None:
        said = goes_on_after_a_cut(alex, doppler)
        alex.sees(*said, doppler.says("here I am"))


@pytest.mark.parametrize("stage", [BROADCAST], indirect=True)
class TestBroadcast(Smoke):
    """Messages for all, on a page that gets no new view."""

    @pytest.mark.fact("flet-new-view")
    def test_without_a_new_view_a_page_that_missed_nothing_shows_nothing_new(
        self, alex: FletUser, doppler: FletUser
    ) -> None:
        """A page that was cut off while nobody spoke shows what is said next only if it
        gets a new view; without one it has to be reloaded.
        """
        before = alex.says("before the cut")
        doppler.sees(before)
        with doppler.cut_off():
            pass
        after = alex.says("after the cut")
        assert after not in doppler.latest(5)
        doppler.reload()
        doppler.sees(before, after)


@pytest.mark.parametrize("stage", STEPS, indirect=True)
class TestSteps:
    """On the way: the other one is a web socket, which draws nothing."""

    def test_what_one_writes_the_other_reads(self, alex: FletUser) -> None:
        with closing(FletSocket(alex.address)) as ferris:
            ferris.join("Ferris")
            said = alex.says("Is anybody there?")
            alex.finds_field_with("")
            ferris.sees(said)
            ferris.send("<b>I am.</b>")
            alex.sees(said, Message("Ferris", "<b>I am.</b>"))


@pytest.mark.fact("flet-two-tabs")
@pytest.mark.parametrize("stage", [ALONE], indirect=True)
def test_two_tabs_are_two_sessions(stage: Stage) -> None:
    """Two tabs of one browser are two sessions: neither shows what the other sends,
    unless the program sends it to both.
    """
    user = stage.join()
    assert isinstance(user, FletUser)
    user.step_into(user.field)
    for text in ("one", "two"):  # the field keeps the focus
        user.writes_without_a_click(text)
        user.hears(text)
    first = user.page
    user.open_second_tab()
    user.send("for this tab")
    wait_until(lambda: user.lines() == ["for this tab"])
    user.page = first
    user.send("three")
    wait_until(lambda: user.lines() == ["one", "two", "three"])


@pytest.mark.fact("flet-focus-bug")
def test_focus_does_nothing_with_shift_enter(browser: Browser, tmp_path: Path) -> None:
    """In Flet 1.0.5 `focus()` has no effect on a field with `shift_enter=True`."""
    asks = """
    async def ask(event: ft.Event[ft.Button]) -> None:
        await event.control.data.focus()
        print("asked for", event.control.data.label)

    plain = ft.TextField(label="Plain")
    page.add(*(ft.Button(f.label, data=f, on_click=ask) for f in (field, plain)), plain)
    button ="""
    original = Catalog.default().find(ALONE)
    text = original.text.replace("    button =", asks)
    assert text.count(asks) == 1
    path = tmp_path / original.file
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with closing(Stage(Catalog(tmp_path).find(ALONE), browser, **TALL)) as stage:
        user = stage.join()
        assert isinstance(user, FletUser)
        plain = user.page.get_by_role("textbox", name="Plain")
        for name, field, typed in (("Message", user.field, ""), ("Plain", plain, "ab")):
            user.click_button(name)
            asked = f"asked for {name}"
            wait_until(lambda asked=asked: asked in stage.log(), event=asked)  # type: ignore[misc]
            user.page.evaluate(AT_REST)
            user.types("ab")
            user.page.evaluate(AT_REST)
            expect(field).to_have_value(typed)
