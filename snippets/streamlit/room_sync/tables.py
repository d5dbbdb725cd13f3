"""Tables that several people edit: each cell is an entry of its own."""

from __future__ import annotations

from typing import Any

import pandas as pd

from room_sync import entries as names
from room_sync.errors import UnshareableError
from room_sync.stores import Entries
from room_sync.values import dumps, loads


def cells(table: str, edited: dict[int, dict[str, Any]]) -> Entries:
    """A table's edited cells, each with an entry of its own in the room."""
    return {
        names.of_cell(table, row, column): dumps(value)
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


def filled(table: pd.DataFrame, entries: Entries) -> pd.DataFrame:
    """A copy of the table with the room's cells in it, as far as it has such cells."""
    table = table.copy()
    columns = {str(column): column for column in table.columns}
    for name, text in entries.items():
        row, column = names.place_of(name)
        if isinstance(row, int) and row < len(table) and column in columns:
            values = table[columns[column]].astype(object)
            values.iloc[row] = loads(text)
            kind = table[columns[column]].dtype
            table[columns[column]] = values.astype(kind, errors="ignore")
    return table
