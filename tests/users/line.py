"""The line between a page and its server, in the hands of a test."""

from __future__ import annotations

from playwright.sync_api import WebSocketRoute


class Line:
    """The web sockets of a page and its frames, which can be cut and joined again.

    Chromium closes no open web socket when it goes offline; a laptop that wakes up has
    none left. Hand `connect` to `Page.route_web_socket`, before they are opened.
    """

    def __init__(self) -> None:
        self.is_cut = False
        self._ends: list[WebSocketRoute] = []

    def connect(self, browser: WebSocketRoute) -> None:
        """Let one of the page's sockets through, unless the line is cut."""
        if self.is_cut:
            browser.close()
        else:
            self._ends += [browser.connect_to_server(), browser]

    def cut(self) -> None:
        """Close what is open, and let nothing through."""
        self.is_cut = True
        while self._ends:
            self._ends.pop(0).close()

    def mend(self) -> None:
        """Let through what comes from now on."""
        self.is_cut = False
