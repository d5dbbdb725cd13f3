"""Read a page's lines before Markdown takes them apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import yaml
from markdown import Markdown
from markdown.preprocessors import Preprocessor

from livedocs.blocks import numbers
from livedocs.blocks.by_hand import BY_HAND, is_language
from livedocs.blocks.page import Page, Place
from livedocs.blocks.prose import CODE, is_nested, margin_of, paragraphs
from livedocs.catalog import nearest
from livedocs.errors import SnippetError

_BLOCK = re.compile(
    r"^[\s>]*/{3,}[ ]*(?P<name>[\w-]+)[ ]*(?P<rest>\|[ ]*(?P<argument>.*?)[ ]*)?$"
)
_OPTION = re.compile(r"^[ ]{4,}\S")
_FACT = re.compile(r"(?:\]\(|\]:)\s*<?fact:(?P<id>[^\s)>]*)")
_UNCHECKED = re.compile(
    r"<(?P<tag>a|audio|code|embed|iframe|img|listing|object|picture|plaintext|pre|samp|"
    r"script|svg|textarea|tt|video|xmp)\b",
    re.IGNORECASE,
)
# Source: pymdownx/inlinehilite.py, RE_LANG.
_HIGHLIGHTED = re.compile(r"^(?::{3,}|#!)(?P<language>[\w#.+-]+)\s")


class Scan(Preprocessor):
    """Number our blocks and the like before Markdown takes the page apart."""

    def __init__(
        self, md: Markdown, page: Page, known: Iterable[str], ours: Iterable[str]
    ) -> None:
        super().__init__(md)
        self.page = page
        self.known = known
        """The names of all blocks that Markdown understands."""
        self.ours = ours

    def run(self, lines: list[str]) -> list[str]:
        """The lines, with a number wherever one of `Page.places` is."""
        self.page.begin(lines)
        self._insertions: list[tuple[int, int, str]] = []
        prose = self.page.prose
        for problem in prose.broken:
            place = len(self.page.lines[problem.line - 1])
            self._refuse(problem.line, place, problem.message, problem.is_nested)
        for number, line in enumerate(prose.text, 1):
            if match := _BLOCK.match(line.rstrip()):
                self._note_block(number, match)
        self._note_facts(prose.words)
        if self.page.context.strict:
            self._check_html(prose.words)
            self._check_code(prose.text)
        return self._numbered(lines)

    def _numbered(self, lines: Sequence[str]) -> list[str]:
        new = list(lines)
        for number, place, text in sorted(self._insertions, reverse=True):
            line = new[number - 1]
            new[number - 1] = line[:place] + text + line[place:]
        for number, margin in self.page.prose.comments.items():
            own = margin_of(new[number - 1])
            words = new[number - 1].removeprefix(own)
            new[number - 1] = numbers.hidden(words, own if words else margin)
        return new

    def _number(
        self, line: int, place: int, wrong: SnippetError, *, with_bar: bool = False
    ) -> None:
        """Let what stands there carry a number."""
        number = len(self.page.places)
        self.page.places.append(Place(line, wrong))
        text = numbers.carrying(number, with_bar=with_bar)
        self._insertions.append((line, place, text))

    def _refuse(
        self, line: int, place: int, message: str, may_be_code: bool | None = None
    ) -> None:
        """Say what is wrong there: now, or once it is known to be no indented code."""
        wrong = self.page.context.error(line, message)
        if may_be_code is None:
            may_be_code = is_nested(self.page.lines[line - 1])
        if not may_be_code:
            raise wrong
        self._number(line, place, wrong)

    def _note_block(self, number: int, match: re.Match[str]) -> None:
        name = match["name"].lower()
        error = self.page.context.error
        if name not in self.known:
            wrong = error(
                number, f"There is no block {name!r}. {nearest(name, self.known)}"
            )
        elif name in self.ours:
            wrong = self._wrong_options(number) or error(
                number,
                f"'/// {name}' is not understood here. Indent it like the text around "
                "it and leave a blank line before it.",
            )
        else:
            return
        self._number(number, match.end(), wrong, with_bar=match["rest"] is None)

    def _wrong_options(self, number: int) -> SnippetError | None:
        """What is wrong with the options of a block, if Markdown cannot read them."""
        margin = len(margin_of(self.page.lines[number - 1]))
        options = []
        for option in self.page.lines[number:]:
            if not _OPTION.match(option[margin:]):
                break
            options.append(option[margin + 4 :])
        line = number + 1
        try:
            found = yaml.safe_load("\n".join(options)) or {}
        except yaml.MarkedYAMLError as problem:
            found = None
            if mark := problem.context_mark or problem.problem_mark:
                line += min(int(mark.line), len(options) - 1)
        except yaml.YAMLError:
            found = None
        if isinstance(found, dict) and all(isinstance(key, str) for key in found):
            return None
        return self.page.context.error(
            line, "These are not options, one 'name: value' a line."
        )

    def _note_facts(self, words: Sequence[str]) -> None:
        """Number the links to facts."""
        for first, paragraph in paragraphs(words):
            for link in _FACT.finditer(paragraph):
                line, place = _position(paragraph, link.end())
                wrong = self.page.context.error(
                    first + line,
                    f"The link to the fact {link['id']!r} is not understood here. "
                    "Write [some words](fact:…) into a paragraph, a list or a table.",
                )
                self._number(first + line, place, wrong)

    def _check_html(self, words: Sequence[str]) -> None:
        """See that nothing escapes the checks as HTML."""
        for number, line in enumerate(words, 1):
            if unchecked := _UNCHECKED.search(line):
                self._refuse(
                    number,
                    unchecked.start(),
                    f"<{unchecked['tag']}> is not checked. Write links, pictures and "
                    "code in Markdown.",
                )

    def _check_code(self, text: Sequence[str]) -> None:
        """See that no code in a line is set off as Python."""
        for first, paragraph in paragraphs(text):
            for code in CODE.finditer(paragraph):
                highlighted = _HIGHLIGHTED.match(code["code"].strip())
                if highlighted and is_language(highlighted["language"]):
                    line, place = _position(paragraph, code.start())
                    self._refuse(first + line, place, BY_HAND)


def _position(paragraph: str, place: int) -> tuple[int, int]:
    """The line of a paragraph, counted from 0, and the place in it."""
    before = paragraph[:place]
    return before.count("\n"), place - before.rfind("\n") - 1
