# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A dashboard that everybody who opens it moves together."""

import streamlit as st

from room_sync import room

st.title("A number and its square")


@room("lobby")
def dashboard(room):
    y = room.slider("Select a value")
    room.write(y, "squared is", y * y)
    room.text(f"{room.present} here")


dashboard()
