"""The demos that pages draw from lines: what two people say, and see, in turn."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.users.base import Message, User

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(
    r"(?m)^/// demo \| (?P<file>\S+)\.py\n(?P<options>(?: {4}.*\n)+)///$"
)


@dataclass(frozen=True)
class Demo:
    """What a page shows."""

    page: str
    """Its path below docs/."""
    snippet: str
    users: tuple[str, ...]
    messages: tuple[Message, ...]


def demos() -> Iterator[Demo]:
    """The demo of the home page, and those of all others."""
    home = next(yaml.safe_load_all((DOCS / "index.md").read_text("utf-8")))["demo"]
    said = tuple(Message(line["who"], line["text"]) for line in home["lines"])
    yield Demo("index.md", home["snippet"], tuple(home["users"]), said)
    for path in sorted(DOCS.rglob("*.md")):
        for match in BLOCK.finditer(path.read_text("utf-8")):
            options = yaml.safe_load(textwrap.dedent(match["options"]))
            if "lines" not in options:
                continue  # a film alone: tests/stories
            lines = [item for line in options["lines"] for item in line.items()]
            yield Demo(
                path.relative_to(DOCS).as_posix(),
                match["file"],
                tuple(options["users"]),
                tuple(Message(who, text) for who, text in lines),
            )


DEMOS = list(demos())


def is_beginning(demo: Demo, of: Demo) -> bool:
    """Whether another demo shows all of this one first."""
    same = (demo.snippet, demo.users) == (of.snippet, of.users)
    return same and demo.messages == of.messages[: len(demo.messages)]


def longest() -> dict[str, Demo]:
    """What there is to be said, with the names of the pages that show it."""
    found: dict[str, Demo] = {}
    for demo in sorted(DEMOS, key=lambda it: len(it.messages), reverse=True):
        name = _name(demo.page)
        for pages, other in found.items():
            if is_beginning(demo, other):
                found[f"{pages}, {name}"] = found.pop(pages)
                break
        else:
            found[name] = demo
    return found


def of(snippet: str) -> list[Demo]:
    """What there is to be said at a program."""
    return [demo for demo in longest().values() if demo.snippet == snippet]


def play(demo: Demo, people: Sequence[User]) -> None:
    """Let two people say what they say in turn, after the program's own first lines.

    At each moment, they see a demo that ends there.
    """
    users = {user.name: user for user in people}
    assert tuple(users) == demo.users
    begun = len(people[0].messages())
    assert begun <= min(len(it.messages) for it in DEMOS if is_beginning(it, demo))
    for count in range(begun, len(demo.messages) + 1):
        if count > begun:
            said = demo.messages[count - 1]
            users[said.sender].says(said.text)
        for user in people:
            user.sees(*demo.messages[:count])
            assert tuple(user.messages()) == demo.messages[:count]


def _name(page: str) -> str:
    """What tests call a page: ``flet chat`` for a tutorial."""
    *folders, name = Path(page).with_suffix("").parts
    return f"{folders[1]} {name}" if folders else page
