"""A search index that stays small: it is fetched by everybody who searches.

Of each section it keeps what it opens with, and every name in code that comes later;
of each page its keywords, once.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

OPENING = 130
"""How many characters of a section's first sentences are kept, markup included."""

_PROGRAM = re.compile(r"<pre>.*?</pre>", re.DOTALL)
_PARAGRAPH = re.compile(r"</?p>")
_SENTENCE = re.compile(r"(?<=[.!?:])\s+")
_CODE = re.compile(r"<code>.*?</code>", re.DOTALL)


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


def opening(text: str) -> str:
    """The first sentences of a section, at least one, then its other names in code."""
    first, *others = _SENTENCE.split(_PARAGRAPH.sub(" ", _PROGRAM.sub(" ", text)))
    kept = first.strip()
    while others and len(kept) + len(others[0]) < OPENING:
        kept = f"{kept} {others.pop(0)}".strip()
    names = dict.fromkeys(_CODE.findall(" ".join(others)))
    return " ".join([kept, *(name for name in names if name not in kept)])
