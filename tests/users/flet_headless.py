"""People at a Flet chat without a server and without browsers.

Session, page, event dispatch, patches and PubSub are Flet's own. Only what lies between
them is made here: a wire that packs and unpacks each message, as the web socket does,
and behind it a client that keeps the page as a browser would, by the patches it gets.
So a change that no patch has brought is a change that nobody sees.
"""

from __future__ import annotations

import asyncio
import inspect
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Any, cast

import flet as ft
import msgpack  # type: ignore[import-untyped]
from flet.controls.context import _context_page, context
from flet.messaging import protocol
from flet.messaging.connection import Connection
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

from tests.users.base import Message, User

Main = Callable[[ft.Page], Awaitable[None] | None]
Control = dict[str, Any]
"""A control as a client knows it: its properties, ``_c`` its type, ``_i`` its id."""

_DRAWN = ("_b", "_dialogs", "actions", "title", "content", "views", "controls")
"""The properties that hold what a control draws, the last on the screen first."""
_encode = protocol.configure_encode_object_for_msgpack(ft.BaseControl)  # type: ignore[no-untyped-call]
_REPLACE, _ADD, _REMOVE, _MOVE = range(4)


def walk(node: object) -> Iterator[Control]:
    """All controls that are drawn for this one, itself first."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case list(nodes):
                waiting.extend(reversed(nodes))
            case dict(control):
                yield control
                waiting.extend(control[name] for name in _DRAWN if name in control)


def unpack(packed: bytes) -> tuple[protocol.MessageAction, Any]:
    """What the server tells a client, and with which values."""
    action, body = msgpack.unpackb(
        packed, ext_hook=protocol.decode_ext_from_msgpack, strict_map_key=False
    )
    return protocol.MessageAction(action), body


class FletServer:
    """One process with one program: an event loop and what its sessions share."""

    def __init__(self, main: Main) -> None:
        self.main = main
        self.loop = asyncio.new_event_loop()
        self.hub = PubSubHub(loop=self.loop)
        self.sessions: set[Session] = set()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this, and all that it sets in motion on the loop."""
        self.loop.run_until_complete(work)
        # Nothing here waits for a socket, a thread or a clock, so whatever is still to
        # be done stands in this queue, of which asyncio has no public view.
        while cast(Any, self.loop)._ready:
            self.loop.run_until_complete(asyncio.sleep(0))

    def close(self) -> None:
        """Stop what still waits for messages."""
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                self.loop.run_until_complete(task)
        self.loop.close()


class Screen:
    """The page that a client keeps, by what the server sends."""

    def __init__(self) -> None:
        self.page: Control = {}

    def control(self, control_id: int) -> Control:
        """The control with this id, shown or not."""
        for node in walk(self.page):
            if node.get("_i") == control_id:
                return node
        raise AssertionError(f"the client knows no control {control_id}")

    def apply(self, control_id: int, patch: list[Any]) -> None:
        """Change a control as Flet's client does, in control.dart."""
        root = self.control(control_id)
        paths: dict[int, list[Any]] = {}

        def index(node: list[Any], path: list[Any]) -> None:
            paths[node[0]] = path
            for key, child in (node[1] if len(node) > 1 else {}).items():
                index(child, [*path, key])

        def target(node: int) -> Any:
            found: Any = root
            for key in paths[node]:
                found = found[key]
            return found

        index(patch[0], [])
        for kind, node, key, *rest in patch[1:]:
            if kind == _ADD and isinstance(target(node), list):
                target(node).insert(key, rest[0])
            elif kind in (_REPLACE, _ADD):
                target(node)[key] = rest[0]
            elif kind == _REMOVE:
                del target(node)[key]
            else:
                assert kind == _MOVE, f"unknown operation {kind}"
                moved = target(node).pop(key)
                target(rest[0]).insert(rest[1], moved)


class Client(Connection):
    """The wire to one tab and the page at its end.

    The protocol is that of flet_web/fastapi/flet_app.py.
    """

    def __init__(self, server: FletServer) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.loop = server.loop
        self.pubsubhub = server.hub
        self.screen = Screen()
        self.session: Session | None = None

    def send_message(self, message: protocol.Message) -> None:
        """Bring this to the tab."""
        packed = msgpack.packb([message.action, message.body], default=_encode)
        action, body = unpack(packed)
        match action:
            case protocol.MessageAction.REGISTER_CLIENT:
                self.screen.page = body["page_patch"]
            case protocol.MessageAction.PATCH_CONTROL:
                self.screen.apply(body["id"], body["patch"])
            case protocol.MessageAction.INVOKE_METHOD:
                assert self.session is not None
                self.loop.call_soon(
                    self.session.handle_invoke_method_results,
                    body["control_id"],
                    body["call_id"],
                    None,
                    None,
                )
            case protocol.MessageAction.SESSION_CRASHED:
                raise AssertionError(body["message"])


class FletTab(User):
    """A person at a tab that nobody draws: they see what the server has sent to it."""

    _name = ""

    @property
    @abstractmethod
    def screen(self) -> Screen:
        """What the tab shows."""

    @abstractmethod
    def tell(self, control_id: int, properties: Control) -> None:
        """Tell the server what has changed in a control."""

    @abstractmethod
    def dispatch(self, control_id: int, event: str, data: object) -> None:
        """Tell the server what has happened to a control."""

    def controls(self, **properties: object) -> list[Control]:
        """What the tab shows, dialogs included, that has all these properties."""
        return [
            control
            for control in walk(self.screen.page)
            if properties.items() <= control.items()
        ]

    def control(self, **properties: object) -> Control:
        """The one that has all these properties."""
        (control,) = self.controls(**properties)
        return control

    @property
    def dialog(self) -> Control | None:
        """The dialog that is open, if one is."""
        return next(iter(self.controls(_c="AlertDialog", open=True)), None)

    @property
    def field(self) -> Control:
        """Where messages are written."""
        return self.control(_c="TextField", label="Message")

    @property
    def name_field(self) -> Control:
        """Where the dialog asks for a name."""
        return self.control(_c="TextField", label="Your name")

    def type(self, field: Control, text: str) -> None:
        """Select what stands in the field, and write this in its place."""
        self._select(field, 0, len(field.get("value", "")))
        field["value"] = text
        self.tell(field["_i"], {"value": text})
        self._select(field, len(text), len(text))
        if field.get("on_change"):
            self.fire(field, "change", text)

    def _select(self, field: Control, start: int, end: int) -> None:
        """Put the caret there, where the field wants to be told."""
        if field.get("on_selection_change"):
            text = field.get("value", "")[start:end]
            selection = {"base_offset": start, "extent_offset": end}
            told = {"selected_text": text, "selection": selection}
            self.fire(field, "selection_change", told)

    def press_enter(self, field: Control) -> None:
        """Press Enter in the field; one with `shift_enter` does not tell its text."""
        told = None if field.get("shift_enter") else field.get("value", "")
        self.fire(field, "submit", told)

    def click_send(self) -> None:
        """Click on the button beside the field, whether it shows a word or a sign."""
        sign = {"_c": "IconButton", "icon": int(ft.Icons.SEND)}
        (button,) = self.controls(content="Send") or self.controls(**sign)
        self.fire(button, "click")

    def click(self, **properties: object) -> None:
        """Click on the one button with these properties."""
        self.fire(self.control(**properties), "click")

    def fire(self, control: Control, event: str, data: object = None) -> None:
        """Tell the server that this has happened, where it asked to be told."""
        assert control.get(f"on_{event}"), f"nobody listens to {event} of {control}"
        self.dispatch(control["_i"], event, data)

    def join(self, name: str) -> None:
        """Give the chat a name, where it asks for one."""
        if self.dialog:
            self.type(self.name_field, name)
            self.press_enter(self.name_field)
            self._name = name.strip()

    @property
    def name(self) -> str:
        if self._name:
            return self._name
        (told,) = (line for line in self.lines() if line.startswith("You are "))
        return told.removeprefix("You are ").removesuffix(".")

    def send(self, text: str) -> None:
        self.paste(text)

    def paste(self, text: str) -> None:
        self.type(self.field, text)
        self.press_enter(self.field)

    def lines(self) -> list[str]:
        """All texts of the tab, from top to bottom."""
        return [text.get("value", "") for text in self.controls(_c="Text")]

    def messages(self) -> list[Message]:
        (messages,) = self.controls(_c="ListView") or self.controls(scroll="auto")
        found = []
        for line in messages.get("controls", []):
            match [text["value"] for text in walk(line) if text["_c"] == "Text"]:
                case [name, text]:
                    found.append(Message(name, text))
                case [said] if ": " in said:
                    name, _, text = said.partition(": ")
                    found.append(Message(name, text))
        return found


class FletSession(FletTab):
    """A person whom the server knows by a session, at a tab with what it sends."""

    def __init__(self, server: FletServer) -> None:
        """Open the program in a new tab."""
        self.server = server
        self.client = Client(server)
        server.run(self._open())

    async def _open(self) -> None:
        self.session = self.client.session = Session(self.client)
        self.server.sessions.add(self.session)
        self.session.apply_page_patch({"route": "/", "web": True})
        page = self.session.get_page_patch()  # type: ignore[no-untyped-call]
        self._register(page)
        _context_page.set(self.session.page)
        context.reset_auto_update()  # type: ignore[no-untyped-call]
        started = self.server.main(self.session.page)
        if inspect.isawaitable(started):
            await started
        await self.session.after_event(self.session.page)

    def _register(self, page: object) -> None:
        body = protocol.RegisterClientResponseBody(self.session.id, page, error="")
        self.client.send_message(
            protocol.Message(protocol.MessageAction.REGISTER_CLIENT, body)
        )

    def close_tab(self, keep_seconds: int = 3600) -> None:
        """Close the tab, lose the connection, or begin a reload: all the same."""
        self.server.run(self.session.disconnect(keep_seconds))

    def come_back(self) -> None:
        """End a reload, or connect again."""
        self.client = Client(self.server)
        self.client.session = self.session
        self.server.run(self._come_back())

    async def _come_back(self) -> None:
        self._register(self.session.page)
        await self.session.connect(self.client)

    def expire(self) -> None:
        """Let the server give the session up."""

        async def close() -> None:
            self.session.close()  # type: ignore[no-untyped-call]

        self.server.run(close())
        self.server.sessions.remove(self.session)

    @property
    def screen(self) -> Screen:
        return self.client.screen

    def tell(self, control_id: int, properties: Control) -> None:
        self.session.apply_patch(control_id, properties)

    def dispatch(self, control_id: int, event: str, data: object) -> None:
        self.server.run(self.session.dispatch_event(control_id, event, data))
        for closed in self.controls(_c="AlertDialog", open=False):
            self.server.run(self.session.dispatch_event(closed["_i"], "dismiss", None))

    def sees(self, *messages: Message) -> None:
        seen = iter(self.messages())
        missed = [message for message in messages if message not in seen]
        assert not missed, f"{self.name} does not see {missed}"
