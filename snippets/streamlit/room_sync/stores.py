"""Where rooms are kept: in memory, or in a file."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from room_sync.errors import StoreError

Entries = dict[str, str]
"""A room: the name of each entry, and its value as text, in JSON.

Example:
    from room_sync import Entries, Memory

    room: Entries = Memory().read("lobby")[1]
"""

Changes = dict[str, str | None]
"""What to set in a room, as in `Entries`; None removes an entry.

Example:
    from room_sync import Changes, Entries, Memory

    def emptied(room: Entries) -> Changes:
        return {name: None for name in room}

    Memory().write("lobby", emptied)
"""


def applied(entries: Entries, changes: Changes) -> Entries:
    """The entries with the changes; one that they do not name stays."""
    return {k: text for k, text in (entries | changes).items() if text is not None}


class Store(Protocol):
    """Where rooms are kept. A method that raises `StoreError` has changed nothing.

    Any object that has these is a store. Its methods are called by many threads.

    Example:
        import logging

        from room_sync import Memory, Store, use

        class Logged(Memory):
            def write(self, room, change):
                logging.info("Room %r changes.", room)
                super().write(room, change)

        store: Store = Logged()
        use(store)
    """

    notify: Callable[[str], None]
    """Set by the library; the store calls it with each room that it has changed."""
    poll_interval: float | None
    """Seconds between two polls for other processes' changes; None: there are none."""

    def version(self, room: str) -> int:
        """The room's version, 0 if it does not exist; each change makes a new one."""

    def read(self, room: str) -> tuple[int, Entries]:
        """The room's version, 0 if it does not exist, and its entries."""

    def write(self, room: str, change: Callable[[Entries], Changes]) -> None:
        """Apply what change(the room's entries) returns, in one step.

        Args:
            room: its name; without such a room, it is made.
            change: is given a copy of the entries, each with its text; returns those to
                set, with None for one to remove. What it raises, this raises.
        """

    def rooms(self) -> list[str]:
        """The names of all rooms."""

    def delete(self, room: str) -> None:
        """Forget the room."""

    def heartbeat(self, room: str, session: str, seconds: float) -> None:
        """Count a session as present in a room for so many seconds from now on."""

    def present(self, room: str) -> frozenset[str]:
        """The sessions that are in the room."""


def nobody(room: str) -> None:
    """Notify nobody."""


class Memory:
    """Rooms in the memory of this process, which are lost when it ends.

    Example:
        from room_sync import Memory, use

        use(Memory())  # as without any call of use
    """

    poll_interval: float | None = None  # there are no others

    def __init__(self) -> None:
        self.notify: Callable[[str], None] = nobody
        self._lock = threading.RLock()
        self._versions = count(1)
        self._rooms: dict[str, tuple[int, Entries]] = {}
        self._until: dict[str, dict[str, float]] = {}

    def version(self, room: str) -> int:
        with self._lock:
            return self._rooms.get(room, (0, {}))[0]

    def read(self, room: str) -> tuple[int, Entries]:
        with self._lock:
            version, entries = self._rooms.get(room, (0, {}))
            return version, dict(entries)

    def write(self, room: str, change: Callable[[Entries], Changes]) -> None:
        with self._lock:
            before = self.read(room)[1]
            after = applied(before, change(dict(before)))
            if after == before and room in self._rooms:
                return
            self._rooms[room] = next(self._versions), after
        self.notify(room)

    def rooms(self) -> list[str]:
        with self._lock:
            return sorted(self._rooms)

    def delete(self, room: str) -> None:
        with self._lock:
            self._rooms.pop(room, None)
        self.notify(room)

    def heartbeat(self, room: str, session: str, seconds: float) -> None:
        with self._lock:
            self._until.setdefault(room, {})[session] = time.time() + seconds

    def present(self, room: str) -> frozenset[str]:
        with self._lock:
            now, ends = time.time(), self._until.pop(room, {})
            if here := {who: end for who, end in ends.items() if end > now}:
                self._until[room] = here
            return frozenset(here)


SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS room (name PRIMARY KEY, version);
CREATE TABLE IF NOT EXISTS text (room, key, text, PRIMARY KEY (room, key));
CREATE TABLE IF NOT EXISTS present (room, session, until, PRIMARY KEY (room, session));
CREATE TABLE IF NOT EXISTS last (version);
INSERT INTO last SELECT 0 WHERE NOT EXISTS (SELECT * FROM last);
"""


@dataclass
class SQLite:
    """Rooms in a file: they survive a restart, and several processes may share them.

    The file is on a disk of this machine. Each method raises a `StoreError` while the
    file is locked, read-only, full, gone or damaged.

    Args:
        path: the file's; it is made when a room is used first.
        timeout: seconds to wait for another process that writes.
        poll_interval: seconds between two polls for what other processes write; with
            None, there are no others.
        notify: set by the library.

    Example:
        from room_sync import SQLite, use

        use(SQLite("rooms.db"))
    """

    path: str
    timeout: float = 2.0  # seconds to wait for another process that writes
    poll_interval: float | None = 0.25  # seconds between two polls for what it writes
    notify: Callable[[str], None] = field(default=nobody, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._file: sqlite3.Connection | None = None
        self._inode = 0  # of the file, once it has been open

    def _open(self) -> sqlite3.Connection:
        """The file; one that was there and is gone is not made again, empty."""
        path = Path(self.path)
        inode = path.stat().st_ino if path.exists() else 0
        if inode != self._inode and self._file:
            self._file.close()
            self._file = None
        if self._inode and not inode:
            raise sqlite3.OperationalError("the file is gone")
        if not self._file:
            file = sqlite3.connect(path, self.timeout, check_same_thread=False)
            file.isolation_level = None  # transactions begin where we say so
            try:
                self._prepare(file)
            except sqlite3.Error:
                file.close()
                raise
            self._file, self._inode = file, path.stat().st_ino
        return self._file

    def _prepare(self, file: sqlite3.Connection) -> None:
        """Make the tables; SQLite itself does not always wait for others who do so."""
        until = time.monotonic() + self.timeout
        while True:
            try:
                file.executescript(SCHEMA)
                return
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > until:
                    raise
            time.sleep(0.01)

    @contextmanager
    def _transaction(
        self, begin: str = "BEGIN IMMEDIATE", synchronous: str = "FULL"
    ) -> Iterator[Callable[..., list[Any]]]:
        with self._lock:
            try:
                file = self._open()
                file.execute(f"PRAGMA synchronous = {synchronous}")
                file.execute(begin)
                try:
                    yield lambda sql, *values: file.execute(sql, values).fetchall()
                    file.execute("COMMIT")
                finally:
                    if file.in_transaction:
                        file.execute("ROLLBACK")
            except (sqlite3.Error, OSError) as error:
                raise StoreError(
                    f"{self.path} is out of reach: {error}. What was saved is "
                    "untouched; your changes wait in this tab and are saved later."
                ) from error

    def version(self, room: str) -> int:
        with self._transaction("BEGIN") as sql:
            return _version(sql, room)

    def read(self, room: str) -> tuple[int, Entries]:
        with self._transaction("BEGIN") as sql:
            entries = dict(sql("SELECT key, text FROM text WHERE room = ?", room))
            return _version(sql, room), entries

    def write(self, room: str, change: Callable[[Entries], Changes]) -> None:
        with self._transaction() as sql:
            before = dict(sql("SELECT key, text FROM text WHERE room = ?", room))
            after = applied(before, change(dict(before)))
            if after == before and _version(sql, room):
                return
            for key in before.keys() - after.keys():
                sql("DELETE FROM text WHERE (room, key) = (?, ?)", room, key)
            for key, text in after.items() - before.items():
                sql("REPLACE INTO text VALUES (?, ?, ?)", room, key, text)
            sql("UPDATE last SET version = version + 1")
            sql("REPLACE INTO room SELECT ?, version FROM last", room)
        self.notify(room)

    def rooms(self) -> list[str]:
        with self._transaction("BEGIN") as sql:
            return [name for (name,) in sql("SELECT name FROM room ORDER BY name")]

    def delete(self, room: str) -> None:
        with self._transaction() as sql:
            sql("DELETE FROM text WHERE room = ?", room)
            sql("DELETE FROM room WHERE name = ?", room)
        self.notify(room)

    def heartbeat(self, room: str, session: str, seconds: float) -> None:
        now = time.time()
        with self._transaction(synchronous="NORMAL") as sql:  # nobody would miss it
            sql("DELETE FROM present WHERE until < ?", now)
            sql("REPLACE INTO present VALUES (?, ?, ?)", room, session, now + seconds)

    def present(self, room: str) -> frozenset[str]:
        with self._transaction("BEGIN") as sql:
            query = "SELECT session FROM present WHERE room = ? AND until > ?"
            return frozenset(who for (who,) in sql(query, room, time.time()))


def _version(sql: Callable[..., list[Any]], room: str) -> int:
    found = sql("SELECT version FROM room WHERE name = ?", room)
    version: int = found[0][0] if found else 0
    return version
