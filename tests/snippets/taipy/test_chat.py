"""The Taipy chats, used by several people in real browsers.

What a chat does with what a browser sends is proven without one, for all of them. Here
the chat with the shared variable shows what a page shows, the other one where it
differs; both have the same page.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.contracts.chat import (
    BrowserChat,
    BrowserSharedHistory,
    Smoke,
)
from tests.users.base import BrowserUser, Message
from tests.users.stage import Stage
from tests.users.taipy import TaipySocket, TaipyUser


class TaipyChat:
    """What depends on how Taipy finds the pages of a user."""

    @pytest.mark.fact("taipy-second-tab")
    def test_a_second_tab_is_the_same_user(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        """A second tab of the same browser is the same user."""
        said = doppler.says("in the first tab")
        name, past, first_tab = doppler.name, doppler.messages(), doppler.page
        doppler.open_second_tab()
        assert doppler.name == name
        assert doppler.messages() == past
        alex.sees(said, doppler.says("in the second tab"))
        first_tab.close()

    @pytest.mark.fact("taipy-missed")
    def test_what_was_missed_is_there_with_the_next_message(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        """What you missed while your connection was cut is there with the next message
        at the latest.
        """
        name = doppler.name
        with doppler.cut_off():
            missed = alex.says("said in your absence")
            assert missed not in doppler.messages()
        # Taipy knows where the page is, at the latest, when it has heard from it.
        doppler.sees(missed, doppler.says("here again"), alex.says("welcome back"))
        assert doppler.name == name


def all_send(
    stage: Stage, seen_by: list[BrowserUser], senders: int, count: int
) -> None:
    """Let people without pages send as fast as they can, all at the same time.

    Wait until the pages of others show all of it, each sender's in their order.
    """
    sockets = [TaipySocket(stage.address, f"racer-{n}") for n in range(senders)]
    start = threading.Barrier(senders)

    def talk(socket: TaipySocket) -> None:
        start.wait()
        for n in range(count):
            socket.press_enter(f"{socket.client_id} {n}")

    threads = [threading.Thread(target=talk, args=[socket]) for socket in sockets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for user in seen_by:
        for part in range(senders, senders * count + 1, senders):
            user.page.wait_for_function(_RACERS_SAID, arg=part)
        texts = [message.text for message in user.messages()]
        for socket in sockets:
            own = [text for text in texts if text.startswith(f"{socket.client_id} ")]
            assert own == [f"{socket.client_id} {n}" for n in range(count)]
    for socket in sockets:
        socket.close()


_RACERS_SAID = """count => document.querySelector(".transcript pre")
    .textContent.split(": racer-").length - 1 >= count"""

# Remembers every web socket, and every frame that the page sends.
_KEEP_SOCKETS = """
    window.sockets = [];
    window.sent = [];
    window.WebSocket = class extends WebSocket {
        constructor(...rest) { super(...rest); sockets.push(this); }
        send(frame) { sent.push(String(frame)); super.send(frame); }
    };
"""

# Presses Enter after the page has taken an update in and before it has drawn it.
_PRESS_ENTER_WITH_NEXT_UPDATE = """() => {
    const field = document.querySelector("input[type=text]");
    const enter = new KeyboardEvent("keydown", {key: "Enter", bubbles: true});
    const socket = sockets.at(-1);
    socket.addEventListener("message", function press({data}) {
        if (!data.includes("an update")) return;
        socket.removeEventListener("message", press);
        field.dispatchEvent(enter);
    });
}"""


@pytest.mark.parametrize("stage", ["taipy/chat/shared_builder"], indirect=True)
class TestSharedVariable(BrowserSharedHistory, TaipyChat):
    """``gui.add_shared_variable``: one transcript for everybody."""

    def test_a_browser_that_forgets_its_storage_is_a_new_user(
        self, join: Callable[[], BrowserUser]
    ) -> None:
        """Taipy keeps a user’s identity in the browser’s localStorage."""
        user = join()
        name = user.name
        user.page.evaluate("localStorage.removeItem('TaipyClientId')")
        user.reload()
        assert user.name != name

    @pytest.mark.alone
    @pytest.mark.fact("taipy-eight-at-once")
    def test_eight_users_at_once_lose_nothing(
        self, stage: Stage, alex: BrowserUser
    ) -> None:
        """Eight users who send 25 messages each at the same time lose none of the
        200.
        """
        all_send(stage, [alex], senders=8, count=25)

    @pytest.mark.fact("taipy-composing")
    def test_enter_that_confirms_a_composed_word_sends_half_of_it(
        self, alex: BrowserUser, doppler: TaipyUser
    ) -> None:
        """The Enter that confirms a composed word sends what was composed so far."""
        doppler.composes("にほ", "日本")
        said = [Message(doppler.name, text) for text in ("にほ", "日本")]
        alex.sees(*said)
        assert alex.latest(2) == said

    @pytest.mark.fact("taipy-double-enter")
    def test_a_press_during_an_update_is_delivered_twice(
        self, alex: BrowserUser, join: Callable[[], BrowserUser]
    ) -> None:
        """Taipy delivers a press of Enter twice when an update comes in at that
        moment; a program gets the same from both.
        """
        user = join()
        user.page.add_init_script(_KEEP_SOCKETS)
        user.reload()
        user.field.press_sequentially("by the way")
        user.page.evaluate(_PRESS_ENTER_WITH_NEXT_UPDATE)
        alex.says("an update")
        user.finds_field_with("")
        said = Message(user.name, "by the way")
        alex.sees(said, user.says("that was all"))
        sent: list[str] = user.page.evaluate("window.sent")
        first, second = (frame for frame in sent if "by the way" in frame)
        number = re.compile(r'"ack_id":"[^"]+"')  # made up for each; callbacks lack it
        assert number.sub("", first) == number.sub("", second)


@pytest.mark.parametrize("stage", ["taipy/chat/broadcast_builder"], indirect=True)
class TestBroadcast(Smoke, TaipyChat):
    """``gui.broadcast_callback``: a transcript for each user."""

    @pytest.mark.alone
    @pytest.mark.fact("taipy-broadcast-burst")
    def test_a_burst_is_complete(
        self, stage: Stage, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        """Two people who send 60 messages each as fast as a machine lose none of them
        on the pages of others, even if these are sent to each user.
        """
        all_send(stage, [alex, doppler], senders=2, count=60)
        seen = doppler.messages()
        doppler.reload()
        assert doppler.messages() == seen


@pytest.mark.parametrize(
    "stage",
    ["taipy/chat/shared_markdown", "taipy/chat/broadcast_markdown"],
    indirect=True,
)
class TestMarkdown(Smoke):
    """The same page, in Markdown."""

    test_nothing_that_somebody_wrote_runs = (
        BrowserChat.test_nothing_that_somebody_wrote_runs
    )


@pytest.mark.parametrize("stage", ["taipy/chat/shared_builder"], indirect=True)
class TestServer:
    """What becomes of pages that know less than their server, or more."""

    @pytest.mark.fact("taipy-restart")
    @pytest.mark.state(
        "shared_builder.py", "transcript", "everybody", reload="kept", restart="lost"
    )
    @pytest.mark.state(
        "shared_builder.py", "user_name", "one user", reload="kept", restart="lost"
    )
    def test_a_restart_forgets_names_and_messages(
        self, stage: Stage, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        """A restart of the server forgets names and messages."""
        greetings = alex.messages()
        said = [alex.says("one"), doppler.says("two")]
        for user in (alex, doppler):
            name = user.name
            user.reload()
            assert user.name == name
            assert user.messages() == [*greetings, *said]
        stage.restart()
        for user, name in ((doppler, "Alex"), (alex, "Doppler")):
            user.reload()
            assert user.name == name
            assert user.messages() == greetings

    @pytest.mark.fact("taipy-values-shown")
    def test_the_values_of_a_user_without_a_socket_are_shown_to_others(
        self, stage: Stage, alex: BrowserUser
    ) -> None:
        """When somebody asks for `/taipy-init` without a web socket, the values of
        their state appear on other people’s pages.
        """
        name = alex.name
        urlopen(f"{stage.address}taipy-init?client_id=without-a-socket").close()
        shown = alex.page.locator("strong")
        expect(shown).not_to_have_text(name)
        expect(shown).to_have_text(re.compile(r"^(Doppler|User \d)$"))
        alex.reload()
        assert alex.name == name


def test_in_the_pitfall_a_late_joiner_erases_what_others_read(
    start: Callable[[str], Stage],
) -> None:
    stage = start("taipy/chat/pitfall_overwrite")
    alex = stage.join()
    greetings = alex.messages()
    alex.says("a past to keep")
    words = stage.join().says("good evening")
    alex.sees(words)
    assert alex.messages() == [*greetings, words]
