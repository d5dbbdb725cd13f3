"""A story is played again after any change of what it is played with."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from livedocs.catalog import Catalog
from livedocs.films import FOLDER, Films
from tests.stories.played import (
    ROOT,
    changes,
    driver_modules,
    loaded,
    shown,
    versions,
)
from tests.stories.plugin import REPLAYED, pytest_terminal_summary
from tests.stories.scene import Scene, Story
from tests.stories.test_films import TOLD
from tests.users.base import BrowserUser
from tests.users.stage import DRIVERS

STORIES = {(story.snippet, story.name): story for story, _ in TOLD}
FLET = STORIES["flet/chat/fast_typing", "typed_on_and_kept"]
TAIPY = STORIES["taipy/chat/shared_builder", "late_joiner"]
STREAMLIT = STORIES["streamlit/rooms/push_launcher", "both_at_once"]
THREE = {"flet": FLET, "taipy": TAIPY, "streamlit": STREAMLIT}

Now = Callable[[Story], tuple[str, ...]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what stories are played with, to be changed."""
    root = tmp_path_factory.mktemp("copy")
    for folder in ("livedocs", "snippets", "tests"):
        left_out = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, root / folder, ignore=left_out)
    (root / FOLDER).mkdir(parents=True)
    shutil.copy(ROOT / "requirements.txt", root)
    for film in Films.read(ROOT):
        for name in (film.video, film.poster):
            shutil.copy(ROOT / FOLDER / name, root / FOLDER)
    return root


@pytest.fixture(scope="module")
def now(root: Path) -> Now:
    def now(story: Story) -> tuple[str, ...]:
        snippet = Catalog(root / "snippets").find(story.snippet)
        film = next(
            it
            for it in Films.read(ROOT)
            if (it.snippet, it.story) == (story.snippet, story.name)
        )
        return (*loaded(story, root), *shown(snippet, film, root))

    return now


@pytest.fixture(scope="module")
def before(now: Now) -> dict[str, tuple[str, ...]]:
    """By framework, what a story is played with as long as nothing changes."""
    return {name: now(story) for name, story in THREE.items()}


CHANGES = [
    ("snippets/flet/chat/fast_typing.py", "flet", "program"),
    ("snippets/streamlit/rooms/push_app.py", "streamlit", "program"),  # its launcher's
    ("snippets/streamlit/room_sync/shared.py", "streamlit", "program"),
    ("tests/stories/flet.py", "flet", "driver"),
    ("tests/stories/streamlit_rooms.py", "streamlit", "driver"),
    ("tests/stories/streamlit.py", "streamlit", "driver"),  # it has the stage
    ("tests/stories/scene.py", "flet streamlit taipy", "driver"),
    ("tests/stories/studio.py", "flet streamlit taipy", "driver"),
    ("tests/stories/frame.py", "flet streamlit taipy", "driver"),
    ("tests/stories/film.py", "flet streamlit taipy", "driver"),
    ("tests/stories/dice/sitecustomize.py", "flet streamlit taipy", "driver"),
    ("tests/users/stage.py", "flet streamlit taipy", "driver"),
    ("tests/users/base.py", "flet streamlit taipy", "driver"),
    ("tests/users/chromium.py", "flet streamlit taipy", "driver"),
    ("tests/users/flet.py", "flet", "driver"),
    ("tests/users/flet_slow.py", "flet", "driver"),
    ("tests/users/line.py", "flet", "driver"),
    ("tests/users/streamlit.py", "streamlit", "driver"),
    ("tests/users/taipy.py", "taipy", "driver"),
    ("livedocs/launch.py", "flet streamlit taipy", "driver"),
    ("livedocs/supervise.py", "flet streamlit taipy", "driver"),
    (f"{FOLDER}/flet-chat-fast_typing-typed_on_and_kept.mp4", "flet", "film"),
    (f"{FOLDER}/flet-chat-fast_typing-typed_on_and_kept.avif", "flet", "film"),
    # What has nothing to do with how a story looks.
    ("snippets/flet/chat/step1_hello.py", "", ""),
    ("livedocs/plugin.py", "", ""),
    ("tests/stories/test_films.py", "", ""),
    ("tests/users/flet_headless.py", "", ""),
    ("tests/snippets/streamlit/test_rooms.py", "", ""),
]


@pytest.mark.parametrize(("path", "frameworks", "part"), CHANGES)
def test_a_changed_file_lets_those_stories_be_played_that_need_it(
    root: Path,
    now: Now,
    before: dict[str, tuple[str, ...]],
    path: str,
    frameworks: str,
    part: str,
) -> None:
    file = root / path
    text = file.read_bytes()
    try:
        file.write_bytes(text + b"\n# changed\n")
        found = {name: changes(before[name], now(it)) for name, it in THREE.items()}
    finally:
        file.write_bytes(text)
    assert found == {
        name: [part] if name in frameworks.split() else [] for name in THREE
    }
    assert {name: now(story) for name, story in THREE.items()} == before


@pytest.mark.parametrize(
    ("pin", "frameworks"),
    [
        ("flet", "flet"),
        ("flet-web", "flet"),
        ("streamlit", "streamlit"),
        ("starlette", "flet streamlit"),  # what the frameworks stand on
        ("taipy-gui", "taipy"),
        ("flask", "taipy"),
        ("playwright", "flet streamlit taipy"),
        ("pillow", "flet streamlit taipy"),
        ("ruff", ""),
        ("mkdocs-material", ""),
    ],
)
def test_another_version_lets_those_stories_be_played_that_run_on_it(
    root: Path, now: Now, pin: str, frameworks: str
) -> None:
    file = root / "requirements.txt"
    before, text = {name: now(story) for name, story in THREE.items()}, file.read_text()
    assert f"\n{pin}==" in text
    try:
        file.write_text(text.replace(f"\n{pin}==", f"\n{pin}==9."))
        found = {name: changes(before[name], now(it)) for name, it in THREE.items()}
    finally:
        file.write_text(text)
    assert found == {
        name: ["versions"] if name in frameworks.split() else [] for name in THREE
    }


def test_a_story_that_is_told_otherwise_is_played(now: Now) -> None:
    def play(scene: Scene[BrowserUser]) -> None:
        scene.opens()

    for other in (replace(FLET, play=play), replace(FLET, height=FLET.height + 2)):
        assert "story" in changes(loaded(FLET), loaded(other))


@pytest.mark.parametrize("story", STORIES.values(), ids=str)
def test_whoever_plays_a_story_is_in_its_digest(story: Story) -> None:
    """What its stage and its user are made of, as Python finds it."""
    framework = story.snippet.partition("/")[0]
    driver = story.stage.driver or DRIVERS[framework]
    used = {it.__module__ for it in (*story.stage.__mro__, *driver.__mro__, Scene)}
    used |= {
        module
        for name in story.play.__code__.co_names
        if (module := getattr(story.play.__globals__.get(name), "__module__", None))
    }
    ours = {name for name in used if name.startswith("tests.")}
    assert ours
    assert ours <= driver_modules(story)


def test_every_program_has_the_versions_of_its_framework() -> None:
    text = (ROOT / "requirements.txt").read_text()
    for story in STORIES.values():
        snippet = Catalog.default().find(story.snippet)
        assert snippet.dependencies
        assert set(snippet.dependencies) <= set(versions(snippet, text))


def test_a_run_names_what_it_played_again(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter = pytest.TerminalReporter(request.config)
    report = pytest.TestReport(
        "a",
        ("a", 1, "a"),
        {},
        "passed",
        None,
        "call",
        user_properties=[(REPLAYED, "flet-chat-history: driver")],
    )
    pytest_terminal_summary(reporter)
    assert "make films" not in capsys.readouterr().out
    reporter.stats["passed"] = [report]
    pytest_terminal_summary(reporter)
    said = capsys.readouterr().out
    assert "flet-chat-history: driver" in said
    assert "make films" in said
