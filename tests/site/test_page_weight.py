"""Pages are light: what Chromium loads of one is weighed as it leaves the server."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.site.conftest import PAGES
from tests.site.server import serve

BUDGET = 100 * 1024
"""Bytes transferred for a page: heads, compressed bodies, the whole of its search."""


def test_page_and_its_search_stay_below_the_budget(
    browser: Browser, built_site: Path, kind: str
) -> None:
    with serve(built_site) as site:
        page = browser.new_page()
        page.goto(site.address + PAGES[kind])
        page.get_by_role("textbox", name="Search").press_sequentially("state")
        page.get_by_role("dialog").get_by_role("link").first.wait_for()
        page.close()
    weights = "\n".join(f"{size:7} {path}" for path, size in site.sent.items())
    print(f"{kind}: {sum(site.sent.values()) / 1024:.1f} KiB\n{weights}")
    assert "/search/search_index.json" in site.sent
    assert sum(site.sent.values()) <= BUDGET, weights
