"""What our blocks have in common."""

from __future__ import annotations

import xml.etree.ElementTree as etree
from abc import abstractmethod
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from jinja2 import Environment, FileSystemLoader, Template
from markdown.util import AtomicString
from pymdownx.blocks.block import Block

from livedocs.blocks import numbers
from livedocs.blocks.page import Page, PageContext
from livedocs.catalog import nearest
from livedocs.errors import SnippetError
from livedocs.located import LocatedError

THEME = Path(__file__).parents[1] / "theme"
"""Where the templates are."""


class PageBlock(Block):  # type: ignore[misc]
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
        arg, number = numbers.taken_from(arg or "")
        self.line = 1 if number is None else self.page.places[number].line
        with located(self.context, self.line):
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

    def close(self) -> None:
        """Note that it has an end."""
        del self.page.open[self.line]

    def refuse_text(self, block: etree.Element) -> None:
        """See that there is nothing between its options and its end."""
        if len(block) or (block.text or "").strip():
            raise SnippetError(
                f"'/// {self.NAME}' takes options, each indented by four spaces, "
                "and no other lines. Close it with '///'."
            )

    def on_create(self, parent: etree.Element) -> etree.Element:
        self.page.open[self.line] = self.NAME
        return etree.SubElement(parent, self.ELEMENT)


class Figure(PageBlock):
    """A block without text of its own, in whose place a template's HTML comes."""

    ELEMENT = "p"  # Python-Markdown puts stored HTML in the place of a paragraph

    def on_end(self, block: etree.Element) -> None:
        self.close()
        with located(self.context, self.line):
            self.refuse_text(block)
            html = self.render()
        block.text = AtomicString(self.md.htmlStash.store(html))

    @abstractmethod
    def render(self) -> str:
        """The block's HTML."""


class located:  # noqa: N801 -- reads as a word: with located(…)
    """Add page and line to what goes wrong inside."""

    def __init__(self, context: PageContext, line: int) -> None:
        self.context, self.line = context, line

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, SnippetError) and not isinstance(error, LocatedError):
            raise self.context.error(self.line, error.message) from None


def _as_is(value: Any) -> Any:
    return value


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def is_texts(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(is_text, value))
    return is_text(value)


def is_lines(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_line, value))


def is_line(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((who, text),) = value.items()
    return is_text(who) and is_text(text)


_TAKES: dict[Callable[[Any], bool], str] = {
    is_text: "text",
    is_texts: "text or a list of texts",
    is_lines: "a list of lines such as '- Alex: Hey!'",
}


def as_list(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []


def template(name: str) -> Template:
    """The theme's template of that name; one that was edited is read again."""
    return _environment(THEME).get_template(name)


@lru_cache(maxsize=2)
def _environment(folder: Path) -> Environment:
    return Environment(loader=FileSystemLoader(folder), autoescape=False)  # noqa: S701 -- the templates escape by `| e`
