"""What a person at a chat does and sees, whatever the framework behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Request, WebSocket, expect
from playwright.sync_api import Error as PlaywrightError

from tests.waiting import PATIENCE, wait_until

LOOPBACK = frozenset({"127.0.0.1", "localhost"})
SOON = 2000
"""Milliseconds for a page that may not answer any more."""

_LOCAL_SCHEMES = frozenset({"about", "blob", "data"})


@dataclass(frozen=True)
class Message:
    """One line of a chat."""

    sender: str
    """The name that stands before it."""
    text: str
    """What was written, exactly."""


class User(ABC):
    """One person: with a browser, or only their state on the server."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What the chat calls this person."""

    @abstractmethod
    def send(self, text: str) -> None:
        """Write a message, at the pace of a person, and press Enter."""

    @abstractmethod
    def paste(self, text: str) -> None:
        """Put a text into the field at once, and press Enter."""

    @abstractmethod
    def messages(self) -> list[Message]:
        """All messages that this person can see now, oldest first."""

    def latest(self, count: int) -> list[Message]:
        """The newest messages that this person can see now, oldest first."""
        return self.messages()[-count:]

    @abstractmethod
    def sees(self, *messages: Message) -> None:
        """Wait until these messages are there, in this order, others between or not."""

    def says(self, text: str) -> Message:
        """Send a message, wait until it is in sight, and return it."""
        message = Message(self.name, text)
        self.send(text)
        self.sees(message)
        return message


class BrowserUser(User):
    """One person with a browser of their own; nothing it asks for leaves loopback."""

    STRANGERS: ClassVar[dict[str, str]] = {}
    """Hosts that the framework's own pages ask for, each with what for.

    The requests are refused all the same. Any other host fails the test.
    """

    pace = 25
    """Milliseconds from key to key."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        """Start a browser, with Playwright's options for its context."""
        self.address = address
        viewport = {"width": 800, "height": 700}
        self.context = browser.new_context(**{"viewport": viewport, **options})
        self.context.set_default_timeout(PATIENCE * 1000)
        self.context.on("requestfailed", self._note_request)
        self.strangers: list[str] = []
        self.errors: list[str] = []
        """What has failed in the scripts of their pages."""
        self._sockets: list[WebSocket] = []
        self._new_page()

    def _new_page(self) -> None:
        self.page = self.context.new_page()
        self.page.on("websocket", self._note_socket)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note_request(self, request: Request) -> None:
        if _leaves_loopback(request.url):
            self._note(request.url)

    def _note_socket(self, socket: WebSocket) -> None:
        self._sockets.append(socket)
        if _leaves_loopback(socket.url):
            self._note(socket.url)

    def _note(self, url: str) -> None:
        if urlsplit(url).hostname not in self.STRANGERS:
            self.strangers.append(url)

    def open(self) -> None:
        """Go to the program's address and wait until the chat can be used."""
        self.page.goto(self.address)
        self.wait_until_ready()

    def reload(self) -> None:
        """Load the page again, as F5 does."""
        self.page.reload()
        self.wait_until_ready()

    def report(self) -> str:
        """What explains a test that has failed here: errors, and the text in sight."""
        try:
            shown = self.page.locator("body").inner_text(timeout=SOON)
        except PlaywrightError as error:  # the page is gone, or does not answer
            shown = error.message
        return "\n".join([*self.errors, shown])

    def open_second_tab(self) -> None:
        """Open the program once more in the same browser, and look there."""
        self._new_page()
        self.open()

    def leave(self) -> None:
        """Close the browser.

        Raises:
            AssertionError: a page asked for a host that its framework does not name.
        """
        self.context.close()
        assert not self.strangers, f"asked for {self.strangers}"

    @abstractmethod
    def wait_until_ready(self) -> None:
        """Wait until the page can be used."""

    def join(self, name: str) -> None:
        """Give the chat the name that it asks for; nothing to do where it gives one."""

    @property
    @abstractmethod
    def field(self) -> Locator:
        """Where messages are written."""

    def send(self, text: str) -> None:
        self.field.press_sequentially(text, delay=self.pace)
        self.press_enter()

    def paste(self, text: str) -> None:
        self.field.fill(text)
        self.press_enter()

    def type_at_once(self, text: str) -> None:
        """Press key after key without a pause, Enter where the text says ``\\n``."""
        for key in text:
            self.page.keyboard.press("Enter" if key == "\n" else key)

    def press_enter(self) -> None:
        """Press Enter in the field."""
        self.field.press("Enter")

    def finds_field_with(self, text: str) -> None:
        """Wait until the field holds exactly this text."""
        expect(self.field).to_have_value(text)

    @abstractmethod
    def reads(self, *messages: Message) -> None:
        """Scroll to each message and see that it is in the window then."""

    def fits_the_window(self) -> bool:
        """Whether nothing on the page is wider than the window."""
        return bool(
            self.page.evaluate(
                "[...document.querySelectorAll('*')].every(e => "
                "    e.getBoundingClientRect().right <= innerWidth)"
            )
        )

    @contextmanager
    def loses_connection(self) -> Iterator[None]:
        """Have a connection, and see in the end that it is closed."""

        def is_open(connection: WebSocket) -> bool:
            self.page.evaluate("0")  # it is the page that tells of it
            return not connection.is_closed()

        wait_until(lambda: is_open(self._sockets[-1]), event="a connection")
        connection = self._sockets[-1]
        yield
        wait_until(lambda: not is_open(connection), event="the connection's end")

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Be without a network for a while, and connected again afterwards."""
        with self.loses_connection():
            self.context.set_offline(True)
        yield
        with self.page.expect_websocket():
            self.context.set_offline(False)


def _leaves_loopback(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in _LOCAL_SCHEMES and parts.hostname not in LOOPBACK
