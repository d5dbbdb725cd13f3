# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""Who knows the word moves the widgets; everybody else watches."""

import streamlit as st

from room_sync import private, sync

PRESENTER = "swordfish"

with st.sidebar:
    word = st.text_input("Word", type="password", key=private("word"))

with sync("talk", read_only=word != PRESENTER) as st:
    slide = st.number_input("Slide", min_value=1, value=1)
    remark = st.text_input("Remark")
    if st.button("Applaud"):
        st.update("applause", lambda times: (times or 0) + 1)
    st.text(f"Slide {slide}: {remark} ({st.session_state.get('applause', 0)} times)")
