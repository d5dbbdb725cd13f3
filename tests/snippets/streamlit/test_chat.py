"""The chat, used by several people in real browsers."""

from __future__ import annotations

import pytest

from tests.contracts.chat import (
    BrowserSharedPast,
    FastTypists,
    FinishedChat,
    SharedPast,
)
from tests.snippets.streamlit.modes import POLLED


def chat(program: str) -> pytest.MarkDecorator:
    """Let a class have the chat as it is, or behind the server that pushes."""
    both = pytest.param((f"streamlit/chat/{program}", POLLED), id=program)
    return pytest.mark.parametrize("stage", [both], indirect=True)


@chat("chat")
class TestPolledChat(SharedPast, FinishedChat, FastTypists):
    """One past for everybody, which each page asks for.

    No burst: in one, a page that is drawn as a whole now and then shows half of it.
    """


@chat("chat_launcher")
class TestPushedChat(BrowserSharedPast):
    """One past for everybody, of which the server tells."""
