"""Python code as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pygments import highlight as pygments_highlight
from pygments.filter import Filter
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.token import Name, Operator, Punctuation, Text, Whitespace

from livedocs.catalog import nearest
from livedocs.errors import SnippetError

_PLAIN = frozenset({Name, Operator, Text, Whitespace})


class _PlainNames(Filter):
    """Names, punctuation and spaces get no element of their own: half the weight."""

    def filter(self, lexer: Any, stream: Any) -> Iterator[tuple[Any, str]]:
        plain = ""
        for kind, value in stream:
            if kind in _PLAIN or kind in Punctuation:
                plain += value
                continue
            if plain:
                yield Text, plain
                plain = ""
            yield kind, value
        if plain:
            yield Text, plain


@lru_cache(maxsize=1024)
def highlight(code: str, lines: tuple[int, ...] = ()) -> str:
    """Python code as HTML whose text is exactly `code`; `lines` are set off."""
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    lexer.add_filter(_PlainNames())
    html: str = pygments_highlight(
        code, lexer, HtmlFormatter(nowrap=True, hl_lines=list(lines))
    )
    return html if code.endswith("\n") else html.removesuffix("\n")


def lines_with(code: str, texts: list[str], file: str) -> tuple[int, ...]:
    lines = code.split("\n")  # as the formatter counts them
    for text in texts:
        if not any(text in line for line in lines):
            raise SnippetError(
                f"highlight: nothing shown of {file} holds {text!r}. "
                f"{nearest(text, {line.strip() for line in lines if line.strip()})}"
            )
    hits = [n for n, line in enumerate(lines, 1) if any(t in line for t in texts)]
    return tuple(hits)
