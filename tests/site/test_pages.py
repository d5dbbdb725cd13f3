"""What every page promises; each is opened once at a desk, and once on a telephone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from livedocs.record import Record
from tests.site.conftest import PAGES, ROOT, SHOWCASE, pages_of, parsed
from tests.site.server import Site, serve
from tests.waiting import PATIENCE

BUDGET = 100 * 1024
"""Bytes transferred for a page: heads, compressed bodies, the whole of its search."""

MEASURED = 300
"""Bytes for what a page says of the last run of its tests; there may have been none."""

LOOKED_AT = (
    "home",
    "catalogue",
    "taipy chat",
    "streamlit rooms-reference",
    "concepts who-shares-what",
    "contributing",
    "404",
)
"""One page of each kind: the colours of all others are theirs."""

_WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => shifts.push(...list.getEntries().map(shift => [
    shift.value, shift.sources.map(({node}) => node?.className || node?.nodeName)
]))).observe({type: "layout-shift", buffered: true});
"""

Shift = tuple[float, list[str]]


@dataclass
class Visit:
    """What somebody found who came to a page."""

    kind: str
    shifts: list[Shift] = field(default_factory=list)
    """What has moved while it came: how much, and which elements."""
    violations: str = ""
    """What axe says of it; empty when it finds nothing."""
    width: int = 0
    """How wide it is on a telephone, in pixels."""
    skipped: str = ""
    """What Tab came to first; Enter led to the title from there."""
    asked: list[str] = field(default_factory=list)
    """The addresses that it asked for, those of a search included."""
    sent: dict[str, int] = field(default_factory=dict)
    """What its server sent for that: for each path, how many bytes."""
    site: str = ""
    """Where it stood."""
    went: str = ""
    """Where the keyboard led from the search's first result."""


def at_a_desk(browser: Browser, built_site: Path, kind: str) -> Visit:
    """Look at all that a page promises, and search on it."""
    visit = Visit(kind)

    def note(request: Request) -> None:
        visit.asked.append(request.url)

    with (
        serve(built_site) as site,
        opened(browser, site, visit, width=1280, height=900) as page,
    ):
        page.context.on("request", note)
        load(page, visit)
        visit.site = site.address
        page.wait_for_load_state("networkidle")
        page.emulate_media(reduced_motion="reduce")
        visit.violations = violations(page, colours=kind in LOOKED_AT)
        search(page)
        visit.asked, visit.sent = [*visit.asked], dict(site.sent)
        visit.went = go_to_the_first_result(page)
    return visit


def on_a_telephone(browser: Browser, site: Site, kind: str) -> Visit:
    """Look at the page in the dark, and skip its navigation."""
    visit = Visit(kind)
    with opened(browser, site, visit, "dark", width=412, height=823) as page:
        load(page, visit)
        page.set_viewport_size({"width": 360, "height": 800})
        visit.width = page.evaluate("document.documentElement.scrollWidth")
        if kind in LOOKED_AT:
            page.emulate_media(reduced_motion="reduce")
            visit.violations = violations(page)
        page.keyboard.press("Tab")
        skip = page.evaluate("document.activeElement.textContent")
        page.keyboard.press("Enter")
        expect(page.locator("h1:target")).to_have_count(1)
        visit.skipped = skip
    return visit


class TestAtADesk:
    @pytest.fixture(scope="class")
    @classmethod
    def come(cls, browser: Browser, built_site: Path) -> Callable[[str], Visit]:
        """Come to a page, the first time that somebody asks what it is like."""
        return cache(partial(at_a_desk, browser, built_site))

    @pytest.fixture
    def visit(self, come: Callable[[str], Visit], kind: str) -> Visit:
        return come(kind)

    def test_nothing_moves_while_it_comes(self, visit: Visit) -> None:
        assert moved(visit.shifts) <= 0.01, visit.shifts

    def test_axe_finds_no_violation(self, visit: Visit) -> None:
        assert not visit.violations, visit.violations

    def test_the_keyboard_alone_searches_and_goes_there(self, visit: Visit) -> None:
        assert visit.went.startswith(visit.site)

    def test_no_request_leaves_the_site(self, visit: Visit) -> None:
        assert visit.asked
        assert [it for it in visit.asked if not it.startswith(visit.site)] == []

    def test_it_and_its_search_stay_below_the_budget(self, visit: Visit) -> None:
        weights = "\n".join(f"{size:7} {path}" for path, size in visit.sent.items())
        print(f"{visit.kind}: {sum(visit.sent.values()) / 1024:.1f} KiB\n{weights}")
        assert "/search/search_index.json" in visit.sent
        to_come = 0 if Record.read(ROOT).snippets else MEASURED
        posters = {it: size for it, size in visit.sent.items() if it.endswith(".avif")}
        sent = sum(visit.sent.values()) - sum(posters.values())
        assert sent + to_come <= BUDGET, weights


class TestOnATelephone:
    @pytest.fixture(scope="class")
    @classmethod
    def come(cls, browser: Browser, site: Site) -> Callable[[str], Visit]:
        """Come to a page, the first time that somebody asks what it is like."""
        return cache(partial(on_a_telephone, browser, site))

    @pytest.fixture
    def visit(self, come: Callable[[str], Visit], kind: str) -> Visit:
        return come(kind)

    def test_nothing_moves_while_it_comes(self, visit: Visit) -> None:
        assert moved(visit.shifts) <= 0.01, visit.shifts

    def test_it_is_not_wider_than_the_telephone(self, visit: Visit) -> None:
        assert 0 < visit.width <= 360, f"{visit.kind} is {visit.width} px wide"

    @pytest.mark.parametrize("kind", LOOKED_AT)
    def test_axe_finds_no_violation_in_the_dark(self, visit: Visit) -> None:
        assert not visit.violations, visit.violations

    def test_the_skip_link_leads_to_the_title(self, visit: Visit) -> None:
        assert visit.skipped == "Skip to content"


@pytest.mark.parametrize("scheme", ["light", "dark"])
class TestAllThatAPageMayHold:
    @pytest.mark.parametrize("address", ["tutorials/", SHOWCASE], ids=["cards", "all"])
    def test_axe_finds_no_violation_at_a_desk_nor_on_a_telephone(
        self,
        browser: Browser,
        invented_site: Site,
        address: str,
        scheme: Literal["light", "dark"],
    ) -> None:
        page = browser.new_page(
            color_scheme=scheme, reduced_motion="reduce", base_url=invented_site.address
        )
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert not (found := violations(page)), found
        page.close()

    def test_axe_finds_no_violation_in_search_results(
        self, browser: Browser, invented_site: Site, scheme: Literal["light", "dark"]
    ) -> None:
        page = browser.new_page(color_scheme=scheme, reduced_motion="reduce")
        page.goto(invented_site.address)
        page.get_by_role("textbox", name="Search").press_sequentially("history")
        page.get_by_role("dialog").get_by_role("link").first.wait_for()
        assert not (found := violations(page)), found
        page.close()

    def test_every_kind_of_word_in_a_program_can_be_read(
        self,
        browser: Browser,
        invented_site: Site,
        built_site: Path,
        scheme: Literal["light", "dark"],
    ) -> None:
        """In the colours of all programs and commands that the site's pages show."""
        page = browser.new_page(color_scheme=scheme, reduced_motion="reduce")
        page.goto(invented_site.address + SHOWCASE)
        page.evaluate(
            "text => document.querySelector('article').innerHTML = text",
            words_of_programs(built_site),
        )
        assert page.locator(".highlight span").count() > 50
        found = Axe().run(page, options={"runOnly": ["color-contrast"]})
        assert found.violations_count == 0, found.generate_report()
        page.close()


def words_of_programs(site: Path) -> str:
    """One of each kind of word in a block of code, in the elements around it."""
    kinds: dict[str, None] = {}
    for path in pages_of(site):
        for word in parsed(path).select(".highlight code span"):
            text = "word"
            for element in (word, *word.parents):
                names = " ".join(element.get("class") or ())
                text = f'<{element.name} class="{names}">{text}</{element.name}>'
                if "highlight" in names.split():
                    break
            kinds[text] = None
    return "\n".join(kinds)


def test_every_page_of_the_site_is_visited(built_site: Path) -> None:
    addresses = {
        path.relative_to(built_site).as_posix().removesuffix("index.html")
        for path in pages_of(built_site)
    }
    assert addresses - {"404.html"} == set(PAGES.values()) - {PAGES["404"]}


@contextmanager
def opened(
    browser: Browser,
    site: Site,
    visit: Visit,
    scheme: Literal["light", "dark"] = "light",
    **viewport: int,
) -> Iterator[Page]:
    """A browser that has seen nothing yet, about to come to the page."""
    with browser.new_context(
        base_url=site.address,
        color_scheme=scheme,
        viewport={"width": viewport["width"], "height": viewport["height"]},
    ) as context:
        context.set_default_timeout(PATIENCE * 1000)
        yield context.new_page()


def load(page: Page, visit: Visit) -> None:
    """Come to the page as on a telephone: its first picture is there before it all."""
    page.add_init_script(_WATCH_SHIFTS)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(PAGES[visit.kind])
    page.evaluate("new Promise(done => requestIdleCallback(done))")
    visit.shifts += page.evaluate("shifts")
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})


def moved(shifts: list[Shift]) -> float:
    """How much of the window has moved, and how far: the sum of all."""
    return sum(value for value, _ in shifts)


def violations(page: Page, *, colours: bool = True) -> str:
    """What axe reports of the page; contrasts cost it most of its time."""
    rules = {"color-contrast": {"enabled": colours}}
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules})
    return found.generate_report() if found.violations_count else ""


def search(page: Page) -> None:
    """Search by keyboard alone, and see results after each key."""
    page.keyboard.press("/")
    expect(page.get_by_role("textbox", name="Search")).to_be_focused()
    for key in "taipy":
        _type_and_wait(page, key)
    results = page.get_by_role("dialog", name="Search").get_by_role("link")
    expect(results.first).to_be_in_viewport()
    tutorials = page.locator(".md-search-result__link[href*='/tutorials/taipy/']")
    expect(tutorials.first).to_be_attached()


def go_to_the_first_result(page: Page) -> str:
    """Go on by keyboard; return the address that is reached."""
    first = page.get_by_role("dialog", name="Search").get_by_role("link").first
    address = first.get_attribute("href") or ""
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    with page.expect_navigation(url=address):  # it may be the page itself, anew
        page.keyboard.press("Enter")
    return page.url


def _type_and_wait(page: Page, key: str) -> None:
    """Type one key and wait for its results: they replace those of the key before,
    and the focus with them."""
    results = page.locator(".md-search-result__item")
    results.evaluate_all("items => items.forEach(item => item.dataset.old = '')")
    page.keyboard.type(key)
    page.locator(".md-search-result__item:not([data-old])").first.wait_for()
