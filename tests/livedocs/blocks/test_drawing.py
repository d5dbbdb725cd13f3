"""The site's drawings, in the pages."""

from __future__ import annotations

import re

import pytest

from livedocs.blocks.block import THEME
from livedocs.errors import SnippetError

from ..conftest import Project
from .converting import convert

NAMES = sorted({it.stem for it in (THEME / "drawings").glob("*.html")} - {"parts"})


def drawing(project: Project, name: str, says: str = "Two tabs.") -> str:
    return str(convert(project, f"/// drawing | {name}\n    says: {says}\n///"))


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_says_what_it_shows_and_takes_the_pages_colours(
    project: Project, name: str
) -> None:
    html = drawing(project, name, "“One” & <two>.")
    assert 'role="img"' in html
    assert 'aria-label="“One” &amp; &lt;two&gt;."' in html
    assert "<svg" in html
    assert not re.search(r"#[0-9a-f]{3}|style=|id=", html), "a look of its own"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("/// drawing | rom\n    says: It.\n///", "no drawing 'rom'. Did you mean"),
        ("/// drawing | parts\n    says: It.\n///", "There is no drawing 'parts'."),
        ("/// drawing | room\n///", "A drawing needs the option 'says'"),
    ],
)
def test_a_drawing_that_nobody_could_see_is_refused(
    project: Project, text: str, message: str
) -> None:
    with pytest.raises(SnippetError, match=re.escape(message)):
        convert(project, text)
