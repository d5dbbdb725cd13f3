"""How long a page takes to read, and where it is a list of facts and no text."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser
from math import ceil

WORDS = 1500
"""What a page may have, without its code: ten minutes."""
FACTS = 3
"""How many sentences in a row may state facts, before one says why or what for."""
PER_MINUTE = 150
"""Words of a technical text that people read in a minute, looking at code between."""

_TAGS = {"pre", "figure", "script", "style", "details"}
_CLASSES = {"ss-proof", "ss-api", "ss-api__title"}
"""Programs, demos and what is looked up rather than read: proofs, a library's names."""
_FACT = "\ue000"
"""Stands in the text where the words of a fact begin."""
_BREAK = "\ue001 "
"""Stands in the text where what is not a sentence comes between."""
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")
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


@lru_cache(maxsize=1024)
def crowds(html: str) -> tuple[str, ...]:
    """Where more sentences in a row state facts than readers follow.

    Returns:
        The first words of each such row. A heading, a program or a list ends one, for a
        short list is what such sentences could be.
    """
    prose = _Prose()
    prose.feed(html)
    prose.close()
    found = []
    row: list[str] = []
    for sentence in _SENTENCE_END.split("".join(prose.texts)):
        if _FACT in sentence and _BREAK not in sentence:
            row.append(sentence)
            if len(row) == FACTS + 1:
                found.append(
                    " ".join(
                        row[0].replace(_FACT, "").replace("\u2060", "").split()[:6]
                    )
                )
        else:
            row = [sentence] if _FACT in sentence.rpartition(_BREAK)[2] else []
    return tuple(found)


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
        values = dict(attrs)
        classes = (values.get("class") or "").split()
        is_mark = tag in {"a", "span", "svg"} and (
            "data-search-exclude" in values or "headerlink" in classes or tag == "svg"
        )
        if self.aside or is_mark or tag in _TAGS or _CLASSES.intersection(classes):
            self.texts.append("" if self.aside or is_mark else _BREAK)
            self.aside.append(tag)
        elif tag in _BLOCKS:
            self.texts.append(" " if tag == "p" else _BREAK)
        elif "ss-fact" in classes:
            self.texts.append(_FACT)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.aside:
            while self.aside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.aside:
            self.texts.append(data)
