"""A running program, and the people who came to use it."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from livedocs.catalog import Catalog, Snippet
from livedocs.launch import HOST, App, launch
from tests.users.base import BrowserUser
from tests.users.flet import FletUser
from tests.users.streamlit import StreamlitUser
from tests.users.taipy import TaipyUser
from tests.waiting import wait_until

DRIVERS: dict[str, type[BrowserUser]] = {
    "flet": FletUser,
    "streamlit": StreamlitUser,
    "taipy": TaipyUser,
}
"""Who sits at the browser, by framework."""

_LOG = 5000
"""So many characters of a log are shown."""

_NAMES = {1: "Alex", 2: "Doppler"}


class Stage:
    """One program, started as its reader starts it; users join, each a browser."""

    driver: type[BrowserUser] | None = None
    """Who sits at the browser, where it is not the framework's usual one."""

    def __init__(self, snippet: Snippet, browser: Browser, **options: Any) -> None:
        """Start the program; the options are those of Playwright's contexts."""
        self.snippet = snippet
        self.options = options
        self.users: list[BrowserUser] = []
        self.browser = browser
        self._past = ""
        self._folder = TemporaryDirectory(suffix="-stage")
        self._server = ExitStack()
        self._start()
        OPEN.append(self)

    def _start(self, port: int = 0) -> None:
        starting = launch(self.snippet, port=port, folder=Path(self._folder.name))
        self.app: App = self._server.enter_context(starting)

    @property
    def address(self) -> str:
        """Where the program is."""
        return self.app.addresses[0]

    def join(self, name: str = "") -> BrowserUser:
        """Let a person whom the program has not seen before open it.

        Where it asks for a name, theirs is Alex, Doppler, User 3, … unless it is given.
        """
        user = self.invite()
        self.lets_in(user, name)
        return user

    def invite(self) -> BrowserUser:
        """Give a person whom the program has not seen before a browser."""
        driver = self.driver or DRIVERS[self.snippet.framework]
        user = driver(self.browser, self.address, **self.options)
        self.users.append(user)
        return user

    def lets_in(self, user: BrowserUser, name: str = "", *, joins: bool = True) -> None:
        """Let somebody open the program and, if they join, say who they are."""
        user.open()
        programs = (self.snippet, *self.snippet.companions)
        if joins and any("Your name" in program.code for program in programs):
            user.join(name or _NAMES.get(len(self.users), f"User {len(self.users)}"))

    def kill(self) -> None:
        """End the server at once, without a word to it: ``kill -9``."""
        os.killpg(self.app.process.pid, signal.SIGKILL)
        wait_until(lambda: not self._answers(), event="the server's end")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            port = urlsplit(self.address).port
            return probe.connect_ex((HOST, port)) == 0

    def restart(self) -> None:
        """Stop the server and start it again at the same address.

        What it has saved in its folder is there again.
        """
        port = urlsplit(self.address).port
        self._past += self.app.output()
        self._server.close()
        self._start(port or 0)

    def log(self) -> str:
        """What the server has written, before it was restarted as well."""
        return self._past + self.app.output()

    def report(self) -> Iterator[tuple[str, str]]:
        """What explains a test that has failed here: titles and texts."""
        yield f"{self.snippet.id}: log", self.log()[-_LOG:]
        for number, user in enumerate(self.users, start=1):
            yield f"{self.snippet.id}: page {number}", user.report()

    def close(self) -> None:
        """Send all home and stop the server."""
        OPEN.remove(self)
        with self._folder, self._server, ExitStack() as homes:
            for user in self.users:
                homes.callback(user.leave)


OPEN: list[Stage] = []
"""Those that are not closed."""


@contextmanager
def open_stage(snippet_id: str, browser: Browser) -> Iterator[Stage]:
    """Start the snippet with this id; users and server are gone afterwards."""
    stage = Stage(Catalog.default().find(snippet_id), browser)
    try:
        yield stage
    finally:
        stage.close()
