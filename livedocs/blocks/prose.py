"""Which part of a page is prose, and which is a comment or code.

Source of what a fence is: pymdownx/superfences.py; of comments and of code in a line:
markdown/htmlparser.py and markdown/inlinepatterns.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pymdownx.superfences import RE_NESTED_FENCE_START

CODE = re.compile(r"(?<!\\)(?P<edge>`+)(?P<code>.+?)(?<!`)(?P=edge)(?!`)", re.DOTALL)
"""Code in a line, as Python-Markdown finds it."""

_FENCE = re.compile(r"^(?P<margin>[\s>]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
_MARGIN = re.compile(r"[\s>]*")
_CLASS = re.compile(r"(?<!\S)\.([^\s.}]+)")
_NESTED = 4  # columns: Python-Markdown's `tab_length`
_PLACES = re.compile(r"[^\n]")


@dataclass(frozen=True)
class Fence:
    """Code in a fence."""

    line: int
    """Where it opens, counted from 1."""
    last: int
    """Where it is closed."""
    is_nested: bool
    """As `is_nested` says of its first line."""
    languages: tuple[str, ...]
    """What its first line calls the code; Markdown takes the first word."""
    code: str


@dataclass(frozen=True)
class Broken:
    """The first line of a fence or a comment that Markdown takes for text."""

    line: int
    is_nested: bool
    """Whether it may be meant as text, in indented code."""
    message: str


@dataclass(frozen=True)
class Prose:
    """The lines of a page without what is no prose, each as long as it was."""

    text: tuple[str, ...]
    """Without fences and comments; spaces are in their place."""
    words: tuple[str, ...]
    """Without code in the line, too; letters are in its place."""
    fences: tuple[Fence, ...]
    broken: tuple[Broken, ...]
    comments: Mapping[int, str]
    """The lines at whose beginning a comment goes on, with the margin of its first."""


def read(lines: Sequence[str]) -> Prose:
    """Tell the prose of a page from its code and its comments."""
    text = list(lines)
    fences: list[Fence] = []
    broken: list[Broken] = []
    comments: dict[int, str] = {}
    place = 0
    while place < len(lines):
        found = _fence(lines, place)
        if isinstance(found, Fence):
            fences.append(found)
            last = found.last - 1
            text[place : last + 1] = map(_blank, lines[place : last + 1])
        else:
            broken += [found] if found else []
            last = _leave_out_comments(text, place, broken)
            margin = margin_of(lines[place])
            comments |= dict.fromkeys(range(place + 2, last + 2), margin)
        place = last + 1
    words = tuple(_without_code(text))
    return Prose(tuple(text), words, tuple(fences), tuple(broken), comments)


def is_nested(line: str) -> bool:
    """Whether a line belongs to a list or the like, or is indented code."""
    return len(margin_of(line)) >= _NESTED


def margin_of(line: str) -> str:
    """What stands before a line's first word: spaces, and the marks of quotations."""
    match = _MARGIN.match(line)
    return match[0] if match else ""


def paragraphs(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each run of lines that are not blank, with the number of its first line."""
    run: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            run.append(line)
        elif run:
            yield number - len(run), "\n".join(run)
            run = []


def _fence(lines: Sequence[str], place: int) -> Fence | Broken | None:
    """The fence that opens at this place, if one does."""
    opening = _FENCE.match(lines[place])
    if not opening or (opening["fence"][0] == "`" and "`" in opening["info"]):
        return None
    margin, nested = opening["margin"], is_nested(lines[place])
    words = RE_NESTED_FENCE_START.match(opening["fence"] + opening["info"].rstrip())
    if not words or words["unrecognized"]:
        said = opening["info"].strip()
        return Broken(
            place + 1,
            nested,
            f"This fence is not understood: {said!r}. Write the language, and options "
            "as in 'title=\"note.txt\"'.",
        )
    for last in range(place + 1, len(lines)):
        line = lines[last]
        if line[: len(margin)].strip(" >"):  # it begins to the left of the fence
            nested = nested and line.strip() != opening["fence"]
            break
        code = line[len(margin_of(line) if ">" in margin else margin) :]
        if code.rstrip() == opening["fence"]:
            named = [words["lang"]] if words["lang"] else []
            named += _CLASS.findall(words["attrs"] or "")
            inside = "\n".join(it[len(margin) :] for it in lines[place + 1 : last])
            return Fence(place + 1, last + 1, nested, tuple(named), inside)
    return Broken(
        place + 1,
        nested,
        f"This fence is never closed with {opening['fence']!r}, indented as here.",
    )


def _leave_out_comments(text: list[str], place: int, broken: list[Broken]) -> int:
    """Put spaces in place of the comments that begin in a line.

    Returns:
        The place of the line in which the last one of them ends, or this one.
    """
    start = _comment_in(text, place)
    while start >= 0:
        rest = "\n".join(text[place:])
        end = rest.find("-->", start + len("<!--"))
        if end < 0:
            if start == len(margin_of(text[place])):
                broken.append(
                    Broken(
                        place + 1,
                        is_nested(text[place]),
                        "This comment is never closed with '-->'.",
                    )
                )
            break
        comment = rest[start : end + len("-->")]
        rest = rest[:start] + _blank(comment) + rest[end + len("-->") :]
        text[place:] = rest.split("\n")
        place += comment.count("\n")
        start = _comment_in(text, place)
    return place


def _comment_in(text: Sequence[str], place: int) -> int:
    """Where in the line a comment begins; -1 if none does, or only in code."""
    if "<!--" not in text[place]:
        return -1
    first = last = place
    while first and text[first - 1].strip():
        first -= 1
    while last + 1 < len(text) and text[last + 1].strip():
        last += 1
    paragraph = list(_without_code(text[first : last + 1]))
    return paragraph[place - first].find("<!--")


def _without_code(lines: Sequence[str]) -> Iterator[str]:
    """The lines with a letter for each character of code in them."""
    words = list(lines)
    for first, paragraph in paragraphs(lines):
        plain = CODE.sub(lambda match: _PLACES.sub("x", match[0]), paragraph)
        words[first - 1 : first + plain.count("\n")] = plain.split("\n")
    yield from words


def _blank(text: str) -> str:
    return _PLACES.sub(" ", text)
