"""Each page with the styles that it uses, and no others, and without empty lines.

The first paint waits for every style sheet, and Material's dresses far more than a page
shows. So a page brings its rules itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from lightningcss import process_stylesheet

from livedocs.catalog import SnippetError

_NAME = re.compile(r"[.#](-?[_a-zA-Z][\w-]*)")
_PROPERTY = re.compile(r"(--[\w-]+)\s*:")
_REFERENCE = re.compile(r"var\(\s*(--[\w-]+)")
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL)
_WORD = re.compile(r"[\w-]+")
_LINK = re.compile(r"""<link rel="stylesheet" href="([^":]+)">""")
_RIGHT_TO_LEFT = re.compile(
    r"(?<=[{}])\[dir=rtl\][^{},]*(?:,\[dir=rtl\][^{},]*)*\{[^{}]*\}"
)
_AS_IT_IS = re.compile(r"(<(pre|script|style|textarea)\b.*?</\2>)", re.DOTALL)
_EMPTY_LINES = re.compile(r"\s*\n\s*")
_RELATIVE = re.compile(r"""url\(["']?(?!["']|data:|https?:|[/#])""")


@dataclass
class _Sheet:
    """A style sheet, and what is left of it for which pages."""

    name: str
    """Its path from the root of the site."""
    css: str
    left: dict[frozenset[str], str] = field(default_factory=dict)
    """Minified, by the names that are not in use."""

    def __post_init__(self) -> None:
        self.names = frozenset(_NAME.findall(self.css))
        self.properties = frozenset(_PROPERTY.findall(self.css))

    def without(self, unused: frozenset[str]) -> str:
        """The rules that are left, minified."""
        if unused not in self.left:
            try:
                small = process_stylesheet(
                    self.css, self.name, unused_symbols={*unused}
                )
            except ValueError as error:
                raise SnippetError(f"{error}") from None
            self.left[unused] = small
        return self.left[unused]


def inline(site: Path) -> None:
    """Put the rules that a page uses into it, in the place of its links to the sheets.

    A class or id is in use when the page has it, or when a script says it, whatever
    for. A sheet that refers to other files by their place stays a file, as it is.
    Templates leave many empty lines and margins, which nobody sees; these go, too.

    Args:
        site: the folder that the site was built into.

    Raises:
        SnippetError: a sheet is not CSS; with its name, line and column.
    """
    scripts = [path for path in site.rglob("*.js") if "lunr" not in path.parts]
    always = _words(path.read_text("utf-8") for path in scripts)
    sheets = []
    for path in site.rglob("*.css"):
        css = path.read_text("utf-8")
        if _RELATIVE.search(css):
            always.update(_REFERENCE.findall(css))
        else:
            sheets.append(_Sheet(path.relative_to(site).as_posix(), css))
    for page in site.rglob("*.html"):
        html = page.read_text("utf-8")
        used = always | _words(_SCRIPT.findall(html)) | {*_REFERENCE.findall(html)}
        used.update(*map(str.split, _values(html)))
        page.write_text(_narrow(_styled(html, sheets, used)), "utf-8")


def _styled(html: str, sheets: list[_Sheet], used: set[str]) -> str:
    """The page with rules instead of links."""
    linked = {
        link: sheet
        for link in _LINK.findall(html)
        for sheet in sheets
        if f"/{link}".endswith(f"/{sheet.name}")
    }
    unused = {link: sheet.names - used for link, sheet in linked.items()}
    for link, sheet in linked.items():
        used = used | _references(sheet.without(unused[link]))

    is_right_to_left = 'dir="rtl"' in html

    def style(match: re.Match[str]) -> str:
        if not (sheet := linked.get(match[1])):
            return match[0]
        properties = sheet.properties - used
        css = sheet.without(unused[match[1]] | properties)
        return (
            f"<style>{css if is_right_to_left else _RIGHT_TO_LEFT.sub('', css)}</style>"
        )

    return _LINK.sub(style, html)


def _narrow(html: str) -> str:
    """The page without empty lines and margins, but where they are seen or read."""
    parts = _AS_IT_IS.split(html)
    parts[::3] = [_EMPTY_LINES.sub("\n", part) for part in parts[::3]]
    del parts[2::3]
    return "".join(parts)


@lru_cache(maxsize=100)  # most pages of a site are left with the same rules
def _references(css: str) -> frozenset[str]:
    return frozenset(_REFERENCE.findall(css))


def _values(html: str) -> set[str]:
    """What the attributes class and id say; much faster than a regular expression."""
    parts = [part for name in ("class", "id") for part in html.split(f'{name}="')[1:]]
    return {part.partition('"')[0] for part in parts}


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text)}
