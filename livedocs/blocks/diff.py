"""``/// diff | before → after``: what changes from one program to another."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from livedocs.blocks.block import Figure, template
from livedocs.blocks.code import highlight
from livedocs.catalog import Snippet
from livedocs.errors import SnippetError


class DiffBlock(Figure):
    """``/// diff | before → after``: what changes, and the whole new file."""

    NAME = "diff"

    def render(self) -> str:
        """The figure with both views."""
        before, after = self._pair()
        if before.code == after.code:
            raise SnippetError(f"{before.file} and {after.file} show the same code.")
        changes = list(_changes(before.code, after.code))
        return template("blocks/diff.html").render(
            before=before.name,
            after=after.name,
            added=sum(change.startswith("<ins>") for change in changes),
            removed=sum(change.startswith("<del>") for change in changes),
            source_url=self.context.link(f"snippets/{after.file}", 0),
            lines=len(changes),
            changes_html="".join(changes),
            whole_html=highlight(after.code),
            run=after.run_command(self.context.site_url),
            uid=self.page.number(),
        )

    def _pair(self) -> tuple[Snippet, Snippet]:
        names = [name.strip() for name in re.split(r"→|->", self.argument)]
        if len(names) != 2 or not all(names):
            raise SnippetError(
                "A diff names two files: '/// diff | step1.py → step2.py', both with "
                "their path below snippets/."
            )
        return self.context.show(names[0]), self.context.show(names[1])


def _changes(before: str, after: str) -> Iterator[str]:
    """The lines of a diff as HTML elements, two lines of context around each change."""
    old, new = (text.removesuffix("\n").split("\n") for text in (before, after))
    old_html, new_html = highlight(before).split("\n"), highlight(after).split("\n")
    groups = difflib.SequenceMatcher(None, old, new, autojunk=False)
    position = 0
    for group in groups.get_grouped_opcodes(2):
        if group[0][3] > position:
            yield '<span class="ss-skip">⋯</span>'
        for kind, i1, i2, j1, j2 in group:
            if kind == "equal":
                yield from (f"<span>{line or ' '}</span>" for line in new_html[j1:j2])
                continue
            yield from (f"<del>{line or ' '}</del>" for line in old_html[i1:i2])
            yield from (f"<ins>{line or ' '}</ins>" for line in new_html[j1:j2])
        position = group[-1][4]
    if position < len(new):
        yield '<span class="ss-skip">⋯</span>'
