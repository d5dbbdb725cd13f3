# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A room in a file: it survives a restart, and several processes may share it."""

from room_sync import SQLite, sync, use

use(SQLite("rooms.db"))

with sync("notes") as st:
    text = st.text_area("Notes")
    st.text(f"{len(text.split())} words, saved in rooms.db")
