"""What the last whole run of the tests measured, for the receipts on the pages.

The tests write it, the pages read it. A program that has changed since has no
receipt: a page shows measured figures or none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from livedocs.blocks import Receipt
from livedocs.catalog import Snippet

FILE = Path(".cache/proof.json")
"""Where it lies, relative to the project's root."""


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

    browser: str
    """Its name and major version."""
    snippets: Mapping[str, Measured]
    """By the program's id."""

    @classmethod
    def read(cls, root: Path) -> Record:
        """The record of the project at `root`; empty when there is none to read."""
        try:
            found = json.loads((root / FILE).read_text("utf-8"))
            snippets = {k: Measured(**v) for k, v in found["snippets"].items()}
            return cls(found["browser"], snippets)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls("", {})  # none, or one of another version

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
