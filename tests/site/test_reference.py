"""The reference of the library is whole, and readers find it."""

import ast
from pathlib import Path

from bs4 import BeautifulSoup

from tests.site.conftest import PAGES, ROOT, parsed

ADDRESS = PAGES["streamlit rooms-reference"]


def exported() -> list[str]:
    """What `from room_sync import *` would bring, from its source."""
    init = ROOT / "snippets/streamlit/room_sync/__init__.py"
    tree = ast.parse(init.read_text("utf-8"))
    (names,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return list(names)


def reference(built_site: Path) -> BeautifulSoup:
    return parsed(built_site / ADDRESS / "index.html")


def test_each_exported_name_is_described_and_listed(built_site: Path) -> None:
    page = reference(built_site)
    described = [heading["id"] for heading in page.select("article h3.ss-entry")]
    listed = [link["href"] for link in page.select(".ss-api")[0].select("dt a")]
    assert sorted(described) == sorted(exported())
    assert listed == [f"#{name}" for name in sorted(exported(), key=str.lower)]


def test_its_links_to_names_lead_to_them(built_site: Path) -> None:
    page = reference(built_site)
    ids = {element["id"] for element in page.select("[id]")}
    links = {str(link["href"]) for link in page.select("article a[href^='#']")}
    assert links
    assert {link.removeprefix("#") for link in links} <= ids


def test_the_rooms_and_the_navigation_lead_to_it(built_site: Path) -> None:
    page = parsed(built_site / PAGES["streamlit rooms"] / "index.html")
    for place in ("article", ".md-nav--primary"):
        links = [link["href"] for link in page.select(f"{place} a[href]")]
        assert "../rooms-reference/" in links, place


def test_it_names_no_place_of_the_machine_that_built_it(built_site: Path) -> None:
    html = (built_site / ADDRESS / "index.html").read_text("utf-8")
    assert str(ROOT) not in html
    assert str(built_site) not in html
