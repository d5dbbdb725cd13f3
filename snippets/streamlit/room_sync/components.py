"""Components of Streamlit that any server can mount, however early it imports them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from room_sync.workarounds import let_components_be_serialized


def component(name: str, **parts: Any) -> Callable[..., Any]:
    """``st.components.v2.component``, registered whenever it is mounted.

    Before version 1.66, Streamlit registers a component once, with the server that runs
    then. A file with ``st.App`` is imported before there is one.

    Args:
        name: what Streamlit calls it.
        parts: its ``html``, ``css`` and ``js``.
    """

    def mount(**options: Any) -> Any:
        let_components_be_serialized()
        return st.components.v2.component(name, **parts)(**options)

    return mount
