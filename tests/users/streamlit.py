"""A person at a Streamlit page: widgets by their labels, lines by their words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, expect

from tests.users.base import BrowserUser, Message
from tests.users.cable import Cable

_AT_REST = (
    "[data-testid=stApp]"
    "[data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
)
"""The page while the server draws nothing on it."""


class StreamlitUser(BrowserUser):
    """A person at a Streamlit page, in a room or in a chat."""

    _name = ""

    def __init__(self, browser: Browser, address: str) -> None:
        self._plugged_in = ExitStack()
        self.cable = self._plugged_in.enter_context(Cable.to(address))
        super().__init__(browser, self.cable.address)

    # What everybody does.

    def wait_until_ready(self) -> None:
        drawn = self.page.locator(_AT_REST).locator("[data-testid=stElementContainer]")
        expect(drawn.first).to_be_attached()
        self.sees_no_exception()

    def sees_no_exception(self) -> None:
        """See that the page shows no traceback."""
        assert self.page.get_by_test_id("stException").all_inner_texts() == []

    def follows_link_of(self, other: StreamlitUser) -> None:
        """Open what stands in another one's address bar."""
        self.page.goto(f"{self.address}?{urlsplit(other.page.url).query}")
        self.wait_until_ready()

    def leave(self) -> None:
        with self._plugged_in:
            super().leave()

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Be without a connection for a while, and connected again afterwards."""
        with self._sockets[-1].expect_event("close"):
            self.cable.hang_up()
        yield
        self.cable.plug_in()
        expect(self.page.locator(_AT_REST)).to_be_attached()

    # Widgets.

    def widget(self, label: str) -> Locator:
        """What takes keys for the widget with this label."""
        return self.page.locator(f'[aria-label="{label}"]:is(input, textarea)')

    def turns(self, label: str, key: str) -> None:
        """Press a key at a slider: an arrow, Home, End, PageUp or PageDown."""
        self.widget(label).press(key)

    def sets_slider(self, label: str, steps: int) -> None:
        """Move a slider to its beginning, then so many steps on, key by key."""
        for key in ("Home", *["ArrowRight"] * steps):
            self.turns(label, key)

    def types(self, label: str, text: str) -> None:
        """Type a text into a field, key by key, and leave the caret there."""
        self.widget(label).press_sequentially(text)

    def enters(self, label: str, text: str) -> None:
        """Put a text into a field instead of what is there, and send it."""
        field = self.widget(label)
        field.fill(text)
        is_long = field.evaluate("field => field.tagName === 'TEXTAREA'")
        field.press("Control+Enter" if is_long else "Enter")

    def chooses(self, label: str, option: str) -> None:
        """Open a selectbox and take one of its options."""
        self.widget(label).click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def presses(self, name: str) -> None:
        """Press the button that says so."""
        self.button(name).click()

    def button(self, name: str) -> Locator:
        """The button that says so."""
        return self.page.get_by_role("button", name=name, exact=True)

    def finds(self, label: str, value: str) -> None:
        """Wait until a widget shows this value."""
        expect(self.widget(label)).to_have_value(value)

    def reads_line(self, text: str) -> None:
        """Wait until a line of the page says exactly this."""
        expect(self.line(text)).to_be_visible()

    def line(self, text: str) -> Locator:
        """The line of the page that says exactly this."""
        lines = self.page.locator("[data-testid=stText], [data-testid=stMarkdown] p")
        return lines.filter(has_text=re.compile(rf"^\s*{re.escape(text)}\s*$"))

    def sees_present(self, count: int, room: str = "here") -> None:
        """Wait until the page says that so many are in the room."""
        self.reads_line(f"{count} {room}")

    # Tables.

    def cell(self, row: int, column: int) -> Locator:
        """A cell of the table, as a screen reader finds it; both counted from 0."""
        return self.page.get_by_test_id(f"glide-cell-{column}-{row}")

    def steps_into_cell(self, row: int, column: int) -> None:
        """Open a cell of the table to write in it."""
        # The grid itself takes the focus first, and selects its first cell then.
        self.page.get_by_test_id("data-grid-canvas").focus()
        self.cell(row, column).focus()
        expect(self.cell(row, column)).to_have_attribute("aria-selected", "true")
        self.page.keyboard.press("Enter")

    def fills_cell(self, row: int, column: int, text: str) -> None:
        """Write a text into a cell of the table instead of what is there."""
        self.steps_into_cell(row, column)
        self.open_cell.fill(text)
        self.open_cell.press("Enter")

    @property
    def open_cell(self) -> Locator:
        """Where a cell is written in."""
        return self.page.locator("#portal").locator("input, textarea")

    def finds_cell(self, row: int, column: int, text: str) -> None:
        """Wait until a cell of the table holds this."""
        expect(self.cell(row, column)).to_have_text(text)

    # Chats.

    @property
    def field(self) -> Locator:
        return self.page.get_by_test_id("stChatInputTextArea")

    @property
    def name(self) -> str:
        return self._name

    def join(self, name: str) -> None:
        self.enters("Your name", name)
        expect(self.field).to_be_visible()
        self._name = name

    def messages(self) -> list[Message]:
        raise NotImplementedError

    def sees(self, *messages: Message) -> None:
        raise NotImplementedError

    def reads(self, *messages: Message) -> None:
        raise NotImplementedError
