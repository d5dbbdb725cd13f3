# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""Rooms with buttons of your own for making, entering, leaving and deleting them."""

import streamlit as st

from room_sync import current_room, delete_room, enter_room, exit_room, list_rooms, sync

ROOMS = ["Red", "Green", "Blue"]

for name in ROOMS:
    enter, delete = st.columns([3, 1])
    enter.button(f"Enter {name}", on_click=enter_room, args=[name])
    if name in list_rooms():
        delete.button(f"Delete {name}", on_click=delete_room, args=[name])

if (room := current_room()) in ROOMS:
    st.button(f"Leave {room}", on_click=exit_room)
    with sync(room) as st:
        st.text_input("What everybody in the room reads")
        st.text(f"{st.present} in {room}")
