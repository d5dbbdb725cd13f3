"""Every story happens as its film shows it, with the program as it is now.

It is played for that only when something has changed since it was played last and
agreed; `--films` plays all.
"""

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
from tests.stories import played
from tests.stories.plugin import REPLAYED
from tests.stories.scene import SCALE, STORIES, Scene, Story
from tests.stories.studio import Recording, Screening
from tests.users.chromium import CHROMIUM_ARGS, find_chromium

ROOT = Path(__file__).parents[2]

for module in iter_modules(tests.stories.__path__):
    if not module.name.startswith("test_"):
        import_module(f"tests.stories.{module.name}")  # tells its stories

BEST = "taipy-chat-shared_builder-late_joiner"
"""The film that README and home show as a picture that moves."""

LOADED = {story: played.loaded(story) for story in STORIES}
"""What plays them in this process: its files may be edited meanwhile."""

DIGESTS = {story: story.told for story in STORIES}

TOLD = [(story, scheme) for story in STORIES for scheme in story.schemes]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tell each story, and whether it is played: then its test needs a browser."""
    if "is_played" not in metafunc.fixturenames:
        return
    option = metafunc.config.getoption
    stories = []
    for story, scheme in TOLD:
        film = film_of(story, scheme)
        if option("record"):
            is_played = not current(story, scheme)
        else:
            is_played = film is not None and (
                option("films") or film.played != played_with(story, film)
            )
        marks = [pytest.mark.browser] if is_played else []
        name = f"{story.snippet}-{story.name}-{scheme}".replace("/", "-")
        stories.append(pytest.param(story, scheme, is_played, marks=marks, id=name))
    metafunc.parametrize(("story", "scheme", "is_played"), stories)


@pytest.fixture(scope="module")
def whole_browser(browser: Browser) -> Iterator[Browser]:
    """The one that films are made with: large letters look otherwise in its shell."""
    with browser.browser_type.launch(
        executable_path=find_chromium(), args=list(CHROMIUM_ARGS)
    ) as whole:
        yield whole


def test_a_story_happens_as_its_film_shows_it(
    story: Story, scheme: str, is_played: bool, request: pytest.FixtureRequest
) -> None:
    """With `--record`, make the film first, where there is none of this story."""
    is_recording = request.config.getoption("record")
    if is_recording and not is_played:
        # Only with --record, which makes the others: `make test` compares it.
        pytest.skip("its film is of this story and this program")
    if is_recording:
        record(story, scheme, request.getfixturevalue("browser"))
    film = film_of(story, scheme)
    assert film, "no film of this story. Type: make record"
    now = played_with(story, film)
    if not is_played:
        assert film.played == now, "something has changed since the tests began"
        return
    films.check(film, ROOT / FOLDER)
    screening = Screening(story.layout(scheme), film, ROOT / FOLDER / film.video)
    browser: Browser = request.getfixturevalue("whole_browser")
    with story.open_stage(browser, scheme) as stage:
        story.play(Scene(stage, screening))
        screening.ends()
    if is_recording or request.config.getoption("films"):
        note(replace(film, played=now))
    else:
        changed = ", ".join(played.changes(film.played, now))
        request.node.user_properties.append((REPLAYED, f"{film.name}: {changed}"))


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


def test_the_best_film_is_a_picture_that_moves_as_well() -> None:
    film = Films.read(ROOT).get(BEST)
    assert film
    with Image.open(ROOT / FOLDER / film.moving) as picture:
        assert getattr(picture, "n_frames", 1) > len(film.steps)
        assert picture.size == (film.width / SCALE, film.height / SCALE)


def film_of(story: Story, scheme: str) -> Film | None:
    """The film of this story, if it is there and as large as it has to be."""
    film = Films.read(ROOT).get(Film.name_of(story.snippet, story.name, scheme))
    if not film:
        return None
    if not all((ROOT / FOLDER / it).is_file() for it in (film.video, film.poster)):
        return None
    size = (film.width, film.height)
    return film if size == story.layout(scheme).size else None


def played_with(story: Story, film: Film) -> tuple[str, ...]:
    """Digests of all that the story is played with now."""
    snippet = Catalog.default().find(story.snippet)
    return (*LOADED[story], *played.shown(snippet, film))


def current(story: Story, scheme: str) -> bool:
    """Whether there is a film of this story and of the program as it is now.

    Or one that was made before they changed, and agrees with them as they are.
    """
    film = film_of(story, scheme)
    if not film:
        return False
    is_made_of = film.told == DIGESTS[story] and film.is_of(
        Catalog.default().find(story.snippet)
    )
    return is_made_of or film.played == played_with(story, film)


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
    films.write_poster(folder / film.poster, shown[-1][0])
    if film.name == BEST:
        films.write_moving(folder / film.moving, shown, replace(layout, scale=1).size)
    note(film)


def note(film: Film) -> None:
    """Keep what is known of a film in the manifest."""
    with locked(ROOT / FOLDER):
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
