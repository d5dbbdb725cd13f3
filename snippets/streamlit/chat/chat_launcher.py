# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""The server of chat.py, with the route that pushes: streamlit run this file."""

import gc

import streamlit as st

from room_sync import push_route

app = st.App("chat.py", routes=[push_route()])
gc.freeze()  # after each run Streamlit looks for garbage: none of this is any
