"""What is added to MkDocs' warnings about links."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from livedocs.links import LinkFilter

TEXT = "# Chat\n\nSee [rooms](rooms.md) and\n[the web](../flet/wep.md#top).\n"


@pytest.fixture
def links(tmp_path: Path) -> LinkFilter:
    """Of a site with three pages and a file of the theme's."""
    links = LinkFilter("docs")
    names = ("taipy/chat.md", "taipy/room.md", "flet/web.md", "assets/wep.md")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT if "chat" in name else "# Page\n")
    files = [File(name, str(tmp_path), str(tmp_path / "site"), True) for name in names]
    for file in files:
        file.page = Page(None, file, MkDocsConfig())
    assert files[2].page is not None
    files[2].page.present_anchor_ids = {"top", "ports"}
    links.files = Files(files)
    return links


def said(links: LinkFilter, message: str, *arguments: str) -> str:
    record = logging.LogRecord("x", logging.WARNING, "", 0, message, arguments, None)
    assert links.filter(record) is True
    return record.getMessage()


def about(link: str, rest: str = "but there is none.") -> str:
    return f"Doc file 'taipy/chat.md' contains a link '{link}', {rest}"


def test_a_broken_link_has_its_line_and_the_nearest_page(links: LinkFilter) -> None:
    message = about("rooms.md")
    assert said(links, message) == (
        f"docs/taipy/chat.md:3: {message} Did you mean 'room.md'?"
    )


def test_a_link_that_is_code_or_a_comment_is_no_broken_one(
    links: LinkFilter, tmp_path: Path
) -> None:
    code = "`[x](rooms.md)` rooms.md\n\n```md\n[x](rooms.md)\n```\n\n"
    comment = "<!--\n[x](rooms.md)\n-->\n\n    [x](rooms.md)\n\n"
    (tmp_path / "taipy/chat.md").write_text(code + comment + TEXT)
    assert said(links, about("rooms.md")).startswith("docs/taipy/chat.md:15: ")


def test_the_nearest_page_is_named_from_the_page_with_the_link(
    links: LinkFilter,
) -> None:
    message = about("../flet/wep.md#top")
    assert said(links, message) == (
        f"docs/taipy/chat.md:4: {message} Did you mean '../flet/web.md'?"
    )


def test_a_broken_anchor_has_the_nearest_of_its_page(links: LinkFilter) -> None:
    assert said(links, about("../flet/web.md#port")).endswith(" Did you mean '#ports'?")


def test_an_anchor_of_a_page_without_any_has_none_to_choose(links: LinkFilter) -> None:
    assert said(links, about("room.md#x")).endswith(" There is none to choose from.")


def test_mkdocs_own_guess_is_not_doubled(links: LinkFilter) -> None:
    message = about("rooms.md", "but there is none. Did you mean 'room.md'?")
    assert said(links, message) == f"docs/taipy/chat.md:3: {message}"


@pytest.mark.parametrize("page", ["taipy/chat.md", "taipy/none.md"])
def test_a_link_that_is_not_found_stands_in_the_first_line(
    links: LinkFilter, page: str
) -> None:
    message = about("made%20up.md").replace("taipy/chat.md", page)
    assert said(links, message).startswith(f"docs/{page}:1: {message}")


def test_what_is_no_link_is_left_alone(links: LinkFilter) -> None:
    assert said(links, "Building %s", "it") == "Building it"


def test_what_is_filled_in_is_read(links: LinkFilter) -> None:
    message = about("%s")
    assert said(links, message, "rooms.md").endswith("Did you mean 'room.md'?")
