"""What becomes of keys that are pressed before the server has cleared the field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from livedocs.catalog import Catalog
from tests.users.flet import TALL
from tests.users.flet_slow import SlowFletUser, SlowStage
from tests.waiting import wait_until

PITFALL = "flet/chat/pitfall_fast_typing"
MENDED = "flet/chat/fast_typing"


@pytest.fixture(scope="class")
def opened(request: pytest.FixtureRequest, browser: Browser) -> Iterator[SlowFletUser]:
    """Somebody with a chat, on a line that can be held, for all tests of a class."""
    snippet = Catalog.default().find(request.param)
    with closing(SlowStage(snippet, browser, **TALL)) as stage:
        user = stage.join()
        assert isinstance(user, SlowFletUser)
        yield user


@pytest.fixture
def user(opened: SlowFletUser) -> SlowFletUser:
    """The same, with the caret in an empty field."""
    opened.step_into(opened.field)
    return opened


@pytest.fixture
def shows(user: SlowFletUser) -> Callable[..., None]:
    """Wait until these, and no others, have come to the messages."""
    before = user.lines()

    def shows(*lines: str) -> None:
        event = f"only {lines} are new"
        wait_until(lambda: user.lines() == [*before, *lines], event=event)

    return shows


def type_on_before_the_clear(user: SlowFletUser) -> None:
    """Send ``one``, type ``two`` before the field is cleared, and then ``three``."""
    user.type_at_once("one")
    user.finds_field_with("one")
    with user.line.held():
        user.type_at_once("\n")
        user.line.waits_for_an_answer()
        user.type_at_once("two")
        user.finds_field_with("onetwo")
    expect(user.field).not_to_have_value("onetwo")
    user.type_at_once("three\n")


@pytest.mark.parametrize("opened", [PITFALL], indirect=True)
class TestWrong:
    """The usual form."""

    @pytest.mark.fact("flet-letters-wiped")
    def test_what_is_typed_before_the_clear_arrives_is_wiped(
        self, user: SlowFletUser, shows: Callable[..., None]
    ) -> None:
        """Letters that are typed before the field is cleared are wiped and not sent."""
        type_on_before_the_clear(user)
        shows("one", "three")


@pytest.mark.parametrize("opened", [MENDED], indirect=True)
class TestMended:
    """The form that puts wiped letters back."""

    @pytest.mark.fact("flet-letters-kept")
    def test_what_is_typed_before_the_clear_arrives_is_sent(
        self, user: SlowFletUser, shows: Callable[..., None]
    ) -> None:
        """What is typed before the field is cleared is sent, letter by letter, and each
        message stays one.
        """
        type_on_before_the_clear(user)
        shows("one", "twothree")
        user.finds_field_with("")

    def test_wiped_letters_come_back_into_the_field(
        self, user: SlowFletUser, shows: Callable[..., None]
    ) -> None:
        user.type_at_once("one")
        user.finds_field_with("one")
        with user.line.held():
            user.type_at_once("\n")
            user.line.waits_for_an_answer()
            user.type_at_once("two")
        user.finds_field_with("two")
        user.type_at_once("\n")
        shows("one", "two")
        user.finds_field_with("")

    @pytest.mark.fact("flet-letters-kept")
    def test_messages_sent_before_the_clear_arrives_stay_apart(
        self, user: SlowFletUser, shows: Callable[..., None]
    ) -> None:
        with user.line.held():
            user.type_at_once("one\ntwo\nthree\n")
            user.line.waits_for_an_answer()
        shows("one", "two", "three")
        user.finds_field_with("")

    @pytest.mark.fact("flet-letters-kept")
    def test_messages_typed_without_a_pause_arrive_as_typed(
        self, user: SlowFletUser, shows: Callable[..., None]
    ) -> None:
        messages = [*(f"Line {number}" for number in range(8)), *"aaaa"]
        user.type_at_once("".join(f"{message}\n" for message in messages))
        shows(*messages)
        user.finds_field_with("")

    @pytest.mark.fact("flet-letters-home")
    def test_what_is_typed_at_the_beginning_before_the_clear_arrives_is_sent_once(
        self, user: SlowFletUser, shows: Callable[..., None]
    ) -> None:
        """What is typed after the key Home, before the field is cleared, begins the
        next message, and each letter is sent once.
        """
        user.type_at_once("one")
        user.finds_field_with("one")
        with user.line.held():
            user.type_at_once("\n")
            user.line.waits_for_an_answer()
            user.type_at_once("two")
            user.finds_field_with("onetwo")
            user.page.keyboard.press("Home")
            user.type_at_once("XY")
            user.finds_field_with("XYonetwo")
        user.finds_field_with("XYtwo")
        user.type_at_once("\n")
        shows("one", "XYtwo")
        user.finds_field_with("")

    def test_the_button_sends_and_the_field_keeps_the_focus(
        self, user: SlowFletUser, shows: Callable[..., None]
    ) -> None:
        user.type_at_once("by button")
        user.finds_field_with("by button")
        user.page.get_by_role("button").click()
        user.finds_field_with("")
        user.page.keyboard.type("two")
        user.page.keyboard.press("Shift+Enter")
        user.page.keyboard.type("lines\n")
        shows("by button", "two\nlines")
        user.finds_field_with("")
