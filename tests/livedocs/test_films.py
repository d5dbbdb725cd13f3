"""What the films are called, how the manifest keeps them, and which one a page gets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from livedocs.errors import SnippetError
from livedocs.films import DARK, MANIFEST, Film, Films, Step

from .conftest import Project

STEPS = (Step("Alex writes.", 1.5), Step("Doppler reads “Grüße”.", 3.25))


@pytest.fixture
def film(project: Project) -> Film:
    snippet = project.catalog.find("taipy/chat/greet")
    return Film(
        snippet=snippet.id,
        story="late_joiner",
        sha256=snippet.sha256,
        told="0ff",
        dependencies=snippet.dependencies,
        users=("Alex", "Doppler"),
        width=1000,
        height=440,
        seconds=4.5,
        steps=STEPS,
    )


def test_its_files_are_called_after_program_story_and_scheme(film: Film) -> None:
    assert film.video == "taipy-chat-greet-late_joiner.mp4"
    assert film.poster == "taipy-chat-greet-late_joiner.avif"
    assert film.moving == "taipy-chat-greet-late_joiner.moving.webp"
    assert replace(film, scheme=DARK).video == "taipy-chat-greet-late_joiner-dark.mp4"


def test_its_poster_is_described_by_how_it_ends(film: Film) -> None:
    assert film.alt == (
        "Alex and Doppler, each in a browser of their own. Doppler reads “Grüße”."
    )


def test_it_is_not_of_a_program_that_has_changed_since(
    film: Film, project: Project
) -> None:
    snippet = project.catalog.find(film.snippet)
    assert film.is_of(snippet)
    assert not replace(film, dependencies=("taipy-gui==4.1.1",)).is_of(snippet)
    path = project.write(f"snippets/{snippet.file}", f"{snippet.text}x = 1\n")
    assert path == snippet.path
    assert not film.is_of(project.catalog.find(film.snippet))


def test_who_reads_the_manifest_while_it_is_written_reads_all_of_the_old_one(
    film: Film, tmp_path: Path
) -> None:
    (tmp_path / MANIFEST).parent.mkdir(parents=True)
    Films({film.name: film}).write(tmp_path)
    before = (tmp_path / MANIFEST).read_text("utf-8")
    with (tmp_path / MANIFEST).open(encoding="utf-8") as reader:
        Films({}).write(tmp_path)
        assert reader.read() == before
    assert list(Films.read(tmp_path)) == []


def test_the_manifest_is_read_as_it_was_written(film: Film, tmp_path: Path) -> None:
    dark = replace(film, scheme=DARK)
    (tmp_path / MANIFEST).parent.mkdir(parents=True)
    Films({it.name: it for it in (film, dark)}).write(tmp_path)
    found = Films.read(tmp_path)
    assert {it.name: it for it in found} == {film.name: film, dark.name: dark}
    assert found.get(dark.name) == dark
    assert found.get("other") is None


def test_the_manifest_can_be_read_in_a_diff(film: Film, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).parent.mkdir(parents=True)
    other = replace(film, story="a_story")
    Films({it.name: it for it in (film, other)}).write(tmp_path)
    text = (tmp_path / "docs/images/manifest.json").read_text("utf-8")
    assert text.index(other.name) < text.index(film.name), "in order"
    assert '\n    "text": "Doppler reads “Grüße”."\n' in text
    assert text.endswith("\n}\n")


def test_without_a_manifest_there_is_no_film(tmp_path: Path) -> None:
    assert not list(Films.read(tmp_path))


def test_a_new_film_replaces_the_one_of_its_name(film: Film) -> None:
    films = Films({film.name: film})
    newer = replace(film, seconds=5.0)
    films.add(newer)
    assert list(films) == [newer]


def test_a_program_with_one_story_needs_no_choice(film: Film, project: Project) -> None:
    dark = replace(film, scheme=DARK)
    films = Films({it.name: it for it in (film, dark)})
    snippet = project.catalog.find(film.snippet)
    for story in (None, film.story):
        assert films.find(snippet, story) == {"light": film, "dark": dark}
    other = project.catalog.find("taipy/chat/greet_loudly")
    assert films.find(other, None) == {}


def test_of_several_stories_one_has_to_be_chosen(film: Film, project: Project) -> None:
    films = Films({it.name: it for it in (film, replace(film, story="a_story"))})
    snippet = project.catalog.find(film.snippet)
    with pytest.raises(SnippetError) as failure:
        films.find(snippet, None)
    assert failure.value.message == (
        "taipy/chat/greet.py has several films: a_story, late_joiner. "
        "Choose one with the option 'story'."
    )
    assert films.find(snippet, film.story) == {"light": film}


def test_a_story_that_nobody_tells_is_told_how_to_be(
    film: Film, project: Project
) -> None:
    with pytest.raises(SnippetError) as failure:
        Films({film.name: film}).find(project.catalog.find(film.snippet), "late_joner")
    assert failure.value.message == (
        "There is no film of taipy/chat/greet.py with the story 'late_joner'. "
        "Did you mean 'late_joiner'? Write it in tests/stories, then type: make record"
    )
