"""``/// reference | package``: what a library offers, from its docstrings."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable, Collection
from html import escape
from typing import Any, ClassVar

from markdown.util import AtomicString

from livedocs.blocks.block import PageBlock, as_list, is_texts, located, template
from livedocs.blocks.code import highlight
from livedocs.catalog import nearest
from livedocs.errors import SnippetError
from livedocs.files import visible
from livedocs.reference import Entry, read

_CODE = re.compile(r"(`+)(?P<code>.+?)\1")


class ReferenceBlock(PageBlock):
    """``/// reference | streamlit/room_sync``: what a library offers.

    The option ``names``, a name of ``__all__`` or a list of them, describes these.
    Without it, the block lists all names, each with its first sentence. A page that has
    such a block describes every name, each once.
    """

    NAME = "reference"
    TYPES: ClassVar[dict[str, Callable[[Any], bool]]] = {"names": is_texts}

    def on_end(self, block: etree.Element) -> None:
        """Fill in headings, which have a place in Markdown's tree, and their HTML."""
        self.close()
        with located(self.context, self.line):
            self.refuse_text(block)
            self.folder = self.argument.strip("/")
            package = self.context.catalog.package(self.folder)
            for path in visible(package.folder, "*.py"):  # each has to be Python
                _ = self.context.catalog.find(f"{self.folder}/{path.name}").sections
            self.context.packages[self.folder] = package
            self.entries = read(package)
            named = self.page.entries.setdefault(self.folder, {})
            names = as_list(self.options["names"])
            for name in names:
                self._check(name, named)
                named[name] = self.line
                self._describe(block, self.entries[name])
        if not names:
            named.setdefault("", self.line)
            entries = sorted(self.entries.values(), key=lambda it: it.name.lower())
            self._store(block, "blocks/names.html", entries=entries)

    def _check(self, name: str, named: Collection[str]) -> None:
        if name not in self.entries:
            raise SnippetError(
                f"snippets/{self.folder}/__init__.py exports no {name!r}. "
                f"{nearest(name, self.entries)}"
            )
        if name in named:
            raise SnippetError(f"{name!r} is described on this page already.")

    def _describe(self, block: etree.Element, entry: Entry, tag: str = "h3") -> None:
        heading = etree.SubElement(block, tag, {"id": entry.name, "class": "ss-entry"})
        if tag != "h3":  # search finds the class
            heading.set("data-search-exclude", "true")
        etree.SubElement(heading, "code").text = AtomicString(entry.name)
        self._store(block, "blocks/reference.html", entry=entry)
        for method in entry.methods:
            self._describe(block, method, "h4")

    def _store(self, block: etree.Element, name: str, **values: Any) -> None:
        """Put a template's HTML into the place of a paragraph."""
        html = template(name).render(
            values,
            words=self._words,
            highlight=highlight,
            lines=str.splitlines,
            source=lambda it: self.context.link(
                f"snippets/{self.folder}/{it.file}", it.line
            ),
        )
        place = etree.SubElement(block, "p")
        place.text = AtomicString(self.md.htmlStash.store(html))

    def _words(self, text: str, own: str = "") -> str:
        """A docstring's words as HTML: code is code, and public names are links."""
        html, last = "", 0
        for match in _CODE.finditer(text):
            code = match["code"].strip()
            name = code.removeprefix("@").removesuffix("()")
            inside = f"<code>{escape(code)}</code>"
            if name in self.entries and name != own:
                inside = f'<a href="#{name}">{inside}</a>'
            html += escape(text[last : match.start()], quote=False) + inside
            last = match.end()
        return html + escape(text[last:], quote=False)
