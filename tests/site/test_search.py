"""Search answers as one types, on every kind of page, at every width, by keyboard."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.site.conftest import PAGES
from tests.site.server import Site


@pytest.mark.parametrize("width", [1280, 768, 360])
def test_typing_finds_pages(
    browser: Browser, site: Site, kind: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(site.address + PAGES[kind])
    _search_field(page, width).press_sequentially("taipy")
    results = page.get_by_role("dialog", name="Search").get_by_role("link")
    expect(results.first).to_be_in_viewport()
    tutorials = page.locator(".md-search-result__link[href*='/tutorials/taipy/']")
    expect(tutorials.first).to_be_attached()
    page.close()


def test_keyboard_alone_searches_and_goes_there(
    browser: Browser, site: Site, kind: str
) -> None:
    page = browser.new_page()
    page.goto(site.address + PAGES[kind])
    page.keyboard.press("/")
    expect(page.get_by_role("textbox", name="Search")).to_be_focused()
    for key in "taipy":
        _type_and_wait(page, key)
    first = page.get_by_role("dialog", name="Search").get_by_role("link").first
    address = first.get_attribute("href") or ""
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    with page.expect_navigation(url=address):  # it may be the page itself, anew
        page.keyboard.press("Enter")
    page.close()


def test_escape_closes_the_results(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    page.goto(site.address)
    field = page.get_by_role("textbox", name="Search")
    field.press_sequentially("taipy")
    result = page.get_by_role("dialog", name="Search").get_by_role("link").first
    expect(result).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(result).not_to_be_in_viewport()
    page.close()


def _type_and_wait(page: Page, key: str) -> None:
    """Type one key and wait for its results: they replace those of the key before,
    and the focus with them."""
    results = page.locator(".md-search-result__item")
    results.evaluate_all("items => items.forEach(item => item.dataset.old = '')")
    page.keyboard.type(key)
    page.locator(".md-search-result__item:not([data-old])").first.wait_for()


def _search_field(page: Page, width: int) -> Locator:
    """The field, opened first by its button where the header is too narrow for it."""
    if width < 960:
        page.get_by_title("Search", exact=True).click()
    return page.get_by_role("textbox", name="Search")
