"""What the blocks know of the page that is converted, and what they tell of it."""

from __future__ import annotations

import xml.etree.ElementTree as etree
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from livedocs.bench import Bench
from livedocs.blocks.prose import Prose, is_nested, read
from livedocs.catalog import Catalog, Snippet
from livedocs.errors import SnippetError
from livedocs.facts import Fact, Row, fold
from livedocs.films import Films
from livedocs.located import LocatedError
from livedocs.packages import Package
from livedocs.record import Receipt, Run
from livedocs.static_live import Offer, program_of

WORD_JOINER = "\u2060"
"""Keeps a check mark on the line of the last word."""


@dataclass(frozen=True)
class Use:
    """A place on a page that refers to something proven."""

    words: str
    """The words on the page."""
    proof: Fact | Row
    line: int
    """Counted from 1 in the page's file."""


@dataclass
class PageContext:
    """What the blocks know of the page that is being converted, and tell about it."""

    catalog: Catalog = field(default_factory=Catalog.default)
    """Where the programs are."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """What the tests of the site prove, by id."""
    rows: Mapping[tuple[str, str], Row] = field(default_factory=dict)
    """What the page's own tests say of a program's names, by program and name."""
    not_tested: Sequence[str] = ()
    """What a reader may expect to be proven and is not, a sentence each."""
    source: str = ""
    """The page's file, as error messages name it."""
    first_line: int = 1
    """The line of the file at which the Markdown begins."""
    strict: bool = False
    """A page that has tests: no code, link or picture that nothing checks."""
    words: str = ""
    """The address of the page that explains the words of tables; empty: none does."""
    site_url: str = ""
    """The site's address, for run commands."""
    live: bool = False
    """Whether the server that shows the page can run programs in it."""
    here: Callable[[Snippet], Offer] = lambda snippet: Offer()
    """Whether a program can be started in the page, without a server."""
    offered: set[str] = field(default_factory=set)
    """Filled in: the programs that the page offers to start, by id."""
    bench: Bench | None = None
    """What was measured last."""
    films: Films = field(default_factory=lambda: Films({}))
    """The films of programs that there are."""
    images: str = ""
    """The address of the folder in which they lie; it ends with a slash."""
    link: Callable[[str, int], str] = lambda path, line: ""
    """The address of a file of the project, at a line (0: none); empty: no link."""
    link_in_text: Callable[[str, int], str] = lambda path, line: ""
    """The same as Markdown would say it; MkDocs checks and converts these."""
    receipt: Callable[[Snippet], Receipt | None] = lambda snippet: None
    """What was measured for a program."""
    ran: Callable[[Iterable[Snippet], Iterable[str]], Run | None] = lambda p, t: None
    """The recorded run of these programs and files of tests, as they are now."""
    commit_link: Callable[[str], str] = lambda commit: ""
    """The address of a commit; empty: no link."""
    report: Callable[[str], str] = lambda fact: ""
    """Where a reader says that a fact is wrong, by its id; empty: no link."""
    programs: dict[str, Snippet] = field(default_factory=dict)
    """Filled in: the programs that the page shows, by id."""
    packages: dict[str, Package] = field(default_factory=dict)
    """Filled in: the libraries that the page is a reference of, by their folders."""
    uses: list[Use] = field(default_factory=list)
    """Filled in: what the page refers to as proven, in its order."""

    def show(self, name: str) -> Snippet:
        """Find a program that the page shows, and remember it.

        Raises:
            SnippetError: there is none of that name.
        """
        snippet = self.catalog.find(name)
        return self.programs.setdefault(snippet.id, snippet)

    def offer(self, snippet: Snippet) -> Offer:
        """Whether it can be started in the page; the page offers each program once."""
        program = program_of(snippet).id
        if program in self.offered:
            return Offer()
        self.offered.add(program)
        return self.here(snippet)

    @property
    def proven(self) -> list[Fact | Row]:
        """The facts and rows that the page refers to, each once, in its order."""
        return list({use.proof.id: use.proof for use in self.uses}.values())

    def error(self, line: int, message: str) -> SnippetError:
        """An error at that line of the Markdown, counted from 1."""
        where = f"{self.source}:{self.first_line + line - 1}"
        return LocatedError(f"{where}: {message}")


@dataclass(frozen=True)
class Place:
    """Where something stands that Markdown may, or may not, take for text."""

    line: int
    """Counted from 1 in the Markdown."""
    wrong: SnippetError
    """What to say if readers would see it as text."""


@dataclass
class Page:
    """One conversion: its context, its lines, and the blocks met so far."""

    context: PageContext
    lines: list[str] = field(default_factory=list)
    prose: Prose = field(default_factory=lambda: read([]))
    places: list[Place] = field(default_factory=list)
    """What carries its number through Markdown; see `livedocs.blocks.numbers`."""
    marks: dict[etree.Element, Use] = field(default_factory=dict)
    """The marks in the text, as they were met."""
    entries: dict[str, dict[str, int]] = field(default_factory=dict)
    """The names that it describes, with their lines, by the folder of their library."""
    open: dict[int, str] = field(default_factory=dict)
    """The blocks that are not yet closed: their names, by line."""
    numbered: int = 0

    def begin(self, lines: list[str]) -> None:
        """Forget the page before."""
        self.lines, self.prose = lines, read(lines)
        self.places, self.marks, self.entries, self.open = [], {}, {}, {}
        self.numbered = 0

    def line_in_prose(self, text: str) -> int:
        """The first line of prose that holds `text`, what is indented last; or 1."""
        holding = [n for n, it in enumerate(self.prose.words, 1) if text in it]
        return min(holding, key=lambda n: is_nested(self.lines[n - 1]), default=1)

    def mark(self, words: str, proof: Fact | Row, line: int) -> etree.Element:
        """The check mark of something proven; `Finish` puts the numbers in."""
        mark = etree.Element("a", title=proof.statement.replace("`", ""))
        mark.set("href", f"#{proof_id(proof)}")
        line += self.context.first_line - 1
        self.marks[mark] = Use(fold(words), proof, line)
        return mark

    def number(self) -> int:
        """A number that no other block of the page has."""
        self.numbered += 1
        return self.numbered


def proof_id(proof: Fact | Row) -> str:
    """What the place in *What is proven here* is called that tells of it."""
    return f"fact-{proof.id}" if isinstance(proof, Fact) else proof.id
