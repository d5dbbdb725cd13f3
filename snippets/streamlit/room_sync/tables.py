"""Tables that several people edit: each cell is an entry of its own, and each row.

A row of the app's own data is known by its position there, an added one by a name that
no other row has. So rows that two people add at the same moment are both there, and one
that both delete is gone.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from room_sync import entries as names
from room_sync.errors import UnshareableError
from room_sync.stores import Changes, Entries
from room_sync.values import dumps, loads

Row = int | str
_INDEX = "_index"  # the column of an added row that says what it is called
_DELETED = "false"


def shared_table(given: dict[str, Any]) -> pd.DataFrame:
    """The app's table, if it can be shared.

    Raises:
        UnshareableError: it is no DataFrame.
    """
    if not isinstance(given["data"], pd.DataFrame):
        raise UnshareableError("a shared table is a DataFrame")
    return given["data"]


@dataclass
class Table:
    """A table as this session's browser has it."""

    base: pd.DataFrame
    """The app's data."""
    entry: str
    is_fixed: bool = True
    """Nobody adds rows, nobody deletes any."""
    kinds: dict[str, str] = field(default_factory=dict)
    """How the app declares its columns, by name, in Streamlit's words."""
    rows: list[Row] = field(default_factory=list)
    """Which ones the browser was given, from top to bottom."""
    added: list[str] = field(default_factory=list)
    """Which ones its user has added since."""
    cells: dict[Row, dict[str, Any]] = field(default_factory=dict)
    """What the room holds of them."""

    def rendered(self, entries: Entries) -> pd.DataFrame:
        """The data with what the room holds about it; remembers the rows."""
        known, cells = _rows_and_cells(self.entry, entries)
        self.cells = cells
        columns = {_shown(column): column for column in self.base.columns}
        base = [n for n in range(len(self.base)) if known.get(n) != _DELETED]
        new = [row for row in known if isinstance(row, str)]
        self.rows = [*base, *sorted(new, key=lambda row: (known[row], row))]
        frame = pd.DataFrame(index=self._index(self.rows, cells))
        for name, column in columns.items():
            old = self.base[column]
            read, own = _reader(old, self.kinds.get(name)), old.tolist()
            values = [
                read(cells[row][name])
                if name in cells.get(row, {})
                else (own[row] if isinstance(row, int) else None)
                for row in self.rows
            ]
            frame[column] = _series(values, old, frame.index)
        frame.columns = self.base.columns
        return frame

    def _index(self, rows: list[Row], cells: dict[Row, dict[str, Any]]) -> pd.Index:
        index = self.base.index
        if isinstance(index, pd.RangeIndex):
            return pd.RangeIndex(len(rows), name=index.name)
        read = _reader(index.to_series())
        labels: list[Any] = []
        for row in rows:
            if _INDEX in cells.get(row, {}):
                labels.append(read(cells[row][_INDEX]))
            elif isinstance(row, int):
                labels.append(index[row])
            elif pd.api.types.is_integer_dtype(index.dtype):
                labels.append(max([-1, *index, *labels]) + 1)
            else:  # its user has not named it yet
                labels.append(
                    None if pd.api.types.is_datetime64_any_dtype(index) else row
                )
        try:
            return pd.Index(labels, dtype=index.dtype, name=index.name)
        except (TypeError, ValueError):
            return pd.Index(labels, name=index.name)

    def numbered(self, result: pd.DataFrame) -> pd.DataFrame:
        """What the editor returns, with the row numbers and kinds that others have.

        Since version 3, pandas makes floats of integers where one is missing.
        """
        for column, old in self.base.items():
            is_empty = pd.api.types.is_object_dtype(old) and old.isna().all()
            if is_empty and column in result:
                read = _reader(old, self.kinds.get(_shown(column)))
                result[column] = [read(value) for value in result[column]]
            if pd.api.types.is_integer_dtype(old.dtype) and column in result:
                new = result[column]
                if pd.api.types.is_float_dtype(new.dtype):
                    values = [None if pd.isna(n) else int(n) for n in new]
                    result[column] = _series(values, old, result.index)
        if isinstance(self.base.index, pd.RangeIndex):
            return result.reset_index(drop=True)
        return result

    def edits(self, state: dict[str, Any], new_row: Callable[[], int]) -> Changes:
        """What the user has done since the browser was given the rows."""
        edits: Changes = {}
        for position, columns in state["edited_rows"].items():
            if position < len(self.rows):
                row = self.rows[position]
                for column, value in columns.items():
                    edits[names.of_cell(self.entry, row, column)] = dumps(value)
        for position in state.get("deleted_rows", ()):
            if position < len(self.rows):
                row = self.rows[position]
                edits |= self._removed(row)
        added: list[dict[str, Any]] = state.get("added_rows", [])
        while len(self.added) < len(added):
            self.added.append(f"{new_row()}")
        for row, columns in zip(self.added, added, strict=False):
            edits[names.of_row(self.entry, row)] = row
            for column, value in columns.items():
                edits[names.of_cell(self.entry, row, column)] = dumps(value)
        for row in self.added[len(added) :]:  # its user has taken one back
            edits |= self._removed(row)
        return edits

    def _removed(self, row: Row) -> Changes:
        """What takes a row out, with all that the room holds of an added one."""
        name = names.of_row(self.entry, row)
        if isinstance(row, int):
            return {name: _DELETED}
        cells = (names.of_cell(self.entry, row, it) for it in self.cells.get(row, ()))
        return dict.fromkeys((name, *cells))


def _rows_and_cells(
    table: str, entries: Entries
) -> tuple[dict[Row, str], dict[Row, dict[str, Any]]]:
    rows: dict[Row, str] = {}
    cells: dict[Row, dict[str, Any]] = {}
    for name, text in entries.items():
        row, *column = names.place_of(name)
        if column:
            cells.setdefault(row, {})[column[0]] = loads(text)
        else:
            rows[row] = text
    return rows, cells


def _shown(column: Any) -> str:
    """What a browser calls a column, one of several levels too."""
    return "_".join(map(str, column)) if isinstance(column, tuple) else str(column)


def _reader(column: pd.Series, said: str | None = None) -> Callable[[Any], Any]:
    """What makes of a browser's value one of the column's kind.

    Args:
        column: the app's own.
        said: what the app declares it to hold, for one that holds nothing yet.
    """
    kind = column.dtype
    if isinstance(kind, pd.DatetimeTZDtype):
        return lambda value: _moment(value, kind.tz)
    if pd.api.types.is_datetime64_any_dtype(kind):
        return lambda value: pd.Timestamp(value)
    if pd.api.types.is_timedelta64_dtype(kind):
        return _duration
    if isinstance(kind, pd.ArrowDtype):
        found = _ARROW.get(kind.type, "")
    elif pd.api.types.is_object_dtype(kind):
        found = pd.api.types.infer_dtype(column, skipna=True)
    else:
        return lambda value: value
    read = _READERS.get(said or "" if found == "empty" else found)
    if read is None:
        return lambda value: value
    return lambda value: read(value) if isinstance(value, str | int | float) else value


_READERS: dict[str, Callable[[Any], Any]] = {
    "date": lambda value: pd.Timestamp(value).date(),
    "time": lambda value: pd.Timestamp(value).time(),
    "datetime": lambda value: pd.Timestamp(value).to_pydatetime(),
    "decimal": lambda value: Decimal(str(value)),
}
"""By what pandas finds in a column, or Streamlit's configuration says."""

_ARROW = {
    datetime.date: "date",
    datetime.time: "time",
    datetime.datetime: "datetime",
    Decimal: "decimal",
}
"""The same by what Arrow's columns give out."""


def _moment(value: Any, zone: Any) -> Any:
    moment = pd.Timestamp(value)
    if pd.isna(moment):
        return moment
    return moment.tz_convert(zone) if moment.tzinfo else moment.tz_localize(zone)


def _duration(value: Any) -> Any:
    """Streamlit's number columns say durations in seconds."""
    is_number = isinstance(value, int | float)
    return pd.Timedelta(value, unit="s") if is_number else pd.Timedelta(value)


def _series(values: list[Any], old: pd.Series, index: pd.Index) -> pd.Series:
    """The values as a column of the same kind, if it can hold them."""
    try:
        return pd.Series(values, index, dtype=old.dtype)
    except (TypeError, ValueError, OverflowError):
        return pd.Series(values, index, dtype=object)
