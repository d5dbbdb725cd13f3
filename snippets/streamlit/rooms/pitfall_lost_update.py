# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A counter that loses clicks: between reading and writing, others write, too."""

import time

from room_sync import sync

with sync("lobby") as st:
    if st.button("Click"):
        clicks = st.session_state.get("clicks", 0)
        time.sleep(0.2)  # whatever else a click does
        st.session_state["clicks"] = clicks + 1  # what others did meanwhile is gone

    st.text(f"Clicked {st.session_state.get('clicks', 0)} times")
