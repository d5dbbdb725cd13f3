"""One program for several people: its `main` for each pane, one `PubSubHub` for all.

Runs in Pyodide, and rests on private names of Flet: `livedocs.static_live.flet` has
them all in a list, and the build sees that Flet has them.
"""

import asyncio
import runpy
import traceback

import flet.messaging.pyodide_connection as flet_pyodide
from flet.controls.context import _context_page
from flet.messaging.protocol import (
    Message,
    MessageAction,
    RegisterClientRequestBody,
    RegisterClientResponseBody,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub
from pyodide.ffi import create_proxy, to_js

KEPT = 3600
"""Seconds for which a session outlives its pane: as long as the page is open."""

_hub = PubSubHub(asyncio.get_running_loop())
_sessions = {}
_functions = None


class PaneConnection(flet_pyodide.PyodideConnection):
    """The connection of one pane, whose session outlives it: it may be reloaded."""

    def __init__(self, person, port):
        super().__init__(*_functions)
        self.person, self.port, self.pubsubhub = person, port, _hub
        port.onmessage = create_proxy(self._receive)

    async def open(self):
        """Let messages through, in both directions."""
        await self.connect(lambda data: self.port.postMessage(to_js(data)))
        self.port.postMessage("started")

    def _receive(self, event):
        if event.data == "connect":
            _go(self.port, self.open())
        elif event.data == "disconnect":
            _go(self.port, self._leave())
        else:
            self.send_from_js(event.data)

    async def _leave(self):
        session = _sessions.get(self.person)
        if session and session.connection is self:
            await session.disconnect(KEPT)

    async def _PyodideConnection__on_message(self, data):  # noqa: N802 -- Flet's name
        session = _sessions.get(self.person)
        if MessageAction(data[0]) != MessageAction.REGISTER_CLIENT:
            await super()._PyodideConnection__on_message(data)
        elif not session:
            await super()._PyodideConnection__on_message(data)
            _sessions[self.person] = self.session
        else:
            await self._resume(session, RegisterClientRequestBody(**data[1]))

    async def _resume(self, session, body):
        """Give the session to this pane, as a server does after a reload."""
        if session.connection:
            await session.disconnect(KEPT)
        self.session = session
        _context_page.set(session.page)
        session.apply_page_patch(body.page)
        answer = RegisterClientResponseBody(session.id, session.page, "")
        self.send_message(Message(MessageAction.REGISTER_CLIENT, answer))
        await session.connect(self)


def _go(port, coroutine):
    async def run():
        try:
            await coroutine
        except Exception:
            port.postMessage(traceback.format_exc())

    _tasks.add(task := asyncio.create_task(run()))
    task.add_done_callback(_tasks.discard)


_tasks = set()


def _keep(on_session_created, before_main):
    """What `ft.run` calls in a browser: keep its functions for those who join."""
    global _functions
    _functions = on_session_created, before_main


def _reporting(error):
    """Let the page around a pane show what its program has raised."""

    def report(session, message):
        if session.connection:  # none while its pane is loaded again
            session.connection.port.postMessage(message)
        return error(session, message)

    return report


def start(name):
    """Run the program, which calls `ft.run`."""
    Session.error = _reporting(Session.error)
    flet_pyodide.PyodideConnection = _keep
    runpy.run_path(name, run_name="__main__")
    if _functions is None:
        raise RuntimeError(f"{name} does not call ft.run().")


def join(person, port):
    """Let a pane in."""
    PaneConnection(person, port)
