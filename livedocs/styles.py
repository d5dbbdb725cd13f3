"""Style sheets without what no page of the site uses.

Material's sheet dresses far more than a site shows, and the first paint waits for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from lightningcss import process_stylesheet

from livedocs.catalog import SnippetError

_NAME = re.compile(r"[.#](-?[_a-zA-Z][\w-]*)")
_PROPERTY = re.compile(r"(--[\w-]+)\s*:")
_REFERENCE = re.compile(r"var\(\s*(--[\w-]+)")
_ATTRIBUTE = re.compile(r"""(?:class|id)="([^"]*)\"""")
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL)
_WORD = re.compile(r"[\w-]+")


def shrink(site: Path) -> None:
    """Rewrite every style sheet of a built site, minified and without unused rules.

    A class or id is in use when a page has it, or when a script says it, whatever for.

    Args:
        site: the folder that the site was built into.

    Raises:
        SnippetError: a sheet is not CSS; with its name, line and column.
    """
    used: set[str] = set()
    for page in site.rglob("*.html"):
        html = page.read_text("utf-8")
        for value in _ATTRIBUTE.findall(html):
            used.update(value.split())
        used.update(_words(_SCRIPT.findall(html)))
        used.update(_REFERENCE.findall(html))
    scripts = [path for path in site.rglob("*.js") if "lunr" not in path.parts]
    used.update(_words(path.read_text("utf-8") for path in scripts))
    sheets = {path: path.read_text("utf-8") for path in site.rglob("*.css")}
    for css in sheets.values():
        used.update(_REFERENCE.findall(css))
    for path, css in sheets.items():
        names = {*_NAME.findall(css), *_PROPERTY.findall(css)}
        try:
            small = process_stylesheet(css, path.name, unused_symbols=names - used)
        except ValueError as error:
            raise SnippetError(f"{error}") from None
        path.write_text(small, "utf-8")


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text)}
