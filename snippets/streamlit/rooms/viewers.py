# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""Who knows the word in PRESENTER_WORD moves the widgets; everybody else watches."""

import os
from hmac import compare_digest

import streamlit as st

from room_sync import private, sync

WORD = os.environ.get("PRESENTER_WORD", "")

with st.sidebar:
    if not WORD:
        st.warning("Nobody can present: the server has no PRESENTER_WORD.")
    word = st.text_input("Word", type="password", key=private("word"))

presents = bool(WORD) and compare_digest(word.encode(), WORD.encode())

with sync("talk", read_only=not presents) as st:
    slide = st.number_input("Slide", min_value=1, value=1)
    remark = st.text_input("Remark")
    if st.button("Applaud"):
        st.update("applause", lambda times: (times or 0) + 1)
    st.text(f"Slide {slide}: {remark} ({st.session_state.get('applause', 0)} times)")
