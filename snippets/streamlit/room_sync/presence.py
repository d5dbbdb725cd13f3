"""Who is there, while a script runs: nothing else of its session runs meanwhile."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from room_sync import process
from room_sync.errors import StoreError

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
                self._thread = threading.Thread(target=self._beat, daemon=True)
                self._thread.start()

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
                with suppress(StoreError):
                    session.store.heartbeat(session.room, session.id, session.ttl())


heart = process.only("heart", Heart)
