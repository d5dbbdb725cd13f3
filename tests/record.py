"""A pytest plugin: keep what a whole, successful run measured, for the receipts.

A run of some of the tests, or one that fails, leaves the record as it was. A test that
proves a fact fails when it is skipped or expected to fail: then it proves nothing.
"""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Generator, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from xdist import is_xdist_worker

from livedocs.catalog import Catalog
from livedocs.facts import Facts
from livedocs.record import Measured, Record, digest
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
        if report.skipped and _proves(item):
            reason = report.longrepr
            report.outcome = "failed"
            report.longrepr = f"It proves a fact, so it has to run and pass: {reason}"
            report.__dict__.pop("wasxfail", None)
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
            _record(session.config.rootpath, self.browser, snippets).write(
                session.config.rootpath
            )


def _proves(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(kind) for kind in ("fact", "state"))


def _record(root: Path, browser: str, snippets: dict[str, Measured]) -> Record:
    """What this run measured, and of what it did."""
    catalog = Catalog.default()
    pins = {pin.partition("==")[0] for it in catalog for pin in it.dependencies}
    names = sorted(name.partition("[")[0] for name in pins)
    return Record(
        browser=browser,
        snippets=snippets,
        date=datetime.now(UTC).date().isoformat(),
        commit=commit_of(root),
        python=platform.python_version(),
        versions={name: version(name) for name in names},
        programs={snippet.id: snippet.sha256 for snippet in catalog},
        tests={path: digest(root / path) for path in Facts(root).files},
    )


def commit_of(root: Path) -> str:
    """The commit that is tested; nothing where there is none, or changes beside it."""

    def git(*words: str) -> str | None:
        try:
            done = subprocess.run(
                ["git", *words], cwd=root, capture_output=True, text=True, check=True
            )
        except (OSError, subprocess.CalledProcessError):
            return None
        return done.stdout.strip()

    return git("rev-parse", "HEAD") or "" if git("status", "--porcelain") == "" else ""


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
