"""The chat, used by several people in real browsers."""

from __future__ import annotations

import pytest

from tests.contracts.chat import BrowserSharedHistory, Smoke
from tests.snippets.streamlit.modes import SHIPPED
from tests.users.base import BrowserUser, Message
from tests.users.stage import Stage
from tests.waiting import wait_until


def chat(program: str) -> pytest.MarkDecorator:
    """Let a class have the chat as it is, or behind the server that pushes."""
    both = pytest.param((f"streamlit/chat/{program}", SHIPPED), id=program)
    return pytest.mark.parametrize("stage", [both], indirect=True)


@chat("chat_launcher")
class TestPushedChat(BrowserSharedHistory):
    """What people deploy: the server notifies each page."""


@chat("chat")
class TestPolledChat(Smoke):
    """The program alone: each page asks once a second."""

    @pytest.mark.fact("streamlit-offline-messages")
    @pytest.mark.state("chat.py", "messages", "one room", reconnect="kept")
    @pytest.mark.state("chat.py", "name", "one tab", reconnect="kept")
    def test_what_is_sent_without_a_network_arrives_later(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        """What you send while your network is down arrives once it’s back."""
        past = [alex.says("before the cut"), doppler.says("I can read you")]
        sent = [Message(alex.name, text) for text in ("still there?", "hello?")]
        alex.sees(*past)
        with alex.cut_off():
            for message in sent:
                alex.send(message.text)
            heard = doppler.says("where are you?")
        for user in (alex, doppler):
            user.sees(heard, *sent)
            assert user.latest(5) == [*past, heard, *sent]

    @pytest.mark.state("chat.py", "messages", "one room", restart="lost")
    @pytest.mark.state("chat.py", "name", "one tab", restart="kept")
    def test_a_restart_empties_the_chat_and_both_talk_on_under_their_names(
        self, stage: Stage, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        names = [alex.name, doppler.name]
        doppler.sees(alex.says("before the restart"))
        stage.restart()
        wait_until(lambda: not alex.messages() + doppler.messages(), event="no past")
        said = [doppler.says("after the restart"), alex.says("so it seems")]
        assert [message.sender for message in reversed(said)] == names
        for user in (alex, doppler):
            user.sees(*said)
            assert user.messages() == said
