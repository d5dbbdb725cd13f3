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
category: chat
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

    def say(self, markdown: str, head: str = HEAD) -> None:
        """Make this the tutorial's text; it begins on line 9."""
        self.page.write_text(f"{head}\n{markdown}\n", "utf-8")

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
