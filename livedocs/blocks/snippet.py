"""``/// snippet | file``: a program, or some of its parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from livedocs.blocks.block import Figure, as_list, is_text, is_texts, template
from livedocs.blocks.code import highlight, lines_with
from livedocs.static_live import Offer


class SnippetBlock(Figure):
    """``/// snippet | file``: a program, or some of its parts.

    Options: ``section`` (a function, class, ``Class.method``, module-level name or
    marked region, or a list of these), ``highlight`` (text or a list of texts; each
    line that holds one is set off), ``title``.
    """

    NAME = "snippet"
    TYPES: ClassVar[dict[str, Callable[[Any], bool]]] = {
        "section": is_texts,
        "highlight": is_texts,
        "title": is_text,
    }

    def render(self) -> str:
        """The figure with the code, its source, and how to run it."""
        context = self.context
        snippet = context.show(self.argument)
        sections = as_list(self.options["section"])
        parts = [snippet.section(name) for name in sections]
        code = "\n\n".join(parts) if parts else snippet.code
        lines = lines_with(code, as_list(self.options["highlight"]), snippet.file)
        return template("blocks/snippet.html").render(
            id=snippet.id,
            directory=str(Path(snippet.file).parent),
            file=snippet.name,
            part=", ".join(sections),
            title=self.options["title"] or "",
            source_url=context.link(f"snippets/{snippet.file}", 0),
            lines=code.count("\n") + 1,
            lines_html=highlight(code, lines),
            run="" if sections else snippet.run_command(context.site_url),
            here=Offer() if sections else context.offer(snippet),
            receipt=None if sections else context.receipt(snippet),
        )
