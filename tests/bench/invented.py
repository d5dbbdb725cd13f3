"""An invented site of many tutorials, whose programs reach the pages in three ways."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import yaml
from mkdocs.utils.yaml import yaml_load

from livedocs.catalog import FRAMEWORKS

ROOT = Path(__file__).parents[2]

FOLDERS = [framework.id for framework in FRAMEWORKS]
"""Where tutorials are; they take turns."""

PROGRAMS_PER_PAGE = 3

_HEADER = """\
# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy-gui==4.1.2"]
# ///
"""

# Sixty lines of ordinary Python. Each program is filled with a number of its own: equal
# ones would be highlighted only once by whoever remembers them.
_PROGRAM = Template('''\
"""Room $n: everybody who is in it reads and writes the same notes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

LONGEST_$n = 2_000 + $n
GREETING_$n = "Welcome to room $n!"


@dataclass(frozen=True)
class Note$n:
    """One note, and who wrote it when."""

    who: str
    text: str
    when: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __str__(self) -> str:
        return f"{self.when:%H:%M} {self.who}: {self.text}"


class Room$n:
    """What everybody in room $n shares; changed by one thread at a time."""

    def __init__(self, owner: str = "Alex") -> None:
        self.notes: list[Note$n] = [Note$n(owner, GREETING_$n)]
        self.listeners: dict[str, Callable[[Note$n], None]] = {}
        self.lock = Lock()

    def enter(self, who: str, listener: Callable[[Note$n], None]) -> int:
        with self.lock:
            if who in self.listeners:
                raise ValueError(f"{who!r} is already in room $n")
            self.listeners[who] = listener
            return len(self.notes)

    def leave(self, who: str) -> None:
        with self.lock:
            self.listeners.pop(who, None)

    def write(self, who: str, text: str) -> None:
        if not (text := text.strip()[:LONGEST_$n]):
            return  # an empty note helps nobody
        with self.lock:
            self.notes.append(note := Note$n(who, text))
            waiting = [*self.listeners.items()]
        for name, tell in waiting:
            if name != who and len(text) % $n != 1:
                tell(note)

    def search(self, word: str, *, most: int = 10 * $n) -> Iterator[Note$n]:
        yield from [note for note in self.notes if word in note.text][:most]


if __name__ == "__main__":
    Room$n().enter("Doppler", print)
''')

_PAGE = """\
---
title: Room {number}
description: Invented tutorial {number}, there to be built in great numbers and timed.
framework: {framework}
subjects: [state]
level: start here
keywords: [rooms, notes]
---

Everybody in room {number} reads the same notes.
"""

_STEP = """\

## Step {number}

A note is written by *one* user and read by [all others](#step-1).

{block}
"""


@dataclass(frozen=True)
class Program:
    """One program of sixty lines, different from all others."""

    path: str
    """Below ``snippets/``."""
    code: str
    """What a page shows."""


@dataclass(frozen=True)
class Way:
    """One way to get a program onto a page."""

    name: str
    block: Callable[[Program], str]
    """The Markdown that shows it."""
    header: str = ""
    """What stands in the program's file above what is shown."""


def _fence(content: str) -> str:
    return f"```python\n{content}\n```"


OURS = Way("livedocs", lambda it: f"/// snippet | {it.path}\n///", _HEADER)
INCLUDED = Way("pymdownx.snippets", lambda it: _fence(f'--8<-- "{it.path}"'))
PASTED = Way("pasted", lambda it: _fence(it.code.rstrip("\n")))

WAYS = (OURS, INCLUDED, PASTED)


def write_site(folder: Path, pages: int, way: Way) -> None:
    """Write a site with so many tutorials: settings, pages and programs.

    The settings are those of this site, but for what only its own theme needs: the
    three ways have to be shown in one that all of them can use, plain Material.
    """
    _write(folder / "mkdocs.yml", yaml.safe_dump(_settings(folder, way)))
    _write(folder / "docs/index.md", "# Rooms\n\nTutorials, all invented.\n")
    for number in range(pages):
        programs = list(programs_of(number))
        for program in programs:
            path = folder / "snippets" / program.path
            _write(path, way.header + program.code)
        steps = (
            _STEP.format(number=step, block=way.block(program))
            for step, program in enumerate(programs, 1)
        )
        head = _PAGE.format(number=number, framework=_folder(number))
        text = head + "".join(steps)
        _write(folder / f"docs/tutorials/{_place(number)}.md", text)


def built_page(number: int) -> str:
    """Where a page lies in the built site."""
    return f"tutorials/{_place(number)}/index.html"


def programs_of(page: int) -> Iterator[Program]:
    """The programs that a page shows."""
    for step in range(1, PROGRAMS_PER_PAGE + 1):
        code = _PROGRAM.substitute(n=1_000 + PROGRAMS_PER_PAGE * page + step)
        yield Program(f"{_place(page)}/step{step}.py", code)


def _folder(page: int) -> str:
    return FOLDERS[page % len(FOLDERS)]


def _place(page: int) -> str:
    return f"{_folder(page)}/room{page:04}"


def _settings(folder: Path, way: Way) -> dict[str, Any]:
    with (ROOT / "mkdocs.yml").open(encoding="utf-8") as file:
        settings = yaml_load(file)
    for name in ("nav", "extra_css", "extra_javascript"):
        settings.pop(name, None)
    for name in ("custom_dir", "favicon", "logo"):
        settings["theme"].pop(name, None)
    # A page that lists all others takes longer than its code does.
    settings["theme"]["features"].append("navigation.prune")
    if way is not OURS:
        for name in ("plugins", "markdown_extensions"):
            settings[name] = [it for it in settings[name] if _name(it) != OURS.name]
    if way is INCLUDED:
        options = {"base_path": [str(folder / "snippets")], "check_paths": True}
        settings["markdown_extensions"].append({INCLUDED.name: options})
    return dict(settings)


def _name(entry: str | Mapping[str, Any]) -> str:
    """The name of a plugin or extension, with or without options."""
    return entry if isinstance(entry, str) else next(iter(entry))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
