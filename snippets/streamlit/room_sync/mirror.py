"""The app's own ``st.session_state``, which shows the values of a room as well.

So code that knows nothing of the room, in a helper module or a library, finds them
there; and what it writes there is written to the room.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from room_sync import entries as names
from room_sync.errors import RoomError
from room_sync.held import Mirrored, held

if TYPE_CHECKING:
    from room_sync.session import Session


def show(session: Session) -> None:
    """Let code that knows nothing of the room find its values."""
    mirrored, taken = held().mirrored, held().taken
    shared = {
        key: entry
        for entry in session.entries
        if (key := names.key_of(entry)) is not None
        and session.shares(key)
        and key not in taken
    }
    for key in [it for it in mirrored if it not in shared]:
        if mirrored[key].room == session.room:
            del mirrored[key]
            st.session_state.pop(key, None)
    for key, entry in shared.items():
        text = session.entries[entry]
        known = mirrored.get(key)
        if known and (known.room, known.text) == (session.room, text):
            continue
        widget = session.widgets.get(entry)
        try:
            value = widget.loads(text) if widget else session.given_out(entry, text)
            st.session_state[key] = value
        except (ValueError, RoomError, StreamlitAPIException):
            continue  # no option here, or a widget of the app's own has that key
        mirrored[key] = Mirrored(session.room, text, value)


def take(session: Session) -> None:
    """Write to the room what such code has written."""
    mirrored = held().mirrored
    new: dict[str, Any] = {}
    for key, known in list(mirrored.items()):
        if known.room != session.room:
            continue
        if key not in st.session_state:
            del mirrored[key]
            with session.refusing(), suppress(KeyError):
                session.remove(key)
        elif (value := st.session_state[key]) is not known.value:
            del mirrored[key]
            new[key] = value
    with session.refusing():
        session.set(new)
