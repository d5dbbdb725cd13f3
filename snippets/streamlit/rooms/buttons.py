# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A click belongs to the session that made it; what it does to a value, to all."""

from room_sync import sync

with sync("lobby") as st:
    if st.button("Send balloons"):
        st.balloons()  # for whoever has clicked
        st.update("sent", lambda sent: (sent or 0) + 1)  # for everybody

    st.text(f"Sent {st.session_state.get('sent', 0)} times")
