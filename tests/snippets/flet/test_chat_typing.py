"""What becomes of keys that are pressed before a server's clear of a field arrives."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.users.flet import FletUser
from tests.users.flet_slow import SlowFletUser, SlowLine
from tests.users.stage import Stage
from tests.waiting import wait_until

PITFALL = "flet/chat/pitfall_fast_typing"
MENDED = "flet/chat/fast_typing"


@pytest.fixture
def arrive(
    start: Callable[[str], Stage], browser: Browser
) -> Callable[[str], tuple[FletUser, SlowLine]]:
    """Start a chat and let somebody open it, with a line that can be held."""

    def arrive(snippet: str) -> tuple[FletUser, SlowLine]:
        stage = start(snippet)
        user = SlowFletUser(browser, stage.address)
        stage.users.append(user)
        user.open()
        user.step_into(user.field)
        return user, user.line

    return arrive


def type_on_before_the_clear(user: FletUser, line: SlowLine) -> None:
    """Send ``one``, type ``two`` before the clear arrives, and then ``three``."""
    user.type_at_once("one")
    user.finds_field_with("one")
    with line.held():
        user.type_at_once("\n")
        line.waits_for_an_answer()
        user.type_at_once("two")
        user.finds_field_with("onetwo")
    expect(user.field).not_to_have_value("onetwo")
    user.type_at_once("three\n")


def shows(user: FletUser, *lines: str) -> None:
    """Wait until these, and no others, are the messages in sight."""
    wait_until(lambda: user.lines() == list(lines), event=f"only {lines} are shown")


@pytest.mark.claim(
    "Letters that are typed before the clear arrives are wiped: they are never sent."
)
def test_the_usual_form_wipes_what_is_typed_before_the_clear_arrives(
    arrive: Callable[[str], tuple[FletUser, SlowLine]],
) -> None:
    user, line = arrive(PITFALL)
    type_on_before_the_clear(user, line)
    shows(user, "one", "three")


@pytest.mark.claim("What is typed before the clear arrives is sent, letter by letter.")
def test_what_is_typed_before_the_clear_arrives_is_sent(
    arrive: Callable[[str], tuple[FletUser, SlowLine]],
) -> None:
    user, line = arrive(MENDED)
    type_on_before_the_clear(user, line)
    shows(user, "one", "twothree")
    user.finds_field_with("")


@pytest.mark.claim("Wiped letters come back into the field when you pause.")
def test_wiped_letters_come_back_into_the_field(
    arrive: Callable[[str], tuple[FletUser, SlowLine]],
) -> None:
    user, line = arrive(MENDED)
    user.type_at_once("one")
    user.finds_field_with("one")
    with line.held():
        user.type_at_once("\n")
        line.waits_for_an_answer()
        user.type_at_once("two")
    user.finds_field_with("two")


@pytest.mark.claim("Two messages that are sent before the clear arrives stay two.")
def test_messages_sent_before_the_clear_arrives_stay_apart(
    arrive: Callable[[str], tuple[FletUser, SlowLine]],
) -> None:
    user, line = arrive(MENDED)
    with line.held():
        user.type_at_once("one\ntwo\nthree\n")
        line.waits_for_an_answer()
    shows(user, "one", "two", "three")
    user.finds_field_with("")


@pytest.mark.claim("Twenty messages that are typed without a pause arrive as typed.")
def test_messages_typed_without_a_pause_arrive_as_typed(
    arrive: Callable[[str], tuple[FletUser, SlowLine]],
) -> None:
    user, _ = arrive(MENDED)
    messages = [*(f"Line {number}" for number in range(15)), *"aaaaa"]
    user.type_at_once("".join(f"{message}\n" for message in messages))
    shows(user, *messages)
    user.finds_field_with("")


@pytest.mark.claim("The button sends too, and the field keeps the focus.")
def test_the_button_sends_and_the_field_keeps_the_focus(
    arrive: Callable[[str], tuple[FletUser, SlowLine]],
) -> None:
    user, _ = arrive(MENDED)
    user.type_at_once("by button")
    user.finds_field_with("by button")
    user.page.get_by_role("button").click()
    user.finds_field_with("")
    user.page.keyboard.type("two")
    user.page.keyboard.press("Shift+Enter")
    user.page.keyboard.type("lines\n")
    shows(user, "by button", "two\nlines")
