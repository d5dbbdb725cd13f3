"""A test is notified of each request of its pages that would leave this machine."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator

from tests.users.base import BrowserUser, Message
from tests.waiting import wait_until


class Guest(BrowserUser):
    """Somebody who opens a page and does nothing there."""

    def wait_until_ready(self) -> None:
        self.page.wait_for_load_state("load")

    @property
    def name(self) -> str:
        return "Guest"

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox")

    def messages(self) -> list[Message]:
        return []

    def sees(self, *messages: Message) -> None: ...

    def reads(self, *messages: Message) -> None: ...


@pytest.mark.parametrize(
    "asked",
    [
        '<img src="https://example.org/logo.png">',
        '<img src="http://192.0.2.1/logo.png">',
        '<script src="https://cdn.example.org/app.js"></script>',
        "<script>new WebSocket('wss://example.org/live')</script>",
    ],
)
def test_a_page_that_asks_for_another_host_fails_the_test(
    browser: Browser, asked: str
) -> None:
    guest = Guest(browser, f"data:text/html,{asked}")
    guest.open()
    # It is the page that tells of it, while something is asked of the page.
    wait_until(lambda: guest.page.evaluate("0") == 0 and bool(guest.strangers))
    with pytest.raises(AssertionError, match=r"asked for \['(https?|wss)://"):
        guest.leave()


def test_a_report_says_what_has_failed_and_what_is_shown(browser: Browser) -> None:
    asked = "<p>Waiting …</p><script>throw Error('no such room')</script>"
    guest = Guest(browser, f"data:text/html;charset=utf-8,{asked}")
    guest.open()
    wait_until(lambda: guest.report() == "no such room\nWaiting …")
    guest.page.close()
    assert "no such room" in guest.report()
    guest.leave()
