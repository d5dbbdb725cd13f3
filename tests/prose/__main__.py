"""Read what people read, and name each place that they would stumble over.

``python -m tests.prose [PATH …]``; without a path, the whole project.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from proselint import checks
from proselint.registry.checks import Check
from proselint.registry.checks.engine import Fancy
from proselint.registry.checks.types import ExistenceSimple
from proselint.tools import LintFile

from tests.prose.texts import files, read

ROOT = Path(__file__).parents[2]
WHERE = ("README.md", "docs", "livedocs", "snippets", "tests")
"""What is read: pages, and the words in programs."""
NOT_OURS = {
    "lexical_illusions",  # a word may end one sentence and begin the next
    "restricted",  # not even “page” is among its thousand words
    "typography",  # quotes and dots in programs are code
    "weasel_words",
}
"""Proselint's checks that do not fit documentation with code in it."""
ALLOWED = {"color", "enter in", "for ever", "give and take", "summer", "winter", "xxx"}
"""What Proselint finds and what is right here: names in code, keys, a scenario."""


@dataclass(frozen=True)
class Place:
    """A place to be written again."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True)
class Word:
    """One entry of the house's own list."""

    check: Check
    where: tuple[str, ...]


@cache
def words() -> tuple[Word, ...]:
    """The house's own list, ``words.toml``."""
    listed = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return tuple(
        Word(
            Check(
                ExistenceSimple(word["found"]),
                engine=Fancy(),
                message=f"“{{}}”: write {word['instead']}.",
            ),
            tuple(word.get("where", WHERE)),
        )
        for word in listed["word"]
    )


@cache
def _common() -> tuple[Check, ...]:
    return tuple(
        it for it in checks.__register__ if it.path_segments[0] not in NOT_OURS
    )


def stumbles(path: str, text: str) -> Iterator[Place]:
    """The places of a text that are not written as people speak.

    Args:
        path: relative to the project's root, with forward slashes.
        text: what is read of that file, see `texts.read`.
    """
    own = [
        word.check
        for word in words()
        if any(path == it or path.startswith(f"{it}/") for it in word.where)
    ]
    prepared = LintFile(path, text or " ")
    for check in (*own, *_common()):
        for result in check.check_with_flags(prepared.content):
            found = prepared.content[slice(*result.span)].strip()
            if check in own or found.lower() not in ALLOWED:
                line, column = prepared.line_col_of(result.span[0])
                yield Place(path, line, column, result.message)


def main(arguments: list[str]) -> int:
    """Print each place; 1 if there is any."""
    roots = [Path(it).resolve() for it in arguments] or [ROOT / it for it in WHERE]
    found = [
        place
        for path in files(roots)
        for place in stumbles(path.relative_to(ROOT).as_posix(), read(path))
    ]
    for place in sorted(found, key=lambda it: (it.path, it.line, it.column)):
        print(place)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
