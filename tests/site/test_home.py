"""The two windows on the home page show what two people see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.users.base import Message
from tests.users.stage import Stage

HOME = Path(__file__).parents[2] / "docs/index.md"


@pytest.mark.browser
def test_two_people_see_what_the_two_windows_show(
    start: Callable[[str], Stage],
) -> None:
    """The program's own first lines, then what each one says in turn."""
    demo = yaml.safe_load(HOME.read_text("utf-8").split("---\n")[1])["demo"]
    shown = [Message(line["who"], line["text"]) for line in demo["lines"]]
    stage = start(demo["snippet"])
    users = {user.name: user for user in (stage.join(), stage.join())}
    for message in shown[len(users["Alex"].messages()) :]:
        users[message.sender].says(message.text)
    for user in users.values():
        user.sees(*shown)
        assert user.messages() == shown
    assert demo["shared"] in stage.snippet.sections
