"""``/// figures | part``: what the bench has measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from livedocs.bench import FILE
from livedocs.blocks.block import Figure, is_text, template
from livedocs.errors import SnippetError


class FiguresBlock(Figure):
    """``/// figures | part``: the figures of one part of the bench, in a table.

    Below it stand the machine, the versions and the date of the run. The option
    ``caption`` says what the table is about.
    """

    NAME = "figures"
    TYPES: ClassVar[dict[str, Callable[[Any], bool]]] = {"caption": is_text}

    def render(self) -> str:
        """The table, and what its figures were measured on."""
        bench = self.context.bench
        if bench is None:
            raise SnippetError(f"There is no {FILE} yet. Type: make bench")
        return template("blocks/figures.html").render(
            bench=bench,
            figures=bench.part(self.argument),
            caption=self.options["caption"] or bench.parts[self.argument],
            commit_link=self.context.commit_link(bench.commit[:40]),
        )
