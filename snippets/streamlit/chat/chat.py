# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A chat: who has a name can talk, and all see the same messages in the same order."""

import streamlit as st

from room_push import room
from room_sync import private

TEXT = private("text")


def ask_for_a_name():
    name = st.text_input("Your name").strip()
    if not name:
        st.stop()
    st.query_params["name"] = name  # it outlives a reload
    st.rerun()


@room("chat")
def chat(st, name):
    def send():
        if (text := st.session_state[TEXT]).strip():
            st.update("messages", lambda sent: [*(sent or []), [name, text]])

    for sender, text in st.session_state.get("messages", []):
        st.text(f"{sender}: {text}")
    st.bottom.chat_input("Message", key=TEXT, on_submit=send)


chat(st.query_params.get("name") or ask_for_a_name())
