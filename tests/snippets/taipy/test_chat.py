"""The Taipy chats, used by several people in real browsers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.contracts.chat import BrowserOwnHistory, BrowserSharedHistory, GivenNames
from tests.users.base import BrowserUser, Message
from tests.users.stage import Stage
from tests.users.taipy import TaipySocket

SHARED = ("taipy/chat/shared_builder", "taipy/chat/shared_markdown")
BROADCAST = ("taipy/chat/broadcast_builder", "taipy/chat/broadcast_markdown")


class TaipyChat(GivenNames):
    """What is so with Taipy."""

    @pytest.mark.claim("A second tab of the same browser is the same user.")
    def test_a_second_tab_is_the_same_user(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        said = doppler.says("in the first tab")
        name, past = doppler.name, doppler.messages()
        doppler.open_second_tab()
        assert doppler.name == name
        assert doppler.messages() == past
        alex.sees(said, doppler.says("in the second tab"))

    @pytest.mark.claim("Taipy keeps a user’s identity in the browser’s localStorage.")
    def test_a_browser_that_forgets_its_storage_is_a_new_user(
        self, join: Callable[[], BrowserUser]
    ) -> None:
        user = join()
        name = user.name
        user.reload()
        assert user.name == name
        user.page.evaluate("localStorage.removeItem('TaipyClientId')")
        user.reload()
        assert user.name != name

    @pytest.mark.claim(
        "What you missed while your connection was cut is there with the next message "
        "at the latest."
    )
    def test_what_was_missed_is_there_with_the_next_message(
        self, alex: BrowserUser, third: BrowserUser
    ) -> None:
        name = third.name
        with third.cut_off():
            missed = alex.says("said in your absence")
            assert missed not in third.messages()
        # Taipy knows where the page is, at the latest, when it has heard from it.
        third.sees(missed, third.says("here again"), alex.says("welcome back"))
        assert third.name == name

    @pytest.mark.claim(
        "Taipy delivers a press of Enter twice when an update comes in at that moment."
    )
    def test_a_press_during_an_update_is_delivered_twice(
        self, alex: BrowserUser, join: Callable[[], BrowserUser]
    ) -> None:
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
        assert sum("by the way" in frame for frame in sent) == 2

    @pytest.mark.alone
    @pytest.mark.claim(
        "Eight users who send 25 messages each at the same time lose none of the 200."
    )
    def test_eight_users_at_once_lose_nothing(
        self, stage: Stage, alex: BrowserUser
    ) -> None:
        sockets = [TaipySocket(stage.address, f"racer-{n}") for n in range(8)]
        start = threading.Barrier(len(sockets))

        def talk(socket: TaipySocket) -> None:
            start.wait()
            for n in range(25):
                socket.press_enter(f"{socket.client_id} {n}")

        threads = [threading.Thread(target=talk, args=[socket]) for socket in sockets]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for count in range(25, 201, 25):
            alex.page.wait_for_function(_RACERS_SAID, arg=count)
        texts = [message.text for message in alex.messages()]
        for socket in sockets:
            own = [text for text in texts if text.startswith(f"{socket.client_id} ")]
            assert own == [f"{socket.client_id} {n}" for n in range(25)]
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


@pytest.mark.parametrize("stage", SHARED, indirect=True)
class TestSharedVariable(BrowserSharedHistory, TaipyChat):
    """``gui.add_shared_variable``: one transcript for everybody."""


@pytest.mark.parametrize("stage", BROADCAST, indirect=True)
class TestBroadcast(BrowserOwnHistory, TaipyChat):
    """``gui.broadcast_callback``: a transcript for each user."""


class TestState:
    """The table of names: who shares them, and what becomes of them."""

    @pytest.mark.claim("A restart of the server forgets all names and messages.")
    @pytest.mark.claim(
        "`user_name` in `shared_builder.py`: one user; "
        "kept on reload, kept on reconnect, lost on restart."
    )
    @pytest.mark.claim(
        "`transcript` in `shared_builder.py`: everybody; "
        "kept on reload, kept on reconnect, lost on restart."
    )
    @pytest.mark.claim(
        "`arrivals` in `shared_builder.py`: everybody; "
        "kept on reload, kept on reconnect, lost on restart."
    )
    @pytest.mark.parametrize("program", SHARED)
    def test_a_name_for_each_user_and_one_transcript_for_everybody(
        self, start: Callable[[str], Stage], program: str
    ) -> None:
        alex, late = live_through_everything(start(program))
        assert late.past == alex.past

    @pytest.mark.claim("A restart of the server forgets all names and messages.")
    @pytest.mark.claim(
        "`user_name` in `broadcast_builder.py`: one user; "
        "kept on reload, kept on reconnect, lost on restart."
    )
    @pytest.mark.claim(
        "`transcript` in `broadcast_builder.py`: one user; "
        "kept on reload, kept on reconnect, lost on restart."
    )
    @pytest.mark.claim(
        "`arrivals` in `broadcast_builder.py`: everybody; "
        "kept on reload, kept on reconnect, lost on restart."
    )
    @pytest.mark.parametrize("program", BROADCAST)
    def test_a_name_and_a_transcript_for_each_user(
        self, start: Callable[[str], Stage], program: str
    ) -> None:
        alex, late = live_through_everything(start(program))
        assert late.past == alex.past[:2]  # the greetings that the program starts with


@dataclass(frozen=True)
class Holding:
    """What the server held for a user before it was stopped."""

    name: str
    past: list[Message]

    @classmethod
    def of(cls, user: BrowserUser) -> Holding:
        """What it holds now."""
        return cls(user.name, user.messages())


def live_through_everything(stage: Stage) -> tuple[Holding, Holding]:
    """Reload, open a second tab, cut the connection, restart the server.

    Returns what was there for Alex, who was there first, and for a late joiner, who was
    there before the restart and has seen none of the others' words.
    """
    alex, doppler = stage.join(), stage.join()
    greetings = alex.messages()
    doppler.sees(alex.says("one"))
    alex.sees(doppler.says("two"))
    late = stage.join()
    held = [Holding.of(user) for user in (alex, doppler, late)]
    assert [holding.name for holding in held] == ["Alex", "Doppler", "User 3"]
    assert held[0].past == held[1].past

    for user, holding in zip((alex, doppler, late), held, strict=True):
        user.reload()
        assert Holding.of(user) == holding
    doppler.open_second_tab()
    assert Holding.of(doppler) == held[1]
    with alex.cut_off():
        pass
    alex.reload()
    assert Holding.of(alex) == held[0]
    assert stage.join().name == "User 4"  # nobody was counted anew

    stage.restart()
    late.reload()
    assert Holding.of(late) == Holding("Alex", greetings)
    alex.reload()
    assert Holding.of(alex) == Holding("Doppler", greetings)
    return held[0], held[2]


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
