"""The two windows of a demo show what two people see when they say its lines."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.site.conftest import TUTORIALS
from tests.users.base import Message
from tests.users.stage import Stage

DOCS = Path(__file__).parents[2] / "docs"
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
    names = {f"{path.rstrip('/')}.md": name for name, path in TUTORIALS.items()}
    for demo in sorted(DEMOS, key=lambda it: len(it.messages), reverse=True):
        name = names.get(demo.page, demo.page)
        for pages, other in found.items():
            if is_beginning(demo, other):
                found[f"{pages}, {name}"] = found.pop(pages)
                break
        else:
            found[name] = demo
    return found


@pytest.mark.parametrize("demo", longest().values(), ids=longest())
def test_two_people_see_what_the_two_windows_show(
    start: Callable[[str], Stage], demo: Demo
) -> None:
    """The program's own first lines, then what each one says in turn.

    At each moment, they see a demo that ends there.
    """
    stage = start(demo.snippet)
    users = {user.name: user for user in (stage.join(), stage.join())}
    assert tuple(users) == demo.users
    begun = len(users[demo.users[0]].messages())
    assert begun <= min(len(it.messages) for it in DEMOS if is_beginning(it, demo))
    for count in range(begun, len(demo.messages) + 1):
        if count > begun:
            said = demo.messages[count - 1]
            users[said.sender].says(said.text)
        for user in users.values():
            user.sees(*demo.messages[:count])
            assert tuple(user.messages()) == demo.messages[:count]


def test_every_chat_has_a_demo() -> None:
    chats = {
        path.relative_to(DOCS).as_posix()
        for path in DOCS.glob("tutorials/*/*.md")
        if "\ncategory: chat\n" in path.read_text("utf-8")
    }
    assert chats
    assert chats <= {demo.page for demo in DEMOS}
