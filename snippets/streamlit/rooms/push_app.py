# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A page that follows the others at once when push_launcher.py is what you run."""

from room_sync import room


@room("lobby")
def lobby(st):
    st.title("A number and its square")
    y = st.slider("Select a value")
    st.write(y, "squared is", y * y)

    if st.button("Click"):
        st.update("clicks", lambda clicks: (clicks or 0) + 1)
    st.text(f"{st.session_state.get('clicks', 0)} clicks, {st.present} here")


lobby()
