"""Every story happens as its film shows it; every film is of a program as it is now."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from PIL import Image
from playwright.sync_api import Browser

import tests.stories
from livedocs.catalog import Catalog
from livedocs.films import FOLDER, MANIFEST, Film, Films
from tests.stories import film as films
from tests.stories.frame import TOLERANCE, difference
from tests.stories.scene import SCALE, STORIES, Scene, Story
from tests.stories.studio import Recording, Screening
from tests.users.chromium import CHROMIUM_ARGS, find_chromium

ROOT = Path(__file__).parents[2]
BUDGET = 100 * 1024 / 10
"""Bytes for each second of a film."""

for module in iter_modules(tests.stories.__path__):
    if not module.name.startswith("test_"):
        import_module(f"tests.stories.{module.name}")  # tells its stories

BEST = "taipy-chat-shared_builder-late_joiner"
"""The film that README and home show as a picture that moves."""

DIGESTS = {story: story.told for story in STORIES}
"""Of the stories as they are played: their files may be edited meanwhile."""

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
            # Only with --record, which makes the others: `make test` plays it.
            pytest.skip("its film is of this story and this program")
        record(story, scheme, browser)
    found = current(story, scheme)
    assert found, "no film of this story and this program. Type: make record"
    screening = Screening(story.layout(scheme), found, ROOT / FOLDER / found.video)
    with story.open_stage(browser, scheme) as stage:
        story.play(Scene(stage, screening))
        screening.ends()


def test_there_is_no_film_without_a_story() -> None:
    found = {film.name for film in Films.read(ROOT)}
    assert found == {
        Film.name_of(story.snippet, story.name, scheme) for story, scheme in TOLD
    }


def test_every_picture_is_recorded() -> None:
    """What lies beside the manifest is named by it."""
    named = {MANIFEST.name}
    for film in Films.read(ROOT):
        named |= {film.video, film.poster}
        if film.name == BEST:
            named.add(film.moving)
    assert {path.name for path in (ROOT / FOLDER).iterdir()} == named


@pytest.mark.parametrize("film", list(Films.read(ROOT)), ids=lambda film: film.name)
class TestFilm:
    def test_it_is_small(self, film: Film) -> None:
        size = (ROOT / FOLDER / film.video).stat().st_size
        assert size <= BUDGET * film.seconds

    def test_it_is_as_long_as_it_is_said_to_be_and_has_no_sound(
        self, film: Film
    ) -> None:
        kinds, seconds = films.inspect(ROOT / FOLDER / film.video)
        assert kinds == ["Video"]
        assert round(seconds, 1) == film.seconds
        assert 3 <= film.seconds <= 30

    def test_its_poster_shows_how_it_ends(self, film: Film) -> None:
        with Image.open(ROOT / FOLDER / film.poster) as poster:
            assert poster.size == (film.width, film.height)
            last = films.frame(ROOT / FOLDER / film.video, film.seconds - 0.5)
            assert difference(poster, last)[0] <= TOLERANCE

    def test_its_words_are_sentences(self, film: Film) -> None:
        for step in film.steps:
            assert step.text[0].isupper()
            assert step.text[-1] in ".?!”"


def test_the_best_film_is_a_picture_that_moves_as_well() -> None:
    film = Films.read(ROOT).get(BEST)
    assert film
    with Image.open(ROOT / FOLDER / film.moving) as picture:
        assert getattr(picture, "n_frames", 1) > len(film.steps)
        assert picture.size == (film.width / SCALE, film.height / SCALE)


def current(story: Story, scheme: str) -> Film | None:
    """The film of this story, told of the program as it is now."""
    name = Film.name_of(story.snippet, story.name, scheme)
    film = Films.read(ROOT).get(name)
    snippet = Catalog.default().find(story.snippet)
    if not film or not (ROOT / FOLDER / film.video).is_file():
        return None
    if (film.width, film.height) != story.layout(scheme).size:
        return None
    return film if film.told == DIGESTS[story] and film.is_of(snippet) else None


def record(story: Story, scheme: str, browser: Browser) -> None:
    """Make the film, and note it."""
    layout = story.layout(scheme)
    recording = Recording(layout)
    # Screencasts have the pixels of the screen, whatever a context says.
    screen = browser.browser_type.launch(
        executable_path=find_chromium(),
        args=[*CHROMIUM_ARGS, f"--force-device-scale-factor={story.scale}"],
    )
    with screen, story.open_stage(screen, scheme) as stage:
        story.play(Scene(stage, recording))
    shown, steps = recording.cut()
    snippet = Catalog.default().find(story.snippet)
    width, height = shown[0][0].size
    film = Film(
        snippet=snippet.id,
        story=story.name,
        sha256=snippet.sha256,
        told=DIGESTS[story],
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
    if film.name == BEST:
        films.write_moving(folder / film.moving, shown, replace(layout, scale=1).size)
    with locked(folder):
        known = Films.read(ROOT)
        known.add(film)
        known.write(ROOT)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let nobody else write there; films may be made side by side."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
