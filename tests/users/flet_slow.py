"""A person at a Flet chat whose line to the server can be slow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, WebSocketRoute

from tests.users.flet import FletUser
from tests.users.stage import Stage
from tests.waiting import wait_until


class SlowLine:
    """A page's web socket, on which what the server says can be held back."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._held: list[str | bytes] | None = None
        page.route_web_socket("**/ws", self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        self._browser = browser
        server = browser.connect_to_server()
        browser.on_message(server.send)
        server.on_message(self._answer)

    def _answer(self, message: str | bytes) -> None:
        if self._held is None:
            self._browser.send(message)
        else:
            self._held.append(message)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nothing from the server arrive until the block is left."""
        self._held = []
        yield
        held, self._held = self._held, None
        for message in held:
            self._browser.send(message)

    def waits_for_an_answer(self) -> None:
        """Wait until there is something to hold back."""
        wait_until(self._is_holding_something, event="an answer")

    def _is_holding_something(self) -> bool:
        self._page.evaluate("0")  # Playwright hands over what has come in meanwhile
        return bool(self._held)


class SlowFletUser(FletUser):
    """A person whose line can be slow."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        """Start a browser, with Playwright's options for its context."""
        super().__init__(browser, address, **options)
        self.line = SlowLine(self.page)


class SlowStage(Stage):
    """A program that people reach on lines that can be slow."""

    driver = SlowFletUser
