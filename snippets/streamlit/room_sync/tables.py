"""Tables that several people edit: each cell is an entry of its own."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from room_sync.errors import UnshareableError
from room_sync.stores import Texts
from room_sync.values import from_text, to_text


def cells(name: str, edited: dict[int, dict[str, Any]]) -> Texts:
    """A table's edited cells, each under a key of its own in the room."""
    return {
        f"{name}{json.dumps([row, column])}": to_text(value)
        for row, columns in edited.items()
        for column, value in columns.items()
    }


def fixed_table(given: dict[str, Any]) -> pd.DataFrame:
    """The app's table, if it can be shared; raises UnshareableError."""
    fixed = given.get("num_rows", "fixed") == "fixed"
    if not (fixed and isinstance(given["data"], pd.DataFrame)):
        raise UnshareableError(
            "a shared table is a DataFrame with a fixed number of rows"
        )
    return given["data"]


def filled(table: pd.DataFrame, name: str, texts: Texts) -> pd.DataFrame:
    """A copy of the table with the room's cells in it, as far as it has such cells."""
    table = table.copy()
    columns = {str(column): column for column in table.columns}
    for key, text in texts.items():
        row, column = json.loads(key.removeprefix(name))
        if row < len(table) and column in columns:
            values = table[columns[column]].astype(object)
            values.iloc[row] = from_text(text)
            kind = table[columns[column]].dtype
            table[columns[column]] = values.astype(kind, errors="ignore")
    return table
