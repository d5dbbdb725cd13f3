"""The chat, used by several people in real browsers."""

from __future__ import annotations

import pytest

from tests.contracts.chat import BrowserSharedHistory
from tests.snippets.streamlit.modes import SHIPPED


def chat(program: str) -> pytest.MarkDecorator:
    """Let a class have the chat as it is, or behind the server that pushes."""
    both = pytest.param((f"streamlit/chat/{program}", SHIPPED), id=program)
    return pytest.mark.parametrize("stage", [both], indirect=True)


@chat("chat")
class TestPolledChat(BrowserSharedHistory):
    """One past for everybody, which each page asks for."""


@chat("chat_launcher")
class TestPushedChat(BrowserSharedHistory):
    """One past for everybody, of which the server tells."""
