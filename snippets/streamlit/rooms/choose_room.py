# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A sum in a room of your choice; the address invites others into it."""

from room_sync import select_room_widget, sync

room = select_room_widget()

with sync(room) as st:
    st.title("A sum")
    st.text(room or "Nobody else is here")
    left, right = st.columns(2)
    a = left.number_input("A", value=1)
    b = right.number_input("B", value=2)
    st.write("Their sum is", a + b)
