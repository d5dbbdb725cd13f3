"""Films on pages: light until somebody wants one, still for those who prefer that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from livedocs.films import Films
from tests.site.conftest import REFERENCES, ROOT, TUTORIALS, parsed
from tests.site.server import Site

PAGE = "tutorials/flet/chat/"
"""Its films come in both schemes; the first is below windows that the page draws."""

BRIEF = "tutorials/streamlit/rooms/"
"""It begins with a film alone."""

FILMS = Films.read(ROOT)
PICTURE = re.compile(r"\.webp$")

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


def open_film(page: Page) -> Locator:
    """Open the first film as a reader does."""
    page.locator(".ss-film > summary").first.click()
    return page.locator(".ss-film video").first


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
        assert [step.text for step in film.steps] == [
            item.text for item in figure.select(".ss-film details li")
        ]
        words = figure.select_one(".ss-film details")
        assert words and not words.has_attr("open")
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


def test_who_opens_a_film_sees_it_play(look: Look) -> None:
    page = look(PAGE)
    film = page.locator(".ss-film video").first
    expect(film).to_be_hidden()
    open_film(page)
    expect(film).to_be_visible()
    page.wait_for_function("film => film.currentTime > 0.5", arg=film.element_handle())
    assert film.evaluate("film => film.error") is None


def test_nothing_plays_for_those_who_prefer_reduced_motion(look: Look) -> None:
    for path in (PAGE, BRIEF, ""):
        page = look(path, reduced_motion="reduce")
        open_film(page)
        film = page.locator(".ss-film video").first
        expect(film).to_have_attribute("poster", PICTURE)
        # Whoever plays asks for the film first.
        state = film.evaluate("it => [it.paused, it.played.length, it.readyState]")
        assert state == [True, 0, 0]
        assert page.locator("picture:visible").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_film_has_the_colours_of_its_page(look: Look, scheme: str) -> None:
    page = look(PAGE, color_scheme=scheme, reduced_motion="reduce")
    first = page.locator(".ss-film video").first.get_attribute("src") or ""
    film = open_film(page)
    for now in (scheme, "light", "dark"):
        page.evaluate(
            "name => document.body.dataset.mdColorScheme = name",
            "slate" if now == "dark" else "default",
        )
        name = f"{first.removesuffix('.mp4')}{'-dark' if now == 'dark' else ''}"
        expect(film).to_have_attribute("src", f"{name}.mp4")
        expect(film).to_have_attribute("poster", f"{name}.webp")
        found = page.request.get(urljoin(page.url, f"{name}.webp"))
        assert found.status == 200


def test_the_home_page_moves_only_while_somebody_wants_it(look: Look) -> None:
    page = look("")
    page.wait_for_load_state("networkidle")
    picture = page.locator(".ss-film picture img")
    assert picture.evaluate("it => it.complete && it.naturalWidth > 0") is False
    page.locator(".ss-film > summary").click()
    expect(picture).to_be_visible()
    page.wait_for_function("it => it.naturalWidth > 0", arg=picture.element_handle())
    film = page.locator(".ss-film video")
    expect(film).to_be_hidden()
    assert film.evaluate("film => [film.paused, film.readyState]") == [True, 0]
    page.locator(".ss-film > summary").click()
    expect(picture).to_be_hidden()
