"""Which widgets rooms share, and one of them as a session's browser knows it."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pandas as pd
import streamlit as st

from room_sync import process
from room_sync.errors import UnshareableError
from room_sync.options import Options
from room_sync.stores import Changes, Entries
from room_sync.tables import Table
from room_sync.values import dumps, loads

# Widgets that rooms share, with the argument that takes their first value.
WIDGETS = {
    "data_editor": "data",
    "feedback": "default",
    "pagination": "default",
    "radio": "index",
    "selectbox": "index",
    **dict.fromkeys(["multiselect", "pills", "segmented_control"], "default"),
    **dict.fromkeys(["checkbox", "number_input", "select_slider", "slider"], "value"),
    **dict.fromkeys(["color_picker", "text_area", "text_input", "toggle"], "value"),
    **dict.fromkeys(["date_input", "datetime_input", "time_input"], "value"),
}

FILES = {"file_uploader", "camera_input", "audio_input"}
CHARTS = {"altair_chart", "echarts_chart", "plotly_chart", "pydeck_chart"}
SELECTIONS = {*CHARTS, "vega_lite_chart", "dataframe"}
OPENINGS = {"tabs", "expander", "popover"}
LINKS = {"download_button", "link_button", "page_link"}
ACTIONS = {"button", "form_submit_button", "chat_input", "menu_button"}

PRIVATE = {
    **dict.fromkeys(FILES, "files cannot be shared"),
    **dict.fromkeys(SELECTIONS, "what is selected in it cannot be shared"),
    **dict.fromkeys(OPENINGS, "what is open of it cannot be shared"),
}
"""Widgets that hold a value which stays in its session, with the reason."""


def serial() -> int:
    """A number that does not come again, not even after a restart."""
    return next(process.only("serials", lambda: count(time.time_ns())))


@dataclass
class Widget:
    """A shared widget as this session's browser knows it.

    A session's own edits keep it, its key and the focus. When somebody else has set
    another value, it is a new one for Streamlit, under a key that the browser has never
    seen and with the value as its own default. So no message can carry an older value
    for its key: whatever differs from what it reported last is this user's edit.
    """

    rendered: Entries  # what the room holds about it, as this session shows it
    initial: dict[str, Any]  # the arguments that make it show that
    table: Table | None = None  # if it is one
    options: Options | None = None  # what can be chosen
    key: str = ""  # Streamlit's
    in_form: bool = False
    reported: Changes = field(default_factory=dict)  # what it said last

    def edits(self, entry: str) -> Changes:
        """What the user has changed since it reported something last."""
        if self.key not in st.session_state:  # the last run did not render it
            return {}
        now = st.session_state[self.key]
        edits: Changes = {}
        with suppress(UnshareableError):
            if self.table:
                edits = self.table.edits(now, serial)
            else:
                edits = {entry: self.dumps(now)}
        known = self.reported
        return {e: text for e, text in edits.items() if known.get(e, ...) != text}

    def is_current(self, entries: Entries | None, base: pd.DataFrame | None) -> bool:
        """Whether it can stay; None for what the room holds leaves that aside."""
        before = self.table.base if self.table else None
        same = base is before or (base is not None and base.equals(before))
        entries = self.rendered if entries is None else entries
        return same and self.rendered == entries and self.key in st.session_state

    def shows(self, entry: str, entries: Entries) -> bool:
        """Whether its browser already shows what the room holds, no matter who did."""
        is_known = entry in entries and self.reported.get(entry) == entries[entry]
        return is_known and self.table is None and self.key in st.session_state

    def can_be_updated(self, entries: Entries, base: pd.DataFrame | None) -> bool:
        """Whether what others have changed can be shown without a new widget.

        Streamlit keeps a table with a key and so many rows when its values change, with
        all that its user has edited. So others may change what this user has not: the
        table stays where it was scrolled, sorted as it was.
        """
        if not (self.table and self.table.is_fixed and self.is_current(None, base)):
            return False
        changed = {e for e, _ in self.rendered.items() ^ entries.items()}
        return not changed & self.reported.keys()

    def dumps(self, value: Any) -> str:
        """Write a value of it as text; raises UnshareableError."""
        return self.options.dumps(value) if self.options else dumps(value)

    def loads(self, text: str) -> Any:
        """Read that; raises ValueError for what is no option in this session."""
        return self.options.loads(text) if self.options else loads(text)


def initial(
    kind: str, entry: str, entries: Entries, given: dict[str, Any], widget: Widget
) -> dict[str, Any]:
    """The arguments with which a widget shows what the room holds about it."""
    if widget.table:
        return {"data": widget.table.rendered(entries)}
    if entry not in entries:
        return {}
    argument = WIDGETS[kind]
    try:
        value = widget.loads(entries[entry])
    except (ValueError, UnshareableError):  # not an option in this session
        return {}
    if not widget.options:
        return {argument: value}
    options = widget.options.with_chosen(value)
    if argument == "index" and value is not None:
        value = options.index(value)
    more = {"options": options} if widget.options.takes_new else {}
    return {argument: value, **more}
