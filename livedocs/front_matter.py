"""The head of a page with tests: its fields, what they allow, where one is wrong."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from livedocs.catalog import nearest
from livedocs.errors import SnippetError

_HEAD = re.compile(
    r"\A---[ \t]*\n(?P<yaml>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL
)

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Framework(StrEnum):
    """What a tutorial is written for."""

    TAIPY = "taipy"
    FLET = "flet"
    STREAMLIT = "streamlit"


class Subject(StrEnum):
    """What a tutorial is about, in the words in which people ask."""

    STATE = "state"
    CHAT = "chat"
    FORMS = "forms and tables"
    PRESENCE = "presence"
    ACCESS = "access"
    JOBS = "jobs"
    STORAGE = "storage"
    SCALE = "scale"
    LIVE = "going live"
    TESTING = "testing"
    UPGRADING = "upgrading"


class Level(StrEnum):
    """How much a tutorial takes for granted."""

    START = "start here"
    NEXT = "next steps"
    DEPTH = "in depth"


class ConceptMatter(BaseModel):
    """The fields of a page about all frameworks; no other is allowed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[Line, Field(max_length=70)]
    """The page's heading; search results cut more than 70 characters off."""
    description: Annotated[Line, Field(min_length=30, max_length=160)]
    """One sentence of 30 to 160 characters: lead, card and search result."""
    not_tested: tuple[Line, ...] = ()
    """What a reader may expect to be proven and is not, a sentence each."""


class FrontMatter(ConceptMatter):
    """The fields of a tutorial's front matter; no other is allowed."""

    framework: Framework
    subjects: Annotated[list[Subject], Field(min_length=1)]
    """The main one first."""
    level: Level
    keywords: Annotated[list[Line], Field(min_length=1)]
    """Words to find the page by."""
    read_first: tuple[Line, ...] = ()
    """The tutorials on which this one builds, each by its path, ``flet/chat``."""


Matter = TypeVar("Matter", bound=ConceptMatter)


def read(source: str, name: str, framework: str) -> FrontMatter:
    """Read and check the front matter of a tutorial.

    Args:
        source: the whole page.
        name: the page's file, as the error message shall name it.
        framework: the folder that the page is in.

    Raises:
        SnippetError: with page, line and field, and what is allowed there.
    """
    found, lines = _read(source, name, FrontMatter, "A tutorial")
    if found.framework.value != framework:
        raise SnippetError(
            f"{name}:{lines['framework']}: framework: {found.framework.value!r} is not "
            f"the folder that the page is in, {framework!r}."
        )
    return found


def read_concept(source: str, name: str) -> ConceptMatter:
    """Read and check the front matter of a page about all frameworks.

    Raises:
        SnippetError: as for `read`.
    """
    return _read(source, name, ConceptMatter, "A concept")[0]


def _read(
    source: str, name: str, kind: type[Matter], page: str
) -> tuple[Matter, dict[str, int]]:
    """The front matter, and the line of each of its fields."""
    head = _HEAD.match(source)
    if not head:
        needed = kind.model_fields.items()
        fields = ", ".join(name for name, field in needed if field.is_required())
        raise SnippetError(
            f"{name}:1: {page} starts with front matter between two '---' lines: "
            f"{fields}."
        )
    try:
        loader = yaml.SafeLoader(head["yaml"])
        node = loader.get_single_node()
        found = loader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark or error.problem_mark  # where it begins, if known
        line = mark.line + 2 if mark else 1
        raise SnippetError(
            f"{name}:{line}: The front matter is not YAML: {error.problem}."
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise SnippetError(
            f"{name}:2: The front matter is not YAML: {reason}"
        ) from None
    if not isinstance(node, yaml.MappingNode):
        raise SnippetError(f"{name}:2: The front matter needs lines like 'title: …'.")
    lines = _lines(node, name)
    try:
        return kind.model_validate(found), lines
    except ValidationError as error:
        details = error.errors()
        problems = [f"{name}:{_line(d, lines)}: {_explain(d, kind)}" for d in details]
        raise SnippetError("\n".join(problems)) from None


def _lines(head: yaml.MappingNode, name: str) -> dict[str, int]:
    """The line of each field, counted from 1 in the page."""
    lines: dict[str, int] = {}
    for key, _ in head.value:
        line = key.start_mark.line + 2
        if lines.setdefault(key.value, line) != line:
            raise SnippetError(
                f"{name}:{line}: The field {key.value!r} is there twice."
            )
    return lines


def _line(detail: Any, lines: dict[str, int]) -> int:
    return lines.get(str(detail["loc"][0]), 1)


def _explain(detail: Any, kind: type[ConceptMatter]) -> str:
    name = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"Unknown field {name!r}. {nearest(name, kind.model_fields)}"
    if detail["type"] == "missing":
        return f"The field {name!r} is missing."
    if detail["type"] == "enum":
        allowed = detail["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
        words = [word.strip() for word in allowed.split(",")]
        near = nearest(str(detail["input"]), words)
        hint = f" {near}" if near.startswith("Did") else ""
        return (
            f"{name}: {detail['input']!r} is not known. "
            f"Allowed: {', '.join(words)}.{hint}"
        )
    return f"{name}: {detail['msg']}, not {detail['input']!r}."
