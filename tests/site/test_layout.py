"""Pages fit a small telephone and follow the reader's colours, JavaScript or not."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.site.conftest import PAGES, SHOWCASE
from tests.site.invented.hook import LIVEDOCS
from tests.site.server import Site

LIGHT, DARK = "rgb(252, 253, 252)", "rgb(15, 23, 21)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_a_telephone(
    browser: Browser, site: Site, built_site: Path, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(
        base_url=site.address,
        color_scheme=scheme,
        viewport={"width": 360, "height": 800},
    )
    for path in built_site.rglob("*.html"):
        address = path.relative_to(built_site).as_posix().removesuffix("index.html")
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, f"{address} is {width} px wide"
    page.close()


_WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => shifts.push(...list.getEntries().map(shift => [
    shift.value, shift.sources.map(({node}) => node?.className || node?.nodeName)
]))).observe({type: "layout-shift", buffered: true});
"""


@pytest.mark.parametrize("width", [412, 1280])
def test_nothing_moves_while_a_page_loads(
    browser: Browser, site: Site, built_site: Path, width: int
) -> None:
    page = browser.new_page(
        base_url=site.address, viewport={"width": width, "height": 823}
    )
    page.add_init_script(_WATCH_SHIFTS)
    # As on a telephone: its first picture comes before the page is whole.
    page.context.new_cdp_session(page).send(
        "Emulation.setCPUThrottlingRate", {"rate": 4}
    )
    for path in built_site.rglob("index.html"):
        page.goto(path.parent.relative_to(built_site).as_posix())
        page.evaluate("new Promise(done => requestIdleCallback(done))")
        shifts = page.evaluate("shifts")
        assert sum(value for value, _ in shifts) <= 0.01, (path, shifts)
    page.close()


def test_showcase_is_not_wider_than_a_telephone(
    browser: Browser, invented_site: Site
) -> None:
    page = browser.new_page(
        base_url=invented_site.address, viewport={"width": 360, "height": 800}
    )
    for address in (SHOWCASE, "tutorials/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
    page.close()


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
