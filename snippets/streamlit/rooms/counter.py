# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A counter that loses no click, however many sessions click at once."""

from room_sync import sync

with sync("lobby") as st:
    if st.button("Click"):
        st.update("clicks", lambda clicks: (clicks or 0) + 1)  # in one step

    st.text(f"Clicked {st.session_state.get('clicks', 0)} times")
