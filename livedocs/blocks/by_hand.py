"""Find Python that is written by hand on a page, in whatever guise."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
import xml.etree.ElementTree as etree
from collections.abc import Sequence
from html import unescape

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from pygments.lexer import LexerMeta
from pygments.lexers import PythonLexer, TextLexer, find_lexer_class_by_name
from pygments.util import ClassNotFound

from livedocs.blocks import numbers
from livedocs.blocks.page import Page
from livedocs.blocks.prose import Fence

BY_HAND = (
    "Python code is written by hand here. Put it into a program below snippets/, where "
    "it is tested, and show it with '/// snippet | …'."
)
NO_LANGUAGE = "This fence names no language. Write, for example, '```text'."

_FIRST_LINE = re.compile(r"\s*(?:(?:#!|:{2,})(?P<language>\S+)|(?P<prompt>>>> ))")
_PROMPT = re.compile(r"^\s*>>> ", re.MULTILINE)
_MARGIN = re.compile(r"^[-+ ]", re.MULTILINE)
_IS_PYTHON = (
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.With, ast.AsyncWith, ast.For, ast.While, ast.Try, ast.Await),
)
"""What no other language has, word for word."""
_IS_CODE = (*_IS_PYTHON, ast.Call)
"""What no text has."""
_MAY_BE_CODE = (*_IS_CODE, ast.stmt)
"""With what other languages have as well, such as the assignments of TOML."""


class ByHand(Treeprocessor):
    """See that a tutorial's code is in fences that name another language."""

    def __init__(self, md: Markdown, page: Page) -> None:
        super().__init__(md)
        self.page = page

    def run(self, root: etree.Element) -> None:
        """Look at fences, and at indented code, which Markdown has found by now.

        Raises:
            SnippetError: with the line of what is Python, or names no language.
        """
        if not self.page.context.strict:
            return
        indented = [
            numbers.without(unescape("".join(pre.itertext())))
            for pre in root.iter("pre")
        ]
        for fence in self.page.prose.fences:
            if fence.is_nested and any(_shows(code, fence) for code in indented):
                continue
            if is_python(fence):
                raise self.page.context.error(fence.line, BY_HAND)
            if not fence.languages:
                raise self.page.context.error(fence.line, NO_LANGUAGE)
        after = 0
        for code in indented:
            line = after = _line_of(code, self.page.lines, after)
            if _reads_as_python(code, _MAY_BE_CODE):
                raise self.page.context.error(line, BY_HAND)


def is_language(name: str) -> bool:
    """Whether Python, or something that is made of it, goes by this name."""
    lexer = _lexer(name)
    if lexer is None:
        return "ython" in name.lower()
    return issubclass(lexer, PythonLexer) or "ython" in lexer().name.lower()


def is_python(fence: Fence) -> bool:
    """Whether a fence says, or shows, that its code is Python."""
    if any(map(is_language, fence.languages)) or _PROMPT.search(fence.code):
        return True
    if not fence.languages:
        return False
    code = fence.code
    if "diff" in fence.languages:
        code = _MARGIN.sub("", code)
    is_text = _lexer(fence.languages[0]) in (None, TextLexer)
    return _reads_as_python(code, _IS_CODE if is_text else _IS_PYTHON)


def _lexer(name: str) -> LexerMeta | None:
    try:
        return find_lexer_class_by_name(name)
    except ClassNotFound:
        return None


def _reads_as_python(code: str, kinds: tuple[type[ast.AST], ...]) -> bool:
    """Whether code is Python and has a statement of one of these kinds."""
    if first := _FIRST_LINE.match(code):
        if first["prompt"] or is_language(first["language"].rpartition("/")[2]):
            return True
        code = code.partition("\n")[2]
    tree = _parsed(textwrap.dedent(code).replace("…", "...").rstrip())
    statements = [it.value if isinstance(it, ast.Expr) else it for it in tree.body]
    return any(
        isinstance(it, kinds) and not (isinstance(it, ast.AnnAssign) and not it.value)
        for it in statements  # `name: value` is YAML, too
    )


def _parsed(code: str) -> ast.Module:
    """The code, which may lack the body of what it begins at its end."""
    last = code.rpartition("\n")[2]
    indent = " " * (len(last) - len(last.lstrip()))
    for end in ("", f"\n{indent}    ...", f"\n{indent}def _(): ..."):
        try:
            with warnings.catch_warnings(action="ignore"):
                return ast.parse(code + end)
        except (SyntaxError, ValueError):
            continue
    return ast.Module([], [])


def _shows(code: str, fence: Fence) -> bool:
    """Whether indented code holds this fence, as text."""
    lines = [line.strip() for line in code.splitlines()]
    inside = [line.strip() for line in fence.code.splitlines()]
    return any(
        lines[place][:3] in ("```", "~~~")
        and lines[place + 1 :][: len(inside)] == inside
        for place in range(len(lines))
    )


def _line_of(code: str, lines: Sequence[str], after: int) -> int:
    """The line after that one, counted from 1, at which this code begins."""
    wanted = [line.rstrip() for line in code.strip("\n").split("\n") if line.strip()]
    found = [(n, it.rstrip()) for n, it in enumerate(lines, 1) if it.strip()]
    found = [(number, line) for number, line in found if number > after]
    for place, (number, line) in enumerate(found):
        margin = len(line) - len(wanted[0]) if wanted else 0
        these = [it[margin:] for _, it in found[place : place + len(wanted)]]
        if margin > 0 and these == wanted:
            return number
    return after or 1
