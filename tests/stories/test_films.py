"""Every story happens as its film shows it; every film is of a program as it is now."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from livedocs.catalog import Catalog
from livedocs.films import FOLDER, Film, Films
from tests.stories import film as films
from tests.stories import streamlit_rooms, taipy  # noqa: F401 -- tell their stories
from tests.stories.scene import STORIES, Scene, Story
from tests.stories.studio import Recording, Screening

ROOT = Path(__file__).parents[2]
BUDGET = 100 * 1024 / 10
"""Bytes for each second of a film."""

TOLD = [(story, scheme) for story in STORIES for scheme in story.schemes]
NAMES = [
    "-".join((story.snippet, story.name, scheme)).replace("/", "-")
    for story, scheme in TOLD
]


@pytest.fixture
def is_recording(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("record"))


@pytest.mark.parametrize(("story", "scheme"), TOLD, ids=NAMES)
def test_a_story_happens_as_its_film_shows_it(
    story: Story, scheme: str, browser: Browser, is_recording: bool
) -> None:
    """With `--record`, make the film first, where there is none of this story."""
    if is_recording:
        if current(story, scheme):
            pytest.skip("its film is of this story and this program")
        record(story, scheme, browser)
    found = current(story, scheme)
    assert found, "no film of this story and this program. Type: make record"
    screening = Screening(story.layout(scheme), found, ROOT / FOLDER / found.video)
    with story.open_stage(browser, scheme) as stage:
        story.play(Scene(stage, screening))
        screening.ends()


def current(story: Story, scheme: str) -> Film | None:
    """The film of this story, told of the program as it is now."""
    name = Film.name_of(story.snippet, story.name, scheme)
    film = Films.read(ROOT).get(name)
    snippet = Catalog.default().find(story.snippet)
    is_current = film and film.told == story.told and film.is_of(snippet)
    return film if is_current else None


def record(story: Story, scheme: str, browser: Browser) -> None:
    """Make the film, and note it."""
    recording = Recording(story.layout(scheme))
    with story.open_stage(browser, scheme) as stage:
        story.play(Scene(stage, recording))
    shown, steps = recording.cut()
    snippet = Catalog.default().find(story.snippet)
    width, height = shown[0][0].size
    film = Film(
        snippet=snippet.id,
        story=story.name,
        sha256=snippet.sha256,
        told=story.told,
        dependencies=snippet.dependencies,
        users=story.names,
        width=width,
        height=height,
        seconds=round(sum(count for _, count in shown) / films.RATE, 1),
        steps=steps,
        scheme=scheme,
    )
    folder = ROOT / FOLDER
    films.write(folder / film.video, shown)
    shown[-1][0].save(folder / film.poster, quality=50, method=6)
    known = Films.read(ROOT)
    known.add(film)
    known.write(ROOT)
