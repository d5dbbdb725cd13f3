"""The chat with several sessions in one process, without server and browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
)

from livedocs.catalog import Catalog
from tests import demos
from tests.contracts.chat import Chat, Drawn, SharedHistory
from tests.users.base import Message, User
from tests.users.streamlit_headless import LIBRARY, StreamlitSession, own_process

CHAT = Catalog.default().find("streamlit/chat/chat").path
SIDEBAR, LOGIN = (CHAT.with_name(name) for name in ("sidebar.py", "login.py"))
FIELD = "private:room_sync:outbox:Message"


@pytest.fixture(autouse=True, scope="class")
def process() -> Iterator[None]:
    """A process of its own for each class."""
    with own_process():
        yield


def tells(
    user: StreamlitSession, field: str, waiting: Sequence[Any], session: str = ""
) -> None:
    """Let a field say which messages wait, and to which session it has sent them."""
    session = session or user.component(field)["session"]
    user.say(field, outbox={"session": session, "waiting": waiting})


class Talker(User):
    """A person at the chat, as far as the server knows."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.session = StreamlitSession(CHAT)
        self.session.set("Your name", name)
        self.outbox: list[tuple[int, str]] = []
        self.numbers = count(1)

    @property
    def name(self) -> str:
        return self._name

    def writes(self, *texts: str) -> None:
        """Press Enter after each, faster than the server can say that it has it."""
        self.outbox += [(next(self.numbers), text) for text in texts]

    def send(self, text: str) -> None:
        if text.strip():  # the field sends nothing else
            self.writes(text)
        tells(self.session, FIELD, self.outbox)
        taken = self.session.component(FIELD)["taken"]
        self.outbox = [entry for entry in self.outbox if entry[0] > taken]

    paste = send

    def messages(self) -> list[Message]:
        self.session.wait_a_second()
        lines = (element.value.partition(": ") for element in self.session.page.text)
        return [Message(sender, text) for sender, _, text in lines]

    def sees(self, *messages: Message) -> None:
        found = iter(self.messages())
        assert all(message in found for message in messages)


@pytest.fixture(scope="class")
def alex(process: None) -> Talker:
    return Talker("Alex")


@pytest.fixture(scope="class")
def doppler(process: None) -> Talker:
    return Talker("Doppler")


@pytest.fixture(scope="class")
def third(process: None) -> Talker:
    return Talker("User 3")


@pytest.fixture
def join() -> type[Talker]:
    return lambda: Talker("Late")  # type: ignore[return-value]


class TestChat(SharedHistory, Chat):
    """What holds for every chat."""


DEMOS = demos.of("streamlit/chat/chat")


@pytest.mark.parametrize("demo", DEMOS, ids=str)
class TestDemo(Drawn):
    """What its page draws."""


class TestNames:
    def test_nobody_talks_without_a_name(self) -> None:
        alex = StreamlitSession(CHAT)
        for name in ("", "   "):
            alex.set("Your name", name)
            assert not alex.page.get("bidi_component")

    @pytest.mark.fact("streamlit-name-in-link")
    @pytest.mark.since("1.65")
    def test_a_link_carries_the_name(self) -> None:
        """Someone who opens your link has your name; the address without its query
        asks for one.
        """
        alex = StreamlitSession(CHAT)
        alex.set("Your name", " Alex ")
        assert alex.page.query_params["name"] == "Alex"
        assert not alex.page.text_input
        assert not StreamlitSession(CHAT, name="Alex").page.text_input
        assert StreamlitSession(CHAT).widget("Your name").value == ""

    @pytest.mark.state("chat.py", "messages", "one room", reload="kept")
    @pytest.mark.state("chat.py", "name", "one tab", reload="kept")
    def test_a_reload_keeps_the_name_which_is_in_the_address(
        self, alex: Talker
    ) -> None:
        said = alex.says("before the reload")
        address = {
            key: value[0] for key, value in alex.session.page.query_params.items()
        }
        again = StreamlitSession(CHAT, **address)
        assert again.reads(f"Alex: {said.text}")
        assert again.page.get("bidi_component")

    def test_two_may_have_one_name(self, alex: Talker) -> None:
        other = Talker("Alex")
        said = [alex.says("I am Alex"), other.says("So am I")]
        for user in (alex, other):
            assert user.latest(2) == said


class TestInApps:
    @pytest.mark.fact("chat-in-sidebar")
    def test_it_is_in_the_sidebar_of_an_app_whose_widgets_stay_private(self) -> None:
        """The chat works in the sidebar of an app, whose own widgets stay private."""
        alex, doppler = (StreamlitSession(SIDEBAR) for _ in range(2))
        alex.set("People", 8)
        for user, name in ((alex, "Alex"), (doppler, "Doppler")):
            assert user.widget("Your name") in user.page.sidebar.text_input
            user.set("Your name", name)
        assert [user.value("People") for user in (alex, doppler)] == [8, 4]
        tells(alex, FIELD, [[1, "Are there eight of us?"]])
        doppler.hear()  # only the chat runs again
        texts = [element.value for element in doppler.page.sidebar.text]
        assert texts == ["Alex: Are there eight of us?"]

    @pytest.mark.fact("chat-login-name")
    def test_who_has_logged_in_talks_under_the_name_of_their_account(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With `st.login`, only people who have logged in read and write, and messages
        carry the name of the account, whatever the address says.
        """
        user = SimpleNamespace(is_logged_in=True, name="Alex")
        monkeypatch.setattr(st, "user", user)
        alex = StreamlitSession(LOGIN, name="Doppler")
        tells(alex, FIELD, [[1, "It's me"]])
        assert alex.reads("Alex: It's me")
        user.is_logged_in = False
        stranger = StreamlitSession(LOGIN, name="Alex")
        assert [button.label for button in stranger.page.button] == ["Log in"]
        assert not stranger.page.text
        assert not stranger.page.get("bidi_component")

    @pytest.mark.fact("chat-bubbles")
    @pytest.mark.parametrize(
        ("sender", "avatar"),
        [
            ("Alex", ""),
            *(("user", "user"), ("human", "user")),
            *(("assistant", "assistant"), ("ai", "assistant")),
        ],
    )
    def test_messages_may_be_in_bubbles(
        self, sender: str, avatar: str, tmp_path: Path
    ) -> None:
        """`st.chat_message(sender).text(text)` works in the chat, too; people who are
        called `user`, `human`, `assistant` or `ai` get an icon instead of a letter.
        """
        app = tmp_path / "bubbles.py"
        shown = 'st.text(f"{sender}: {text}")'
        assert shown in CHAT.read_text()
        app.write_text(
            CHAT.read_text().replace(shown, "st.chat_message(sender).text(text)")
        )
        user = StreamlitSession(app, name=sender)
        tells(user, FIELD, [[1, "Hello"]])
        (bubble,) = [it for it in user.page.chat_message if it.text[0].value == "Hello"]
        assert (bubble.name, bubble.avatar) == (sender, avatar)


@pytest.mark.fact("chat-input-keeps-last")
def test_of_messages_that_wait_in_a_chat_input_the_last_is_kept() -> None:
    """Of several messages that wait in `st.chat_input` while a script runs, Streamlit
    keeps the last.
    """
    requests = ScriptRequests()
    for text in ("one", "two", "three"):
        states = WidgetStates()
        states.widgets.add(id="field").chat_input_value.data = text
        requests.request_rerun(RerunData(widget_states=states))
    request = requests.on_scriptrunner_yield()
    assert request
    assert request.rerun_data.widget_states
    (state,) = request.rerun_data.widget_states.widgets
    assert state.chat_input_value.data == "three"
    assert requests.on_scriptrunner_yield() is None, "there is no other request"


class TestOutbox:
    def test_what_waits_is_sent_together_and_in_order(
        self, alex: Talker, doppler: Talker
    ) -> None:
        alex.writes("one", "two")
        alex.send("three")
        assert [message.text for message in doppler.latest(3)] == [
            "one",
            "two",
            "three",
        ]

    def test_what_is_said_again_is_taken_once(self, alex: Talker) -> None:
        alex.writes("once")
        for _ in range(3):
            tells(alex.session, FIELD, alex.outbox)
        assert [message.text for message in alex.messages()].count("once") == 1
        alex.send("later")

    def test_what_another_server_was_told_is_not_taken_again(
        self, alex: Talker
    ) -> None:
        before = alex.messages()
        alex.writes("before the restart")
        tells(alex.session, FIELD, alex.outbox, session="of the server before")
        assert alex.messages() == before
        tells(alex.session, FIELD, alex.outbox)
        assert alex.messages() == [*before, Message("Alex", "before the restart")]

    def test_a_blank_message_of_a_forged_browser_is_refused(self, alex: Talker) -> None:
        before = alex.messages()
        alex.writes("  ", "\n")
        tells(alex.session, FIELD, alex.outbox)
        assert alex.messages() == before

    def test_what_cannot_be_saved_waits_and_is_sent_later(self, tmp_path: Path) -> None:
        app = tmp_path / "app.py"
        app.write_text(
            "from room_sync import StoreError, outbox, sync\n"
            "from pathlib import Path\n"
            'with sync("r") as st:\n'
            "    def send(texts):\n"
            f"        if Path({str(tmp_path / 'full')!r}).exists():\n"
            '            raise StoreError("The disk is full.")\n'
            '        st.update("said", lambda said: [*(said or []), *texts])\n'
            '    st.text(st.session_state.get("said"))\n'
            '    outbox("Say", send)\n'
        )
        alex = StreamlitSession(app)
        (tmp_path / "full").touch()
        tells(alex, "private:room_sync:outbox:Say", [[1, "hello"]])
        assert alex.errors() == ["The disk is full."]
        assert alex.component("private:room_sync:outbox:Say")["taken"] == 0
        (tmp_path / "full").unlink()
        tells(alex, "private:room_sync:outbox:Say", [[1, "hello"], [2, "again"]])
        assert alex.reads("['hello', 'again']")
        assert not alex.errors()

    def test_a_field_that_is_disabled_sends_nothing(self, tmp_path: Path) -> None:
        app = tmp_path / "app.py"
        app.write_text(
            "from room_sync import outbox, sync\n"
            'with sync("r") as st:\n'
            '    outbox("Say", st.text, disabled=True)\n'
        )
        alex = StreamlitSession(app)
        assert alex.component("private:room_sync:outbox:Say")["disabled"]
        tells(alex, "private:room_sync:outbox:Say", [[1, "hello"]])
        assert not alex.page.text


def test_the_library_is_where_the_chat_finds_it_and_not_beside_it() -> None:
    assert not (CHAT.parent / "room_sync").exists()
    assert (LIBRARY / "outbox.py").exists()
