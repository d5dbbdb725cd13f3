"""Browsers and programs for all tests."""

import fcntl
import importlib.util
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import pytest
from playwright.sync_api import Browser, expect
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from livedocs import launch
from livedocs.catalog import Catalog
from tests.ports import free_port
from tests.users.base import BrowserUser
from tests.users.chromium import open_browser
from tests.users.stage import OPEN, Stage, open_stage
from tests.waiting import PATIENCE

pytest_plugins = [
    "tests.processes",
    "tests.record",
    "tests.selection",
    "tests.stories.plugin",
]

# A shell lets what it starts in the background ignore Ctrl-C (`make test &`), and each
# program started from there would, too. A handler, unlike SIG_IGN, is not inherited.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, lambda signum, frame: None)

# A test that gives up halfway leaves a field filled, and the next ones of its class
# fail for that.
expect.set_options(timeout=PATIENCE * 1000)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--record``: make the films again that are older than what they show."""
    parser.addoption("--record", action="store_true", help="make old films again")


_MARKED = {"browser": "browser", "build_once": "process"}
"""The marks of tests with these fixtures."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None]:
    """Mark what needs a browser or a built site; run what needs a browser last.

    Playwright's event loop stays marked as running in the thread of the tests, where no
    other can run from then on. And what is wrong shows sooner so.
    """
    for item in items:
        for fixture, mark in _MARKED.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    yield
    size = Counter(_scope(item.nodeid) for item in items)
    is_shared_out = hasattr(config, "workerinput") and not config.getoption(
        "random_order_enabled", default=False
    )

    def order(item: pytest.Item) -> tuple[bool, int]:
        is_last = item.get_closest_marker("browser") is not None
        # The largest first: at the end, no process waits long for another.
        return is_last, -size[_scope(item.nodeid)] if is_last and is_shared_out else 0

    items.sort(key=order)
    _refuse_mixed_classes(items)


def _scope(nodeid: str) -> str:
    """What one process has as a whole: a class, or a single test."""
    name, *_ = nodeid.partition("[")
    return name.rpartition("::")[0] if name.count("::") == 2 else nodeid


def _refuse_mixed_classes(items: list[pytest.Item]) -> None:
    """See that the tests of a class can be run last, or first, all together.

    Raises:
        pytest.UsageError: some need a browser and some do not; names the class.
    """
    kinds: dict[str, set[bool]] = {}
    for item in items:
        if item.nodeid.count("::") == 2:
            name = item.nodeid.rpartition("::")[0]
            is_last = item.get_closest_marker("browser") is not None
            kinds.setdefault(name, set()).add(is_last)
    if mixed := [name for name, found in kinds.items() if len(found) == 2]:
        raise pytest.UsageError(
            f"{', '.join(mixed)}: a class is run as a whole, and tests with a browser "
            "come last. Put those without one into a class of their own."
        )


class ByClass(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """The tests of a class share a program, so one process has them all."""

    def _split_scope(self, nodeid: str) -> str:
        return _scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByClass:
    """Share the tests out, in their order, among the processes of `make test`."""
    return ByClass(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what programs have logged, and what pages show, where a test fails."""
    report = yield
    if report.failed:
        report.sections += (part for stage in OPEN for part in stage.report())
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let no other process run a test beside one that is marked `alone`.

    A process that waits for the others to end stands in the door: no other gets in. The
    time is not the test's, for its own begins within.
    """
    if not hasattr(item.config, "workerinput"):
        return (yield)  # the only process
    door, room = (item.config.cache.mkdir(name) for name in ("door", "room"))
    alone = item.get_closest_marker("alone") is not None
    with ExitStack() as inside:
        with locked(door, fcntl.LOCK_EX):
            kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
            inside.enter_context(locked(room, kind))
        return (yield)


@contextmanager
def locked(folder: Path, kind: int) -> Iterator[None]:
    """Wait for a lock of a folder, and hold it."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, kind)
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)  # a forked process may have the file open yet
        os.close(lock)


@pytest.fixture(scope="session", autouse=True)
def _own_ports() -> Iterator[None]:
    """Let no program be given a port that another process may take meanwhile."""
    with patch.object(launch, "free_port", free_port):
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of a run; every user gets a context of their own in it."""
    with open_browser() as browser:
        yield browser


@pytest.fixture
def start(browser: Browser) -> Iterator[Callable[[str], Stage]]:
    """Start a snippet by its id, for this test alone."""
    with ExitStack() as stages:
        yield lambda snippet: stages.enter_context(open_stage(snippet, browser))


@pytest.fixture(scope="class")
def alex(stage: Stage) -> BrowserUser:
    """The first who comes to the `stage` of a class."""
    return stage.join()


@pytest.fixture(scope="class")
def doppler(stage: Stage, alex: BrowserUser) -> BrowserUser:
    """The second."""
    return stage.join()


@pytest.fixture(scope="class")
def third(stage: Stage, doppler: BrowserUser) -> BrowserUser:
    """The third."""
    return stage.join()


@contextmanager
def imported(snippet: str) -> Iterator[ModuleType]:
    """Import a snippet by its id, without starting it."""
    path = Catalog.default().find(snippet).path
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # Taipy looks callbacks up by module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.modules.pop(spec.name, None)


@pytest.fixture
def load() -> Iterator[Callable[[str], ModuleType]]:
    """Import a snippet by its id, again for each test, without starting it."""
    with ExitStack() as imports:
        yield lambda snippet: imports.enter_context(imported(snippet))
