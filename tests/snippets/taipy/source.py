"""The parts of a Taipy program, as its source has them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

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


def run_options(snippet: str) -> dict[str, Any]:
    """What a program asks `gui.run` for, itself or by `tp.run`."""
    runs = ("gui.run", "tp.run")
    for node in ast.walk(Catalog.default().find(snippet).tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in runs:
            given = {
                it.arg: ast.literal_eval(it.value) for it in node.keywords if it.arg
            }
            return given | server_options(snippet)
    raise AssertionError(f"{snippet} does not run its gui.")


def server_options(snippet: str) -> dict[str, Any]:
    """What a program puts together for its server; nothing if it doesn't."""
    names: dict[str, Any] = {"server": {}}
    for part in ast.walk(Catalog.default().find(snippet).tree):
        match part:
            case (
                ast.Assign(targets=[ast.Name("sockets" | "server")])
                | ast.AugAssign(target=ast.Name("server"))
            ):
                exec(ast.unparse(part), names)  # noqa: S102 -- ours
    options: dict[str, Any] = names["server"]
    return options


def _statements(snippet: str) -> Iterator[tuple[str, bool]]:
    """Each statement, and whether it makes the page or imports something."""
    for node in ast.parse(Catalog.default().find(snippet).text).body:
        text = ast.unparse(node)
        draws = isinstance(node, ast.ImportFrom | ast.Import | ast.With)
        makes_page = ("page =", "content =", "gui._markdown.")
        yield text, draws or text.startswith(makes_page)
