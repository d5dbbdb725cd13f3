"""One picture of what everybody sees: a window for each, side by side, with a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFont

from livedocs.films import DARK, LIGHT

GAP = 16
BAR = 40
CELL = 20
TOLERANCE = 20
"""By how much a cell's mean colour may differ, of 255: a caret, a letter's edge."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Colours:
    """Those of the site's look."""

    paper: str
    panel: str
    line: str
    ink: str
    soft: str
    dots: tuple[str, ...]


COLOURS = {
    LIGHT: Colours(
        *("#fcfdfc", "#f2f6f4", "#d9e2de", "#13221e", "#48605a"),
        dots=("#de5846", "#1793b5", "#0b5549"),
    ),
    DARK: Colours(
        *("#0f1715", "#16211e", "#2a3935", "#e6eeeb", "#a6b9b2"),
        dots=("#ff8a78", "#4fb9d8", "#86d5c1"),
    ),
}

# What a pointer looks like, from its tip.
_ARROW = ((0, 0), (0, 17), (4, 13), (7, 19.5), (10, 18), (7, 12), (12, 12))
_FINER = 4  # drawn so much larger, then made small: smooth edges


@dataclass(frozen=True)
class Pointer:
    """Where somebody's mouse is."""

    window: int
    at: Point
    is_pressed: bool = False


@dataclass(frozen=True)
class Layout:
    """Where everything is, in pixels."""

    names: tuple[str, ...]
    width: int
    """Of each window, as is the height."""
    height: int
    scheme: str = LIGHT

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole picture."""
        return len(self.names) * (self.width + GAP) - GAP, BAR + self.height

    def left(self, window: int) -> int:
        """Where a window begins."""
        return window * (self.width + GAP)


def compose(
    layout: Layout,
    windows: Sequence[Image.Image | None],
    pointer: Pointer | None = None,
) -> Image.Image:
    """Put the windows side by side; who has not come yet has an empty one."""
    colours = COLOURS[layout.scheme]
    picture = Image.new("RGB", layout.size, colours.paper)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(17)
    for number, (name, window) in enumerate(zip(layout.names, windows, strict=True)):
        left = layout.left(number)
        right, bottom = left + layout.width - 1, BAR + layout.height - 1
        if window:
            picture.paste(window.convert("RGB"), (left, BAR))
        else:
            draw.rectangle((left, BAR, right, bottom), fill=colours.panel)
            middle = (left + layout.width / 2, BAR + layout.height / 2)
            text = f"{name} is not here yet."
            draw.text(middle, text, colours.soft, font, anchor="mm")
        draw.rectangle((left, 0, right, BAR - 1), fill=colours.panel)
        draw.rectangle((left, 0, right, bottom), outline=colours.line)
        dot = colours.dots[number % len(colours.dots)]
        draw.ellipse((left + 14, 15, left + 24, 25), fill=dot)
        draw.text((left + 34, BAR / 2), name, colours.ink, font, anchor="lm")
    if pointer:
        _draw_pointer(picture, layout, pointer)
    return picture


def _draw_pointer(picture: Image.Image, layout: Layout, pointer: Pointer) -> None:
    colours = COLOURS[layout.scheme]
    radius = 26
    x = round(layout.left(pointer.window) + pointer.at[0])
    y = round(BAR + pointer.at[1])
    side = 2 * radius * _FINER
    ink = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(ink)
    if pointer.is_pressed:
        ring = [_FINER * (radius - 16), _FINER * (radius + 16)]
        dot = colours.dots[pointer.window % len(colours.dots)]
        box = (ring[0], ring[0], ring[1], ring[1])
        draw.ellipse(box, outline=dot, width=3 * _FINER)
    arrow = [((radius + a) * _FINER, (radius + b) * _FINER) for a, b in _ARROW]
    draw.polygon(arrow, fill="#111111", outline="#ffffff", width=5)
    small = ink.resize((2 * radius, 2 * radius), Image.Resampling.LANCZOS)
    picture.paste(small, (x - radius, y - radius), small)


def difference(one: Image.Image, other: Image.Image) -> tuple[int, tuple[int, int]]:
    """By how much the mean colours of any cell differ at most, of 255; and where.

    Raises:
        AssertionError: the pictures have not the same size.
    """
    assert one.size == other.size, f"{one.size} is not {other.size}"
    cells = ImageChops.difference(_cells(one), _cells(other))
    worst = {max(pair): (n % cells.width, n // cells.width) for n, pair in _all(cells)}
    most = max(worst)
    x, y = worst[most]
    return most, (x * CELL, y * CELL)


def _cells(picture: Image.Image) -> Image.Image:
    return picture.convert("RGB").reduce(CELL)


def _all(cells: Image.Image) -> Sequence[tuple[int, tuple[int, ...]]]:
    found = cells.tobytes()
    return [(n, tuple(found[3 * n : 3 * n + 3])) for n in range(len(found) // 3)]
