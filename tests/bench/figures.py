"""What the bench has found: one table, and a record that pages can show."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles

from livedocs.bench import FILE, Run, short

ROOT = Path(__file__).parents[2]

RECORD = ROOT / FILE
"""Beside the pages, as what they show has to be there wherever the site is built."""

PACKAGES = ("taipy-gui", "flet", "streamlit", "mkdocs", "mkdocs-material", "playwright")
"""Whose versions decide about the figures."""

_ENOUGH = 20
"""So many values have a 95th percentile worth telling."""


@dataclass(frozen=True)
class Figure:
    """One thing that was measured, some times."""

    part: str
    """Of the bench: ``builds``, ``edits``, …"""
    name: str
    """What was measured."""
    values: tuple[float, ...]
    """In the order in which they were measured."""
    unit: str
    """Of the values: ``s``, ``ms``, ``MiB``, ``×``, …"""
    goal: float | None = None
    """The most that the median may be."""

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def p95(self) -> float | None:
        """The 95th percentile, of many values."""
        many = len(self.values) >= _ENOUGH
        return quantiles(self.values, n=20)[-1] if many else None

    @property
    def is_missed(self) -> bool:
        """Whether there is a goal, and this is more."""
        return self.goal is not None and self.median > self.goal

    def row(self) -> tuple[str, ...]:
        """Its cells in the table, below `HEAD`."""
        one = len(self.values) == 1
        between = f"{short(min(self.values))}–{short(max(self.values))}"
        goal = "" if self.goal is None else f"≤ {short(self.goal)}"
        return (
            self.part,
            self.name,
            short(self.median),
            "" if one else between,
            "" if self.p95 is None else short(self.p95),
            self.unit,
            str(len(self.values)),
            f"{goal} MISSED" if self.is_missed else goal,
        )


HEAD = ("part", "what", "median", "least–most", "p95", "unit", "n", "goal")
_RIGHT = frozenset({"median", "least–most", "p95", "n"})


@dataclass(frozen=True)
class Record(Run):
    """A whole run, with all that was measured."""

    figures: Sequence[Figure]

    @classmethod
    def here(
        cls,
        parts: Mapping[str, str],
        figures: Sequence[Figure],
        seconds: float,
        chromium: str,
    ) -> Record:
        """The record of figures that were measured on this machine just now."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        found = {name: version(name) for name in PACKAGES}
        return cls(
            date=datetime.now(UTC).date().isoformat(),
            minutes=round(seconds / 60, 1),
            machine=f"{_processor()}, {platform.system()} {platform.machine()}",
            cores=_cores(),
            memory=round(memory / 2**30, 1),
            versions={
                "python": platform.python_version(),
                "chromium": chromium,
                **found,
            },
            commit=_commit(),
            parts=parts,
            figures=figures,
        )

    def write(self, path: Path = RECORD) -> None:
        """Write it as JSON, each figure with its median and unit."""
        data = asdict(self)
        data["figures"] = [
            {
                "part": it.part,
                "name": it.name,
                "median": _rounded(it.median),
                "least": _rounded(min(it.values)),
                "most": _rounded(max(it.values)),
                "p95": None if it.p95 is None else _rounded(it.p95),
                "unit": it.unit,
                "n": len(it.values),
                "goal": it.goal,
            }
            for it in self.figures
        ]
        path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")

    def table(self) -> str:
        """All figures, and below them the machine."""
        rows = [HEAD, *(figure.row() for figure in self.figures)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [_line(row, widths) for row in rows]
        lines.insert(1, "|".join(["", *("-" * (width + 2) for width in widths), ""]))
        versions = ", ".join(f"{name} {it}" for name, it in self.versions.items())
        about = (
            f"{self.machine}, {self.cores} cores, {self.memory:.0f} GiB; {versions}; "
            f"{self.date}, {self.commit[:7]}{self.commit[40:]}; "
            f"{self.minutes:.1f} minutes"
        )
        notes = [f"{part}: {text}." for part, text in self.parts.items()]
        return "\n".join([*lines, "", *notes, "", about])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = (
        f"{cell:>{width}}" if name in _RIGHT else f"{cell:{width}}"
        for name, cell, width in zip(HEAD, cells, widths, strict=True)
    )
    return f"| {' | '.join(aligned)} |"


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.processor() or "an unnamed processor"


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _commit() -> str:
    def git(*arguments: str) -> str:
        run = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True
        )
        return run.stdout.strip()

    return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain") else "")
