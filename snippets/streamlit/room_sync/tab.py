"""What is kept for one session: a tab that is open, in whatever rooms it is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import streamlit as st

from room_sync import apps, process
from room_sync.stores import Memory

if TYPE_CHECKING:
    from room_sync.session import Session

PRIVATE = "private:"
_INTERNAL = f"{PRIVATE}room_sync:"


def private(key: str) -> str:
    """A key that stays in its session, for a widget or in ``st.session_state``.

    Args:
        key: any text; the same in each run.

    Returns:
        The key to use instead.

    Example:
        from room_sync import private, sync

        with sync("lobby") as st:
            level = st.slider("Level")  # the room's
            zoom = st.slider("Zoom", 1, 9, key=private("zoom"))  # this tab's
            st.session_state[private("seen")] = level
    """
    return PRIVATE + key


def is_private(key: str) -> bool:
    """Whether the app has said that a key stays in its session."""
    return key.startswith(PRIVATE)


def internal(key: str) -> str:
    """A key of this library's own."""
    return _INTERNAL + key


def is_internal(key: str) -> bool:
    """Whether a key is this library's own."""
    return key.startswith(_INTERNAL)


_UNSHARED = internal("unshared:")


def unshared(key: str) -> str:
    """Where a session keeps its own value of a shared key: one that rooms cannot."""
    return _UNSHARED + key


def unshared_key(key: str) -> str | None:
    """The key whose value is kept there, if it is such a place."""
    return key.removeprefix(_UNSHARED) if key.startswith(_UNSHARED) else None


class Token:
    """Lives in ``st.session_state`` as long as the session, and names it.

    All else is kept elsewhere, for an app may ask Streamlit to refuse what cannot be
    pickled there (``runner.enforceSerializableSessionState``).
    """

    def __init__(self) -> None:
        self.session = uuid.uuid4().hex

    def __reduce__(self) -> Any:
        return str, (self.session,)


@dataclass
class Mirrored:
    """A room's value, as the app's own ``st.session_state`` shows it."""

    room: str
    text: str
    value: Any


@dataclass
class Tab:
    """What is kept for a session."""

    id: str
    """What it is called in its rooms."""
    rooms: dict[str, Session] = field(default_factory=dict)
    entered: str = ""
    """The room that its page's address has named last."""
    own_store: Memory = field(default_factory=Memory)
    """Where its room is while it is in none of the app's."""
    mirrored: dict[str, Mirrored] = field(default_factory=dict)
    """By key."""
    taken: set[str] = field(default_factory=set)
    """Keys of forms, buttons and the like, which Streamlit lets nobody set."""
    app: str = ""
    """Whose session it is; see `apps`."""
    browser: str = ""
    """What all tabs of a browser have in common, if that is known."""
    left_at: float = 0
    """When Streamlit lost the connection to its page (s); 0: it has one."""

    def take(self, key: str) -> None:
        """Leave a key to what the app has given it to."""
        self.taken.add(key)
        if self.mirrored.pop(key, None):
            st.session_state.pop(key, None)


def this_tab() -> Tab:
    """What is kept for the session whose script runs."""
    token: Token = st.session_state.setdefault(internal("token"), Token())
    tab = of(token)
    tab.app = tab.app or apps.running()
    return tab


def of(token: Token) -> Tab:
    """What is kept for the session with that token; it goes with the session."""
    found = _everything()
    if token not in found:
        found[token] = Tab(token.session)
    return found[token]


def all_tabs() -> list[Tab]:
    """What is kept for all sessions of this process."""
    return list(_everything().values())


def _everything() -> WeakKeyDictionary[Token, Tab]:
    found: WeakKeyDictionary[Token, Tab] = process.only("tabs", WeakKeyDictionary)
    return found
