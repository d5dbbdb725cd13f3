"""Rooms in which Streamlit sessions share widgets and values, on public API alone."""

import streamlit

if tuple(int(part) for part in streamlit.__version__.split(".")[:2]) < (1, 60):
    raise ImportError(
        f"room_sync needs Streamlit 1.60 or newer, and this is "
        f"{streamlit.__version__}: pip install --upgrade streamlit"
    )

from room_sync.access import Allow, new_room
from room_sync.errors import (
    ConflictError,
    RefusedError,
    RoomError,
    StoreError,
    UnshareableError,
)
from room_sync.fragment import room
from room_sync.outbox import outbox
from room_sync.polling import current_room
from room_sync.push import push_route
from room_sync.rooms import (
    delete_room,
    enter_room,
    exit_room,
    list_rooms,
    select_room_widget,
    use,
)
from room_sync.shared import Shared, State, sync
from room_sync.stores import Changes, Entries, Memory, SQLite, Store
from room_sync.tab import private

__version__ = "0.1.0"

get_not_synced_key = private
"""The name that `private` has in streamlit-sync, for apps that come from there.

Example:
    import room_sync as streamlit_sync

    with streamlit_sync.sync("lobby") as st:
        st.slider("Zoom", key=streamlit_sync.get_not_synced_key("zoom"))
"""

__all__ = [
    "Allow",
    "Changes",
    "ConflictError",
    "Entries",
    "Memory",
    "RefusedError",
    "RoomError",
    "SQLite",
    "Shared",
    "State",
    "Store",
    "StoreError",
    "UnshareableError",
    "current_room",
    "delete_room",
    "enter_room",
    "exit_room",
    "get_not_synced_key",
    "list_rooms",
    "new_room",
    "outbox",
    "private",
    "push_route",
    "room",
    "select_room_widget",
    "sync",
    "use",
]
