"""Films on pages: posters at first, then played as a whole or step by step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from livedocs.films import Films
from tests.site.conftest import REFERENCES, ROOT, TUTORIALS, parsed
from tests.site.server import Site

PAGE = "tutorials/flet/chat/"
"""Its films come in both schemes; the first is in the place of drawn windows."""

BRIEF = "tutorials/streamlit/rooms/"
"""It begins with a poster."""

FILMS = Films.read(ROOT)

Look = Callable[..., Page]


@pytest.fixture
def look(browser: Browser, site: Site) -> Iterator[Look]:
    """Open a page of the site with Playwright's options for its context."""
    pages: list[Page] = []

    def look(path: str, **options: object) -> Page:
        page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
        pages.append(page)
        page.goto(site.address + path)
        return page

    yield look
    for page in pages:
        page.context.close()


def first_demo(page: Page) -> Locator:
    """The figure at the beginning of a page."""
    return page.locator("figure.ss-demo").first


def rests_at(film: Locator, second: float, within: float = 0.1) -> None:
    """See that a film shows its picture at a second, and does not go on."""
    shown, is_paused = film.evaluate("film => [film.currentTime, film.paused]")
    assert is_paused
    assert abs(shown - second) <= within


@pytest.mark.parametrize("name", [it for it in TUTORIALS if it not in REFERENCES])
def test_every_tutorial_begins_with_a_demo_that_has_a_film(
    built_site: Path, name: str
) -> None:
    page = parsed(built_site / TUTORIALS[name] / "index.html")
    first = page.select_one("article figure")
    assert first and "ss-demo" in first["class"]
    assert first.select_one("video")


@pytest.mark.parametrize("name", TUTORIALS)
def test_every_film_of_a_page_is_told_in_words_and_has_controls(
    built_site: Path, name: str
) -> None:
    for figure in parsed(built_site / TUTORIALS[name] / "index.html").select(
        "figure.ss-demo"
    ):
        (video,) = figure.select("video")
        film = FILMS.get(Path(str(video["src"])).stem)
        assert film and film.snippet == figure["data-snippet"]
        told = figure.select(".ss-film details:not([open]) li")
        assert [(step.text, str(step.at)) for step in film.steps] == [
            (item.text, item["data-at"]) for item in told
        ]
        assert video.has_attr("controls") and video.has_attr("muted")
        assert not video.has_attr("autoplay")
        assert video["preload"] == "none"
        assert video["aria-label"] == film.alt
        assert (int(str(video["width"])), int(str(video["height"]))) == (
            film.width,
            film.height,
        )


def test_every_film_is_on_a_page(built_site: Path) -> None:
    shown: set[str] = set()
    for path in built_site.rglob("index.html"):
        for video in parsed(path)("video"):
            name = Path(str(video["src"])).stem
            shown |= {name, f"{name}-dark"} if video.has_attr("data-dark") else {name}
    assert {film.name for film in FILMS} == shown


@pytest.mark.parametrize("name", TUTORIALS)
def test_a_poster_shows_both_windows_of_its_film(built_site: Path, name: str) -> None:
    folder = built_site / TUTORIALS[name]
    for figure in parsed(folder / "index.html").select("figure.ss-demo"):
        pictures = figure.select(".ss-poster img")
        assert bool(pictures) != bool(figure.select(".ss-demo__stage"))
        for picture in pictures:
            film = FILMS.get(Path(str(picture["src"])).stem)
            assert film and film.alt == picture["alt"]
            assert picture["loading"] == "lazy"
            size = int(str(picture["width"])), int(str(picture["height"]))
            assert size == (film.width, film.height)
            with Image.open(folder / str(picture["src"])) as image:
                assert image.width >= film.width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_poster_in_sight_has_the_colours_of_its_page(
    look: Look, scheme: str
) -> None:
    page = look(BRIEF, color_scheme=scheme)
    posters = first_demo(page).locator(".ss-poster img")
    for now in (scheme, "light", "dark"):
        set_scheme(page, now)
        shown = posters.locator("visible=true")
        expect(shown).to_have_count(1)
        expect(shown).to_have_class(f"ss-poster--{now}")
        page.wait_for_function("it => it.naturalWidth", arg=shown.element_handle())


@pytest.mark.parametrize("path", [PAGE, BRIEF, ""])
def test_who_wants_to_watch_sees_the_film_in_the_place_of_what_was_there(
    look: Look, path: str
) -> None:
    page = look(path)
    demo, film = first_demo(page), first_demo(page).locator("video")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    before = demo.locator(".ss-poster, .ss-demo__stage")
    expect(film).to_be_hidden()
    demo.get_by_role("link", name="Watch").click()
    page.wait_for_function("film => film.currentTime > 0.5", arg=film.element_handle())
    expect(before).to_be_hidden()
    assert film.evaluate("film => [film.error, film.controls]") == [None, True]
    assert sum(url.endswith(".mp4") for url in asked) == 1


def test_a_film_is_stepped_through(look: Look) -> None:
    page = look(BRIEF)
    demo, film = first_demo(page), first_demo(page).locator("video")
    back = demo.get_by_role("button", name="Back")
    next_ = demo.get_by_role("button", name="Next")
    told, words = demo.locator("output"), demo.locator("[data-at]")
    name = Path(film.get_attribute("src") or "").stem
    steps = FILMS.get(name).steps  # type: ignore[union-attr]
    expect(back).to_be_disabled()
    for number, step in enumerate(steps, 1):
        next_.click()
        expect(told).to_have_text(f"{number} of {len(steps)}: {step.text}")
        page.wait_for_function("it => it.paused", arg=film.element_handle())
        rests_at(film, step.at, within=0.3)
        expect(words.nth(number - 1)).to_have_attribute("aria-current", "")
    expect(next_).to_be_disabled()
    assert film.evaluate("film => film.controls") is False
    for number, step in [*enumerate(steps, 1)][-2::-1]:
        back.click()
        expect(told).to_have_text(f"{number} of {len(steps)}: {step.text}")
        rests_at(film, step.at)
    back.click()
    expect(told).to_be_empty()
    expect(back).to_be_disabled()
    rests_at(film, 0)


def test_nothing_moves_for_those_who_prefer_reduced_motion(look: Look) -> None:
    page = look(PAGE, reduced_motion="reduce")
    demo, film = first_demo(page), first_demo(page).locator("video")
    name = Path(film.get_attribute("src") or "").stem
    (first, *_) = FILMS.get(name).steps  # type: ignore[union-attr]
    demo.get_by_role("button", name="Next").click()
    expect(demo.locator("output")).to_contain_text(first.text)
    rests_at(film, first.at)
    assert film.evaluate("film => film.played.length") == 0


def test_a_film_has_the_colours_of_its_page(look: Look) -> None:
    page = look(PAGE, color_scheme="dark")
    demo, film = first_demo(page), first_demo(page).locator("video")
    first = Path(film.get_attribute("src") or "").stem
    demo.get_by_role("button", name="Next").click()
    expect(demo.locator("output")).to_contain_text("1 of")
    page.wait_for_function("it => it.paused", arg=film.element_handle())
    before = film.evaluate("film => film.currentTime")
    for now, name in (("dark", f"{first}-dark"), ("light", first)):
        set_scheme(page, now)
        expect(film).to_have_attribute("poster", re.compile(rf"/{name}\.avif$"))
    page.wait_for_function(
        "([film, second]) => film.readyState > 1 && film.currentTime >= second",
        arg=[film.element_handle(), before],
    )
    rests_at(film, before, within=0)


def set_scheme(page: Page, name: str) -> None:
    """Give the page the colours of this scheme."""
    scheme = "slate" if name == "dark" else "default"
    page.evaluate("name => document.body.dataset.mdColorScheme = name", scheme)


def test_a_film_can_be_had_without_javascript(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + BRIEF)
    demo = first_demo(page)
    expect(demo.get_by_role("button", name="Next")).to_be_hidden()
    poster = demo.get_by_role("link", name="Watch")
    film = urljoin(page.url, poster.get_attribute("href") or "")
    assert page.request.get(film).headers["content-type"] == "video/mp4"
    context.close()
