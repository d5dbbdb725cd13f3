"""What a library offers, on a page; what is wrong is in test_wrong_input."""

from __future__ import annotations

import bs4
import pytest

from ..conftest import Project
from .converting import convert

NAMES = "[Board, Oak, Wood, WoodError, cut, saw]"
TEXT = f"/// reference | streamlit/shelves\n    names: {NAMES}\n///"


@pytest.fixture
def page(project: Project) -> bs4.BeautifulSoup:
    """The reference of the library."""
    project.add_library()
    return convert(project, TEXT)


def entry(page: bs4.BeautifulSoup, name: str) -> bs4.BeautifulSoup:
    """What stands between the heading of a name and the next one."""
    heading = page.find(id=name)
    assert isinstance(heading, bs4.Tag)
    parts = []
    for part in heading.find_next_siblings():
        if part.name in ("h3", "h4"):
            break
        parts.append(str(part))
    return bs4.BeautifulSoup("".join(parts), "html.parser")


def signature(page: bs4.BeautifulSoup, name: str) -> str:
    (code,) = entry(page, name).select(".ss-signature code")
    return code.text


def lists(page: bs4.BeautifulSoup, name: str) -> dict[str, dict[str, str]]:
    """The lists of an entry, by their titles."""
    return {
        title.text: dict(
            zip(
                [it.text for it in below.select("dt")],
                [it.text for it in below.select("dd")],
                strict=True,
            )
        )
        for title in entry(page, name).select(".ss-api__title")
        if (below := title.find_next_sibling()) and below.name == "dl"
    }


def test_each_name_and_method_has_a_heading_in_the_order_of_the_page(
    page: bs4.BeautifulSoup,
) -> None:
    headings = [(it.name, it["id"], it.code.text) for it in page.select("h3, h4")]  # type: ignore[union-attr]
    assert headings == [
        ("h3", "Board", "Board"),
        ("h4", "Board.turn", "Board.turn"),
        ("h3", "Oak", "Oak"),
        ("h3", "Wood", "Wood"),
        ("h4", "Wood.plane", "Wood.plane"),
        ("h3", "WoodError", "WoodError"),
        ("h3", "cut", "cut"),
        ("h3", "saw", "saw"),
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("saw", 'saw(parts: int, kind: str = "pull") -> list[str]\n'),
        ("cut", "cut = saw\n"),
        ("Board.turn", "turn(*names: str) -> bool\n"),
        ("Oak", "Oak()\n"),
        ("Wood", "class Wood(Protocol)\n"),
        ("WoodError", "class WoodError(Exception)\n"),
        (
            "Board",  # `Size` is nothing that a reader can import
            "Board(\n"
            "    wood: Wood,\n"
            "    *,\n"
            "    sizes: dict[str, float] | None = None,\n"
            "    no: int = 0,\n"
            ")\n",
        ),
    ],
)
def test_a_signature_says_how_to_call_it_in_names_that_readers_know(
    page: bs4.BeautifulSoup, name: str, code: str
) -> None:
    assert signature(page, name) == code


def test_arguments_errors_and_what_is_returned_are_described(
    page: bs4.BeautifulSoup,
) -> None:
    assert lists(page, "Board.turn") == {
        "Arguments": {"names": "the sides that come to lie on top."},
        "Raises": {
            "WoodError": "it is in use.",
            "KeyError": "there is no such side.",
        },
    }
    assert "Whether it lies." in entry(page, "Board.turn").text
    assert "A board <of> wood." in entry(page, "Board").text


def test_attributes_come_with_their_types(page: bs4.BeautifulSoup) -> None:
    assert lists(page, "Board")["Attributes"] == {
        "length: float": "The longest side, in metres."
    }


def test_what_a_protocol_describes_is_said_once(page: bs4.BeautifulSoup) -> None:
    (link,) = entry(page, "Oak").select("p a")
    assert link["href"] == "#Wood"
    assert link.parent and link.parent.text == "It has the methods of Wood."
    assert not lists(page, "Oak")


def test_an_example_can_be_copied_and_leads_to_the_source(
    page: bs4.BeautifulSoup, project: Project
) -> None:
    (figure,) = entry(page, "saw").select("figure")
    assert figure.select("[data-copy]")[0].text == "from shelves import saw\n\nsaw(3)\n"
    assert figure.select(".ss-copy")
    (source,) = figure.select(".ss-source")
    assert source["href"] == "/snippets/streamlit/shelves/saw.py#L1"


def test_public_names_are_links_elsewhere(page: bs4.BeautifulSoup) -> None:
    assert [it["href"] for it in entry(page, "Board").select("p a")] == ["#saw"]
    assert [it["href"] for it in entry(page, "Board.turn").select("a")] == [
        "#WoodError"
    ]
    assert not entry(page, "saw").select("p a")


def test_without_names_it_lists_all_of_them(project: Project) -> None:
    project.add_library()
    page = convert(project, f"/// reference | streamlit/shelves\n///\n\n{TEXT}")
    (names,) = page.select("dl.ss-api")[:1]
    links = [it["href"] for it in names.select("dt a")]
    assert links == ["#Board", "#cut", "#Oak", "#saw", "#Wood", "#WoodError"]
    assert names.select("dd")[3].text == "Saw something into parts."


def test_headings_can_be_linked_from_other_pages(project: Project) -> None:
    project.add_library()
    project.say(TEXT)
    project.write(
        "docs/index.md", "# Home\n\n[x](tutorials/taipy/chat.md#Board.turn)\n"
    )
    project.build()
