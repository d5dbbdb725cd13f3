"""Who is there while a script runs, and when a page is loaded again."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import streamlit as st

from room_sync import process
from room_sync.errors import StoreError
from room_sync.stores import Store
from room_sync.tab import Tab, all_tabs
from room_sync.workarounds import browser

if TYPE_CHECKING:
    from room_sync.session import Session

INTERVAL = 1.0  # seconds between two heartbeats of a session whose script runs


class Heart:
    """Counts sessions as present while their scripts run, however long that takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: WeakValueDictionary[int, Session] = WeakValueDictionary()
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def begin(self, session: Session) -> None:
        """Begin with a session whose script has begun."""
        with self._lock:
            self._sessions[id(session)] = session
            if self._thread is None:
                thread = threading.Thread(target=self._beat, daemon=True)
                with suppress(RuntimeError):  # in a browser, Python has no threads
                    thread.start()
                    self._thread = thread

    def end(self, session: Session) -> None:
        """Leave it to the polls again."""
        with self._lock:
            self._sessions.pop(id(session), None)

    def _beat(self) -> None:
        while True:
            self._ended.wait(INTERVAL)
            with self._lock:
                sessions = list(self._sessions.values())
                if not sessions:
                    self._thread = None
                    return
            for session in sessions:
                if session.is_replaced:
                    continue
                with suppress(StoreError):
                    session.store.heartbeat(session.room, session.id, session.ttl())


heart = process.only("heart", Heart)


def _hang_up(tab: Tab) -> None:
    tab.left_at = time.monotonic()


@st.cache_resource(scope="session", on_release=_hang_up, show_spinner=False)
def _connection(session: str, _tab: Tab) -> Tab:
    """Is kept for as long as Streamlit has a connection to the session's page."""
    return _tab


def arrive(tab: Tab, room: str, store: Store) -> None:
    """Count a page that is loaded again once: its session before is gone.

    Streamlit gives it a new session. The one before it would count for some seconds
    yet, as it does when a network fails.
    """
    _connection(tab.id, tab)
    tab.left_at = 0
    if not room or room in tab.rooms:
        return
    tab.browser = tab.browser or browser()
    if not tab.browser:
        return
    gone = [
        (other.left_at, other.id, before)
        for other in all_tabs()
        if other.left_at and other.browser == tab.browser
        if (before := other.rooms.get(room)) and not before.is_replaced
    ]
    if gone:
        _, session, before = max(gone)
        before.is_replaced = True
        with suppress(StoreError):
            store.heartbeat(room, tab.id, before.ttl())
            store.heartbeat(room, session, 0)
