"""Code fits a small telephone; pages follow the reader's colours, JavaScript or not."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.site.conftest import PAGES
from tests.site.invented.hook import LIVEDOCS
from tests.site.server import Site

LIGHT, DARK = "rgb(252, 253, 252)", "rgb(15, 23, 21)"


def test_code_scrolls_inside_its_box_by_keyboard(browser: Browser, site: Site) -> None:
    page = browser.new_page(
        base_url=site.address, viewport={"width": 360, "height": 800}
    )
    page.goto(PAGES["taipy chat"])
    code = page.locator(".ss-snippet pre > code:visible").first
    assert code.evaluate("code => code.scrollWidth > code.clientWidth")
    code.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    page.close()


def test_signatures_wrap_on_a_small_telephone(browser: Browser, site: Site) -> None:
    page = browser.new_page(
        base_url=site.address, viewport={"width": 360, "height": 800}
    )
    page.goto(PAGES["streamlit rooms-reference"])
    signatures = page.locator(".ss-signature code")
    assert "Callable[[Any, str, Literal" in "".join(signatures.all_text_contents())
    for code in signatures.all():
        assert code.evaluate("code => code.scrollWidth <= code.clientWidth")
    page.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize(("scheme", "paper"), [("light", LIGHT), ("dark", DARK)])
def test_colours_follow_the_system(
    browser: Browser,
    site: Site,
    scheme: Literal["light", "dark"],
    paper: str,
    javascript: bool,
) -> None:
    context = browser.new_context(color_scheme=scheme, java_script_enabled=javascript)
    page = context.new_page()
    page.goto(site.address)
    expect(page.locator("body")).to_have_css("background-color", paper)
    context.close()


def test_palette_goes_round_and_is_remembered(browser: Browser, site: Site) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(site.address)
    body = page.locator("body")
    expect(body).to_have_css("background-color", DARK)
    page.get_by_title("Switch to light").click()
    expect(body).to_have_css("background-color", LIGHT)
    page.goto(f"{site.address}tutorials/")
    expect(body).to_have_css("background-color", LIGHT)
    page.get_by_title("Switch to dark").click()
    expect(body).to_have_css("background-color", DARK)
    page.get_by_title("Switch to the system").click()
    expect(body).to_have_css("background-color", DARK)
    page.emulate_media(color_scheme="light")
    expect(body).to_have_css("background-color", LIGHT)
    page.close()


def test_keyboard_goes_round_the_palette(browser: Browser, site: Site) -> None:
    page = browser.new_page(color_scheme="light")
    page.goto(site.address)
    body = page.locator("body")
    page.get_by_label("Switch to light").focus()
    page.keyboard.press("Enter")
    expect(body).to_have_css("background-color", LIGHT)
    page.keyboard.press("Enter")
    expect(body).to_have_css("background-color", DARK)
    page.close()


def test_first_paint_has_the_chosen_colours(browser: Browser, site: Site) -> None:
    """Without a single one of Material's scripts the body is already right."""
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(site.address)
    page.get_by_title("Switch to light").click()
    page.get_by_title("Switch to dark").click()
    context.route("**/*.js", lambda route: route.abort())
    page.reload()
    expect(page.locator("body")).to_have_css("background-color", DARK)
    context.close()


def test_missing_page_helps_at_any_depth(browser: Browser, invented_site: Site) -> None:
    page = browser.new_page(base_url=invented_site.address)
    asked = LIVEDOCS.tutorials[4]
    answer = page.goto(asked.url.replace("who", "how"))
    assert answer and answer.status == 404
    link = page.get_by_role("status").get_by_role("link", name=asked.title)
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(asked.title)
    page.close()
