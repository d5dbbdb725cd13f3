"""Numbers that travel with a page's text through Markdown, unseen.

Markdown does not tell where something stood. So what may be wrong carries the number
of its `Place` with it, between characters of Unicode's private use area, which mean
nothing to Markdown. Where our text was understood, its number is read and gone; what
is left of them at the end stands in text, in code or in comments, and is taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BEGIN, _BEGIN_WITH_BAR, _END, _HIDING = "\ue000", "\ue001", "\ue002", "\ue003"
_NUMBER = re.compile(
    rf"(?:{_BEGIN}|\|{_BEGIN_WITH_BAR})(?P<number>\d+){_END}|{_HIDING}"
)
_BARE = re.compile(rf"[{_BEGIN}{_BEGIN_WITH_BAR}](?P<number>\d+){_END}")
_NO_TEXT = re.compile(r"<!--.*?-->|<pre\b.*?</pre>", re.DOTALL)


def carrying(number: int, *, with_bar: bool = False) -> str:
    """What stands in the text for a number.

    Args:
        number: which.
        with_bar: begin with a ``|``, so that the line is a block's with an argument.
    """
    begin = f"|{_BEGIN_WITH_BAR}" if with_bar else _BEGIN
    return f"{begin}{number}{_END}"


def hidden(words: str, margin: str) -> str:
    """A line with these words, in which Markdown finds nothing, not even a blank."""
    return f"{margin}{_HIDING}{words}"


def taken_from(text: str) -> tuple[str, int | None]:
    """The text without the number in it, and the number."""
    match = _BARE.search(text)
    if not match:
        return text, None
    return text[: match.start()] + text[match.end() :], int(match["number"])


def without(text: str) -> str:
    """The text as it was before it carried numbers."""
    return _NUMBER.sub("", text)


def shown(html: str) -> Iterator[int]:
    """The numbers in what readers see, code of several lines apart."""
    for match in _NUMBER.finditer(_NO_TEXT.sub("", html)):
        if match["number"]:
            yield int(match["number"])
