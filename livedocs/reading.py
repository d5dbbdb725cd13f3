"""How long a page takes to read."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser
from math import ceil

WORDS = 1500
"""What a page may have, without its code: ten minutes."""
PER_MINUTE = 150
"""Words of a technical text that people read in a minute, looking at code between."""

_TAGS = {"pre", "figure", "svg", "script", "style", "details"}
_CLASSES = {"ss-proof", "ss-api", "ss-api__title"}
"""Programs, demos and what is looked up rather than read: proofs, a library's names."""
_VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
_BLOCKS = {"p", "li", "td", "th", "dt", "dd", "div", "section"}
_BLOCKS |= {f"h{level}" for level in range(1, 7)}
_WORD = re.compile(r"[^\W_]")


def minutes(words: int) -> int:
    """The minutes that so many words take, at least one."""
    return max(1, ceil(words / PER_MINUTE))


@lru_cache(maxsize=1024)  # while pages are served, most are the same in the next build
def count_words(html: str) -> int:
    """The words of a page's prose and tables: no code, no demo, no list of proofs."""
    prose = _Prose()
    prose.feed(html)
    prose.close()
    return sum(bool(_WORD.search(word)) for word in "".join(prose.texts).split())


class _Prose(HTMLParser):
    """Collects the texts that are read from beginning to end."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.aside: list[str] = []
        """The open elements, from the first one that is left out."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.texts.append(" ")
            return
        classes = (dict(attrs).get("class") or "").split()
        if self.aside or tag in _TAGS or _CLASSES.intersection(classes):
            self.aside.append(tag)
        elif tag in _BLOCKS:
            self.texts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.aside:
            while self.aside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.aside:
            self.texts.append(data)
