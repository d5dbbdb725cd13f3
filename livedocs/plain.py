"""Pages as Markdown, with their programs in them, and what leads machines to them.

``llms.txt`` names each page (see llmstxt.org), ``llms-full.txt`` holds all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

FILE = "index.md"
"""What the Markdown of a page is called, beside its ``index.html``."""

_LEFT_OUT = (
    ".headerlink, .ss-kicker, .ss-before, .ss-film > p, .ss-demo__stage, .ss-wire, "
    ".ss-copy, .ss-source, .ss-button, .ss-jump, .ss-offer, .ss-run > span, "
    ".ss-fact > a, .ss-page, .ss-keywords, .ss-count, .ss-diff .tabbed-labels, "
    "svg, video, img, button, script, style"
)
"""What is only of use in a browser."""
_CHANGES = ".ss-diff .tabbed-block:first-child pre"
_SIGNS = {"del": "- ", "ins": "+ "}


@dataclass(frozen=True)
class Page:
    """A page of the site, as it was built."""

    title: str
    description: str
    section: str
    """Where it stands in the navigation."""
    url: str
    """Relative to the site's root; ends in a slash, or is empty."""
    html: str
    """The whole file."""


class _Converter(MarkdownConverter):
    """Keeps what Markdown has no word for as text."""

    def convert_figcaption(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """The name of a program, in a line of its own."""
        return f"\n\n**{text.strip()}**\n\n" if text.strip() else ""

    def convert_figure(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """What a drawing shows, as it is said to those who cannot see it."""
        says = el.get("aria-label")
        return f"\n\n*Drawing: {says}*\n\n" if says else text

    def convert_summary(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """What a reader would open, as a line above it."""
        return f"\n\n**{text.strip()}**\n\n"


def as_markdown(page: Page, site_url: str) -> str:
    """What is read of a page, in Markdown.

    Args:
        page: as it was built.
        site_url: where the site is published; empty leaves links relative to the page.
    """
    soup = BeautifulSoup(page.html, "html.parser")
    article = soup.find("article") or soup
    for element in article.select(_LEFT_OUT):
        element.decompose()
    for link in article.select("a[href]"):
        if site_url:
            link["href"] = urljoin(urljoin(site_url, page.url), str(link["href"]))
    for pre in article.select(_CHANGES):
        lines = [
            f"{_SIGNS.get(line.name, '  ')}{line.get_text()}"
            for line in pre.select("code > *")
        ]
        pre.string = "\n".join(map(str.rstrip, lines))
        pre["class"] = "language-diff"
    for pre in article.select("pre"):
        pre.string = pre.get_text()
    text: str = _Converter(
        heading_style="ATX",
        bullets="-",
        code_language_callback=_language,
        escape_asterisks=False,
        escape_underscores=False,
        newline_style="backslash",
    ).convert_soup(article)
    return text.replace("\u2060", "").strip() + "\n"


def _language(pre: Tag) -> str:
    """The language of a block of code, from the class that Pygments' block has."""
    for parent in (pre, *pre.parents):
        for name in parent.get_attribute_list("class"):
            if name and name.startswith("language-"):
                return str(name.removeprefix("language-"))
    return ""


def index(title: str, description: str, pages: Iterable[Page], site_url: str) -> str:
    """``llms.txt``: what the site is, and each page by section, with a sentence."""
    lines = [f"# {title}", "", f"> {description}"]
    section = ""
    for page in pages:
        if page.section != section:
            section = page.section
            lines += ["", f"## {section}", ""]
        link = urljoin(site_url, f"{page.url}{FILE}")
        about = f": {page.description}" if page.description else ""
        lines.append(f"- [{page.title}]({link}){about}")
    return "\n".join(lines) + "\n"


def write(
    folder: Path, title: str, description: str, pages: Sequence[Page], site_url: str
) -> None:
    """Write the Markdown of each page, ``llms.txt`` and ``llms-full.txt``.

    Args:
        folder: where the site has been built.
        title: the site's name.
        description: what it is, in a sentence.
        pages: in the order in which they are read.
        site_url: where the site is published, or empty.
    """
    texts = []
    for page in pages:
        texts.append(as_markdown(page, site_url))
        (folder / page.url / FILE).write_text(texts[-1], "utf-8")
    listed = index(title, description, pages, site_url)
    (folder / "llms.txt").write_text(listed, "utf-8")
    (folder / "llms-full.txt").write_text("\n---\n\n".join(texts), "utf-8")
