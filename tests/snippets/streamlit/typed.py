"""How an app that is type-checked sees a room; `make lint` checks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, assert_type

from streamlit.delta_generator import DeltaGenerator

from room_sync import Shared, room, sync


@room("lobby")
def lobby(st: Shared) -> None:
    """Whatever Streamlit has, with its types, and what only a room has."""
    assert_type(st.slider("A", 0, 10), int)
    assert_type(st.text_input("B"), str)
    left, _ = st.columns(2)
    assert_type(left, DeltaGenerator)
    assert_type(st.present, int)
    assert_type(st.session_state, Any)
    assert_type(st.query_params, Any)
    with st.container():
        st.text("in it")


def page() -> None:
    """In a block, too."""
    with sync("lobby") as st:
        assert_type(st, Shared)
        assert_type(st.checkbox("C"), bool)


assert_type(lobby, Callable[..., None])
