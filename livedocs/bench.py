"""What `make bench` has measured last, as pages show it.

The bench writes its record (`tests.bench.figures`); no figure on a page comes from
elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from livedocs.catalog import nearest
from livedocs.errors import SnippetError

FILE = Path("docs/bench.json")
"""The record, relative to the project's root."""


@dataclass(frozen=True)
class Figure:
    """One thing that was measured, some times."""

    part: str
    """Of the bench: ``builds``, ``here``, …"""
    name: str
    """What was measured."""
    median: float
    least: float
    most: float
    p95: float | None
    """The 95th percentile, where there are many values."""
    unit: str
    n: int
    """How often it was measured."""
    goal: float | None
    """The most that the median may be."""

    @property
    def value(self) -> str:
        """The median with its unit, as a reader wants it."""
        return f"{short(self.median)} {self.unit}"

    @property
    def between(self) -> str:
        """The least and the most, or an empty string for a single value."""
        joined = f"{short(self.least)}–\u2060{short(self.most)}"  # on one line
        return joined if self.n > 1 else ""


@dataclass(frozen=True)
class Run:
    """A whole run of the bench, and what it ran on."""

    date: str
    """When it began, as 2026-11-29."""
    minutes: float
    """How long it took as a whole."""
    machine: str
    """The processor and the system."""
    cores: int
    """How many of the processor's it could use."""
    memory: float
    """GiB."""
    versions: Mapping[str, str]
    """Of Python, the browser and the packages, by name."""
    commit: str
    """The full hash of what was measured; a ``+`` follows if it had been changed."""
    parts: Mapping[str, str]
    """What each part measures."""


@dataclass(frozen=True)
class Bench(Run):
    """The run that was recorded last."""

    figures: tuple[Figure, ...]

    def part(self, name: str) -> tuple[Figure, ...]:
        """The figures of one part.

        Raises:
            SnippetError: the record has no such part.
        """
        if name not in self.parts:
            raise SnippetError(
                f"{FILE} has no part {name!r}. {nearest(name, self.parts)} "
                "If it is new, type: make bench"
            )
        return tuple(figure for figure in self.figures if figure.part == name)


def read(root: Path) -> Bench | None:
    """The record of the project at `root`; nothing where none has been written."""
    path = root / FILE
    if not path.is_file():
        return None
    found = json.loads(path.read_text("utf-8"))
    figures = tuple(Figure(**it) for it in found.pop("figures"))
    return Bench(**found, figures=figures)


def short(value: float) -> str:
    """With three digits that count, or all that stand before the point."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
