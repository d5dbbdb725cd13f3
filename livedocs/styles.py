"""Each page with the styles that it uses, and no others, and without empty lines.

The first paint waits for every style sheet, and Material's dresses far more than a page
shows. So a page brings its rules itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from lightningcss import process_stylesheet

from livedocs.errors import SnippetError

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

OPTIONAL = {
    "md-annotation": {"content.code.annotate"},
    "md-code__": {"content.code.copy", "content.code.select"},
    "md-tooltip": {
        *("content.code.annotate", "content.code.copy", "content.code.select"),
        *("content.tooltips", "content.footnote.tooltips"),
    },
    "md-version": {"version"},
}
"""What Material's script makes only with some features on, by how its classes begin."""

_MOST = 200
"""How many versions of a sheet are remembered."""


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
        if len(self.left) > _MOST:
            self.left.clear()
        if unused not in self.left:
            try:
                small = process_stylesheet(
                    self.css, self.name, unused_symbols={*unused}
                )
            except ValueError as error:
                raise SnippetError(f"{error}") from None
            self.left[unused] = small
        return self.left[unused]


class Styles:
    """Gives pages their styles.

    Args:
        is_kept: whether there will be more builds, with much the same pages.
    """

    def __init__(self, *, is_kept: bool = False) -> None:
        self._is_kept = is_kept
        self._sheets: list[_Sheet] = []
        self._always: set[str] = set()
        self._pages: dict[str, str] = {}
        """The pages of the last build, as they came and as they are with styles."""

    def inline(self, site: Path, features: Collection[str] = ()) -> None:
        """Put the rules that a page uses into it, instead of its links to the sheets.

        A class or id is in use when the page has it, or when a script says it, whatever
        for, but for what is `OPTIONAL`. A sheet that refers to other files by their
        place stays a file, as it is. Templates leave many empty lines and margins,
        which nobody sees; these go, too.

        Args:
            site: the folder that the site was built into.
            features: those of the theme that are on, and ``version`` if it has several.

        Raises:
            SnippetError: a sheet is not CSS; with its name, line and column.
        """
        self._read(site, features)
        known, self._pages = self._pages, {}
        for page in site.rglob("*.html"):
            html = page.read_text("utf-8")
            done = known.get(html) or self._done(html)
            page.write_text(done, "utf-8")
            if self._is_kept:
                self._pages[html] = done

    def _read(self, site: Path, features: Collection[str]) -> None:
        """Read what pages share; if it has changed, no page is done."""
        scripts = [path for path in site.rglob("*.js") if "lunr" not in path.parts]
        always: set[str] = set()
        for path in scripts:
            always |= _words(path.read_text("utf-8"))
        off = tuple(it for it, needs in OPTIONAL.items() if needs.isdisjoint(features))
        always = {word for word in always if not word.startswith(off)}
        sheets = []
        for path in sorted(site.rglob("*.css")):
            css = path.read_text("utf-8")
            if _RELATIVE.search(css):
                always.update(_REFERENCE.findall(css))
            else:
                sheets.append((path.relative_to(site).as_posix(), css))
        known = [(sheet.name, sheet.css) for sheet in self._sheets]
        if (sheets, always) != (known, self._always):
            self._sheets = [_Sheet(name, css) for name, css in sheets]
            self._always = always
            self._pages = {}

    def _done(self, html: str) -> str:
        """The page with its rules."""
        used = self._always | {*_REFERENCE.findall(html)}
        used.update(*map(_words, _SCRIPT.findall(html)))
        used.update(*map(str.split, _values(html)))
        return _narrow(_styled(html, self._sheets, used))


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
        css = sheet.without(unused[match[1]] | (sheet.properties - used))
        return f"<style>{css if is_right_to_left else _left_to_right(css)}</style>"

    return _LINK.sub(style, html)


def _narrow(html: str) -> str:
    """The page without empty lines and margins, but where they are seen or read."""
    parts = _AS_IT_IS.split(html)
    parts[::3] = [_EMPTY_LINES.sub("\n", part) for part in parts[::3]]
    del parts[2::3]
    return "".join(parts)


@lru_cache(maxsize=100)  # most pages of a site are left with the same rules
def _left_to_right(css: str) -> str:
    return _RIGHT_TO_LEFT.sub("", css)


@lru_cache(maxsize=100)
def _references(css: str) -> frozenset[str]:
    return frozenset(_REFERENCE.findall(css))


def _values(html: str) -> set[str]:
    """What the attributes class and id say; much faster than a regular expression."""
    parts = [part for name in ("class", "id") for part in html.split(f'{name}="')[1:]]
    return {part.partition('"')[0] for part in parts}


@lru_cache(maxsize=100)  # the scripts are the same on each page and in each build
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))
