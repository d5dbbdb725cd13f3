# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""Two shared sliders that lose changes: an echo of the browser passes for an edit."""

import streamlit as st


@st.cache_resource
def room() -> dict[str, int]:
    return {"A": 0, "B": 0}


def save(key: str) -> None:
    room()[key] = st.session_state[key]


@st.fragment(run_every=1)
def dashboard() -> None:
    for key, value in room().items():
        st.session_state[key] = value
        st.slider(key, key=key, on_change=save, args=[key])


dashboard()
