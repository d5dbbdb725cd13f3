# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""Forms: fields that everybody sees once they are sent, and fields that are cleared."""

from room_sync import sync

with sync("lobby") as st:
    with st.form("plan"):  # what is sent stays in the fields, in everybody's
        place = st.text_input("Where?", value="Here")
        day = st.selectbox("When?", ["Monday", "Friday"])
        st.form_submit_button("Agree")
    st.text(f"{place}, on {day}")

    with st.form("guests", clear_on_submit=True):  # each has a draft of their own
        name = st.text_input("Name")
        if st.form_submit_button("I come") and name:
            st.update("guests", lambda guests: [*(guests or []), name])
    st.text("Coming: " + ", ".join(st.session_state.get("guests", [])))
