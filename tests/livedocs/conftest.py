"""A small project of its own for each test: snippets, a page, a test that proves it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from livedocs.catalog import Catalog

HEAD = """\
---
title: A chat for two
description: A page that is only here to be taken apart by the tests.
framework: taipy
subjects: [chat]
level: start here
keywords: [chat, two users]
---
"""

PROGRAM = '''\
# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy-gui==4.1.2"]
# ///
"""Greet one or two."""

from functools import cache

names = ["Alex"]


# region greet
@cache
def greet(name: str) -> str:
    """Say hello."""
    return f"Hello {name} & <all>"
# endregion greet


class Door:
    """A door."""

    def __init__(self) -> None:
        self.open = False

    @property
    def word(self) -> str:
        return "open" if self.open else "shut"


with open(__file__) as page:
    pass
'''

CONFIG = """\
site_name: Shared State
strict: true
theme:
  name: null
  custom_dir: theme
plugins: [livedocs]
markdown_extensions:
  - admonition
  - attr_list
  - livedocs
  - tables
  - toc
  - pymdownx.inlinehilite
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
validation:
  omitted_files: warn
  absolute_links: warn
  unrecognized_links: warn
  anchors: warn
"""

PROOF = '''\
import pytest


@pytest.mark.fact("reload")
@pytest.mark.state("greet.py", "names", "everybody", reload="kept", restart="lost")
def test_names_are_kept():
    """A reload keeps `names`."""
'''

TABLE = """\
/// state | taipy/chat/greet.py

| Name | Belongs to | Reload | Restart |
|---|---|---|---|
| `names` | everybody | kept | lost |

///"""


WORDS = """\
---
title: Who shares what
description: What the words in the tables of the tutorials mean, in pictures.
---

# Who shares what

## Belongs to { #owner }

## Reload { #reload }

## Reconnect { #reconnect }

## Restart { #restart }
"""
"""The page to which the heads of such tables lead."""


SHELVES = "snippets/streamlit/shelves"

LIBRARY = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "shelves"
version = "0.2.0"

[tool.hatch.build.targets.wheel]
include = ["*.py"]

[tool.hatch.build.targets.wheel.sources]
"" = "shelves"
""",
    "__init__.py": """\
from shelves.board import Board, Oak, Wood, WoodError
from shelves.saw import saw

__version__ = "0.2.0"

cut = saw
\"\"\"What `saw` was called before.

Example:
    from shelves import cut

    cut(2)
\"\"\"

__all__ = ["Board", "Oak", "Wood", "WoodError", "cut", "saw"]
""",
    "board.py": '''\
from typing import Protocol

Size = dict[str, float]


class WoodError(Exception):
    """There is no such wood.

    Example:
        from shelves import WoodError
    """


class Wood(Protocol):
    """What a board is made of.

    Example:
        from shelves import Wood
    """

    colour: str
    """A name from HTML."""

    def plane(self, depth: float) -> None:
        """Make it thinner by that depth, in millimetres."""


class Oak:
    """A hard wood.

    Example:
        from shelves import Oak
    """

    def __init__(self) -> None:
        self.colour = "tan"
        self._depth = 0.0

    def plane(self, depth: float) -> None:
        self._depth += depth


class Board:
    """A board <of> wood.

    It is cut by `saw`.

    Args:
        wood: what it is made of.
        sizes: by side, in metres.
        no: what is written on it.

    Example:
        from shelves import Board, Oak

        board = Board(Oak(), {"long": 1.2})
    """

    def __init__(self, wood: Wood, *, sizes: Size | None = None, no: int = 0) -> None:
        self._wood = wood

    @property
    def length(self) -> float:
        """The longest side, in metres."""
        return 1.0

    def turn(self, *names: str) -> bool:
        """Turn it.

        Args:
            names: the sides that come to lie on top.

        Returns:
            Whether it lies.

        Raises:
            WoodError: it is in use.
            KeyError: there is no such side.
        """
        return True

    def _secret(self) -> None: ...
''',
    "saw.py": '''\
def saw(parts: int, kind: str = "pull") -> list[str]:
    """Saw something into parts. It takes a while.

    Args:
        parts: how many.
        kind: "pull" or "push".

    Example:
        from shelves import saw

        saw(3)
    """
    return [kind] * parts
''',
}
"""The files of a library that has everything that a reference shows."""


@dataclass(frozen=True)
class Project:
    """A checkout in miniature."""

    root: Path

    @property
    def catalog(self) -> Catalog:
        return Catalog(self.root / "snippets")

    @property
    def page(self) -> Path:
        return self.root / "docs/tutorials/taipy/chat.md"

    @property
    def site(self) -> Path:
        return self.root / "site"

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def add_library(self) -> None:
        """Put the library of `LIBRARY` among the programs."""
        for name, text in LIBRARY.items():
            self.write(f"{SHELVES}/{name}", text)

    def say(self, markdown: str, head: str = HEAD) -> None:
        """Make this the tutorial's text; it begins on line 9."""
        self.page.write_text(f"{head}{markdown}\n", "utf-8")

    def leave_files_of_others(self) -> None:
        """What editors, file managers, notebooks and Python leave beside files."""
        for folder, name in (
            ("snippets/taipy/chat", "greet.py"),
            (SHELVES, "board.py"),
            ("tests/contracts", "chat.py"),
            ("tests/snippets/taipy", "test_chat.py"),
            ("docs/tutorials/taipy", "chat.md"),
            ("theme", "main.html"),
        ):
            if not (self.root / folder).is_dir():
                continue
            (self.root / folder / f".#{name}").symlink_to("alex@example.org.42:1")
            for path in (f"._{name}", ".DS_Store", f".{name}.swp"):
                self.write(f"{folder}/{path}", "").write_bytes(b"\xff\x00\n")
            copy = "def (:\n" if name.endswith(".py") else "[x](gone.md)"
            self.write(f"{folder}/.ipynb_checkpoints/{name}", copy)
            if folder not in ("docs/tutorials/taipy", "theme"):
                for path in (f"{name}~", f"{name}.orig", f"#{name}#"):
                    self.write(f"{folder}/{path}", copy)
                self.write(f"{folder}/__pycache__/x.pyc", "").write_bytes(b"\xff")
                self.write(f"{folder}/test_folder.py/notes.txt", "")

    def build(self) -> None:
        """Build the site as ``mkdocs build`` does."""
        build(load_config(str(self.root / "mkdocs.yml"), site_dir=str(self.site)))

    def html(self, page: str = "tutorials/taipy/chat") -> str:
        return (self.site / page / "index.html").read_text("utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A project whose one page shows one program and refers to no fact."""
    project = Project(tmp_path)
    project.write("mkdocs.yml", CONFIG)
    project.write("theme/main.html", "{{ page.content }}")
    project.write("docs/index.md", "# Home\n")
    project.write("docs/tutorials/taipy/chat.md", HEAD)
    project.write("snippets/taipy/chat/greet.py", PROGRAM)
    project.write(
        "snippets/taipy/chat/greet_loudly.py",
        PROGRAM.replace("Hello", "HELLO").replace("one or two", "many"),
    )
    project.say("/// snippet | taipy/chat/greet.py\n///")
    yield project
    logging.getLogger("mkdocs").handlers.clear()  # MkDocs adds a counter for each build
