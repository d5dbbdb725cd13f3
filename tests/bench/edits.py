"""How long an edited program takes to appear in a browser under `make serve`."""

import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.figures import Figure
from tests.site.live import Checkout, serve
from tests.users.chromium import CHROMIUM_ARGS, find_chromium

ABOUT = "from saving a program to its new line in a browser, under make serve"
GOAL = 1.0
"""Seconds after which an edit has to be in sight."""


def edit(times: int) -> Figure:
    """From saving a program to its new line on the page, for each edit."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        checkout = Checkout.create(Path(folder))
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=list(CHROMIUM_ARGS)
        )
        with serve(checkout) as live:
            page = browser.new_page()
            page.goto(live.address)
            seconds = []
            for number in range(1, times + 1):
                start = time.perf_counter()
                checkout.write_program(f"edit {number}")
                page.get_by_text(f'"edit {number}"').wait_for()
                seconds.append(time.perf_counter() - start)
                live.until("Reloading browsers")
        browser.close()
    return Figure("edits", "program edited", tuple(seconds), "s", GOAL)
