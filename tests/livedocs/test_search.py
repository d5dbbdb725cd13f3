"""What is left of the search index of a built site."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from material.plugins.search.plugin import SearchPlugin

from livedocs.search import NAMES, OPENING, Sections, opening, shorten


def test_the_first_sentences_stay_and_the_rest_goes() -> None:
    text = f"<p>One. Two!</p> <p>{'Three ' * 50}.</p> <p>Four.</p>"
    assert opening(text) == "One. Two!"


def test_a_first_sentence_stays_however_long_it_is() -> None:
    long = "word " * OPENING + "end."
    assert opening(f"<p>{long}</p> <p>Next.</p>") == long


def test_names_in_code_stay_wherever_they_are_each_once() -> None:
    filler = "filler " * OPENING
    text = (
        f"Use <code>a</code>. {filler}: <code>b</code>, <code>a</code>, <code>b</code>"
        " and <code>c</code>."
    )
    assert opening(text) == "Use <code>a</code>. <code>b c</code>"


def test_a_word_in_code_stays_once() -> None:
    filler = "filler " * OPENING
    text = f"{filler}. <code>room old()</code> and <code>room new()</code>."
    assert opening(text).endswith("<code>room old() new()</code>")


def test_only_some_of_the_other_names_stay() -> None:
    names = [f"name_{number}" for number in range(NAMES + 1)]
    text = f"{'filler ' * OPENING}. {' '.join(f'<code>{it}</code>' for it in names)}"
    assert opening(text).endswith(f"<code>{' '.join(names[:NAMES])}</code>")


def test_programs_go() -> None:
    assert opening("Before. <pre><code>run()</code></pre> After.") == "Before. After."


def test_a_section_without_words_has_none() -> None:
    assert opening("") == ""


def test_titles_and_addresses_stay_and_each_page_keeps_its_tags_once(
    tmp_path: Path,
) -> None:
    page = {"location": "a/", "title": "A", "text": "One.", "tags": ["chat"]}
    section = {"location": "a/#b", "title": "B", "text": "Two."}
    index = {"config": {"lang": ["en"]}, "docs": [page, section | {"tags": ["chat"]}]}
    path = tmp_path / "search" / "search_index.json"
    path.parent.mkdir()
    path.write_text(json.dumps(index))
    shorten(tmp_path)
    assert json.loads(path.read_text()) == index | {"docs": [page, section]}


def test_the_index_is_written_as_short_as_can_be(tmp_path: Path) -> None:
    path = tmp_path / "search" / "search_index.json"
    path.parent.mkdir()
    docs = [{"location": "", "title": "Über uns", "text": "“One”."}]
    path.write_text(json.dumps({"docs": docs}, indent=2))
    shorten(tmp_path)
    assert path.read_text("utf-8") == (
        '{"docs":[{"location":"","title":"Über uns","text":"“One”."}]}'
    )


def test_a_site_without_search_is_left_alone(tmp_path: Path) -> None:
    shorten(tmp_path)
    assert not list(tmp_path.iterdir())


class Search:
    """Material's search in one build after another: it notes what it is shown."""

    def __init__(self, sections: Sections) -> None:
        self.sections = sections
        self.shown: list[str] = []

    def build(self, content: str, title: str = "A") -> tuple[str, list[object]]:
        """Read one page; what everybody else is shown of it, and the index."""
        plugin, entries = SearchPlugin(), list[object](["of another page"])
        plugin.search_index = SimpleNamespace(entries=entries)
        page: Any = SimpleNamespace(
            url="a/", title=title, meta={}, toc=[], content=content
        )
        config: Any = SimpleNamespace(plugins={"search": plugin})
        self.sections.before(page, config)
        self.shown.append(page.content)
        if page.content:
            entries.append(f"read: {page.content}")
        self.sections.after(page)
        return page.content, entries


def test_a_page_is_read_again_only_when_it_has_changed() -> None:
    search = Search(Sections(is_kept=True))
    built = [search.build("<p>One.</p>") for _ in range(2)]
    assert built == 2 * [("<p>One.</p>", ["of another page", "read: <p>One.</p>"])]
    search.build("<p>Two.</p>")
    search.build("<p>Two.</p>", title="B")
    assert search.shown == ["<p>One.</p>", "", "<p>Two.</p>", "<p>Two.</p>"]


def test_in_the_only_build_nothing_is_kept() -> None:
    search = Search(Sections())
    for _ in range(2):
        search.build("<p>One.</p>")
    assert search.shown == 2 * ["<p>One.</p>"]


@pytest.mark.parametrize("is_kept", [False, True])
def test_only_the_search_is_shown_what_is_for_it_and_no_program(is_kept: bool) -> None:
    search = Search(Sections(is_kept=is_kept))
    page = '<p data-search-pragma="x" id="y">One.</p><pre class="z">run()\n</pre>'
    shown, _ = search.build(page)
    assert shown == '<p id="y">One.</p><pre class="z">run()\n</pre>'
    assert search.shown == [page.replace("run()\n", "program")]
