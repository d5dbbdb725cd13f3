"""Who may do what with a room: one function of the app's own decides."""

from __future__ import annotations

import logging
from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any, Literal

import streamlit as st

from room_sync import apps
from room_sync.tab import this_tab

_log = logging.getLogger(__name__)

Action = Literal["list", "create", "enter", "write", "delete"]

Allow = Callable[[Any, str, Action], bool]
"""Who may do what: it is given the user, the room's name and the action; see `use`.

Example:
    from room_sync import Allow, use

    only_looking: Allow = lambda user, room, action: action in ("list", "enter")
    use(allow=only_looking)
"""


def everybody(user: Any, room: str, action: Action) -> bool:
    """Let everybody do everything: what holds until an app decides otherwise."""
    return True


def may(room: str, action: Action, app: str | None = None) -> bool:
    """Whether the user of the session that runs may do that.

    Args:
        room: its name; in "", a session's own, everything is allowed.
        action: what is to be done.
        app: the session's. Without it, Streamlit's state is asked for it, where a run
            that has been stopped ends.
    """
    app = this_tab().app if app is None else app
    allow: Allow = apps.find("allow", app, everybody)
    try:
        return not room or bool(allow(_user(), room, action))
    except Exception:  # an error in it lets nobody in
        _log.exception("allow() failed for room %r, action %r: refused", room, action)
        return False


def _user() -> Any:
    """Who has logged in by ``st.login``; None: nobody has."""
    return st.user if getattr(st.user, "is_logged_in", False) else None


def new_room() -> str:
    """A name for a room that nobody can guess: an invitation for those who get it.

    Returns:
        22 letters, digits, ``-`` and ``_``: 128 random bits. The room is made when
        somebody enters it.

    Example:
        import streamlit as st
        from room_sync import enter_room, new_room

        st.button("New room", on_click=lambda: enter_room(new_room()))
    """
    return token_urlsafe(16)
