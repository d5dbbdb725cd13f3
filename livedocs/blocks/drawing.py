"""``/// drawing | name``: one of the site's drawings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from livedocs.blocks.block import THEME, Figure, is_text, template
from livedocs.catalog import nearest
from livedocs.errors import SnippetError

PARTS = "parts"
"""What the drawings are made of; none itself."""


class DrawingBlock(Figure):
    """``/// drawing | name``: a drawing of the folder ``drawings`` of the theme.

    Its colours are those of the page. The option ``says`` tells those what it shows who
    cannot see it.
    """

    NAME = "drawing"
    TYPES: ClassVar[dict[str, Callable[[Any], bool]]] = {"says": is_text}

    def render(self) -> str:
        """The drawing, as SVG in the page."""
        known = {path.stem for path in (THEME / "drawings").glob("*.html")} - {PARTS}
        if self.argument not in known:
            raise SnippetError(
                f"There is no drawing {self.argument!r}. "
                f"{nearest(self.argument, known)}"
            )
        if not self.options["says"]:
            raise SnippetError(
                "A drawing needs the option 'says', for those who cannot see it."
            )
        svg = template(f"drawings/{self.argument}.html").render()
        drawn = template("blocks/drawing.html")
        return drawn.render(svg=svg.replace("\n", ""), says=self.options["says"])
