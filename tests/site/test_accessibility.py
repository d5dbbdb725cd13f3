"""Nothing that axe-core knows to look for is wrong on any kind of page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.site.conftest import PAGES, SHOWCASE
from tests.site.server import Site


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(
    browser: Browser, site: Site, kind: str, scheme: str, width: int
) -> None:
    page = _open(browser, site.address + PAGES[kind], scheme, width)
    _assert_clean(page)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["tutorials/", SHOWCASE], ids=["cards", "showcase"])
def test_axe_finds_no_violation_in_all_that_a_page_may_hold(
    browser: Browser, invented_site: Site, address: str, scheme: str, width: int
) -> None:
    page = _open(browser, invented_site.address + address, scheme, width)
    _assert_clean(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_search_results(
    browser: Browser, invented_site: Site, scheme: str
) -> None:
    page = _open(browser, invented_site.address, scheme, 1280)
    page.get_by_role("textbox", name="Search").press_sequentially("history")
    page.get_by_role("dialog").get_by_role("link").first.wait_for()
    _assert_clean(page)


def test_skip_link_leads_to_the_title(browser: Browser, site: Site, kind: str) -> None:
    page = browser.new_page(base_url=site.address)
    page.goto(PAGES[kind])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    expect(page.locator("h1:target")).to_have_count(1)


def _open(browser: Browser, address: str, scheme: str, width: int) -> Page:
    # Half-faded text has half its contrast: let nothing be in motion.
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        viewport={"width": width, "height": 900},
    )
    page = context.new_page()
    page.goto(address)
    return page


def _assert_clean(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.context.close()
