"""Convert Markdown as a page is converted."""

from __future__ import annotations

import bs4
from markdown import markdown

from livedocs.blocks import PageContext
from livedocs.facts import Fact, Row, Test

from ..conftest import Project

EXTENSIONS = [
    "admonition",
    "livedocs",
    "tables",
    "toc",
    "pymdownx.superfences",
    "pymdownx.tabbed",
]


TEST = Test("test_reload", "tests/a.py", 3)


FACTS = {
    "reload": Fact("reload", "A reload keeps `names`.", "", (TEST,)),
    "all": Fact("all", "Nothing else is kept.", "what `dir` finds", (TEST, TEST)),
}


ROW = Row(
    "greet.py",
    "names",
    "everybody",
    {"reload": "kept", "restart": "lost"},
    (Test("test_row", "tests/a.py", 7),),
)


def convert(project: Project, text: str, **context: object) -> bs4.BeautifulSoup:
    def link(path: str, line: int) -> str:
        return f"/{path}#L{line}" if line else f"/{path}"

    page = PageContext(
        catalog=project.catalog,
        facts=FACTS,
        rows={("greet.py", "names"): ROW},
        strict=True,
        link=link,
        link_in_text=link,
    )
    for name, value in context.items():
        setattr(page, name, value)
    configs: dict[str, dict[str, object]] = {
        "livedocs": {"context": page},
        "pymdownx.tabbed": {"alternate_style": True},
    }
    html = markdown(text, extensions=EXTENSIONS, extension_configs=configs)
    return bs4.BeautifulSoup(html, "html.parser")


def shown(soup: bs4.BeautifulSoup, number: int = 0) -> str:
    return soup.select(".ss-snippet .highlight code")[number].text
