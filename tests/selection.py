"""A pytest plugin: `--page taipy/chat` runs what that page needs, and nothing else.

Those are the tests of its own, those that prove the facts to which it refers, and every
test of the site, of films or of programs that is run for this page or for a program
that it shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from livedocs.catalog import nearest
from livedocs.facts import CONCEPTS, Facts

_FACT = re.compile(r"\]\(fact:([a-z0-9-]+)\)")
_PROGRAM = re.compile(r"\b([a-z]+/[a-z_]+/\w+)\.py\b")


_ABOUT_THE_SITE = {"tests/site/test_live_demos.py"}
"""Tests of what the site does with any program; those of some pages stand for all."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--page``: the page's path below docs/tutorials or docs, without its ending."""
    parser.addoption("--page", default="", help="only what this page needs")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what the page does not need."""
    if page := config.getoption("page"):
        is_needed = needed_by(page, config.rootpath)
        left_out = [item for item in items if not is_needed(item.nodeid)]
        items[:] = [item for item in items if is_needed(item.nodeid)]
        config.hook.pytest_deselected(items=left_out)


def needed_by(page: str, root: Path) -> Callable[[str], bool]:
    """Whether a page needs a test, told by the test's id.

    Args:
        page: for example ``taipy/chat`` or ``concepts/known-problems``.
        root: the project's.

    Raises:
        pytest.UsageError: there is no such page.
    """
    docs = root / "docs"
    paths = [*docs.glob("tutorials/*/*.md"), *docs.glob(f"{CONCEPTS}/*.md")]
    names = {path: path.relative_to(docs).with_suffix("").as_posix() for path in paths}
    pages = {name.removeprefix("tutorials/"): path for path, name in names.items()}
    if page not in pages:
        raise pytest.UsageError(f"There is no page {page!r}. {nearest(page, pages)}")
    folder, _, topic = page.partition("/")
    source = pages[page].read_text("utf-8")
    programs = set(_PROGRAM.findall(source))
    shown = {f"{folder} {topic}", *programs}
    shown |= {name.replace("/", "-") for name in programs}  # as films are called
    facts = Facts(root)
    proofs = {
        (test.path, test.name)
        for id_ in _FACT.findall(source)
        if id_ in facts.by_id
        for test in facts.by_id[id_].tests
    }

    def is_needed(test: str) -> bool:
        path, _, rest = test.partition("::")
        if path in _ABOUT_THE_SITE:
            return False
        parameters = rest.partition("[")[2]
        function = rest.partition("[")[0].rpartition("::")[2]
        return (
            facts.page_of(path) == names[pages[page]]
            or (path, function) in proofs
            or any(
                re.search(rf"(?<![\w/]){re.escape(name)}(?!\w)", parameters)
                for name in shown
            )
        )

    return is_needed
