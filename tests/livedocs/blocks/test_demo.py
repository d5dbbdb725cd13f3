"""Two users side by side, drawn or filmed."""

from __future__ import annotations

import re

import pytest

from livedocs.errors import SnippetError
from livedocs.films import Film, Films, Step

from ..conftest import Project
from .converting import convert


def test_a_demo_shows_both_windows_with_the_same_lines(project: Project) -> None:
    text = (
        "/// demo | taipy/chat/greet.py\n"
        "    users: [Alex, Doppler]\n"
        "    shared: names\n"
        "    lines:\n"
        "        - Alex: Hey <b>!\n"
        "        - Doppler: What's up?\n"
        "///"
    )
    soup = convert(project, text)
    windows = soup.select(".ss-frame")
    assert len(windows) == 2
    for window in windows:
        rows = [row.text for row in window.select(".ss-msg")]
        assert rows == ["Alex Hey <b>!", "Doppler What's up?"]
    wire = soup.select_one(".ss-wire code")
    assert wire is not None and wire.text == "names"


def film(scheme: str, story: str = "hello") -> Film:
    steps = (Step("Alex sends “<b>”.", 1.0), Step("Doppler sees it.", 2.5))
    return Film(
        snippet="taipy/chat/greet",
        story=story,
        sha256="",
        told="",
        dependencies=("taipy-gui==4.1.2",),
        users=("Alex", "Doppler"),
        width=1000,
        height=440,
        seconds=12.4,
        steps=steps,
        scheme=scheme,
    )


def films(*found: Film) -> Films:
    return Films({film.name: film for film in found})


SHOWN = "/// demo | taipy/chat/greet.py\n    users: [Alex, Doppler]\n"


def test_a_demo_may_be_a_film_told_in_words(project: Project) -> None:
    soup = convert(
        project,
        f"{SHOWN}///",
        films=films(film("light"), film("dark")),
        images="../images/",
    )
    assert not soup.select(".ss-frame")
    (video,) = soup.select("video[hidden]")
    assert video["src"] == "../images/taipy-chat-greet-hello.mp4"
    assert video.has_attr("data-dark")
    assert [it["src"] for it in soup.select(".ss-poster img")] == [
        "../images/taipy-chat-greet-hello.avif",
        "../images/taipy-chat-greet-hello-dark.avif",
    ]
    words = [item.text for item in soup.select(".ss-film details li")]
    assert words == ["Alex sends “<b>”.", "Doppler sees it."]
    assert str(video["aria-label"]).endswith(
        "each in a browser of their own. Doppler sees it."
    )


def test_a_film_of_drawn_windows_has_no_poster(project: Project) -> None:
    lines = "    shared: names\n    lines: [Alex: Hey!]\n"
    soup = convert(project, f"{SHOWN}{lines}///", films=films(film("light")))
    assert len(soup.select(".ss-frame")) == 2
    assert not soup.select(".ss-poster")
    (video,) = soup.select("video[hidden]")
    assert not video.has_attr("data-dark")


def test_a_demo_shows_the_story_that_it_names(project: Project) -> None:
    found = films(film("light"), film("light", "other"))
    soup = convert(project, f"{SHOWN}    story: other\n///", films=found)
    (video,) = soup.select("video")
    assert video["src"] == "taipy-chat-greet-other.mp4"


@pytest.mark.parametrize(
    ("found", "option", "said"),
    [
        ([], "", "There is no film of taipy/chat/greet.py."),
        (["hello", "other"], "", "has several films: hello, other."),
        (["hello"], "    story: hello2\n", "Did you mean 'hello'?"),
        (["hello"], "    story: [hello]\n", "takes text, not"),
    ],
)
def test_a_demo_without_its_film_is_refused(
    project: Project, found: list[str], option: str, said: str
) -> None:
    there = films(*(film("light", story) for story in found))
    with pytest.raises(SnippetError, match=re.escape(said)):
        convert(project, f"{SHOWN}{option}///", films=there)


def test_a_film_of_other_people_is_refused(project: Project) -> None:
    text = SHOWN.replace("Doppler", "Guest")
    with pytest.raises(SnippetError, match="shows Alex and Doppler, not Alex and G"):
        convert(project, f"{text}///", films=films(film("light")))
