"""Say where a broken link stands and which name is nearest, when MkDocs finds one."""

from __future__ import annotations

import logging
import posixpath
import re
from urllib.parse import urlsplit

from mkdocs.structure.files import Files

from livedocs.blocks.prose import is_nested, read
from livedocs.catalog import nearest

_PROBLEM = re.compile(r"^Doc file '(?P<page>[^']+)' contains .*? '(?P<link>[^']+)'")


class LinkFilter(logging.Filter):
    """Adds line and nearest name to the warnings of ``mkdocs.structure.pages``.

    MkDocs names the page only. Source of the messages: mkdocs/structure/pages.py.
    """

    def __init__(self, docs: str) -> None:
        super().__init__()
        self.docs = docs
        self.files = Files([])

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the message; let every record pass."""
        message = record.getMessage()
        if match := _PROBLEM.match(message):
            page, link = match["page"], match["link"]
            hint = "" if "Did you mean" in message else f" {self._nearest(page, link)}"
            record.msg = f"{self.docs}/{page}:{self._line(page, link)}: {message}{hint}"
            record.args = ()
        return True

    def _line(self, page: str, link: str) -> int:
        """The first line on which the link is one; what is indented comes last."""
        file = self.files.get_file_from_path(page)
        lines = file.content_string.split("\n") if file else []
        prose = read(lines)

        def is_less_likely(number: int) -> tuple[bool, bool]:
            line = prose.words[number - 1]
            is_link = any(f"{before}{link}" in line for before in ("](", "]: ", "](<"))
            return not is_link, is_nested(line)

        holding = [n for n, line in enumerate(lines, 1) if link in line]
        return min(holding, key=is_less_likely, default=1)

    def _nearest(self, page: str, link: str) -> str:
        path, anchor = urlsplit(link).path, urlsplit(link).fragment
        folder = posixpath.dirname(page)
        name = posixpath.normpath(posixpath.join(folder, path)) if path else page
        target = self.files.get_file_from_path(name)
        if anchor and target and target.page:
            ids = target.page.present_anchor_ids or set()
            return nearest(f"#{anchor}", {f"#{known}" for known in ids})
        known = [f.src_uri for f in self.files if not f.src_uri.startswith("assets/")]
        return nearest(path, {posixpath.relpath(file, folder) for file in known})
