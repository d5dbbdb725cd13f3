"""One picture of what everybody sees: a window for each, side by side, with a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFont

from livedocs.films import DARK, LIGHT

GAP = 16
BAR = 40
CELL = 20
"""The side of the squares whose mean colours are compared, in a page's pixels."""
TOLERANCE = 20
"""By how much one may differ, of 255: a caret, a letter's edge."""

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
    """Where everything is, in a film's pixels."""

    names: tuple[str, ...]
    page: tuple[int, int]
    """How wide and high each window is, in a page's pixels."""
    scheme: str = LIGHT
    scale: float = 1
    """A film's pixels for each of a page's."""

    @property
    def window(self) -> tuple[int, int]:
        """How wide and high a window is."""
        return self.of_page(self.page[0]), self.of_page(self.page[1])

    @property
    def bar(self) -> int:
        """How high the names stand above the windows."""
        return self.of_page(BAR)

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole picture: even, as H.264 wants it."""
        right = self.left(len(self.names) - 1) + self.window[0]
        bottom = self.bar + self.window[1]
        return right + right % 2, bottom + bottom % 2

    def left(self, window: int) -> int:
        """Where a window begins."""
        return window * (self.window[0] + self.of_page(GAP))

    def of_page(self, pixels: float) -> int:
        """A length on a page."""
        return round(self.scale * pixels)


def compose(
    layout: Layout,
    windows: Sequence[Image.Image | None],
    pointer: Pointer | None = None,
) -> Image.Image:
    """Put the windows side by side; who has not come yet has an empty one."""
    colours = COLOURS[layout.scheme]
    picture = Image.new("RGB", layout.size, colours.paper)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(layout.of_page(17))
    width, height = layout.window
    bar, line = layout.bar, layout.of_page(1)
    for number, (name, window) in enumerate(zip(layout.names, windows, strict=True)):
        left = layout.left(number)
        right, bottom = left + width - 1, bar + height - 1
        if window:
            picture.paste(window.convert("RGB"), (left, bar))
        else:
            draw.rectangle((left, bar, right, bottom), fill=colours.panel)
            middle = (left + width / 2, bar + height / 2)
            text = f"{name} is not here yet."
            draw.text(middle, text, colours.soft, font, anchor="mm")
        draw.rectangle((left, 0, right, bar - 1), fill=colours.panel)
        draw.rectangle((left, 0, right, bottom), outline=colours.line, width=line)
        dot = colours.dots[number % len(colours.dots)]
        middle, radius = (left + layout.of_page(19), bar / 2), layout.of_page(5)
        draw.circle(middle, radius, fill=dot)
        begin = (left + layout.of_page(34), bar / 2)
        draw.text(begin, name, colours.ink, font, anchor="lm")
    if pointer:
        _draw_pointer(picture, layout, pointer)
    return picture


def _draw_pointer(picture: Image.Image, layout: Layout, pointer: Pointer) -> None:
    colours = COLOURS[layout.scheme]
    radius = 26
    x = layout.left(pointer.window) + layout.of_page(pointer.at[0] - radius)
    y = layout.bar + layout.of_page(pointer.at[1] - radius)
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
    size = layout.of_page(2 * radius)
    small = ink.resize((size, size), Image.Resampling.LANCZOS)
    picture.paste(small, (x, y), small)


def difference(
    one: Image.Image, other: Image.Image, cell: int = CELL
) -> tuple[int, tuple[int, int]]:
    """By how much the mean colours of any cell differ at most, of 255; and where.

    Args:
        one: a picture.
        other: what it is compared with.
        cell: the side of a cell, in their pixels.

    Raises:
        AssertionError: the pictures have not the same size.
    """
    assert one.size == other.size, f"{one.size} is not {other.size}"
    means = (picture.convert("RGB").reduce(cell) for picture in (one, other))
    cells = ImageChops.difference(*means)
    worst = {max(pair): (n % cells.width, n // cells.width) for n, pair in _all(cells)}
    most = max(worst)
    x, y = worst[most]
    return most, (x * cell, y * cell)


def _all(cells: Image.Image) -> Sequence[tuple[int, tuple[int, ...]]]:
    found = cells.tobytes()
    return [(n, tuple(found[3 * n : 3 * n + 3])) for n in range(len(found) // 3)]
