"""What the last whole run of the tests measured, for the receipts on the pages.

The tests write it, the pages read it. A program or a file of tests that has changed
since has no receipt: a page shows what was measured as it is now, or nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from livedocs.catalog import Snippet

FILE = Path(".cache/proof.json")
"""Where it lies, relative to the project's root."""


@dataclass(frozen=True)
class Receipt:
    """What the last whole run of the tests measured for one program."""

    version: str
    """What it ran on, for example ``taipy-gui 4.1.2``."""
    tests: int
    """How many tests ran it and passed."""
    users: int
    """The most users that a test had at the same time."""
    seconds: float
    """How long these tests took together."""
    browser: str
    """For example ``Chromium 156``."""
    anchor: str = "#proof"


@dataclass(frozen=True)
class Run:
    """When, and on what, everything on a page was last seen to hold."""

    date: str
    """For example ``29 November 2026``."""
    versions: tuple[str, ...]
    """What it ran on, for example ``taipy-gui 4.1.2``."""
    commit: str
    """The full hash, or nothing: there was none, or changes beside it."""


@dataclass(frozen=True)
class Measured:
    """What was measured for one program."""

    sha256: str
    """The program's hash at that time."""
    tests: int
    """How many tests ran it; all passed."""
    users: int
    """The most users that one of them had."""
    seconds: float
    """How long they took together."""


@dataclass(frozen=True)
class Record:
    """What was measured in one run."""

    browser: str = ""
    """Its name and major version."""
    snippets: Mapping[str, Measured] = field(default_factory=dict)
    """By the program's id."""
    date: str = ""
    """The day of the run in UTC, ``2026-11-29``."""
    commit: str = ""
    """The commit that was tested, or nothing, as in `Run`."""
    python: str = ""
    """Its version."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of the packages that programs pin, as they were installed."""
    programs: Mapping[str, str] = field(default_factory=dict)
    """The hash of each program, by its id."""
    tests: Mapping[str, str] = field(default_factory=dict)
    """The hash of each file whose tests prove something, by its path."""

    @classmethod
    def read(cls, root: Path) -> Record:
        """The record of the project at `root`; empty when there is none to read."""
        try:
            found = json.loads((root / FILE).read_text("utf-8"))
            snippets = {k: Measured(**v) for k, v in found.pop("snippets").items()}
            return cls(snippets=snippets, **found)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()  # none, or one of another version

    def write(self, root: Path) -> None:
        """Replace the record of the project at `root`."""
        path = root / FILE
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")

    def receipt(self, snippet: Snippet) -> Receipt | None:
        """The receipt of a program, unless it was never measured or has changed."""
        measured = self.snippets.get(snippet.id)
        if not measured or measured.sha256 != snippet.sha256:
            return None
        return Receipt(
            version=", ".join(snippet.dependencies).replace("==", " "),
            tests=measured.tests,
            users=measured.users,
            seconds=measured.seconds,
            browser=self.browser,
        )

    def run_of(
        self, root: Path, programs: Iterable[Snippet], tests: Iterable[str]
    ) -> Run | None:
        """The run of these programs and files of tests; none if one has changed.

        Args:
            root: the project's.
            programs: those that a page shows.
            tests: paths relative to the root.
        """
        shown = list(programs)
        if not self.date or any(self.programs.get(it.id) != it.sha256 for it in shown):
            return None
        if any(self.tests.get(path) != digest(root / path) for path in tests):
            return None
        pins = {pin.partition("==")[0] for it in shown for pin in it.dependencies}
        names = sorted(name.partition("[")[0] for name in pins)
        versions = [f"{n} {self.versions[n]}" for n in names if n in self.versions]
        day = date.fromisoformat(self.date)
        return Run(
            date=f"{day.day} {day:%B %Y}",
            versions=(*versions, self.browser, f"Python {self.python}"),
            commit=self.commit,
        )


def digest(path: Path) -> str:
    """The hash of a file; empty if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
