# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A budget that each person works out alone, and a chat beside it for everyone."""

import streamlit as st

from room_sync import outbox, room


def my_name():
    name = st.query_params.get("name") or st.session_state.get("name")
    if not name:
        name = st.text_input("Your name").strip()
        if not name:
            st.stop()
        st.session_state["name"] = name  # it outlives a change of page
        st.rerun()
    st.query_params["name"] = name  # it outlives a reload
    return name


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


st.title("What the trip costs")
people = st.slider("People", 1, 20, 4)
nights = st.slider("Nights", 1, 14, 3)
st.metric("For each of us", f"{nights * 35 + 240 / people:.2f} €")

with st.sidebar:
    chat(my_name())
