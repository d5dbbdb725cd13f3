"""What people read in a file: all else is covered by dots, so that places stay."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

DOT = "·"
"""What stands for a character that is not read: neither a space nor part of a word."""
_HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_READ_IN_HEAD = re.compile(r" *(?:title|description|text):| *- (?![\[{])|  [^ :]+ ")
_KEY = re.compile(r"^ *(?:- )?(?:\w+:)?")
_FENCE = re.compile(r"^( *)(`{3,}|~{3,})[^\n]*\n.*?^\1\2", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"^///[^\n]*(?:\n {4}[^\n]*)*", re.MULTILINE)
_NOT_READ = re.compile(
    r"``[^`]+``|`[^`\n]+`"  # code
    r"|(?<=\])\([^()\s]*\)"  # where a link leads
    r"|<[^<>]+>|\{[^{}\n]*\}"  # tags, attributes
    r"|https?://\S+"
)
_SUFFIXES = {".md", ".py"}


def files(roots: Iterable[Path]) -> Iterator[Path]:
    """The Markdown and Python files below folders, sorted; a file stands for itself."""
    for root in roots:
        found = sorted(root.rglob("*")) if root.is_dir() else [root]
        yield from (path for path in found if path.suffix in _SUFFIXES)


def read(path: Path) -> str:
    """The file's prose, each word in the line and the column in which it stands."""
    text = path.read_text("utf-8")
    return of_page(text) if path.suffix == ".md" else of_program(text)


def of_page(text: str) -> str:
    """What is read of a page: no code, no addresses, of its head what is shown."""
    if head := _HEAD.match(text):
        kept = "\n".join(map(_of_head, head[0].split("\n")))
        text = kept + text[head.end() :]
    for pattern in (_FENCE, _BLOCK, _NOT_READ):
        text = pattern.sub(_cover, text)
    return text


def _of_head(line: str) -> str:
    return _KEY.sub(_cover, line) if _READ_IN_HEAD.match(line) else DOT * len(line)


def of_program(text: str) -> str:
    """What is read of a program: docstrings, sentences in texts, reasons of errors."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    kept = [DOT if mark != "\n" else mark for mark in text]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant | ast.JoinedStr) and _is_read(node):
            assert node.end_lineno and node.end_col_offset is not None  # it was parsed
            begin = starts[node.lineno - 1] + _column(
                lines[node.lineno - 1], node.col_offset
            )
            end = starts[node.end_lineno - 1] + _column(
                lines[node.end_lineno - 1], node.end_col_offset
            )
            kept[begin:end] = text[begin:end]
    return _NOT_READ.sub(_cover, "".join(kept))


def _is_read(node: ast.Constant | ast.JoinedStr) -> bool:
    """Whether it is a text of several words."""
    if isinstance(node, ast.JoinedStr):
        return True
    return isinstance(node.value, str) and " " in node.value.strip()


def _column(line: str, offset: int) -> int:
    """The characters before a place that `ast` gives in bytes."""
    return len(line.encode()[:offset].decode())


def _cover(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", DOT, match[0])
