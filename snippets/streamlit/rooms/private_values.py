# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""Some widgets and values for everybody, some for each session alone."""

from room_sync import private, sync

NAME = private("name")

with sync("lobby") as st:
    st.session_state.setdefault("visitors", [])  # everybody's
    st.text_input("Your name", key=NAME)  # yours: its key is private
    zoom = st.slider("Zoom, for you", 1, 10, key=private("zoom"))
    level = st.slider("Level, for all", 1, 10, key="level")

    if st.button("Sign in") and (name := st.session_state[NAME]):
        st.update("visitors", lambda names: [*names, name])

    st.text(f"Level {level}, seen at zoom {zoom}")
    st.text("Signed in: " + ", ".join(st.session_state["visitors"]))
