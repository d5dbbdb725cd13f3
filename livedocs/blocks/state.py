"""``/// state | file``: the table of who shares which name of a program."""

from __future__ import annotations

import xml.etree.ElementTree as etree
from collections.abc import Iterable, Mapping

from livedocs.blocks.block import PageBlock, located
from livedocs.blocks.page import WORD_JOINER
from livedocs.catalog import nearest
from livedocs.errors import SnippetError
from livedocs.facts import EVENTS, FATES, SCOPES, Row

HEAD = ("Name", "Belongs to")
"""The first columns of the table; an event each follows."""

EXPLAINED = {"Belongs to": "owner"} | {it.capitalize(): it for it in EVENTS}
"""Where the page that explains the words does so: its anchors, by column."""


class StateBlock(PageBlock):
    """``/// state | file``: the table of who shares which name of a program.

    It holds a Markdown table: the name, to whom it belongs (`SCOPES`), and what
    becomes of it (`FATES`) in one column for each of `EVENTS`. Each row says what the
    marks ``state`` of the page's tests say of that name.
    """

    NAME = "state"

    def on_end(self, block: etree.Element) -> None:
        """Turn the plain table into ours."""
        self.close()
        with located(self.context, self.line):
            self.snippet = self.context.show(self.argument)
            table = block.find("table")
            if table is None or len(block) != 1:
                raise SnippetError(
                    "'/// state' holds one Markdown table, nothing else."
                )
            table.set("class", "ss-table ss-state")
            self.events = self._read_head(table)
            caption = etree.Element("caption")
            caption.text = f"Who shares what in `{self.snippet.name}`"
            table.insert(0, caption)
            for head in table.iterfind("thead/tr/th"):
                head.set("scope", "col")
                self._explain(head)
            first = self._first_row()
            for number, row in enumerate(table.iterfind("tbody/tr"), first):
                self._dress(row, number)

    def _read_head(self, table: etree.Element) -> list[str]:
        name, scope, *events = [
            (cell.text or "").strip() for cell in table.iterfind("thead/tr/th")
        ]
        known = [event.capitalize() for event in EVENTS]
        wanted = [event for event in known if event in events]
        if (name, scope) != HEAD or not events or events != wanted:
            raise SnippetError(
                f"The table's head is {' | '.join((name, scope, *events))}. It has to "
                f"be {' | '.join((*HEAD, *known))}; events may be left out."
            )
        return [event.lower() for event in events]

    def _explain(self, head: etree.Element) -> None:
        """Let a column's head lead to what it means."""
        anchor = EXPLAINED.get((head.text or "").strip())
        if anchor and self.context.words:
            link = etree.SubElement(head, "a", href=f"{self.context.words}#{anchor}")
            link.text, head.text = head.text, None

    def _first_row(self) -> int:
        """The line of the table's first row, below its head and a line of dashes."""
        lines = enumerate(self.page.lines[self.line :], self.line + 1)
        return next(number for number, line in lines if "|" in line) + 2

    def _dress(self, row: etree.Element, line: int) -> None:
        cells = [(cell.text or "").strip() for cell in row]
        with located(self.context, line):
            if len(cells) < 3:
                raise SnippetError("A row needs a name, a scope and what is kept.")
            name, scope, *fates = cells
            self._check(name.strip("`"), self.snippet.names)
            self._check(scope, SCOPES)
            for fate in fates:
                self._check(fate, FATES)
            told = dict(zip(self.events, fates, strict=True))
            proof = self._proof(name.strip("`"), scope, told)
        mark = self.page.mark(" | ".join(cells), proof, line)
        row[0].tag = "th"
        row[0].set("scope", "row")
        row[1].text = None
        fact = etree.SubElement(row[1], "span", {"class": "ss-fact"})
        owner = etree.SubElement(
            fact, "span", {"class": f"ss-scope ss-scope--{SCOPES[scope]}"}
        )
        etree.SubElement(owner, "i").tail = scope
        owner.tail = WORD_JOINER
        fact.append(mark)
        for cell, fate in zip(row[2:], fates, strict=True):
            cell.set("class", f"ss-{fate}")

    def _proof(self, name: str, scope: str, told: Mapping[str, str]) -> Row:
        """What the tests say of the name; the page has to agree."""
        program = self.snippet.name
        words = [repr(word) for word in (program, name, scope)]
        words += [f"{event}={fate!r}" for event, fate in told.items()]
        advice = f"Mark one with @pytest.mark.state({', '.join(words)})."
        row = self.context.rows.get((program, name))
        if row is None:
            raise SnippetError(
                f"No test of this page tells the state of {name!r} in {program}. "
                f"{advice}"
            )
        test = row.tests[0]
        for event, fate in {"scope": scope, **told}.items():
            said = {"scope": row.scope, **row.fates}.get(event)
            if said is None:
                raise SnippetError(
                    f"No test of this page tells what becomes of {name!r} in {program} "
                    f"on {event}. {advice}"
                )
            if said != fate:
                raise SnippetError(
                    f"The table says {fate!r} of {name!r}, and {test.name} "
                    f"({test.path}:{test.line}) says {said!r}."
                )
        return row

    @staticmethod
    def _check(word: str, words: Iterable[str]) -> None:
        if word not in words:
            raise SnippetError(f"The table says {word!r}. {nearest(word, words)}")
