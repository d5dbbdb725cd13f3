"""How long a program takes from the click that starts it in a page to its use."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from livedocs.catalog import Catalog
from tests.bench.figures import Figure
from tests.site.live import Checkout, serve
from tests.users.chromium import open_browser
from tests.waiting import wait_until

PROGRAMS = {
    "taipy/chat/shared_builder": ("chat", 6.0),
    "flet/chat/step3_broadcast": ("send_all", 3.0),
    "streamlit/rooms/first_room": ("sync", 3.0),
}
"""What each has for its two windows to share, and its goal in seconds."""


ABOUT = "from Run it live, then from opening another page, to the first usable frame"
ROUNDS = 3


def measure_frames(rounds: int = ROUNDS) -> Iterator[Figure]:
    """The first and the next showing of each program, in seconds.

    The next one is on a page that is opened while the program runs.
    """
    for name, (shared, goal) in PROGRAMS.items():
        times = [_frames(name, shared) for _ in range(rounds)]
        first, again = zip(*times, strict=True)
        yield Figure("frames", f"{name}: started", first, "s", goal)
        yield Figure("frames", f"{name}: shown again", again, "s")


def _frames(name: str, shared: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        checkout = Checkout.create(Path(folder))
        path = checkout.write_demo(Catalog.default().find(name), shared)
        with serve(checkout) as live:
            page = browser.new_page()
            page.goto(live.site + path)
            begin = time.perf_counter()
            page.get_by_role("button", name="Run it live").click()
            _use(page)
            first = time.perf_counter() - begin
            other = browser.new_page()
            begin = time.perf_counter()
            other.goto(live.site + path)
            _use(other)
            return first, time.perf_counter() - begin


def _use(page: Page) -> None:
    """Look every 20 ms until the first user can take hold of something.

    Playwright itself looks every half of a second at last.
    """
    frame = page.locator(".ss-live iframe").first.content_frame
    widget = frame.get_by_role("textbox").or_(frame.get_by_role("slider")).first
    silent = frame.locator("flt-semantics-placeholder")
    wait_until(lambda: bool(widget.or_(silent).count()))
    if silent.count():  # Flet draws on a canvas, and tells what is there when asked
        silent.evaluate("element => element.click()")
    wait_until(widget.is_visible)
