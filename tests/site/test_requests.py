"""A page asks nobody but its own server for anything."""

from playwright.sync_api import Browser, Request

from tests.site.conftest import PAGES
from tests.site.server import Site


def test_no_request_leaves_the_site(browser: Browser, site: Site, kind: str) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    context = browser.new_context()
    context.on("request", note)
    page = context.new_page()
    page.goto(site.address + PAGES[kind], wait_until="networkidle")
    page.get_by_role("textbox", name="Search").press_sequentially("state")
    page.get_by_role("dialog").get_by_role("link").first.wait_for()
    context.close()
    assert asked
    assert [url for url in asked if not url.startswith(site.address)] == []
