# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A plan that everybody may read, and those may change who have logged in."""

from room_sync import sync, use


def allow(user, room, action):
    if action in ("list", "enter"):
        return True
    return user is not None  # create, write, delete


use(allow=allow)

with sync("plan") as st:
    st.text(st.text_area("Plan") or "Nobody has planned anything yet.")
