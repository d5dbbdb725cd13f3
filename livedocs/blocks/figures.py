"""``/// figures | part``: what the bench has measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from livedocs import bench
from livedocs.bench import FILE
from livedocs.blocks.block import Figure, is_text, is_texts, template
from livedocs.catalog import nearest
from livedocs.errors import SnippetError


class FiguresBlock(Figure):
    """``/// figures | part``: the figures of one part of the bench, in a table.

    Below it stand the machine, the versions and the date of the run. The option
    ``caption`` says what the table is about; with ``show``, only the figures whose
    names begin so are in it.
    """

    NAME = "figures"
    TYPES: ClassVar[dict[str, Callable[[Any], bool]]] = {
        "caption": is_text,
        "show": is_texts,
    }

    def render(self) -> str:
        """The table, and what its figures were measured on."""
        run = self.context.bench
        if run is None:
            raise SnippetError(f"There is no {FILE} yet. Type: make bench")
        return template("blocks/figures.html").render(
            bench=run,
            figures=self._shown(run.part(self.argument)),
            caption=self.options["caption"] or run.parts[self.argument],
            commit_link=self.context.commit_link(run.commit[:40]),
        )

    def _shown(self, figures: tuple[bench.Figure, ...]) -> list[bench.Figure]:
        """Those that the page asks for, in the order of the record."""
        show = self.options["show"] or ""
        beginnings = show if isinstance(show, list) else [show]
        for beginning in beginnings:
            if not any(it.name.startswith(beginning) for it in figures):
                raise SnippetError(
                    f"No figure of {self.argument!r} begins with {beginning!r}. "
                    f"{nearest(beginning, {it.name for it in figures})}"
                )
        return [it for it in figures if it.name.startswith(tuple(beginnings))]
