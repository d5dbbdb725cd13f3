"""What is left of the search index of a built site."""

import json
from pathlib import Path

from livedocs.search import OPENING, opening, shorten


def test_the_first_sentences_stay_and_the_rest_goes() -> None:
    text = f"<p>One. Two!</p> <p>{'Three ' * 50}.</p> <p>Four.</p>"
    assert opening(text) == "One. Two!"


def test_a_first_sentence_stays_however_long_it_is() -> None:
    long = "word " * OPENING + "end."
    assert opening(f"<p>{long}</p> <p>Next.</p>") == long


def test_names_in_code_stay_wherever_they_are_each_once() -> None:
    filler = "filler " * OPENING
    text = (
        f"Use <code>a</code>. {filler}: <code>b</code>, <code>a</code>, <code>b</code>."
    )
    assert opening(text) == "Use <code>a</code>. <code>b</code>"


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
