"""`make test PAGE=…` runs what one page needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.selection import needed_by

ROOT = Path(__file__).parents[1]
CHAT = "tests/snippets/taipy/test_chat.py::TestIt::test_it"
SITE = "tests/site/test_head.py::test_it"
PROGRAM = "tests/snippets/test_programs.py::test_it"
FILM = "tests/stories/test_films.py::test_it"


@pytest.mark.parametrize(
    "test",
    [
        CHAT,
        "tests/snippets/taipy/test_chat_headless.py::test_it[x]",
        f"{SITE}[taipy chat]",
        f"{SITE}[light-taipy chat-360]",
        f"{PROGRAM}[taipy/chat/shared_builder]",
        f"{FILM}[taipy-chat-shared_builder-late_joiner-light]",
    ],
)
def test_a_page_needs_what_is_run_for_it(test: str) -> None:
    assert needed_by("taipy/chat", ROOT)(test)


@pytest.mark.parametrize(
    "test",
    [
        "tests/snippets/taipy/test_events.py::test_it",
        "tests/snippets/flet/test_chat.py::test_it",
        "tests/livedocs/test_facts.py::test_it",
        f"{SITE}[flet chat]",
        f"{SITE}[home]",
        f"{PROGRAM}[taipy/chat/shared_builder_of_others]",
        f"{FILM}[flet-chat-history-late_joiner-light]",
    ],
)
def test_a_page_does_not_need_what_is_run_for_others(test: str) -> None:
    assert not needed_by("taipy/chat", ROOT)(test)


def test_a_page_needs_the_programs_of_others_that_it_shows() -> None:
    is_needed = needed_by("streamlit/how-rooms-work", ROOT)
    assert is_needed(f"{PROGRAM}[streamlit/rooms/pitfall_echo]")


def test_a_page_that_there_is_not_is_named_with_the_nearest() -> None:
    message = "There is no page 'taipy/chats'. Did you mean 'taipy/chat'?"
    with pytest.raises(pytest.UsageError, match=re.escape(message)):
        needed_by("taipy/chats", ROOT)


def test_a_page_needs_the_tests_of_the_facts_to_which_it_refers(tmp_path: Path) -> None:
    page = tmp_path / "docs/tutorials/taipy/chat-how-to.md"
    page.parent.mkdir(parents=True)
    page.write_text("It [survives](fact:survives).\n", "utf-8")
    page.with_name("chat.md").touch()
    tests = tmp_path / "tests/snippets/taipy/test_chat.py"
    tests.parent.mkdir(parents=True)
    tests.write_text(
        "import pytest\n"
        '@pytest.mark.fact("survives", "It survives.")\n'
        "def test_it(): ...\n"
        "def test_another(): ...\n",
        "utf-8",
    )
    is_needed = needed_by("taipy/chat-how-to", tmp_path)
    assert is_needed("tests/snippets/taipy/test_chat.py::test_it")
    assert is_needed("tests/snippets/taipy/test_chat.py::TestIt::test_it[x]")
    assert not is_needed("tests/snippets/taipy/test_chat.py::test_another")
