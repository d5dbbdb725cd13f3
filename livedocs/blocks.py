"""What a page may say beyond Markdown: programs, their differences, state, claims.

Five additions to Python-Markdown, none of which needs MkDocs:

- ``/// snippet | taipy/chat/shared_builder.py`` shows a program or parts of it,
- ``/// diff | step1.py → step2.py`` shows what changes between two programs,
- ``/// state | taipy/chat/shared_builder.py`` holds the table of who shares what,
- ``/// demo | taipy/chat/shared_builder.py`` shows what its users see side by side,
- ``==A sentence.==`` is a claim: it leads to the test that names it.

Whatever is wrong raises `SnippetError` with page, line and the nearest right name.
Source of the block syntax: pymdownx.blocks, "Blocks Extension API".
"""

from __future__ import annotations

import difflib
import re
import xml.etree.ElementTree as etree
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import yaml
from jinja2 import Environment, FileSystemLoader, Template
from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pygments import highlight as pygments_highlight
from pygments.filter import Filter
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer, find_lexer_class_by_name
from pygments.token import Name, Operator, Punctuation, Text, Whitespace
from pygments.util import ClassNotFound
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block

from livedocs.catalog import Catalog, Snippet, SnippetError, nearest
from livedocs.claims import Proof, fold
from livedocs.films import Films

SCOPES = {
    "one tab": "tab",
    "one user": "user",
    "one room": "room",
    "everybody": "all",
    "every process": "process",
}
"""The words for who shares a name, and the ending of their CSS class."""

HEAD = ("Name", "Belongs to")
"""The first columns of a table of who shares what."""

EVENTS = ("Reload", "Reconnect", "Restart")
"""Its further columns: what may happen to a name."""

FATES = ("kept", "lost")
"""What becomes of a name on reload, reconnect and restart."""

_FENCE = re.compile(r"^[\s>]*(?P<fence>`{3,}|~{3,})[ ]*(?P<info>.*)$")
_BLOCK = re.compile(
    r"^[\s>]*/{3,}[ ]*(?P<name>[\w-]+)[ ]*(?:\|[ ]*(?P<argument>.*?)[ ]*)?$"
)
_OPTION = re.compile(r"^[ ]{4,}\S")
_CLAIM = r"(?<![\w=`])==(?![\s=])(.+?)(?<![\s=])==(?![\w=])"
_CODE = re.compile(r"(`+).+?\1", re.DOTALL)
_LOOSE = re.compile(r"(?<![\w=<>!])==(?=[^\s=])|(?<=[^\s=])==(?![\w=])")
_UNCHECKED = re.compile(r"<(?P<tag>a|img|pre)\b", re.IGNORECASE)
_REFERENCE = re.compile(r"\[[^\]\[]+\]\[[^\]\[]*\]")
_WORD_JOINER = "\u2060"  # keeps the check on the line of the last word


class LocatedError(SnippetError):
    """One that says its page and line already."""


@dataclass(frozen=True)
class Receipt:
    """What the last whole run of the tests measured for one program."""

    version: str
    """What it ran on, for example ``taipy-gui 4.1.2``."""
    tests: int
    """How many tests ran it and passed."""
    users: int
    """The most users that a test had at once."""
    seconds: float
    """How long these tests took together."""
    browser: str
    """For example ``Chromium 156``."""
    anchor: str = "#proof"


@dataclass
class PageContext:
    """What the blocks know of the page that is being converted, and tell about it."""

    catalog: Catalog = field(default_factory=Catalog.default)
    """Where the programs are."""
    proofs: Sequence[Proof] = ()
    """The claims that tests make for this page."""
    source: str = ""
    """The page's file, as error messages name it."""
    first_line: int = 1
    """The line of the file at which the Markdown begins."""
    strict: bool = False
    """A tutorial: no code, link or picture that nothing checks."""
    site_url: str = ""
    """The site's address, for run commands."""
    live: bool = False
    """Whether the server that shows the page can run programs in it."""
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
    versions: set[str] = field(default_factory=set)
    """Filled in: what the programs on the page run on, ``taipy-gui 4.1.2``."""
    claims: dict[str, Proof] = field(default_factory=dict)
    """Filled in: the sentences claimed, in the page's order, each with its test."""

    def error(self, line: int, message: str) -> SnippetError:
        """An error at that line of the Markdown, counted from 1."""
        where = f"{self.source}:{self.first_line + line - 1}"
        return LocatedError(f"{where}: {message}")

    def proof_of(self, sentence: str, line: int) -> Proof:
        """The first test that names a claim.

        Raises:
            SnippetError: no test names this sentence.
        """
        for proof in self.proofs:
            if proof.sentence == sentence:
                return proof
        known = nearest(sentence, {proof.sentence for proof in self.proofs})
        raise self.error(
            line,
            f'No test of this page names the claim "{sentence}". Mark one with '
            f"@pytest.mark.claim({sentence!r}). {known}",
        )


@dataclass(frozen=True)
class Header:
    """The first line of one of our blocks."""

    name: str
    argument: str
    line: int
    """Counted from 1 in the Markdown."""


@dataclass
class Page:
    """One conversion: its context, its lines, and the blocks met so far."""

    context: PageContext
    lines: list[str] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    checks: dict[etree.Element, str] = field(default_factory=dict)
    """The marks in the text, each with its sentence, as they were met."""
    opened: int = 0
    closed: int = 0
    numbered: int = 0

    def line_of(self, text: str, first: int = 1) -> int:
        """The line at or after `first` that holds `text`; without one, `first`."""
        lines = enumerate(self.lines[first - 1 :], first)
        return next((number for number, line in lines if text in line), first)

    def check(self, sentence: str, line: int) -> etree.Element:
        """The mark of a claim, a link to its test; `_Finish` gives it its number."""
        proof = self.context.proof_of(sentence, line)
        link = self.context.link_in_text(proof.path, proof.line)
        mark = etree.Element("a", href=link, title=f"Tested: {proof.test}")
        self.checks[mark] = sentence
        return mark

    def number(self) -> int:
        """A number that no other block of the page has."""
        self.numbered += 1
        return self.numbered


class _Scan(Preprocessor):
    """Note where our blocks stand before Markdown takes the page apart."""

    def __init__(self, md: Markdown, page: Page, known: Mapping[str, object]) -> None:
        super().__init__(md)
        self.page = page
        self.known = known

    def run(self, lines: list[str]) -> list[str]:
        page = self.page
        page.lines, page.headers, page.checks = lines, [], {}
        page.opened = page.closed = page.numbered = 0
        text = dict(_outside_fences(lines, self._check_fence))
        for number, line in text.items():
            if match := _BLOCK.match(line):
                self._note_block(number, match)
        self._check_text([text.get(number, "") for number in range(1, len(lines) + 1)])
        return lines

    def _note_block(self, number: int, match: re.Match[str]) -> None:
        name = match["name"].lower()
        if name not in self.known:
            raise self.page.context.error(
                number, f"There is no block {name!r}. {nearest(name, self.known)}"
            )
        if name in OURS:
            header = Header(name, match["argument"] or "", number)
            self.page.headers.append(header)
            self._check_options(number, self.page.lines[number:])

    def _check_fence(self, number: int, info: str) -> None:
        context = self.page.context
        if context.strict and _is_python(info):
            raise context.error(
                number,
                "Python code is written by hand here. Put it into a program below "
                "snippets/, where it is tested, and show it with '/// snippet | …'.",
            )
        if context.strict and not info.strip():
            raise context.error(
                number, "This fence names no language. Write, for example, '```text'."
            )

    def _check_text(self, lines: Sequence[str]) -> None:
        """See that claims are closed, and that nothing escapes the checks."""
        context = self.page.context
        for first, paragraph in _paragraphs(lines):
            prose = _CODE.sub(_word, paragraph)
            rest = re.sub(_CLAIM, _word, prose, flags=re.DOTALL)
            if re.match(r"\s*#", prose) and re.search(_CLAIM, prose):
                raise context.error(first, "A claim is a sentence, not a heading.")
            if loose := _LOOSE.search(rest):
                raise context.error(
                    first + rest[: loose.start()].count("\n"),
                    "A claim stands between two '==' marks, in one paragraph; here is "
                    "only one.",
                )
            unchecked = _UNCHECKED.search(prose) if context.strict else None
            if unchecked:
                raise context.error(
                    first + prose[: unchecked.start()].count("\n"),
                    f"<{unchecked['tag']}> is not checked. Write links, pictures and "
                    "code in Markdown.",
                )

    def _check_options(self, number: int, following: list[str]) -> None:
        margin = len(self.page.lines[number - 1]) - len(
            self.page.lines[number - 1].lstrip()
        )
        options = []
        for line in following:
            if not _OPTION.match(line[margin:]):
                break
            options.append(line[margin + 4 :])
        try:
            found = yaml.safe_load("\n".join(options)) or {}
        except yaml.YAMLError:
            found = None
        if not isinstance(found, dict) or not all(isinstance(k, str) for k in found):
            raise self.page.context.error(
                number + 1, "These are not options, one 'name: value' a line."
            )


def _outside_fences(
    lines: Sequence[str], on_fence: Callable[[int, str], None]
) -> Iterator[tuple[int, str]]:
    fence = ""
    for number, line in enumerate(lines, 1):
        match = _FENCE.match(line)
        if match and not fence:
            fence = match["fence"]
            on_fence(number, match["info"])
        elif match and match["fence"].startswith(fence) and not match["info"]:
            fence = ""
        elif not fence:
            yield number, line


def _paragraphs(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each run of lines that are not blank, with the number of its first line."""
    run: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            run.append(line)
        elif run:
            yield number - len(run), "\n".join(run)
            run = []


def _word(match: re.Match[str]) -> str:
    """One word on as many lines as the match has."""
    return "word" + "\n" * match[0].count("\n")


def _is_python(info: str) -> bool:
    """Whether a fence's first word or class names a lexer for Python."""
    words = re.findall(r"[\w+-]+", info)
    if not words:
        return False
    try:
        lexer = find_lexer_class_by_name(words[0])
    except ClassNotFound:
        return False
    return "python" in lexer.name.lower()


class _OurBlock(Block):  # type: ignore[misc]
    """A block that says what is wrong instead of turning back into text."""

    ARGUMENT = True
    TYPES: ClassVar[dict[str, Callable[[Any], bool]]] = {}
    ELEMENT = "div"

    @property
    def page(self) -> Page:
        page = self.config["page"]
        assert isinstance(page, Page)  # noqa: S101 -- given by the extension
        return page

    @property
    def context(self) -> PageContext:
        return self.page.context

    def on_init(self) -> None:
        options: dict[str, Any] = dict.fromkeys(self.TYPES, (None, _as_is))
        self.option_spec = options | {"attrs": ({}, _as_is)}  # pymdownx reads attrs

    def _validate(self, parent: etree.Element, arg: Any, **options: Any) -> bool:
        self.header = self._find_header(arg or "")
        with _located(self.context, self.header.line):
            if not arg:
                raise SnippetError(
                    f"'/// {self.NAME}' names no file. Write '/// {self.NAME} | …'."
                )
            for name, value in options.items():
                if name not in self.TYPES:
                    raise SnippetError(
                        f"'/// {self.NAME}' has no option {name!r}. "
                        f"{nearest(name, self.TYPES)}"
                    )
                if not self.TYPES[name](value):
                    raise SnippetError(
                        f"The option {name!r} of '/// {self.NAME}' takes "
                        f"{_TAKES[self.TYPES[name]]}, not {value!r}."
                    )
        return bool(super()._validate(parent, arg, **options))

    def _find_header(self, argument: str) -> Header:
        rest = self.page.headers[self.page.opened :]
        same = [h for h in rest if (h.name, h.argument) == (self.NAME, argument)]
        return same[0] if same else Header(self.NAME, argument, 1)

    def on_create(self, parent: etree.Element) -> etree.Element:
        self.page.opened += 1
        return etree.SubElement(parent, self.ELEMENT)


class _Figure(_OurBlock):
    """A block without text of its own, in whose place a template's HTML comes."""

    ELEMENT = "p"  # Python-Markdown puts stored HTML in the place of a paragraph

    def on_end(self, block: etree.Element) -> None:
        self.page.closed += 1
        with _located(self.context, self.header.line):
            if len(block) or (block.text or "").strip():
                raise SnippetError(
                    f"'/// {self.NAME}' takes options, each indented by four spaces, "
                    "and no other lines. Close it with '///'."
                )
            html = self.render()
        block.text = AtomicString(self.md.htmlStash.store(html))

    @abstractmethod
    def render(self) -> str:
        """The block's HTML."""


class _located:  # noqa: N801 -- reads as a word: with located(…)
    """Add page and line to what goes wrong inside."""

    def __init__(self, context: PageContext, line: int) -> None:
        self.context, self.line = context, line

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, SnippetError) and not isinstance(error, LocatedError):
            raise self.context.error(self.line, error.message) from None


def _as_is(value: Any) -> Any:
    return value


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(_is_text, value))
    return _is_text(value)


def _is_lines(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_line, value))


def _is_line(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((who, text),) = value.items()
    return _is_text(who) and _is_text(text)


_TAKES: dict[Callable[[Any], bool], str] = {
    _is_text: "text",
    _is_texts: "text or a list of texts",
    _is_lines: "a list of lines such as '- Alex: Hey!'",
}


def _as_list(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []


class SnippetBlock(_Figure):
    """``/// snippet | file``: a program, or some of its parts.

    Options: ``section`` (a function, class, ``Class.method``, module-level name or
    marked region, or a list of these), ``highlight`` (text or a list of texts; each
    line that holds one is set off), ``title``.
    """

    NAME = "snippet"
    TYPES: ClassVar[dict[str, Callable[[Any], bool]]] = {
        "section": _is_texts,
        "highlight": _is_texts,
        "title": _is_text,
    }

    def render(self) -> str:
        """The figure with the code, its source, and how to run it."""
        context = self.context
        snippet = context.catalog.find(self.argument)
        context.versions |= {pin.replace("==", " ") for pin in snippet.dependencies}
        sections = _as_list(self.options["section"])
        parts = [snippet.section(name) for name in sections]
        code = "\n\n".join(parts) if parts else snippet.code
        lines = _lines_with(code, _as_list(self.options["highlight"]), snippet.file)
        return _template("blocks/snippet.html").render(
            id=snippet.id,
            directory=str(Path(snippet.file).parent),
            file=snippet.name,
            part=", ".join(sections),
            title=self.options["title"] or "",
            source_url=context.link(f"snippets/{snippet.file}", 0),
            lines=code.count("\n") + 1,
            lines_html=highlight(code, lines),
            run="" if sections else snippet.run_command(context.site_url),
            receipt=None if sections else context.receipt(snippet),
        )


class DiffBlock(_Figure):
    """``/// diff | before → after``: what changes, and the whole new file."""

    NAME = "diff"

    def render(self) -> str:
        """The figure with both views."""
        before, after = self._pair()
        old, new = before.code.splitlines(), after.code.splitlines()
        if old == new:
            raise SnippetError(f"{before.file} and {after.file} show the same code.")
        changes = list(_changes(before.code, after.code))
        return _template("blocks/diff.html").render(
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
        return self.context.catalog.find(names[0]), self.context.catalog.find(names[1])


class StateBlock(_OurBlock):
    """``/// state | file``: the table of who shares which name of a program.

    It holds a Markdown table: the name, to whom it belongs (`SCOPES`), and what
    becomes of it (`FATES`) in one column for each of `EVENTS`. Each row is a claim:
    "`name` in `file.py`: everybody; kept on reload, lost on restart."
    """

    NAME = "state"

    def on_end(self, block: etree.Element) -> None:
        """Turn the plain table into ours."""
        self.page.closed += 1
        with _located(self.context, self.header.line):
            self.snippet = self.context.catalog.find(self.argument)
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
            for row in table.iterfind("tbody/tr"):
                self._dress(row)

    def _read_head(self, table: etree.Element) -> list[str]:
        name, scope, *events = [
            (cell.text or "").strip() for cell in table.iterfind("thead/tr/th")
        ]
        wanted = [event for event in EVENTS if event in events]
        if (name, scope) != HEAD or not events or events != wanted:
            raise SnippetError(
                f"The table's head is {' | '.join((name, scope, *events))}. It has to "
                f"be {' | '.join((*HEAD, *EVENTS))}; events may be left out."
            )
        return [event.lower() for event in events]

    def _dress(self, row: etree.Element) -> None:
        cells = [(cell.text or "").strip() for cell in row]
        line = self.page.line_of(cells[0], self.header.line)
        with _located(self.context, line):
            if len(cells) < 3:
                raise SnippetError("A row needs a name, a scope and what is kept.")
            name, scope, *fates = cells
            self._check(name.strip("`"), self.snippet.names)
            self._check(scope, SCOPES)
            for fate in fates:
                self._check(fate, FATES)
            ends = [f"{f} on {e}" for f, e in zip(fates, self.events, strict=True)]
            sentence = f"{name} in `{self.snippet.name}`: {scope}; {', '.join(ends)}."
            check = self.page.check(sentence, line)
        row[0].tag = "th"
        row[0].set("scope", "row")
        row[1].text = None
        claim = etree.SubElement(row[1], "span", {"class": "ss-claim"})
        owner = etree.SubElement(
            claim, "span", {"class": f"ss-scope ss-scope--{SCOPES[scope]}"}
        )
        etree.SubElement(owner, "i").tail = scope
        owner.tail = _WORD_JOINER
        claim.append(check)
        for cell, fate in zip(row[2:], fates, strict=True):
            cell.set("class", f"ss-{fate}")

    @staticmethod
    def _check(word: str, words: Iterable[str]) -> None:
        if word not in words:
            raise SnippetError(f"The table says {word!r}. {nearest(word, words)}")


class DemoBlock(_Figure):
    """``/// demo | file``: what two users see side by side.

    Options: ``users`` (two names, needed) and ``story`` (which of the program's films
    is shown, where it has several). With ``shared`` (what in the program, word for
    word, joins both windows) and ``lines`` (what each one says, in order; the program's
    own first lines come first) the page draws the windows, and the film is there on
    demand; a test plays exactly these lines. Without, it shows the film alone.
    """

    NAME = "demo"
    TYPES: ClassVar[dict[str, Callable[[Any], bool]]] = {
        "users": _is_texts,
        "shared": _is_text,
        "lines": _is_lines,
        "story": _is_text,
    }

    def render(self) -> str:
        """The figure with a window for each user, or with their film."""
        context = self.context
        snippet = context.catalog.find(self.argument)
        if self.options["users"] is None:
            raise SnippetError("'/// demo' needs the option 'users'.")
        users = _as_list(self.options["users"])
        if len(users) != 2:
            raise SnippetError(f"'/// demo' has two users, not {len(users)}.")
        lines = self._lines(snippet, users)
        is_pitfall = snippet.name.startswith("pitfall_")
        film = context.films.find(snippet, self.options["story"])
        if not lines and not film:
            raise SnippetError(
                f"There is no film of {snippet.file}. Tell a story of it in "
                "tests/stories, then type: make record"
            )
        for scheme in film.values():
            if list(scheme.users) != users:
                raise SnippetError(
                    f"The film of {snippet.file} shows {' and '.join(scheme.users)}, "
                    f"not {' and '.join(users)}."
                )
        return _template("partials/demo.html").render(
            demo={
                "snippet": snippet.id,
                "shared": self.options["shared"],
                "users": users,
                "lines": [{"who": who, "text": text} for who, text in lines],
            },
            film=film,
            images=context.images,
            program=context.link(f"snippets/{snippet.file}", 0),
            live=context.live,
            # What is wrong on purpose is shown, and not offered to run.
            run="" if is_pitfall else snippet.run_command(context.site_url),
        )

    def _lines(self, snippet: Snippet, users: list[str]) -> list[tuple[str, str]]:
        """What each one says in the windows that the page draws, if it draws any."""
        for name, other in (("shared", "lines"), ("lines", "shared")):
            if self.options[name] is None and self.options[other] is not None:
                raise SnippetError(f"'/// demo' needs the option {name!r}.")
        if self.options["lines"] is None:
            return []
        shared = re.escape(self.options["shared"])
        if not re.search(rf"(?<!\w){shared}(?!\w)", snippet.code):
            raise SnippetError(
                f"{snippet.file} has no {self.options['shared']!r} to share. "
                f"{nearest(self.options['shared'], snippet.sections)}"
            )
        lines = [item for line in self.options["lines"] for item in line.items()]
        for who, _ in lines:
            if who not in users:
                raise SnippetError(f"{who!r} is no user here. {nearest(who, users)}")
        return lines


OURS: dict[str, type[_OurBlock]] = {
    block.NAME: block for block in (SnippetBlock, DiffBlock, StateBlock, DemoBlock)
}


class _Claim(InlineProcessor):
    """``==A sentence.==``"""

    def __init__(self, md: Markdown, page: Page) -> None:
        super().__init__(_CLAIM, md)
        self.page = page

    def handleMatch(  # type: ignore[override] # noqa: N802 -- Python-Markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        sentence = fold(m[1])
        line = self.page.line_of("==" + m[1].partition("\n")[0])
        check = self.page.check(sentence, line)
        claim = etree.Element("span", {"class": "ss-claim"})
        claim.text = m[1] + _WORD_JOINER
        claim.append(check)
        return claim, m.start(0), m.end(0)


class _Reachable(Postprocessor):
    """Let the keyboard reach code in fences, which may be wider than the page."""

    def run(self, text: str) -> str:
        return re.sub(
            r"(<pre[^>]*>(?:<span></span>)?)<code>", r'\1<code tabindex="0">', text
        )


class _Finish(Treeprocessor):
    """See that every block was understood, then list what is proven."""

    def __init__(self, md: Markdown, page: Page) -> None:
        super().__init__(md)
        self.page = page

    def run(self, root: etree.Element) -> None:
        page = self.page
        if page.opened < len(page.headers):
            header = page.headers[page.opened]
            raise page.context.error(
                header.line,
                f"'/// {header.name}' is not understood here. Indent it like the text "
                "around it and leave a blank line before it.",
            )
        if page.closed < page.opened:
            header = page.headers[page.closed]
            raise page.context.error(
                header.line, f"'/// {header.name}' is never closed with '///'."
            )
        self._check_places(root)
        self._wrap_tables(root)
        for tabs in root.iter("div"):  # keeps Material's script off them; see look.js
            tabs.attrib.pop("data-tabs", None)
        self._number_claims(root)
        if page.context.claims:
            self._list_proofs(root)

    def _check_places(self, root: etree.Element) -> None:
        for element in root.iter():
            text = "".join(element.itertext()) if element.tag == "p" else ""
            if (
                element.tag == "a"
                and element.find("span[@class='ss-claim']") is not None
            ):
                words = "".join(element.itertext()).partition(_WORD_JOINER)[0]
                raise self.page.context.error(
                    self.page.line_of(words[:20]), "A claim is a sentence, not a link."
                )
            if (match := _REFERENCE.search(text)) and element.find("code") is None:
                raise self.page.context.error(
                    self.page.line_of(match[0]),
                    f"The link {match[0]} leads nowhere: no such reference is given.",
                )

    def _wrap_tables(self, root: etree.Element) -> None:
        """Let each table scroll by itself, with the keyboard too."""
        for parent in list(root.iter()):
            for place, table in enumerate(parent):
                if table.tag == "table":
                    # Any class keeps Material's script off it.
                    table.set("class", table.get("class", "ss-table"))
                    scroll = etree.Element(
                        "div", {"class": "ss-scroll", "tabindex": "0"}
                    )
                    scroll.tail, table.tail = table.tail, None
                    parent[place] = scroll
                    scroll.append(table)

    def _number_claims(self, root: etree.Element) -> None:
        context, checks = self.page.context, self.page.checks
        numbers: dict[str, int] = {}
        for mark in root.iter("a"):
            if sentence := checks.get(mark):
                proof = context.proof_of(sentence, 1)
                context.claims.setdefault(sentence, proof)
                number = numbers.setdefault(sentence, len(numbers) + 1)
                spoken = etree.SubElement(mark, "span")
                spoken.set("data-search-exclude", "")
                spoken.text = AtomicString(f"Tested by {proof.test}, proof {number}")

    def _list_proofs(self, root: etree.Element) -> None:
        heading = etree.SubElement(root, "h2", {"id": "proof"})
        heading.set("data-search-exclude", "")  # the sentences stand above already
        heading.text = "What is proven here"
        intro = etree.SubElement(root, "p")
        intro.text = "Every sentence with a mark has a test that names it."
        if versions := sorted(self.page.context.versions):
            intro.text += f" The tests ran on {', '.join(versions)}."
        proofs = etree.SubElement(root, "ol", {"class": "ss-proof"})
        for number, (sentence, proof) in enumerate(self.page.context.claims.items(), 1):
            item = etree.SubElement(proofs, "li", id=f"claim-{number}")
            words = etree.SubElement(item, "span")
            _set_words(words, sentence)
            href = self.page.context.link_in_text(proof.path, proof.line)
            etree.SubElement(item, "a", href=href).text = AtomicString(proof.test)


def _set_words(parent: etree.Element, sentence: str) -> None:
    """Fill `parent` with the sentence, what stands between backticks as code."""
    plain, *rest = sentence.split("`")
    parent.text = AtomicString(plain)
    for code, tail in zip(rest[::2], [*rest[1::2], ""], strict=False):
        element = etree.SubElement(parent, "code")
        element.text = AtomicString(code)
        element.tail = AtomicString(tail)


class _PlainNames(Filter):
    """Names, punctuation and blanks get no element of their own: half the weight."""

    def filter(self, lexer: Any, stream: Any) -> Iterator[tuple[Any, str]]:
        for kind, value in stream:
            plain = kind in (Name, Whitespace) or kind in Punctuation
            yield (Text if plain or kind is Operator else kind), value


@lru_cache(maxsize=1024)
def highlight(code: str, lines: tuple[int, ...] = ()) -> str:
    """Python code as HTML whose text is exactly `code`; `lines` are set off."""
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    lexer.add_filter(_PlainNames())
    html: str = pygments_highlight(
        code, lexer, HtmlFormatter(nowrap=True, hl_lines=list(lines))
    )
    return html if code.endswith("\n") else html.removesuffix("\n")


def _lines_with(code: str, texts: list[str], file: str) -> tuple[int, ...]:
    lines = code.splitlines()
    for text in texts:
        if not any(text in line for line in lines):
            raise SnippetError(
                f"highlight: nothing shown of {file} holds {text!r}. "
                f"{nearest(text, {line.strip() for line in lines if line.strip()})}"
            )
    hits = [n for n, line in enumerate(lines, 1) if any(t in line for t in texts)]
    return tuple(hits)


def _changes(before: str, after: str) -> Iterator[str]:
    """The lines of a diff as HTML elements, two lines of context around each change."""
    old, new = before.splitlines(), after.splitlines()
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


@lru_cache(maxsize=8)
def _template(name: str) -> Template:
    folder = Path(__file__).parent / "theme"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=False)  # noqa: S701 -- the templates escape by `| e`
    return environment.get_template(name)


class LiveDocsExtension(BlocksExtension):  # type: ignore[misc]
    """The Python-Markdown extension ``livedocs``."""

    def __init__(self, **options: Any) -> None:
        self.config = {"context": [PageContext(), "What is known of the page"]}
        super().__init__(**options)

    def extendMarkdownBlocks(  # noqa: N802 -- pymdownx's name
        self, md: Markdown, block_mgr: BlocksProcessor
    ) -> None:
        """Register blocks, claims and the checks around them."""
        page = Page(self.getConfig("context"))
        for block in OURS.values():
            block_mgr.register(block, {"page": page})
        # Before superfences (25) hides the fences, after white space is normal (30).
        scan = _Scan(md, page, block_mgr.blocks)
        md.preprocessors.register(scan, "livedocs-scan", 28)
        # Before backticks (190), so that a claim's words are still as written.
        md.inlinePatterns.register(_Claim(md, page), "livedocs-claim", 195)
        # After inline (20), before the table of contents (5).
        md.treeprocessors.register(_Finish(md, page), "livedocs-finish", 10)
        # After raw HTML (30) is back in its place.
        md.postprocessors.register(_Reachable(md), "livedocs-reachable", 5)
