"""Why one traceback in a server's log is nobody's error, and that all others are."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any
from unittest.mock import MagicMock

import pytest
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette.starlette_websocket import create_websocket_handler

from tests.snippets.streamlit.log import errors

HEAD = "Exception in ASGI application\n"


async def _leave_while_written_to() -> None:
    """A tab sends something, then goes while something is written to it."""
    messages: list[MutableMapping[str, Any]] = [
        {"type": "websocket.receive", "bytes": BackMsg().SerializeToString()},
        {"type": "websocket.connect"},
    ]

    async def receive() -> MutableMapping[str, Any]:
        if len(messages) == 1:
            with suppress(WebSocketDisconnect):
                await socket.send_bytes(b"news")
        return messages.pop()

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "websocket.send":
            raise OSError

    scope = {"type": "websocket", "headers": [], "query_string": b"", "path": "/"}
    socket = WebSocket(scope, receive, send)
    await create_websocket_handler(MagicMock())(socket)


@pytest.fixture
def left() -> str:
    """What Uvicorn writes then."""
    with pytest.raises(RuntimeError) as raised:
        asyncio.run(_leave_while_written_to())
    return HEAD + "".join(traceback.format_exception(raised.value))


def test_a_tab_that_goes_while_it_is_written_to_is_no_error(left: str) -> None:
    assert "Traceback" in left
    assert errors(f"Started.\n{left}{left}") == ""


@pytest.mark.parametrize("head", [HEAD, ""])
def test_any_other_traceback_is_one(left: str, head: str) -> None:
    other = head + "Traceback (most recent call last):\n  here\nZeroDivisionError\n"
    assert errors(left + other) == other
    assert errors(other + left) == other


def test_one_that_only_begins_alike_is_one(left: str) -> None:
    text = "".join(left.splitlines(keepends=True)[:4]) + "TypeError: text frames\n"
    assert errors(text + left) == text
