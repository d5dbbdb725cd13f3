"""Search answers as one types at every width; test_pages.py has its keyboard."""

import pytest
from playwright.sync_api import Browser, expect

from tests.site.conftest import PAGES
from tests.site.server import Site


@pytest.mark.parametrize("width", [768, 360])
def test_typing_finds_pages_where_a_button_opens_the_field(
    browser: Browser, site: Site, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(site.address + PAGES["taipy chat"])
    page.get_by_title("Search", exact=True).click()
    page.get_by_role("textbox", name="Search").press_sequentially("taipy")
    results = page.get_by_role("dialog", name="Search").get_by_role("link")
    expect(results.first).to_be_in_viewport()
    tutorials = page.locator(".md-search-result__link[href*='/tutorials/taipy/']")
    expect(tutorials.first).to_be_attached()
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
