"""Code as it is shown."""

from __future__ import annotations

import bs4

from livedocs.blocks.code import highlight

from ..conftest import PROGRAM


def test_highlighted_code_reads_exactly_like_the_program() -> None:
    for code in (PROGRAM, "x = 1", 'a = """b\n\nc"""\n', "\n\nif x:\n\tpass\n\n"):
        html = f"<pre>{highlight(code)}</pre>"
        assert bs4.BeautifulSoup(html, "html.parser").text == code
