"""Values as text, and back: JSON, with a tag where JSON has no word for it."""

from __future__ import annotations

import json
import math
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from enum import Enum, Flag
from fractions import Fraction
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from types import FrameType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from room_sync.errors import UnshareableError
from room_sync.live import LiveDict, LiveList, LiveSet

_LONG = 1 << 1024  # such integers are tagged: Python limits how many digits it reads


def dumps(value: Any) -> str:
    """Write a value as text; two values are the same if their texts are.

    Raises:
        UnshareableError: text cannot hold it.
    """
    try:
        return json.dumps(_to_plain(value))
    except RecursionError:
        raise UnshareableError(
            f"a {type(value).__name__} that contains itself cannot be shared"
        ) from None


def loads(text: str) -> Any:
    """Read what `dumps` has written.

    Raises:
        UnshareableError: it has an object whose class this app does not have, or has
            changed.
    """
    return json.loads(text, object_hook=_from_tagged)


def _to_plain(value: Any) -> Any:
    """Say a value in JSON's terms; each object is one tag and what it holds."""
    kind = type(value)
    if kind is str or kind is bool or value is None:  # most are, and it is quick
        return value
    if value is pd.NaT or value is pd.NA:
        return {"missing": str(value).strip("<>")}
    match value:
        case Flag():
            return {"flag": [*_class_name(value), value.value]}
        case Enum():
            return {"enum": [*_class_name(value), value.name]}
        case None | bool() | str():
            return value
        case np.datetime64():
            return {"datetime64": [str(value), *np.datetime_data(value)[:1]]}
        case np.timedelta64():
            return {"timedelta64": [int(value.astype(int)), *np.datetime_data(value)]}
        case pd.Timestamp():
            zone = getattr(value.tzinfo, "key", getattr(value.tzinfo, "zone", None))
            moment = value.tz_convert("UTC") if zone else value
            return {"Timestamp": [moment.isoformat(), zone]}
        case pd.Timedelta():
            return {"Timedelta": value.isoformat()}
        case np.generic():
            return _to_plain(value.item())
        case int():
            return int(value) if abs(value) < _LONG else {"int": hex(value)}
        case float():
            return float(value) if math.isfinite(value) else {"float": str(value)}
        case complex():
            return {"complex": [value.real, value.imag]}
        case bytes():
            return {"bytes": b64encode(value).decode()}
        case Decimal() | UUID() | Fraction():
            return {type(value).__name__: str(value)}
        case PurePath():
            name = "Path" if isinstance(value, Path) else kind.__name__
            return {name: str(value)}
        case datetime() | clock() if isinstance(value.tzinfo, ZoneInfo):
            local = _to_plain(value.replace(tzinfo=None))
            return {"zoned": [local, value.tzinfo.key, value.fold]}
        case datetime() | date() | clock():
            return {_kind(value).__name__: value.isoformat()}
        case timedelta():
            return {"timedelta": [value.days, value.seconds, value.microseconds]}
    return _container_to_plain(value)


def _container_to_plain(value: Any) -> Any:
    kind = type(value)
    if kind in (list, LiveList):
        return [_to_plain(item) for item in value]
    if kind in (dict, LiveDict):
        return {"dict": [[_to_plain(k), _to_plain(v)] for k, v in value.items()]}
    if kind is tuple:
        return {"tuple": [_to_plain(item) for item in value]}
    if kind in (set, LiveSet):
        return {"set": sorted(map(_to_plain, value), key=json.dumps)}
    if kind is frozenset:
        return {"frozenset": sorted(map(_to_plain, value), key=json.dumps)}
    if is_dataclass(kind):
        given = {field.name: getattr(value, field.name) for field in fields(value)}
        return {"dataclass": [*_class_name(value), _to_plain(given)]}
    raise UnshareableError(f"a {kind.__name__} cannot be shared")


def _kind(value: date | clock) -> type:
    return next(kind for kind in (datetime, date, clock) if isinstance(value, kind))


def _class_name(value: Any) -> tuple[str, str]:
    kind = type(value)
    if "<" in kind.__qualname__:
        raise UnshareableError(
            f"a {kind.__name__} cannot be shared: its class is made in a function"
        )
    return kind.__module__, kind.__qualname__


def _class(module: str, name: str, kind: Callable[[Any], bool]) -> Any:
    """The class of that name, as the running script has made it."""
    frame: FrameType | None = sys._getframe()
    while frame and frame.f_globals.get("__name__") != module:
        frame = frame.f_back  # the script of each session is a "__main__" of its own
    try:
        names = frame.f_globals if frame else vars(sys.modules[module])
        first, *rest = name.split(".")
        found = names[first]
        for part in rest:
            found = getattr(found, part)
    except (KeyError, AttributeError):
        found = None
    if not kind(found):
        raise UnshareableError(f"this app has no class {module}.{name}")
    return found


def _is_enum(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, Enum)


def _enum(plain: list[str]) -> Enum:
    module, name, member = plain
    found: Enum = _class(module, name, _is_enum)[member]
    return found


def _flag(plain: list[Any]) -> Flag:
    module, name, value = plain
    found: Flag = _class(module, name, _is_enum)(value)
    return found


def _dataclass(plain: list[Any]) -> Any:
    """The object; fields that its class has got meanwhile have their defaults."""
    module, name, given = plain
    kind = _class(module, name, is_dataclass)
    value = object.__new__(kind)
    for field in fields(kind):
        if field.name in given:
            item = given[field.name]
        elif field.default_factory is not MISSING:
            item = field.default_factory()
        elif field.default is not MISSING:
            item = field.default
        else:
            raise UnshareableError(f"this app's {name} has a new field, {field.name}")
        object.__setattr__(value, field.name, item)  # frozen ones, too
    return value


def _timestamp(plain: list[Any]) -> pd.Timestamp:
    text, zone = plain
    moment = pd.Timestamp(text)
    return moment.tz_convert(ZoneInfo(zone)) if zone else moment


def _zoned(plain: list[Any]) -> datetime | clock:
    local, key, fold = plain
    zoned: datetime | clock = local.replace(tzinfo=ZoneInfo(key), fold=fold)
    return zoned


_FROM_PLAIN: dict[str, Callable[[Any], Any]] = {
    "missing": {"NA": pd.NA, "NaT": pd.NaT}.__getitem__,
    "enum": _enum,
    "flag": _flag,
    "int": lambda text: int(text, 16),
    "float": float,
    "complex": lambda parts: complex(*parts),
    "bytes": b64decode,
    "Decimal": Decimal,
    "UUID": UUID,
    "Fraction": Fraction,
    "Path": Path,
    "PurePosixPath": PurePosixPath,
    "PureWindowsPath": PureWindowsPath,
    "zoned": _zoned,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": clock.fromisoformat,
    "timedelta": lambda parts: timedelta(*parts),
    "datetime64": lambda parts: np.datetime64(*parts),
    "timedelta64": lambda parts: np.timedelta64(parts[0], tuple(parts[1:])),
    "Timestamp": _timestamp,
    "Timedelta": pd.Timedelta,
    "dict": dict,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "dataclass": _dataclass,
}


def _from_tagged(tagged: dict[str, Any]) -> Any:
    ((tag, plain),) = tagged.items()
    if tag not in _FROM_PLAIN:
        raise UnshareableError(f"this app knows no {tag} {plain!r}")
    try:
        return _FROM_PLAIN[tag](plain)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, UnshareableError):
            raise
        raise UnshareableError(f"this app cannot read {tag} {plain!r}") from error
