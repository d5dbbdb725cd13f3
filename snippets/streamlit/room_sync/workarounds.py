"""What works around faults of Streamlit, by its private names; each can be taken out.

Nothing else in this package uses what Streamlit does not document.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import streamlit as st


def let_components_be_serialized() -> None:
    """Let ``runner.enforceSerializableSessionState`` accept components of version 2.

    Streamlit 1.67 gives ``st.session_state`` a value for each of them whose class is
    made in a function, and pickle refuses such classes
    (``streamlit/components/v2/presentation.py``, ``_WriteThrough``). Take this out when
    Streamlit's own components pass its own check.
    """
    if not st.get_option("runner.enforceSerializableSessionState"):
        return
    from streamlit.components.v2.bidi_component import main

    make: Any = vars(main)["make_bidi_component_presenter"]
    if getattr(make, "is_serializable", False):
        return

    def make_serializable(*args: Any, **options: Any) -> Callable[..., Any]:
        present = make(*args, **options)

        def present_serializable(*state: Any) -> Any:
            value: Any = present(*state)
            if isinstance(value, dict) and type(value) is not dict:
                kind: Any = type(value)
                kind.__reduce__ = lambda self: (dict, (dict(self),))
            return value

        return present_serializable

    vars(make_serializable)["is_serializable"] = True
    vars(main)["make_bidi_component_presenter"] = make_serializable


def browser() -> str:
    """What all tabs of a browser have in common; "": this server does not tell.

    It is the number in the cookie that protects a form from other sites, which only
    the browser and the server know. Streamlit writes it behind another mask each time
    (``streamlit/web/server/starlette/starlette_app_utils.py``). Take this out when
    ``st.context`` can name a tab or a browser.
    """
    cookie = st.context.cookies.get("_streamlit_xsrf") or ""
    try:
        version, mask, masked, _ = cookie.strip('"').split("|")
        numbers = zip(bytes.fromhex(masked), cycle(bytes.fromhex(mask)))
        return bytes(a ^ b for a, b in numbers).hex() if version == "2" else ""
    except ValueError:
        return ""
