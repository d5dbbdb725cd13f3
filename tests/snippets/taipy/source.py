"""The parts of a Taipy program, as its source has them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from livedocs.catalog import Catalog


def without_page(snippet: str) -> list[str]:
    """Data, callbacks and start of a program, statement by statement."""
    return [text for text, draws in _statements(snippet) if not draws]


def page_of(snippet: str) -> list[str]:
    """What a program imports, its style, and what makes its page."""
    return [
        text
        for text, draws in _statements(snippet)
        if draws or text.startswith("style =")
    ]


def _statements(snippet: str) -> Iterator[tuple[str, bool]]:
    """Each statement, and whether it makes the page or imports something."""
    for node in ast.parse(Catalog.default().find(snippet).text).body:
        text = ast.unparse(node)
        draws = isinstance(node, ast.ImportFrom | ast.Import | ast.With)
        makes_page = ("page =", "content =", "gui._markdown.")
        yield text, draws or text.startswith(makes_page)
