"""Values as text, and back: JSON, with a tag where JSON has no word for it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from enum import Enum
from typing import Any

import numpy as np

from room_sync.errors import UnshareableError


def to_plain(value: Any) -> Any:
    """Say a value in JSON's terms; each object is one tag and what it holds."""
    match value:
        case Enum():
            return {"enum": [type(value).__module__, type(value).__name__, value.name]}
        case None | bool() | int() | float() | str():
            return value
        case np.generic():
            return to_plain(value.item())
        case list():
            return [to_plain(item) for item in value]
        case dict():
            return {"dict": [[to_plain(k), to_plain(v)] for k, v in value.items()]}
        case tuple():
            return {"tuple": [to_plain(item) for item in value]}
        case set() | frozenset():
            return {"set": sorted(map(to_plain, value), key=json.dumps)}
        case datetime() | date() | clock():
            return {_kind(value).__name__: value.isoformat()}
        case timedelta():
            return {"timedelta": [value.days, value.seconds, value.microseconds]}
    raise UnshareableError(f"a {type(value).__name__} cannot be shared")


def _kind(value: date | clock) -> type:
    return next(kind for kind in (datetime, date, clock) if isinstance(value, kind))


def to_text(value: Any) -> str:
    """Write a value as text; raises UnshareableError."""
    return json.dumps(to_plain(value))


def _enum(parts: list[str]) -> Enum:
    module, name, member = parts
    return getattr(sys.modules[module], name)[member]


FROM_PLAIN: dict[str, Callable[[Any], Any]] = {
    "enum": _enum,
    "dict": dict,
    "tuple": tuple,
    "set": set,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": clock.fromisoformat,
    "timedelta": lambda parts: timedelta(*parts),
}


def from_text(text: str) -> Any:
    """Read what to_text() wrote."""

    def build(tagged: dict[str, Any]) -> Any:
        ((tag, plain),) = tagged.items()
        return FROM_PLAIN[tag](plain)

    return json.loads(text, object_hook=build)


def chosen(text: str, options: list[Any]) -> Any:
    """The option, or the list or tuple of options, that the text stands for.

    It compares texts, so that an Enum which each run of a script defines anew is found.
    Raises ValueError when one is not among the options.
    """
    texts = [to_text(option) for option in options]

    def find(plain: Any) -> Any:
        return options[texts.index(json.dumps(plain))]

    if text == "null" or text in texts:
        return None if text == "null" else options[texts.index(text)]
    match json.loads(text):
        case list(plain):
            return [find(item) for item in plain]
        case {"tuple": plain}:
            return tuple(find(item) for item in plain)
        case plain:
            return find(plain)


def offered(given: dict[str, Any], text: str) -> list[Any]:
    """The options of a widget, and what somebody has typed besides them."""
    options: list[Any] = given["options"]
    if not given.get("accept_new_options"):
        return options
    said = from_text(text)
    typed = said if isinstance(said, list) else [said]
    return [*options, *(new for new in typed if new not in [None, *options])]
