"""What the entries of a room are called: each kind has a key space of its own."""

from __future__ import annotations

import json
from typing import Any

from room_sync.stores import Entries

_KEY, _LABEL, _CELL, _ROW = "key:", "label:", "cell:", "row:"


def of_key(key: str) -> str:
    """A value, or a widget that has a key."""
    return f"{_KEY}{key}"


def of_label(kind: str, label: str) -> str:
    """A widget without a key."""
    return f"{_LABEL}{json.dumps([kind, label])}"


def of_cell(table: str, row: int | str, column: str) -> str:
    """A cell of the table with that entry."""
    return f"{_CELL}{json.dumps([table, row, column])}"


def of_row(table: str, row: int | str) -> str:
    """A row of that table which somebody has added or deleted."""
    return f"{_ROW}{json.dumps([table, row])}"


def key_of(entry: str) -> str | None:
    """The key of a value or a widget; None: it has none."""
    return entry.removeprefix(_KEY) if entry.startswith(_KEY) else None


def of_table(table: str, entries: Entries) -> Entries:
    """The cells and rows that a room has of a table."""
    inside = f"{json.dumps([table])[:-1]}, "
    begins = (f"{_CELL}{inside}", f"{_ROW}{inside}")
    return {name: text for name, text in entries.items() if name.startswith(begins)}


def place_of(name: str) -> list[Any]:
    """The row of such an entry, and of a cell the column."""
    place: list[Any] = json.loads(name.partition(":")[2])
    return place[1:]


def shown(entry: str) -> str:
    """What people know it by: a key, or kind and label."""
    if (key := key_of(entry)) is not None:
        return key
    kind, label = json.loads(entry.removeprefix(_LABEL))
    return f"{kind}:{label}"
