"""A pytest plugin: keep what a whole, successful run measured, for the receipts.

A run of some of the tests, or one that fails, leaves the record as it was.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from livedocs.catalog import Catalog
from livedocs.record import Measured, Record
from tests.users.stage import Stage


class Recorder:
    """Counts tests, users and seconds for each program."""

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
            self._note(item, report.duration)
        return report

    def _note(self, item: pytest.Function, seconds: float) -> None:
        for name, users in _programs(item, self.ids):
            self.tests[name] = self.tests.get(name, 0) + 1
            self.users[name] = max(self.users.get(name, 0), users)
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        browser = item.funcargs.get("browser")
        if isinstance(browser, Browser):
            self.browser = f"Chromium {browser.version.partition('.')[0]}"

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
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
    """Record in the process that runs the tests."""
    config.pluginmanager.register(Recorder(Catalog.default()), "livedocs-record")
