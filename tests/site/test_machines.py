"""What the site has for machines, and for readers who take a page along."""

import xml.etree.ElementTree as etree
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.site.conftest import ROOT, pages_of, parsed
from tests.site.server import Site


def test_each_page_has_its_markdown_and_is_listed(built_site: Path) -> None:
    listed = (built_site / "llms.txt").read_text("utf-8")
    whole = (built_site / "llms-full.txt").read_text("utf-8")
    for page in pages_of(built_site):
        if page.name != "index.html":
            continue
        text = page.with_name("index.md").read_text("utf-8")
        heading = parsed(page).find("h1")
        assert heading, page
        assert text.startswith(f"# {heading.get_text().partition('#')[0][:20]}"), page
        address = page.parent.relative_to(built_site).as_posix().removeprefix(".")
        place = f"{address}/index.md" if address else "index.md"
        assert f"](https://example.org/{place})" in listed
        assert text in whole
        if "contributing" not in page.parts:  # it is about these
            assert "\n///" not in text and "](fact:" not in text, page


def test_a_program_is_in_the_markdown_of_its_page_line_by_line(
    built_site: Path,
) -> None:
    code = (ROOT / "snippets/flet/chat/history.py").read_text("utf-8")
    body = code.partition("# ///\n")[2].partition("# ///\n")[2].strip()
    assert body in (built_site / "llms-full.txt").read_text("utf-8")


def test_the_feed_and_the_links_to_report_are_there_where_it_is_published(
    built_site: Path,
) -> None:
    feed = etree.parse(built_site / "feed.xml")  # noqa: S314
    (site, *_) = (link.text or "" for link in feed.iterfind("channel/link"))
    for link in feed.iterfind("channel/item/link"):
        path = (link.text or "").removeprefix(site)
        assert (built_site / path / "index.html").is_file()
    page = parsed(built_site / "tutorials/flet/chat/index.html")
    links = [str(link["href"]) for link in page.select(".ss-page a, .ss-wrong")]
    form = ROOT / ".github/ISSUE_TEMPLATE/page.yml"
    assert "id: page" in form.read_text("utf-8") and "id: fact" in form.read_text(
        "utf-8"
    )
    asked = "issues/new?template=page.yml&page=docs%2Ftutorials%2Fflet%2Fchat.md"
    assert sum(link.endswith(asked) for link in links) == 1
    assert any(f"{asked}&fact=late-joiner" in link for link in links)
    assert any(link.endswith("edit/main/docs/tutorials/flet/chat.md") for link in links)


@pytest.mark.browser
def test_a_page_is_copied_as_markdown(browser: Browser, site: Site) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site.address}tutorials/flet/chat/")
    page.get_by_role("link", name="Copy page as Markdown").click()
    expect(page.get_by_role("link", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("# ") and "```python" in copied
    context.close()
