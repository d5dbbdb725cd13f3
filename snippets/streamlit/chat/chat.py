# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A chat: who has a name can talk, and all see the same messages in the same order."""

import streamlit as st

from room_outbox import outbox
from room_push import room


def ask_for_a_name():
    name = st.text_input("Your name").strip()
    if not name:
        st.stop()
    st.query_params["name"] = name  # it outlives a reload
    st.rerun()


@room("chat")
def chat(st, name):
    def send(texts):
        new = [[name, text] for text in texts]
        st.update("messages", lambda sent: [*(sent or []), *new])

    with st.container(height=450, autoscroll=True):
        for sender, text in st.session_state.get("messages", []):
            st.text(f"{sender}: {text}")
    outbox("Message", send)


chat(st.query_params.get("name") or ask_for_a_name())
