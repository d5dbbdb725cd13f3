"""The app's own ``st.session_state``, which shows the values of a room as well.

So code that knows nothing of the room, in a helper module or a library, finds them
there; and what it writes there is written to the room.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from room_sync import entries as names
from room_sync.errors import ConflictError, RoomError
from room_sync.tab import Mirrored, this_tab
from room_sync.workarounds import is_widget

if TYPE_CHECKING:
    from room_sync.session import Session
    from room_sync.widgets import Widget

TABLE = "table"  # is no text of a value


def begin(session: Session) -> None:
    """Leave out what rooms have shown that the page does not have any more."""
    tab = this_tab()
    mirrored, others = tab.mirrored, tab.rooms
    for key, known in list(mirrored.items()):
        other = others.get(known.room)
        if (
            other is None
            or other.began_at < session.rendered_at
            or (
                known.room == session.room
                and known.text != TABLE
                and names.of_key(key) not in session.entries
            )
        ):
            forget(key)
    show(session, session.entries)


def forget(key: str) -> None:
    """Take a key out of the app's own state."""
    del this_tab().mirrored[key]
    if not is_widget(key):
        st.session_state.pop(key, None)


def show(session: Session, entries: Iterable[str]) -> None:
    """Let code that knows nothing of the room find what these entries say."""
    for entry, shown in session.widgets.items():
        if shown.table:
            show_table(session, entry, shown)
    for entry in entries:
        key = names.key_of(entry)
        if key is None or not session.shares(key):
            continue
        text = session.entries.get(entry)
        if text is None:
            if key in this_tab().mirrored:
                forget(key)
            continue
        known = this_tab().mirrored.get(key)
        if known and (known.room, known.text) == (session.room, text):
            continue
        widget = session.widgets.get(entry)
        with suppress(ValueError, RoomError), session.refusing(ConflictError):
            value = widget.loads(text) if widget else session.given.give(entry, text)
            show_value(session, key, text, value)


def show_value(session: Session, key: str, text: str, value: Any) -> None:
    """Let such code find this value, unless the app has given the key to a widget."""
    tab = this_tab()
    if key not in tab.taken and not is_widget(key):
        with suppress(StreamlitAPIException):
            # Streamlit may end the run before it sets the value, and not after it.
            st.session_state[key] = value
            tab.mirrored[key] = Mirrored(session.room, text, value)


def show_table(session: Session, entry: str, widget: Widget) -> None:
    """Let such code find what this session's user has edited in a table.

    Streamlit's own editors say just that under their keys.
    """
    key = names.key_of(entry)
    if key is not None and widget.key in st.session_state:
        show_value(session, key, TABLE, st.session_state[widget.key])


def take(session: Session) -> None:
    """Write to the room what such code has written.

    That was before what the user has done in widgets since, which is published later.
    """
    mirrored = this_tab().mirrored
    for key, known in list(mirrored.items()):
        if known.room != session.room or known.text == TABLE:
            continue
        if is_widget(key):  # below the block: it is the session's own
            del mirrored[key]
            continue
        is_gone = key not in st.session_state
        value = None if is_gone else st.session_state[key]
        if not is_gone and value is known.value:
            continue
        try:
            if is_gone:
                with suppress(KeyError):
                    session.remove(key, publishes=False)
            else:
                session.set({key: value}, publishes=False)
        except RoomError as refusal:
            session.refusal = refusal
            mirrored.pop(key, None)  # so that the room's value is shown again
