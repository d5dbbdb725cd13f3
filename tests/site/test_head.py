"""What a page tells machines about itself is what its front matter says."""

import json
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from tests.site.conftest import ROOT, TUTORIALS, pages_of, parsed


@pytest.mark.parametrize("name", TUTORIALS)
def test_tutorial_describes_itself(built_site: Path, name: str) -> None:
    address = TUTORIALS[name]
    front_matter = _front_matter(address)
    page = parsed(built_site / address / "index.html")
    keywords = ", ".join(front_matter["keywords"])

    assert _meta(page, "name", "description") == front_matter["description"]
    assert _meta(page, "name", "keywords") == keywords
    assert _meta(page, "property", "og:title") == front_matter["title"]
    assert _meta(page, "property", "og:description") == front_matter["description"]
    assert _meta(page, "property", "og:type") == "article"
    assert _meta(page, "property", "og:url") == f"https://example.org/{address}"

    (script,) = page.select("[type='application/ld+json']")
    article = json.loads(script.text)
    assert article["@context"] == "https://schema.org"
    assert article["@type"] == "TechArticle"
    assert article["headline"] == front_matter["title"]
    assert article["description"] == front_matter["description"]
    assert article["keywords"] == keywords
    assert article["url"] == f"https://example.org/{address}"


@pytest.mark.parametrize("name", TUTORIALS)
def test_title_lead_and_contents_come_once(built_site: Path, name: str) -> None:
    front_matter = _front_matter(TUTORIALS[name])
    page = parsed(built_site / TUTORIALS[name] / "index.html")
    assert [h.text for h in page.select("h1")] == [front_matter["title"]]
    assert [p.text for p in page.select(".ss-lead")] == [front_matter["description"]]
    contents = page.select(".md-sidebar--secondary a")
    assert [link["href"] for link in contents] == [
        f"#{heading['id']}" for heading in page.select("article h2")
    ]


def test_every_page_has_one_heading_and_a_description(built_site: Path) -> None:
    for path in pages_of(built_site):
        page = parsed(path)
        assert len(page.select("h1")) == 1, path
        assert _meta(page, "name", "description"), path


def test_the_first_paint_waits_for_no_other_file(built_site: Path) -> None:
    for path in pages_of(built_site):
        page = parsed(path)
        assert page.select("head style")
        assert not page.select("link[rel=stylesheet]"), path
        assert not page.select("script[src]:not([defer], [type=module])"), path


def test_missing_page_speaks_of_no_other(built_site: Path) -> None:
    page = parsed(built_site / "404.html")
    assert page.title and page.title.text.startswith("Page not found")
    assert not page.select("[property='og:url'], [type='application/ld+json']")


def _meta(page: BeautifulSoup, kind: str, name: str) -> str:
    (found,) = page.select(f"meta[{kind}='{name}']")
    return str(found["content"])


def _front_matter(address: str) -> dict[str, str]:
    path = ROOT / "docs" / f"{address.rstrip('/')}.md"
    head: dict[str, str] = yaml.safe_load(path.read_text("utf-8").split("---\n")[1])
    return head
