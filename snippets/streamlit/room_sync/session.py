"""One session in a room: what it shows, what its user changes, what the others do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from room_sync import entries as names
from room_sync import mirror
from room_sync.access import may
from room_sync.errors import (
    ConflictError,
    RefusedError,
    RoomError,
    StoreError,
    UnshareableError,
)
from room_sync.given import Given, is_readable
from room_sync.live import Operation, Root, is_mutable
from room_sync.presence import heart
from room_sync.stores import Changes, Entries, Store, applied
from room_sync.tab import PRIVATE, this_tab, unshared
from room_sync.values import dumps, loads
from room_sync.widgets import Widget


@dataclass(eq=False)
class Session:
    """What one session knows about a room, from run to run."""

    id: str
    room: str
    version: int = 0  # of the room, as the last run of the script has rendered it
    entries: Entries = field(default_factory=dict)  # of that version, and own changes
    present: frozenset[str] = field(init=False)  # who is there, as far as it knows
    rendered_present: frozenset[str] | None = None  # the same, if the last run used it
    used: set[str] = field(default_factory=set)  # entries whose values the run has used
    error: StoreError | None = None
    refusal: RoomError | None = None  # of what a callback tried before this run
    is_rendering: bool = False
    began_at: float = 0  # when the last run began, by the server's clock
    rendered_at: float = 0  # when it ended
    summary: list[int | None] | None = None  # what the browser is told that it shows
    stay: float = 3.0  # seconds for which it counts as present, at least
    widgets: dict[str, Widget] = field(default_factory=dict)  # by entry
    drafts: frozenset[str] = frozenset()  # keys of widgets with something unsent
    deferred: frozenset[str] = frozenset()  # of those, the ones the last run left alone
    drafts_at: float = 0  # when the browser has reported drafts, by its own clock
    is_unreached: bool = False  # its page does not reach the push route
    is_replaced: bool = False  # by the session of the same page, loaded again
    is_refused: bool = False  # its user has lost the right to enter
    missing: set[str] = field(default_factory=set)  # keys without a value in this run
    forms_sent: int = 0  # how often the user has sent a form
    open_forms: list[str] = field(default_factory=list)  # around what is rendered now

    def __post_init__(self) -> None:
        self.present = frozenset({self.id})
        self._lock = threading.RLock()
        self.given = Given(self)
        self._kept: set[str] = set()
        self._warned: set[str] = set()
        self._defaults: Entries = {}

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for the run before this one, which Streamlit may have left behind.

        A run that has been left behind itself ends where it asks for the state.
        """
        with self._lock:
            _ = PRIVATE in st.session_state
            yield

    def shares(self, key: str) -> bool:
        """Whether a key is the room's, not this session's."""
        is_named = self.only is None or key in self.only
        return is_named and not (key.startswith(PRIVATE) or key in self._kept)

    def keep(self, key: str) -> None:
        """Leave a key to the session: that of a field for its user's own drafts."""
        self._kept.add(key)
        this_tab().mirrored.pop(key, None)

    def begin(
        self,
        store: Store,
        *,
        read_only: bool = False,
        only: Collection[str] | None = None,
        every: float | None = 1.0,
    ) -> None:
        """Send what this user has changed, then take what the room holds."""
        with self._turn():
            self.is_rendering = True
            self.is_replaced = self.is_refused = False
            self.store, self.every, self.app = store, every, this_tab().app
            self.read_only = read_only or not may(self.room, "write")
            self.only = only
            before = self.version, self.used, self.rendered_present, self.deferred
            with self.refusing():  # the app's own fragments have run without begin()
                self.given.publish(self.used)
            self.deferred = frozenset()
            self.open_forms, self.rendered_present, self.used = [], None, set()
            self.missing.clear()
            self._warned.clear()
            self.given.begin()
            self._defaults = {}
            self._before = before
            mirror.take(self)
            self.began_at = time.monotonic()
            self.version = self._exchange()
            mirror.begin(self)
            if self.room:
                heart.begin(self)
        if problem := self.error or self.refusal:
            st.error(str(problem))
        self.refusal = None

    def end(self) -> None:
        """Know that the room is rendered, and see what was changed without a word."""
        try:
            with self._turn():
                self._publish_defaults()
                self.given.publish(self.used)
                mirror.take(self)
        except RoomError as error:
            self.show_error(error)
        finally:
            heart.end(self)
            self.is_rendering, self.rendered_at = False, time.monotonic()

    def join_blocks(self) -> None:
        """Know that this block and the one before are shown by one run.

        They are behind the room if one of them is.
        """
        version, used, present, deferred = self._before
        self.version = min(self.version, version)
        self.used |= used
        self.deferred |= deferred
        self.rendered_present = present or self.rendered_present

    def show_error(self, error: RoomError) -> None:
        """Show what has stopped the app's own lines, unless begin() has shown it."""
        if not self.error:
            st.error(str(error))
        if isinstance(error, StoreError):
            self.error = error

    def is_behind(self) -> bool:
        """Whether the page shows something older than the room does."""
        before = self.error
        version = self._exchange()
        if self.error or before:
            return not (self.error and before)  # it has just begun, or ended
        return not self.is_up_to_date(version, self.present)

    def is_up_to_date(self, version: int, present: frozenset[str]) -> bool:
        """Whether the page shows this version, and who is there if it does."""
        shows = version == self.version and self.rendered_present in (None, present)
        return shows and self.deferred <= self.drafts

    def ttl(self) -> float:
        """For how many seconds a heartbeat counts it as present."""
        return max(self.stay, 3 * (self.every or 0))

    def _exchange(self) -> int:
        """Give and take as far as the store answers; return its version."""
        with self._turn():
            version = self.version
            try:
                self.store.heartbeat(self.room, self.id, self.ttl())
                self.publish()
                version, self.entries = self.store.read(self.room)
                self.present = self.store.present(self.room)
                self.error = None
            except StoreError as error:
                self.error = error
            return version

    # Writing.

    def _may_write(self) -> bool:
        """Whether it may now: it may have lost the right since the run began."""
        return not self.read_only and may(self.room, "write", self.app)

    def publish(self) -> None:
        """Write what this user has changed; what cannot be written now waits."""
        with self._turn():
            edits = [(w, new) for e, w in self.widgets.items() if (new := w.edits(e))]
            if edits and self._may_write():  # a browser may send what it should not
                changes = {name: text for _, new in edits for name, text in new.items()}
                self._write(lambda _: dict(changes))
                for widget, new in edits:
                    widget.reported |= new
                    widget.rendered = applied(widget.rendered, new)
                mirror.show(self, changes)

    def _publish_defaults(self) -> None:
        """Share the first values of new widgets: the first one in the room decides.

        The page shows them already.
        """
        defaults, self._defaults = self._defaults, {}
        if defaults and self._may_write():
            written = self._write(
                lambda entries: {e: t for e, t in defaults.items() if e not in entries},
                is_rendered=True,
            )
            for entry in written.keys() & self.widgets.keys():
                self.widgets[entry].rendered |= {entry: defaults[entry]}
            mirror.show(self, written)

    def set_first(self, entry: str, text: str) -> None:
        """Share a new widget's first value when the run ends, unless somebody has."""
        self._defaults[entry] = text

    def _write(
        self, change: Callable[[Entries], Changes], *, is_rendered: bool = False
    ) -> Changes:
        written: Changes = {}
        is_known = False

        def changed(entries: Entries) -> Changes:
            nonlocal is_known
            is_known = entries == self.entries
            written.clear()
            written.update(change(entries))
            return written

        self.store.write(self.room, changed)
        self.entries = applied(self.entries, written)
        if is_known and (is_rendered or not written.keys() & self.used):
            with suppress(StoreError):  # the page shows it already
                version, entries = self.store.read(self.room)
                self.version = version if entries == self.entries else self.version
        return written

    def write(
        self, change: Callable[[Entries], Changes], *, publishes: bool = True
    ) -> None:
        """Change the room, after what the user has done in widgets.

        Raises RefusedError if this session only watches, and StoreError.
        """
        if not self._may_write():
            raise RefusedError("You are watching this room: changes are not accepted.")
        try:
            if publishes:
                self.publish()
        except Exception:
            raise
        except BaseException:  # Streamlit ends the run, whose click will not come again
            self._write(change)
            raise
        mirror.show(self, self._write(change))

    def modify(self, root: Root, operation: Operation) -> Any:
        """Change a value in place, in one step; see `live`."""
        result: Any = None

        def change(entries: Entries) -> Changes:
            nonlocal result
            if root.entry not in entries:
                raise ConflictError("What you were about to change has been deleted.")
            if entries[root.entry] == root.text:
                result = operation(None)
                root.note(dumps(root.value))
                return {root.entry: root.text}
            now, root.text = loads(entries[root.entry]), ""
            result = operation(now)
            return {root.entry: dumps(now)}

        try:
            self.write(change)
        except BaseException:
            root.text = ""  # the copy may have what the room does not
            raise
        return result

    # Values.

    def read(self) -> Entries:
        """The room's entries as they are now, or as they were when last in reach."""
        try:
            return self.store.read(self.room)[1]
        except StoreError as error:
            self.error = error
            return self.entries

    def value(self, key: str) -> Any:
        """A shared value as it is now; of a widget, as this session shows it.

        Raises KeyError; ConflictError if somebody else has changed an object that was
        changed here, too; and UnshareableError for what this app cannot read.
        """
        entry = names.of_key(key)
        self.used.add(entry)
        widget = self.widget(entry)
        entries = self.entries if widget else self.read()
        own = widget.key if widget else unshared(key)
        text = entries.get(entry)
        is_own = widget and widget.reported.get(entry) == text
        unread: UnshareableError | None = None
        if text is not None and not (is_own and own in st.session_state):
            try:
                return widget.loads(text) if widget else self.given.give(entry, text)
            except UnshareableError as reason:
                unread = reason
            except ValueError:
                pass  # no option in this session
        try:
            return self._own(key, own)
        except KeyError:
            if unread:
                raise unread from None
            raise

    def _own(self, key: str, own: str) -> Any:
        """What the room does not have, and this session does."""
        if own in st.session_state:
            value = st.session_state[own]
            if own == unshared(key):
                try:
                    dumps(value)
                except UnshareableError as reason:
                    self.warn(key, reason)
            return value
        if key in st.session_state and key not in this_tab().mirrored:
            value = st.session_state[key]
            if is_mutable(value):  # what is changed in it becomes the room's
                with suppress(UnshareableError):
                    if not self.given.is_watched(names.of_key(key)):
                        self.given.watch(names.of_key(key), value, dumps(value))
            return value
        raise KeyError(f'st.session_state has no key "{key}" in this room.')

    def widget(self, entry: str) -> Widget | None:
        """A widget, when what the user has changed in it is sent.

        Callbacks and the app's own fragments ask for it before begin() has sent that.
        """
        widget = self.widgets.get(entry)
        if widget and widget.edits(entry):
            try:
                self.publish()
            except StoreError as error:
                self.error = error
        return widget

    def set(self, values: Mapping[str, Any], *, publishes: bool = True) -> None:
        """Share values, or keep those in this session that cannot be shared."""
        changes: Changes = {}
        for key, value in values.items():
            entry = names.of_key(key)
            if self.given.has(entry, value) and entry in self.read():
                continue  # what was done to it is in the room
            try:
                changes[entry] = text = dumps(value)
            except UnshareableError as reason:
                self.warn(key, reason)
                st.session_state[unshared(key)] = value
            else:
                if is_mutable(value):
                    self.given.watch(entry, value, text)
        if changes and not self._may_write():  # what is there already may be set
            now = self.read()
            changes = {e: text for e, text in changes.items() if now.get(e) != text}
        if changes:
            self.write(lambda _: changes, publishes=publishes)
            for entry in changes:
                st.session_state.pop(unshared(names.key_of(entry) or ""), None)

    def set_default(self, key: str, value: Any) -> Any:
        """The shared value, after it has been made this one if there was none."""
        entry = names.of_key(key)
        if not is_readable(self.read().get(entry)):
            if unshared(key) in st.session_state:
                return st.session_state[unshared(key)]
            try:
                text = dumps(value)
            except UnshareableError:
                self.set({key: value})
                return value
            if not self._may_write():
                return value
            self.write(lambda now: {} if is_readable(now.get(entry)) else {entry: text})
        return self.value(key)

    def has_own(self, key: str) -> bool:
        """Whether it is a value of this session's that cannot be shared."""
        is_own = unshared(key) in st.session_state
        return is_own and names.of_key(key) not in self.read()

    def remove(self, key: str, *, publishes: bool = True) -> str:
        """Remove a shared value in one step; return its text.

        Raises KeyError.
        """
        entry, text = names.of_key(key), ""

        def change(entries: Entries) -> Changes:
            nonlocal text
            if entry not in entries:
                raise KeyError(key)
            text = entries[entry]
            return {entry: None}

        self.given.forget(entry)
        self.write(change, publishes=publishes)
        return text

    def keys(self) -> list[str]:
        """The keys of all that the room shares with this session."""
        entries = self.read()
        self.used |= entries.keys()
        found = (names.key_of(entry) for entry in entries)
        return [key for key in found if key is not None and self.shares(key)]

    def warn(self, name: str, reason: object) -> None:
        """Say what is not shared, and why, once in each run."""
        if name not in self._warned:
            self._warned.add(name)
            st.warning(f"“{name}” stays private: {reason}.")

    @contextmanager
    def refusing(self, kind: type[RoomError] = RoomError) -> Iterator[None]:
        """Say why something was refused as soon as a run begins."""
        try:
            yield
        except kind as refusal:
            self.refusal = refusal

    def call(
        self, function: Callable[..., Any], /, *arguments: Any, **options: Any
    ) -> None:
        """Call one of the app's callbacks, which Streamlit does before a run."""
        self.missing.clear()  # that was then
        with suppress(StoreError):  # the run will say it
            self.publish()
        with self.refusing():
            mirror.show(self, self.entries)
            function(*arguments, **options)
            self.given.publish(self.used)
            mirror.take(self)
