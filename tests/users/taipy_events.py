"""People who look at Taipy's events, each with a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, expect

from tests.users.stage import Stage
from tests.users.taipy import TaipyUser

SOON = 1_000
"""Milliseconds within which an event has to be in sight."""

# As if the mouse rested on each notification, which is in sight for three seconds
# otherwise: a moment after it has come, for that is when Taipy begins to count.
_HOLD_ALERTS = """
    const rest = new MouseEvent("mouseover", {bubbles: true});
    new MutationObserver(() => {
        const alerts = document.querySelectorAll("[role=alert]:not([data-held])");
        for (const alert of alerts) {
            alert.dataset.held = true;
            setTimeout(() => alert.dispatchEvent(rest), 100);
        }
    }).observe(document, {childList: true, subtree: true});
"""


class EventsUser(TaipyUser):
    """A person at one of the pages on events, by what it shows."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        super().__init__(browser, address, **options)
        self.context.add_init_script(_HOLD_ALERTS)

    def wait_until_ready(self) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        self.hears_at_once()

    def enter(self, label: str, text: str) -> None:
        """Fill a field and press Enter."""
        field = self.page.get_by_label(label)
        field.fill(text)
        field.press("Enter")

    def types(self, label: str, text: str) -> None:
        """Write over what a field holds, key after key, and press Enter."""
        field = self.page.get_by_label(label)
        field.click()
        field.press("ControlOrMeta+a")
        field.press_sequentially(text, delay=self.pace)
        field.press("Enter")

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name).click()

    @contextmanager
    def is_cut_off(self) -> Iterator[None]:
        """Wait in the end until the connection has ended and another is there."""
        old = self._sockets[-1]
        with self.page.expect_event("websocket"), old.expect_event("close"):
            yield

    @property
    def lines(self) -> Locator:
        """The lines of the page's list."""
        return self.page.locator(".taipy-selector [data-id]")

    @property
    def selected(self) -> Locator:
        """The line that is selected."""
        return self.page.locator(".taipy-selector .Mui-selected")

    @property
    def text(self) -> Locator:
        """What stands in the page's text."""
        return self.page.locator("pre")

    @property
    def alerts(self) -> Locator:
        """The notifications in sight."""
        return self.page.get_by_role("alert")

    def holds_alert(self, text: str) -> None:
        """Wait for a notification, which stays in sight."""
        expect(self.alerts.get_by_text(text, exact=True)).to_be_visible()

    def finds(self, text: str) -> None:
        """Wait until this is in sight, if only for a moment."""
        is_there = "text => document.body.innerText.includes(text)"
        self.page.wait_for_function(is_there, arg=text, polling=50)

    def select(self, line: str) -> None:
        """Select a line of the list, and wait until the server knows."""
        self.lines.get_by_text(line, exact=True).click()
        expect(self.selected).to_have_text(line)


class EventsStage(Stage):
    """One of the programs on events, started as its reader starts it."""

    driver = EventsUser

    def join(self, name: str = "") -> EventsUser:
        user = super().join(name)
        assert isinstance(user, EventsUser)
        return user
