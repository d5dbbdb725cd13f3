"""A pytest plugin: only the tests that can notice a mistake in one program.

``MUTATED`` names the programs that it is in, by their ids; ``NOTICED`` a file for the
ids of the tests that fail.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from livedocs.catalog import Catalog


class Selection:
    """Leaves out what is parametrized by other programs alone."""

    def __init__(self, mutated: frozenset[str], noticed: Path) -> None:
        self.mutated = mutated
        self.noticed = noticed
        self.ids = Catalog.default().ids

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        others = [item for item in items if self._is_of_others(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]

    def _is_of_others(self, item: pytest.Item) -> bool:
        parameters = getattr(item, "callspec", None)
        if not self.mutated or parameters is None:
            return False
        words = f"{parameters.id} {parameters.params}"
        named = {name for name in self.ids if _names(words, name)}
        return bool(named) and not named & self.mutated

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._note(f"(collecting) {report.nodeid}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._note(report.nodeid)

    def _note(self, test: str) -> None:
        with self.noticed.open("a", encoding="utf-8") as file:
            file.write(f"{test}\n")


def _names(words: str, name: str) -> bool:
    """Whether the id is in there, and not only the beginning of another one."""
    _, found, rest = words.partition(name)
    return bool(found) and not (rest[:1] == "_" or rest[:1].isalnum())


def pytest_configure(config: pytest.Config) -> None:
    """Begin, when asked to."""
    if noticed := os.environ.get("NOTICED"):
        mutated = frozenset(os.environ.get("MUTATED", "").split())
        config.pluginmanager.register(Selection(mutated, Path(noticed)), "selection")
