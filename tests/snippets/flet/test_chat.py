"""The Flet chats, used by several people in real browsers."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from livedocs.catalog import Catalog, Snippet
from livedocs.launch import launch
from tests.contracts.chat import (
    AS_TYPED,
    BrowserChat,
    OwnHistory,
    PocketChat,
    SharedHistory,
)
from tests.users.base import BrowserUser, Message
from tests.users.flet import AT_REST, FletUser
from tests.users.stage import Stage
from tests.waiting import wait_until

STEPS = (
    "flet/chat/step3_broadcast",
    "flet/chat/step4_join_dialog",
    "flet/chat/step5_reusable_control",
)
FINISHED = ("flet/chat/step6_layout", "flet/chat/declarative")


@pytest.mark.parametrize("stage", STEPS, indirect=True)
class TestSteps(OwnHistory, BrowserChat):
    """On the way: messages reach all, each page keeps what came since it opened."""


@pytest.mark.parametrize("stage", FINISHED, indirect=True)
class TestFinished(OwnHistory, PocketChat):
    """The finished app, in both styles."""


@pytest.mark.parametrize("stage", ["flet/chat/history"], indirect=True)
class TestHistory(SharedHistory, BrowserChat):
    """One past for everybody."""


@pytest.mark.claim("Two tabs are two sessions: neither sees what the other sends.")
def test_two_tabs_are_two_sessions(start: Callable[[str], Stage]) -> None:
    stage = start("flet/chat/step2_messages")
    user = stage.join()
    assert isinstance(user, FletUser)
    user.send("for me alone")
    wait_until(lambda: user.lines() == ["for me alone"])
    first = user.page
    user.open_second_tab()
    user.send("for me as well")
    wait_until(lambda: user.lines() == ["for me as well"])
    user.page = first
    user.send("still alone")
    wait_until(lambda: user.lines() == ["for me alone", "still alone"])


@pytest.mark.claim("With `shift_enter=True` the field keeps the focus on Enter.")
def test_the_field_keeps_the_focus_on_enter(start: Callable[[str], Stage]) -> None:
    user = start("flet/chat/step2_messages").join()
    assert isinstance(user, FletUser)
    user.step_into(user.field)
    for text in ("one", "two"):
        user.writes_without_a_click(text)
        user.hears(text)


def shows(user: BrowserUser, messages: list[Message]) -> None:
    """Wait until a page has these messages and no others: it may be drawn twice."""
    event = f"{user.name} sees {messages} and nothing else"
    wait_until(lambda: user.messages() == messages, event=event)


@pytest.fixture(params=STEPS[1:] + FINISHED)
def asked(request: pytest.FixtureRequest, start: Callable[[str], Stage]) -> Stage:
    """A program that asks for a name."""
    return start(request.param)


def visitor(stage: Stage) -> FletUser:
    """Somebody who stands before the dialog."""
    user = FletUser(stage.browser, stage.address)
    stage.users.append(user)
    user.open()
    expect(user.name_field).to_be_visible()
    return user


@pytest.mark.claim("Enter in the dialog joins, and so does its button.")
@pytest.mark.claim("An empty or blank name is refused, with an error in the field.")
def test_the_dialog_lets_in_whoever_has_a_name(asked: Stage) -> None:
    alex, doppler = visitor(asked), visitor(asked)
    alex.waits_for_the_caret()
    alex.page.keyboard.press("Enter")
    doppler.fills_in_name("   ")
    doppler.click_button("Join chat")
    for user in (alex, doppler):
        expect(user.name_field).to_have_accessible_description("Enter a name.")
    alex.join("Alex")
    doppler.fills_in_name("Doppler")
    doppler.click_button("Join chat")
    for user in (alex, doppler):
        user.hears("Doppler has joined the chat.")
    doppler.send("Here I am")
    alex.sees(Message("Doppler", "Here I am"))


@pytest.mark.claim("Two people may have the same name.")
@pytest.mark.claim("A screen reader finds the name and the text of every message.")
@pytest.mark.parametrize("program", FINISHED)
def test_names_may_be_anything(start: Callable[[str], Stage], program: str) -> None:
    stage = start(program)
    names = ["Alex", "Alex", "<b>Alex</b>", "שלום 👋🏽", "x" * 2000]
    users = [stage.join(name) for name in names]
    said = [user.says(f"number {n}") for n, user in enumerate(users)]
    assert [message.sender for message in said] == names
    for user in users:
        user.sees(*said)


@pytest.fixture(params=FINISHED)
def finished(request: pytest.FixtureRequest, start: Callable[[str], Stage]) -> Stage:
    """The finished app."""
    return start(request.param)


@pytest.mark.claim("When you have joined, you can write at once.")
@pytest.mark.claim("Shift+Enter starts a new line.")
@pytest.mark.claim(
    "After a message is sent, by Enter or by the button, you can write on at once."
)
@pytest.mark.claim("The whole chat can be used with the keyboard alone.")
def test_the_keyboard_is_enough(finished: Stage) -> None:
    alex, doppler = finished.join(), visitor(finished)
    expect(doppler.page).to_have_title("Flet chat")
    keys = doppler.page.keyboard
    doppler.waits_for_the_caret()
    keys.type("Doppler")
    keys.press("Tab")
    keys.press("Enter")
    doppler.hears("Doppler has joined the chat.")
    doppler.writes_without_a_click("first line", "second line")
    alex.sees(Message("Doppler", "first line\nsecond line"))
    doppler.waits_for_the_caret()
    keys.type("by the button")
    keys.press("Tab")
    keys.press("Enter")
    alex.sees(Message("Doppler", "by the button"))
    doppler.writes_without_a_click("and on")
    alex.sees(Message("Doppler", "and on"))


@pytest.mark.timeout(900)  # each message is drawn in two windows, without a GPU
@pytest.mark.claim(
    "After 200 messages the newest is in sight, and all of them can be read."
)
def test_after_200_messages_the_newest_is_in_sight(finished: Stage) -> None:
    alex, doppler = finished.join(), finished.join()
    assert isinstance(doppler, FletUser)
    texts = [f"number {n} of 200" for n in range(1, 201)]
    for text in texts:
        alex.paste(text)
    wait_until(lambda: any("number 200 of 200" in line for line in doppler.lines()))
    doppler.reads(*(Message("Alex", text) for text in texts))


@pytest.mark.claim(
    "Two people who write in turn, each as soon as the field is empty, "
    "lose no message, and both see the same order."
)
@pytest.mark.parametrize("program", STEPS + FINISHED)
def test_a_burst_in_turn_is_complete_and_in_one_order(
    start: Callable[[str], Stage], program: str
) -> None:
    stage = start(program)
    users = [stage.join(), stage.join()]
    for user in users:
        assert isinstance(user, FletUser)
        user.step_into(user.field)
    said = []
    for n in range(30):
        for user in users:
            user.field.press_sequentially(f"message {n}")
            user.press_enter()
            user.finds_field_with("")
            said.append(Message(user.name, f"message {n}"))
    users[0].sees(*said[-2:])
    users[1].sees(*said[-2:])
    seen = [user.messages() for user in users]
    assert sorted(seen[0], key=repr) == sorted(said, key=repr)
    assert seen[0] == seen[1]


@pytest.mark.claim(
    "`messages` in `step6_layout.py`: one tab; "
    "kept on reload, kept on reconnect, lost on restart."
)
@pytest.mark.claim("A second tab of the same browser is another person.")
@pytest.mark.claim(
    "A cut of the connection loses nothing: what you missed is there when it is back."
)
@pytest.mark.claim(
    "When the server starts again, every open page starts anew: "
    "without names, without messages."
)
def test_the_finished_app_through_everything(start: Callable[[str], Stage]) -> None:
    stage = start("flet/chat/step6_layout")
    alex, doppler = stage.join(), stage.join()
    assert isinstance(doppler, FletUser)
    said = [alex.says("one"), doppler.says("two")]
    doppler.reload()
    doppler.sees(*said)
    first = doppler.page
    doppler.open_second_tab()
    doppler.join("Doppler")
    assert doppler.messages() == []
    doppler.page.close()
    doppler.page = first
    with doppler.cut_off():
        said.append(alex.says("in your absence"))
        assert said[-1] not in doppler.messages()
    doppler.sees(*said)
    shows(doppler, said)

    stage.restart()
    for user in (alex, doppler):
        assert isinstance(user, FletUser)
        expect(user.name_field).to_be_visible()
    alex.join("Alex")
    doppler.join("Doppler")
    anew = alex.says("a new beginning")
    doppler.sees(anew)
    for user in (alex, doppler):
        shows(user, [anew])


@pytest.mark.claim(
    "Without it, a page that was cut off shows nothing new until it is reloaded."
)
@pytest.mark.parametrize("program", STEPS)
def test_without_a_new_view_a_page_that_was_cut_off_shows_nothing_new(
    start: Callable[[str], Stage], program: str
) -> None:
    stage = start(program)
    alex, doppler = stage.join(), stage.join()
    before = alex.says("before the cut")
    doppler.sees(before)
    with doppler.cut_off():
        pass
    after = alex.says("after the cut")
    assert doppler.messages() == [before]
    doppler.reload()
    doppler.sees(before, after)


@pytest.mark.claim("With it, what is said next appears as ever.")
@pytest.mark.parametrize("program", (*FINISHED, "flet/chat/history"))
def test_with_a_new_view_a_page_that_was_cut_off_shows_what_is_said_next(
    start: Callable[[str], Stage], program: str
) -> None:
    stage = start(program)
    alex, doppler = stage.join(), stage.join()
    said = [alex.says("before the cut")]
    with doppler.cut_off():
        pass
    said.append(alex.says("after the cut"))
    doppler.sees(*said)
    said.append(doppler.says("here I am"))
    alex.sees(*said)
    shows(doppler, said)


@pytest.mark.claim(
    "`history` in `history.py`: everybody; "
    "kept on reload, kept on reconnect, lost on restart."
)
@pytest.mark.claim(
    "`messages` in `history.py`: one tab; "
    "kept on reload, kept on reconnect, lost on restart."
)
@pytest.mark.claim(
    "The tab’s sessionStorage holds the number of the session, and the server its page."
)
def test_the_history_through_everything(start: Callable[[str], Stage]) -> None:
    stage = start("flet/chat/history")
    alex, doppler = stage.join(), stage.join()
    said = [alex.says("one"), doppler.says("two")]
    number = doppler.page.evaluate("sessionStorage._flet_session_id")
    assert doppler.name == f"Guest {number[:4]}"  # by the server's `page.session.id`
    doppler.reload()
    assert doppler.page.evaluate("sessionStorage._flet_session_id") == number
    shows(doppler, said)
    with doppler.cut_off():
        said.append(alex.says("in your absence"))
    doppler.sees(*said)
    shows(doppler, said)
    shows(stage.join(), said)

    stage.restart()
    for user in (alex, doppler):
        wait_until(lambda user=user: user.messages() == [])  # type: ignore[misc]


Altered = Callable[[str, dict[str, str]], Snippet]


@pytest.fixture
def altered(tmp_path: Path) -> Altered:
    """A snippet with some of its texts replaced by others."""

    def altered(snippet: str, texts: dict[str, str]) -> Snippet:
        original = Catalog.default().find(snippet)
        text = original.text
        for old, new in texts.items():
            assert text.count(old) == 1
            text = text.replace(old, new)
        path = tmp_path / original.file
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return Catalog(tmp_path).find(snippet)

    return altered


MAIN = "def main(page: ft.Page) -> None:\n"


@pytest.mark.claim("Flet runs a plain function in another thread")
@pytest.mark.parametrize("handler", ["def on_message", "async def on_message"])
def test_a_plain_pubsub_handler_runs_in_another_thread(
    browser: Browser, altered: Altered, handler: str
) -> None:
    tell = 'print("in thread", __import__("threading").get_ident())\n'
    texts = {
        "async def on_message": handler,
        "        page.update()\n": f"        page.update()\n        {tell}",
        "def send() -> None:\n": f"def send() -> None:\n        {tell}",
    }
    with launch(altered("flet/chat/step3_broadcast", texts)) as app:
        user = FletUser(browser, app.addresses[0])
        user.open()
        user.says("where does it run?")
        told = re.compile(r"in thread (\d+)\n")
        wait_until(lambda: len(told.findall(app.output())) == 2, event="both prints")
        threads = told.findall(app.output())
        user.leave()
    assert (threads[0] == threads[1]) == handler.startswith("async")


@pytest.mark.claim("A session outlives its connection, by default for an hour.")
def test_a_session_outlives_its_connection_for_an_hour() -> None:
    """Asked in a process of its own: importing the server gives `flet` more names."""
    code = "from flet_web.fastapi.flet_app import DEFAULT_FLET_SESSION_TIMEOUT as it"
    asked = [sys.executable, "-c", f"{code}; print(it)"]
    assert int(subprocess.check_output(asked, text=True)) == 60 * 60


@pytest.mark.claim(
    "`FLET_SESSION_TIMEOUT` says after how many seconds without a connection "
    "a session ends."
)
def test_a_session_ends_when_its_time_is_over(
    browser: Browser, altered: Altered, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = '    page.on_close = lambda: print("the session has ended")\n'
    monkeypatch.setenv("FLET_SESSION_TIMEOUT", "1")
    with launch(altered("flet/chat/step3_broadcast", {MAIN: MAIN + told})) as app:
        user = FletUser(browser, app.addresses[0])
        user.open()
        user.leave()
        wait_until(lambda: "the session has ended" in app.output(), event="the end")


@pytest.mark.claim(
    "`on_connect` is called when a tab comes back, not when it comes first."
)
def test_on_connect_is_called_when_a_tab_comes_back(
    browser: Browser, altered: Altered
) -> None:
    told = '    page.on_connect = lambda: print("the tab is back")\n'
    with launch(altered("flet/chat/step3_broadcast", {MAIN: MAIN + told})) as app:
        user = FletUser(browser, app.addresses[0])
        user.open()
        user.says("here for the first time")
        assert "the tab is back" not in app.output()
        user.reload()
        wait_until(lambda: "the tab is back" in app.output(), event="the tab's return")
        user.leave()


@pytest.mark.claim(
    "In Flet 1.0.5 `focus()` does nothing for a field with `shift_enter=True`:"
)
@pytest.mark.parametrize("shift_enter", [True, False])
def test_focus_does_nothing_with_shift_enter(
    browser: Browser, altered: Altered, shift_enter: bool
) -> None:
    asks = """async def ask() -> None:
        await field.focus()
        print("asked for the focus")

    button = ft.Button("Send", on_click=ask)"""
    texts = {
        'button = ft.Button("Send", on_click=send)': asks,
        "shift_enter=True": f"shift_enter={shift_enter}",
    }
    with launch(altered("flet/chat/step2_messages", texts)) as app:
        user = FletUser(browser, app.addresses[0])
        user.open()
        user.click_button("Send")
        wait_until(lambda: "asked for the focus" in app.output(), event="the answer")
        user.page.evaluate(AT_REST)
        user.page.keyboard.type("typed")
        user.page.evaluate(AT_REST)
        user.finds_field_with("" if shift_enter else "typed")
        user.leave()


@pytest.mark.parametrize("program", ["flet/chat/step6_layout", "flet/chat/history"])
def test_a_closed_tab_harms_nobody(start: Callable[[str], Stage], program: str) -> None:
    stage = start(program)
    alex, doppler, third = stage.join(), stage.join(), stage.join()
    alex.sees(doppler.says("good bye"))
    doppler.page.close()
    third.sees(alex.says("gone?"))
    alex.sees(third.says("gone"))


def test_names_and_messages_as_typed_reach_all(finished: Stage) -> None:
    """Everything at once: what the contract sends, from people with such names."""
    alex, other = finished.join(AS_TYPED[0]), finished.join(AS_TYPED[5])
    for text in AS_TYPED:
        alex.paste(text)
    other.sees(*(Message(AS_TYPED[0], text) for text in AS_TYPED))
