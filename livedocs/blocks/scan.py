"""Read a page's lines before Markdown takes them apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import yaml
from markdown import Markdown
from markdown.preprocessors import Preprocessor
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from livedocs.blocks.page import Header, Page
from livedocs.catalog import nearest

_FENCE = re.compile(r"^[\s>]*(?P<fence>`{3,}|~{3,})[ ]*(?P<info>.*)$")
_BLOCK = re.compile(
    r"^[\s>]*/{3,}[ ]*(?P<name>[\w-]+)[ ]*(?:\|[ ]*(?P<argument>.*?)[ ]*)?$"
)
_OPTION = re.compile(r"^[ ]{4,}\S")
_CODE = re.compile(r"(`+).+?\1", re.DOTALL)
_FACT = re.compile(r"(?:\]\(|\]:)\s*<?fact:([^\s)>]*)")
_UNCHECKED = re.compile(r"<(?P<tag>a|img|pre)\b", re.IGNORECASE)


class Scan(Preprocessor):
    """Note where our blocks stand before Markdown takes the page apart."""

    def __init__(
        self, md: Markdown, page: Page, known: Iterable[str], ours: Iterable[str]
    ) -> None:
        super().__init__(md)
        self.page = page
        self.known = known
        """The names of all blocks that Markdown understands."""
        self.ours = ours

    def run(self, lines: list[str]) -> list[str]:
        page = self.page
        page.lines, page.headers, page.links, page.marks = lines, [], [], {}
        page.entries = {}
        page.opened = page.closed = page.numbered = 0
        text = dict(outside_fences(lines, self._check_fence))
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
        if name in self.ours:
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
        """Note where facts are referred to; see that nothing escapes the checks."""
        context = self.page.context
        for first, paragraph in _paragraphs(lines):
            prose = _CODE.sub(_word, paragraph)
            for link in _FACT.finditer(prose):
                line = first + prose[: link.start()].count("\n")
                self.page.links.append((line, link[1]))
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


def outside_fences(
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
