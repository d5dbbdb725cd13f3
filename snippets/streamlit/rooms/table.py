# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""A table that several people fill in at once, merged cell by cell."""

import pandas as pd

from room_sync import room

BUDGET = pd.DataFrame(
    {"What": ["Rent", "Food", "Trips"], "Euro": [800, 350, 120], "Paid": [False] * 3}
)


@room("household")
def household(st):
    table = st.data_editor(BUDGET, key="budget", hide_index=True)
    st.text(f"To pay: {table['Euro'][~table['Paid']].sum()} euro")


household()
