"""Pictures of programs in use, recorded by the tests that prove them.

A test drives the users and hands them to the fixture `picture`. With ``--record``
(`make record`) the picture is taken and noted in the manifest; without, the test fails
when the program or what it runs on has changed since the picture was taken.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from livedocs.catalog import Snippet
from tests.users.base import BrowserUser

FOLDER = Path(__file__).parents[1] / "docs/images"
MANIFEST = FOLDER / "manifest.json"
WIDTH, HEIGHT = 492, 560
GAP = 16
PAPER = (217, 226, 222)


@dataclass(frozen=True)
class Entry:
    """What a picture shows."""

    snippet: str
    sha256: str
    dependencies: list[str]

    @classmethod
    def of(cls, snippet: Snippet) -> Entry:
        """The entry that a picture of this program has when taken now."""
        return cls(snippet.id, snippet.sha256, list(snippet.dependencies))


def read() -> dict[str, Entry]:
    """The manifest: the name of each picture's file, and what it shows."""
    found = json.loads(MANIFEST.read_text("utf-8")) if MANIFEST.is_file() else {}
    return {name: Entry(**entry) for name, entry in found.items()}


def take(name: str, snippet: Snippet, users: Sequence[BrowserUser]) -> None:
    """Put what the users see side by side, and note what it is."""
    shots = []
    for user in users:
        user.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        user.page.mouse.move(0, 0)
        shots.append(
            Image.open(io.BytesIO(user.page.screenshot(animations="disabled")))
        )
    width = len(shots) * (WIDTH + GAP) - GAP
    picture = Image.new("RGB", (width, HEIGHT), PAPER)
    for number, shot in enumerate(shots):
        picture.paste(shot, (number * (WIDTH + GAP), 0))
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture.save(FOLDER / name, quality=80, method=6)
    entries = {key: asdict(entry) for key, entry in read().items()}
    entries[name] = asdict(Entry.of(snippet))
    MANIFEST.write_text(json.dumps(entries, indent=2, sort_keys=True) + "\n", "utf-8")
