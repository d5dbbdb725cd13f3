"""The room's values that a session has been given, and what was changed in them."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, Any

from room_sync import entries as names
from room_sync.errors import ConflictError, UnshareableError
from room_sync.live import Root, is_mutable
from room_sync.stores import Changes, Entries
from room_sync.values import dumps, loads

if TYPE_CHECKING:
    from room_sync.session import Session


class Given:
    """What one session has of a room's objects, by entry.

    Lists, dictionaries and sets say what is done to them; other objects, such as
    dataclasses, are compared with what they were.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._roots: dict[str, Root] = {}
        self._watched: dict[str, tuple[Any, str | None]] = {}

    def give(self, entry: str, text: str) -> Any:
        """The value; one that can be changed in place changes the room then.

        Raises:
            ConflictError: it was changed here without a word, and by others as well.
            UnshareableError: this app cannot read it.
        """
        root = self._roots.get(entry)
        if root is None or root.text != text:
            self._roots.pop(entry, None)
            if root and root.text and root.is_opaque and dumps(root.value) != root.text:
                raise _conflict(entry)
            root = self._roots[entry] = Root(self._session, entry, text, loads(text))
        return root.value

    def watch(self, entry: str, value: Any, text: str) -> None:
        """Compare an object of the app's own, when the run ends, with this text."""
        self._watched[entry] = value, text

    def is_watched(self, entry: str) -> bool:
        """Whether it will be compared."""
        return entry in self._watched

    def has(self, entry: str, value: Any) -> bool:
        """Whether it is the very object that was given, whose changes are known."""
        root = self._roots.get(entry)
        return root is not None and root.value is value and is_mutable(value)

    def forget(self, entry: str) -> None:
        """Drop an object: who asks next is given the room's value."""
        self._watched.pop(entry, None)
        self._roots.pop(entry, None)

    def begin(self) -> None:
        """Compare none of what the run before has assigned."""
        self._watched = {}

    def publish(self, used: Collection[str]) -> None:
        """Write what was changed in objects that cannot say so themselves.

        Args:
            used: the entries that the run has asked for.

        Raises:
            ConflictError: somebody else has changed one of them, too.
            RoomError: it cannot be written.
        """
        watched, self._watched = self._watched, {}
        for entry, root in self._roots.items():
            is_unsaid = root.is_opaque or (entry in used and root.is_bypassed())
            if root.text and is_unsaid:
                watched.setdefault(entry, (root.value, root.text))
        for entry, (value, before) in watched.items():
            if (text := dumps(value)) != before:
                known = self._roots.pop(entry, None)  # who is refused reads it again
                change = partial(_unless_changed, entry=entry, before=before, text=text)
                self._session.write(change)
                if known and known.value is value:
                    known.note(text)
                    self._roots[entry] = known


def is_readable(text: str | None) -> bool:
    """Whether there is a value that this app can read."""
    if text is None:
        return False
    try:
        loads(text)
    except UnshareableError:
        return False
    return True


def _unless_changed(
    entries: Entries, entry: str, before: str | None, text: str
) -> Changes:
    if entries.get(entry, before) != before:
        raise _conflict(entry)
    return {entry: text}


def _conflict(entry: str) -> ConflictError:
    return ConflictError(
        f"“{names.key_of(entry)}” was changed by somebody else as well. Change "
        "what st.session_state gives you, or use st.update."
    )
