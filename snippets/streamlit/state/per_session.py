# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""One button that counts for everybody, and for the tab in which it is pressed."""

import streamlit as st


@st.cache_resource
def everybody() -> list[str]:
    return []  # runs once: the process has one


presses = everybody()
mine = st.session_state.setdefault("mine", [])  # each tab has one
run = []  # each run of the script has one

if st.button("Press"):
    for count in (presses, mine, run):
        count.append("press")

st.text(f"This run: {len(run)}. You: {len(mine)}. Everybody: {len(presses)}.")
