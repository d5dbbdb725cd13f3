# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A page that everybody who opens it moves together."""

from room_sync import sync

with sync("lobby") as st:
    st.title("A number and its square")
    y = st.slider("Select a value")
    st.write(y, "squared is", y * y)
    st.text(f"{st.present} here")
