"""People at a Flet server without browsers: each has a web socket of their own.

They speak as Flet's client does (flet_web/fastapi/flet_app.py) and keep their page by
the patches that come. What Flutter makes of it, only a browser can show.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from typing import Any

import msgpack  # type: ignore[import-untyped]
from flet.messaging.protocol import MessageAction
from websockets.sync.client import connect

from tests.users.base import Message
from tests.users.flet_headless import Control, FletTab, Screen, unpack
from tests.waiting import PATIENCE

_PACKET = b"\0"
"""What begins each packet of the protocol; others carry a control's raw data."""


class FletSocket(FletTab):
    """A person whom a real server knows by a web socket."""

    def __init__(self, address: str, headers: Mapping[str, str] | None = None) -> None:
        """Open the program in a new tab, with what a proxy adds on the way."""
        self._url = f"{address.replace('http', 'ws', 1)}ws"
        self.headers = headers
        self.session_id = ""
        self.connect()

    def connect(self) -> None:
        """Open the program; in a tab that was here before, as a reload does."""
        self._screen = Screen()
        self._connection = ExitStack()
        connecting = connect(self._url, max_size=None, additional_headers=self.headers)
        self._socket = self._connection.enter_context(connecting)
        page = {"route": "/", "web": True}
        self._send(
            MessageAction.REGISTER_CLIENT,
            {"session_id": self.session_id, "page_name": "", "page": page},
        )
        self.wait_until(lambda: bool(self.controls(_c="TextField")), "a field")

    def close(self) -> None:
        """Close the tab, or begin a reload."""
        self._connection.close()

    def lose_connection(self) -> None:
        """Be cut off without a word of the protocol to the server."""
        with suppress(OSError):
            self._socket.socket.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    @property
    def screen(self) -> Screen:
        return self._screen

    def wait_until(self, condition: Callable[[], bool], event: str) -> None:
        """Take what the server sends until this holds.

        Raises:
            TimeoutError: it does not hold when nothing more has come for too long.
        """
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"{event} did not happen"
            self._receive(PATIENCE)

    def _receive(self, seconds: float) -> None:
        packet = self._socket.recv(seconds)
        assert isinstance(packet, bytes)
        assert packet.startswith(_PACKET)
        action, body = unpack(packet.removeprefix(_PACKET))
        match action:
            case MessageAction.REGISTER_CLIENT:
                self.session_id = body["session_id"]
                self._screen.page = body["page_patch"]
            case MessageAction.PATCH_CONTROL:
                self._screen.apply(body["id"], body["patch"])
            case MessageAction.INVOKE_METHOD:
                answer = {key: body[key] for key in ("control_id", "call_id")}
                nothing = {"result": None, "error": None}
                self._send(MessageAction.INVOKE_METHOD, answer | nothing)
            case MessageAction.SESSION_CRASHED:
                raise AssertionError(body["message"])

    def _send(self, action: MessageAction, body: dict[str, Any]) -> None:
        self._socket.send(_PACKET + msgpack.packb([action.value, body]))

    def tell(self, control_id: int, properties: Control) -> None:
        body = {"id": control_id, "props": properties}
        self._send(MessageAction.UPDATE_CONTROL_PROPS, body)

    def dispatch(self, control_id: int, event: str, data: object) -> None:
        body = {"target": control_id, "name": event, "data": data}
        self._send(MessageAction.CONTROL_EVENT, body)

    def join(self, name: str) -> None:
        self.wait_until(lambda: self.dialog is not None, "the dialog")
        super().join(name)
        self.wait_until(lambda: self.dialog is None, "the end of the dialog")
        for closed in self.controls(_c="AlertDialog"):
            self.dispatch(closed["_i"], "dismiss", None)

    def send(self, text: str) -> None:
        super().send(text)
        self.finds_its_field_empty()

    def writes(self, text: str) -> None:
        """Send this, and do not wait until the field is empty."""
        super().send(text)

    def finds_its_field_empty(self) -> None:
        """Wait until the server has cleared the field."""
        self.wait_until(lambda: not self.field.get("value"), "an empty field")

    def sees(self, *messages: Message) -> None:
        def see() -> bool:
            seen = iter(self.messages())
            return all(message in seen for message in messages)

        self.wait_until(see, f"{self.name} sees {messages}:")
