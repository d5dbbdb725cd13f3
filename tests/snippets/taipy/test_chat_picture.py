"""The picture at the top of the page is of this program, as it is now."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.pictures import Entry, read, take
from tests.users.stage import Stage

PICTURE = "taipy-chat.webp"


def test_the_picture_shows_two_people_who_read_the_same(
    start: Callable[[str], Stage], pytestconfig: pytest.Config
) -> None:
    stage = start("taipy/chat/shared_builder")
    alex, doppler = stage.join(), stage.join()
    alex.says("Can you see this?")
    doppler.says("I can, and nobody pressed reload.")
    said = alex.says("Then all of us share one past.")
    doppler.sees(said)
    assert alex.messages() == doppler.messages()
    if pytestconfig.getoption("record"):
        take(PICTURE, stage.snippet, [alex, doppler])
    assert read().get(PICTURE) == Entry.of(stage.snippet), "run: make record"
