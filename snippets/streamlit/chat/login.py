# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A chat for people who have logged in, under the names that their accounts have."""

import streamlit as st

from room_sync import outbox, room


def my_name():
    if not st.user.is_logged_in:
        st.button("Log in", on_click=st.login)
        st.stop()
    return st.user.name


@room("chat")
def chat(st, name):
    def send(texts):
        new = [[name, text] for text in texts]
        st.update("messages", lambda sent: [*(sent or []), *new])

    messages = st.session_state.get("messages", [])
    with st.container(height=450, autoscroll=True):
        for sender, text in messages:
            st.text(f"{sender}: {text}")
    outbox("Message", send)


chat(my_name())
