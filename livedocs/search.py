"""A search index that stays small: it is fetched by everybody who searches.

Of each section it keeps what it opens with, and every name in code that comes later;
of each page its keywords, once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from material.plugins.search.plugin import SearchPlugin
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

OPENING = 70
"""How many characters of a section's first sentences are kept, markup included."""
NAMES = 3
"""How many other names in code are kept of a section."""

_PROGRAM = re.compile(r"<pre>.*?</pre>", re.DOTALL)
_SHOWN_PROGRAM = re.compile(r"(<pre\b[^>]*>)(.*?)(?=</pre>)", re.DOTALL)
_ATTRIBUTE = re.compile(r"\s?data-search-\w+=\"[^\"]+\"")  # as Material's search has it
_PARAGRAPH = re.compile(r"</?p>")
_SENTENCE = re.compile(r"(?<=[.!?:])\s+")
_CODE = re.compile(r"<code>(.*?)</code>", re.DOTALL)


@dataclass(frozen=True)
class _Read:
    """What the search has read on a page."""

    content: str
    """The page's HTML at that time."""
    about: str
    """What else of the page gets into the index."""
    entries: Sequence[Any]


class Sections:
    """Spares Material's search the programs, and pages that it has read before.

    It takes a page's HTML apart tag by tag. The programs are most of it, and `shorten`
    leaves them out of the index.

    Args:
        is_kept: whether there will be more builds with the same pages.
    """

    def __init__(self, *, is_kept: bool = False) -> None:
        self._is_kept = is_kept
        self._known: dict[str, _Read] = {}
        self._entries: list[Any] = []
        self._first = 0
        self._whole = ""

    def before(self, page: Page, config: MkDocsConfig) -> None:
        """Show the search only what it has to read."""
        plugins = config.plugins.values()
        search = next((it for it in plugins if isinstance(it, SearchPlugin)), None)
        self._entries = search.search_index.entries if search else []
        self._first = len(self._entries)
        self._whole = page.content or ""
        if search and self._find(page):
            page.content = ""
        elif search:
            page.content = _SHOWN_PROGRAM.sub(r"\1program", self._whole)

    def after(self, page: Page) -> None:
        """Show everybody else all of it, and the search what it has read before."""
        if known := self._find(page):
            self._entries[self._first :] = known.entries
        elif self._is_kept:
            read = self._entries[self._first :]
            self._known[page.url] = _Read(self._whole, _about(page), read)
        page.content = _ATTRIBUTE.sub("", self._whole)

    def _find(self, page: Page) -> _Read | None:
        known = self._known.get(page.url)
        if known and (known.content, known.about) == (self._whole, _about(page)):
            return known
        return None


def _about(page: Page) -> str:
    """What the search reads of a page beside its content."""
    return f"{page.url} {page.title} {page.meta} {page.toc}"


def shorten(site: Path) -> None:
    """Rewrite the index of a built site, if it has one.

    Source of its form: Material's search plugin, `search_index.json`.

    Args:
        site: the folder that the site was built into.
    """
    path = site / "search" / "search_index.json"
    if not path.is_file():
        return
    index = json.loads(path.read_text("utf-8"))
    for entry in index["docs"]:
        entry["text"] = opening(entry["text"])
        if "#" in entry["location"]:
            entry.pop("tags", None)  # the page itself is found by them
    small = json.dumps(index, separators=(",", ":"), ensure_ascii=False)
    path.write_text(small, "utf-8")


@lru_cache(maxsize=4096)  # most are the same in the next build
def opening(text: str) -> str:
    """The first sentences of a section, at least one, then its other names in code.

    One element for all names, and each word of them once: more would be most of the
    index.
    """
    first, *others = _SENTENCE.split(_PARAGRAPH.sub(" ", _PROGRAM.sub(" ", text)))
    kept = first.strip()
    while others and len(kept) + len(others[0]) < OPENING:
        kept = f"{kept} {others.pop(0)}".strip()
    words = dict.fromkeys(" ".join(_CODE.findall(" ".join(others))).split())
    known = set(" ".join(_CODE.findall(kept)).split())
    new = [word for word in words if word not in known][:NAMES]
    return f"{kept} <code>{' '.join(new)}</code>" if new else kept
