# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""Nothing is shared except what is named."""

from room_sync import sync

with sync("lobby", only={"topic", "votes"}) as st:
    topic = st.text_input("Topic, for all", key="topic")
    notes = st.text_area("Notes, for you")
    if st.button("Vote"):
        st.update("votes", lambda votes: (votes or 0) + 1)
    st.text(f"{topic}: {st.session_state.get('votes', 0)} votes")
