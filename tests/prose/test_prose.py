"""What `make lint` finds in the English, and where."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.prose.__main__ import WHERE, main, stumbles
from tests.prose.texts import of_page, of_program

LISTED = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
PAGE = """\
---
title: A chat anew
framework: taipy
keywords: [anew]
---

Type `anew` [again](anew.md), <b class="anew">now</b>.

/// snippet | taipy/anew.py
    highlight: anew
///

```python
anew = "anew"
```

It starts anew.
"""
PROGRAM = '''\
"""It starts anew."""

anew = "anew"  # anew


def fail(name: str) -> None:
    """Say ``anew`` and\nbegin anew."""
    raise ValueError(f"{anew} is “{name}” anew")
'''


@pytest.mark.parametrize("word", LISTED["word"], ids=lambda word: str(word["found"]))
def test_each_word_of_the_list_is_found_in_its_example(word: dict[str, str]) -> None:
    path = word.get("where", WHERE)[0]
    said = [place.message for place in stumbles(path, word["example"])]
    assert any(word["instead"] in message for message in said), said


@pytest.mark.parametrize(
    "text",
    [
        "Who may do what? Who shares it?",
        "To share it, write one line.",
        "Tell them apart. Apart from that, it works.",
        "The clear button empties it; a blank page is shown.",
        "It takes 1 click and 11 clicks.",
        "Press Enter in the field, for ever.",
    ],
)
def test_good_sentences_are_left_alone(text: str) -> None:
    assert not list(stumbles("docs/page.md", text))


def test_a_word_counts_only_where_it_is_listed_for() -> None:
    text = "Both click at once."
    assert list(stumbles("livedocs/x.py", text))
    assert not list(stumbles("tests/x.py", text))


def test_proselint_reads_along() -> None:
    assert any("cliché" in it.message for it in stumbles("docs/x.md", "In a nutshell."))


def places(text: str, path: str) -> list[tuple[int, int]]:
    return [(place.line, place.column) for place in stumbles(path, text)]


def test_of_a_page_its_prose_is_read_in_its_place() -> None:
    assert places(of_page(PAGE), "docs/chat.md") == [(2, 15), (17, 11)]


def test_of_a_program_docstrings_and_messages_are_read_in_their_place() -> None:
    assert places(of_program(PROGRAM), "livedocs/x.py") == [(1, 14), (8, 7), (9, 43)]


def test_each_place_is_named_and_the_check_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "docs/page.md"
    page.parent.mkdir()
    page.write_text("It begins.\n\nIt begins anew.\n", "utf-8")
    monkeypatch.setattr("tests.prose.__main__.ROOT", tmp_path)
    assert main([str(page)]) == 1
    assert capsys.readouterr().out == "docs/page.md:3:11: “anew”: write “again”.\n"
    page.write_text("It begins again.\n", "utf-8")
    assert main([str(page)]) == 0
