"""What tests of rooms start with, in browsers and without.

In browsers a class says which program it has, by ``program()`` in `modes`; those who
come to it are the `alex`, `doppler` and `third` of the other frameworks' tests. Without
browsers, sessions that have no page `enter` what a test `serve`s; or a test has a
process of its own, and programs to run in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
import streamlit
from packaging.version import Version
from playwright.sync_api import Browser

from livedocs.catalog import Catalog, Snippet
from livedocs.launch import App, launch
from tests.snippets.streamlit.log import errors
from tests.snippets.streamlit.modes import SHIPPED, in_mode, written
from tests.users.base import BrowserUser
from tests.users.stage import Stage
from tests.users.streamlit import StreamlitSocket, StreamlitUser
from tests.users.streamlit_headless import Write, own_process

Play = Callable[..., Stage]
Serve = Callable[..., App]
Enter = Callable[[App, int], list[StreamlitSocket]]


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what came with a later Streamlit: `make oldest` has an older one."""
    later = [
        item
        for item in items
        if (since := item.get_closest_marker("since"))
        and Version(streamlit.__version__) < Version(*since.args)
    ]
    if later:
        items[:] = [item for item in items if item not in later]
        config.hook.pytest_deselected(items=later)


def _written(lines: str, folder: Path) -> Snippet:
    # Receipts count tests by programs of the catalogue: it stands in for that one.
    return Snippet("streamlit/rooms/first_room", written(lines, folder), lines)


def _show_no_traceback(users: Sequence[BrowserUser]) -> None:
    for user in users:
        if isinstance(user, StreamlitUser) and not user.page.is_closed():
            user.sees_no_exception()


@contextmanager
def _open_stage(snippet: Snippet, browser: Browser) -> Iterator[Stage]:
    """Start it; in the end no page and no log may show a traceback."""
    stage = Stage(snippet, browser)
    try:
        yield stage
        _show_no_traceback(stage.users)
        found = errors(stage.log())
        assert not found, found
    finally:
        stage.close()


@pytest.fixture(scope="class")
def stage(
    request: pytest.FixtureRequest,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """The program of the class, in the mode of this round."""
    program, mode = request.param
    folder = tmp_path_factory.mktemp(mode)
    if "\n" in program:
        snippet = _written(program, folder / "written")
    else:
        snippet = Catalog.default().find(program)
    snippet = in_mode(mode, snippet, folder)
    with _open_stage(snippet, browser) as stage:
        yield stage


@pytest.fixture
def mode(request: pytest.FixtureRequest) -> str:
    """The mode of this round."""
    mode: str = request.node.callspec.params["stage"][1]
    return mode


@pytest.fixture
def join(
    join: Callable[[], BrowserUser], stage: Stage
) -> Iterator[Callable[[], BrowserUser]]:
    """More people, who go home after the test; what they see till then counts."""
    guests = len(stage.users)
    yield join
    _show_no_traceback(stage.users[guests:])


@pytest.fixture
def play(browser: Browser, tmp_path: Path) -> Iterator[Play]:
    """Start a program of a few lines, for this test alone."""
    with ExitStack() as stages:

        def play(lines: str, mode: str = SHIPPED) -> Stage:
            snippet = in_mode(mode, _written(lines, tmp_path / "written"), tmp_path)
            return stages.enter_context(_open_stage(snippet, browser))

        yield play


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start a program of the rooms or its lines; no log may show a traceback."""
    apps: list[App] = []
    with ExitStack() as servers:

        def serve(program: str, mode: str = SHIPPED, *, port: int = 0) -> App:
            if "\n" in program:
                snippet = _written(program, tmp_path / "written")
            else:
                snippet = Catalog.default().find(f"streamlit/rooms/{program}")
            snippet = in_mode(mode, snippet, tmp_path / "mode")
            folder = tmp_path / "served"
            folder.mkdir(exist_ok=True)
            app = servers.enter_context(launch(snippet, port=port, folder=folder))
            apps.append(app)
            return app

        yield serve
        for app in apps:
            assert not errors(app.output())


@pytest.fixture
def enter() -> Iterator[Enter]:
    """Open so many sessions without a page, until the test is over."""
    with ExitStack() as sessions:

        def enter(app: App, count: int) -> list[StreamlitSocket]:
            opened = [StreamlitSocket(app.addresses[0]) for _ in range(count)]
            return [sessions.enter_context(session) for session in opened]

        yield enter


@pytest.fixture
def process() -> Iterator[Callable[[], None]]:
    """A process of its own for each test; call it to start another."""
    with own_process() as restart:
        yield restart


@pytest.fixture
def stores(process: Callable[[], None]) -> ModuleType:
    """The module that the programs of this test import."""
    return import_module("room_sync.stores")


@pytest.fixture
def room_sync(process: Callable[[], None]) -> ModuleType:
    """The module that the programs of this test import."""
    return __import__("room_sync")


@pytest.fixture
def program(process: Callable[[], None], tmp_path: Path) -> Write:
    """Write a program of a few lines."""

    def write(lines: str) -> Path:
        path = tmp_path / "app.py"
        path.write_text("from room_sync import *\n" + lines)
        return path

    return write
