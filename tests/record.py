"""A pytest plugin: keep what a whole, successful run measured, for the receipts.

A run of some of the tests, or one that fails, leaves the record as it was.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from xdist import is_xdist_worker

from livedocs.catalog import Catalog
from livedocs.record import Measured, Record
from tests.users.stage import Stage

_BROWSER, _PROGRAM, _PART = "browser", "program", "part of the tests"


class Recorder:
    """Counts tests, users and seconds for each program.

    What a test ran goes with its report, because one of several processes ran it. The
    one that the run began in has all reports, and writes the record.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.ids = catalog.ids
        self.browser = ""
        self.whole = True
        self.tests: dict[str, int] = {}
        self.users: dict[str, int] = {}
        self.seconds: dict[str, float] = {}

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self.whole = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.when == "call" and isinstance(item, pytest.Function):
            report.user_properties += self._properties(item)
        return report

    def _properties(self, item: pytest.Function) -> Iterator[tuple[str, object]]:
        for program in _programs(item, self.ids):
            yield _PROGRAM, program
        browser = item.funcargs.get("browser")
        if isinstance(browser, Browser):
            yield _BROWSER, f"Chromium {browser.version.partition('.')[0]}"
        if not self.whole:
            yield _PART, True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for key, value in report.user_properties:
            if key == _PROGRAM and isinstance(value, tuple):
                name, users = value
                self._note(name, users, report.duration)
            elif key == _BROWSER:
                self.browser = str(value)
            elif key == _PART:
                self.whole = False

    def _note(self, name: str, users: int, seconds: float) -> None:
        self.tests[name] = self.tests.get(name, 0) + 1
        self.users[name] = max(self.users.get(name, 0), users)
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if is_xdist_worker(session):
            return
        everything = session.config.args_source.name == "TESTPATHS"
        if exitstatus == 0 and self.whole and everything and self.browser:
            snippets = {
                name: Measured(
                    self.catalog.find(name).sha256,
                    tests,
                    self.users[name],
                    round(self.seconds[name], 1),
                )
                for name, tests in sorted(self.tests.items())
            }
            Record(self.browser, snippets).write(Path(session.config.rootpath))


def _programs(item: pytest.Function, ids: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The programs that a test ran, each with how many users it had."""
    found: dict[str, int] = {}
    for value in item.funcargs.values():
        if isinstance(value, Stage):
            found[value.snippet.id] = len(value.users)
    if hasattr(item, "callspec"):
        for value in item.callspec.params.values():
            if isinstance(value, str) and value in ids:
                found.setdefault(value, 1)
    yield from found.items()


def pytest_configure(config: pytest.Config) -> None:
    """Record, whichever process runs the tests."""
    config.pluginmanager.register(Recorder(Catalog.default()), "livedocs-record")
