"""The demos of pages that are played in browsers, and that no demo is left out.

Those of chats are played without, where their programs are tested.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest

from tests.demos import DEMOS, DOCS, Demo, longest, play
from tests.users.stage import Stage

HEADLESS = {
    demo.snippet
    for framework in ("flet", "streamlit", "taipy")
    for demo in import_module(f"tests.snippets.{framework}.test_chat_headless").DEMOS
}
"""The programs whose demos are played where they are tested."""

OTHERS = {
    name: demo for name, demo in longest().items() if demo.snippet not in HEADLESS
}


@pytest.mark.parametrize("demo", OTHERS.values(), ids=OTHERS)
def test_two_people_see_what_the_two_windows_show(
    start: Callable[[str], Stage], demo: Demo
) -> None:
    stage = start(demo.snippet)
    play(demo, [stage.join(), stage.join()])


def test_every_chat_has_a_demo() -> None:
    """Pages in depth show what a chat does by films of their own."""
    chats = {
        path.relative_to(DOCS).as_posix()
        for path in DOCS.glob("tutorials/*/*.md")
        if "\nsubjects: [chat" in (text := path.read_text("utf-8"))
        and "\nlevel: in depth\n" not in text
    }
    assert chats
    assert chats <= {demo.page for demo in DEMOS}
