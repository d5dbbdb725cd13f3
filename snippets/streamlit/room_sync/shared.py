"""Streamlit, as an app sees it in a room."""

from __future__ import annotations

from collections.abc import (
    Callable,
    Collection,
    Iterator,
    Mapping,
    MutableMapping,
    Sequence,
)
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import streamlit as st

from room_sync import apps, rooms
from room_sync.entries import of_key
from room_sync.errors import RefusedError, RoomError, StoreError
from room_sync.live import plain
from room_sync.polling import poll
from room_sync.presence import arrive
from room_sync.rendering import CLEARS, STAYS, form_around, render_own, render_shared
from room_sync.session import Session
from room_sync.stores import Changes, Entries, Store
from room_sync.tab import is_internal, this_tab, unshared, unshared_key
from room_sync.values import dumps, loads
from room_sync.widgets import ACTIONS, LINKS, OPENINGS, PRIVATE, WIDGETS
from room_sync.workarounds import (
    fragment,
    let_nested_fragments_run_once,
    let_runs_overlap,
    let_what_is_rendered_be_sent,
)

PLACES = {"container", "columns", "tabs", "expander", "popover", "form", "empty"}
PLACES |= {"sidebar", "bottom", "status", "chat_message", "grid"}
_OWN = ACTIONS | LINKS | PRIVATE.keys() - OPENINGS
_MISSING: Any = object()


class sync:  # noqa: N801 -- it is used like a function
    """Share what is rendered with all sessions in the room.

    ``with sync("lobby") as room:`` gives the block a Streamlit whose widgets and
    ``session_state`` are the room's. What is rendered after the block is the app's own.

    A `RoomError` in the block ends it, and is shown on the page. A user who may not
    enter sees why, and the script stops there.

    Args:
        room: its name; with None or "" the session is in a room of its own.
        read_only: widgets are disabled, and changes are refused.
        only: the keys to share; without it, all that are not private.
        every: seconds between two polls of what the others have done; with None the
            page follows them only when its own user does something. Where pages are
            not notified, a session is present for three times as long after each poll
            or run, and for three seconds at least.
        follow: what renders the part of the page that follows the others; `room` has
            one of its own.

    Example:
        from room_sync import sync

        with sync("lobby") as st:
            number = st.slider("Number")
            st.write(number, "squared is", number * number)
    """

    def __init__(
        self,
        room: str | None,
        *,
        read_only: bool = False,
        only: Collection[str] | None = None,
        every: float | None = 1.0,
        follow: Callable[[Session], None] = poll,
    ) -> None:
        if isinstance(only, str):
            raise TypeError(f"only={only!r} is a text: name the keys in a list.")
        self._room = room or ""
        self._read_only, self._only = read_only, only
        self._every, self._follow = every, follow

    def __enter__(self) -> Shared:
        let_runs_overlap()
        let_what_is_rendered_be_sent()
        let_nested_fragments_run_once()
        tab = this_tab()
        store: Store = rooms.store() if self._room else tab.own_store
        self._check_entry(store)
        arrive(tab, self._room, store)
        if self._room not in tab.rooms:
            tab.rooms[self._room] = Session(tab.id, self._room)
        self._session = session = tab.rooms[self._room]
        session.begin(
            store, read_only=self._read_only, only=self._only, every=self._every
        )
        self._shared = Shared(st, session, _Block())
        return self._shared

    def _check_entry(self, store: Store) -> None:
        """Stop the script, or the fragment, of a user who may not be there."""
        try:
            if self._room:
                rooms.check_entry(self._room, store)
        except RefusedError as refusal:
            if session := this_tab().rooms.get(self._room):
                session.is_refused = True
            st.error(str(refusal))
            st.stop()
        except StoreError:
            pass  # the session says so

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        session = self._session
        if is_ours := isinstance(error, RoomError):
            session.show_error(error)
        try:
            session.end()
        finally:
            self._shared.block.is_over = True
            if self._every and self._room:
                self._follow(session)
        if isinstance(error, Stopped):
            st.stop()
        return is_ours


class Stopped(BaseException):
    """``st.stop()`` in a room: what follows the room is rendered first."""


def _stop() -> NoReturn:
    raise Stopped


class _Block:
    """The lines of an app that are in a room."""

    def __init__(self) -> None:
        self._run = apps.frame_of_run()
        self.is_over = False

    def is_left(self) -> bool:
        """Whether what runs comes after it, in the same run of the script.

        Callbacks and the app's own fragments run later, without the lines around them:
        they belong to the room for as long as they can be called.
        """
        return self.is_over and apps.frame_of_run() is self._run


if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator as _Streamlit
else:
    _Streamlit = object  # only editors and type checkers take it for one


class Place(_Streamlit):
    """Streamlit, or one of its containers, whose widgets are the room's."""

    def __init__(
        self, target: Any, session: Session, block: _Block, form: str = ""
    ) -> None:
        self._target, self._session, self._form = target, session, form
        self.block = block

    def __enter__(self) -> Any:
        self._target.__enter__()
        self._forms = self._session.open_forms  # another run has a list of its own
        self._forms.append(self._form)
        return self

    def __exit__(self, *error: Any) -> Literal[False]:
        self._forms.pop()
        self._target.__exit__(*error)
        return False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if self.block.is_left():
            return found
        if name in WIDGETS:
            return partial(render_shared, self._session, found, name, self._form)
        if name == "fragment":
            return fragment
        if name == "stop" and not self.block.is_over:
            return _stop
        if name in _OWN:
            return partial(render_own, self._session, found, name)
        if name in PLACES:
            if not callable(found):
                return self._wrap(found)
            return partial(self._open, found, name)
        return found

    def _open(
        self, make: Callable[..., Any], kind: str, *args: Any, **options: Any
    ) -> Any:
        key = str(options.get("key") or (args[0] if args else ""))
        this_tab().take(key)
        if options.get("on_change", "ignore") != "ignore" and self._session.shares(key):
            self._session.warn(key, PRIVATE[kind])
        made = make(*args, **options)
        form = STAYS if kind == "form" else ""
        if options.get("clear_on_submit"):
            form = CLEARS  # what it clears was each user's own draft all along
        if isinstance(made, Sequence):
            return [self._wrap(place, form) for place in made]
        return self._wrap(made, form)

    def _wrap(self, place: Any, form: str = "") -> Place:
        form = form or self._form or form_around(self._session)
        return Place(place, self._session, self.block, form)


class Shared(Place):
    """Streamlit, as an app renders in a room: ``with sync("lobby") as room:``.

    It has all that Streamlit has. Widgets are the room's, in columns, tabs, expanders,
    popovers, forms and the sidebar, too, unless their key is `private`. You get one
    from `sync` or `room`.

    Example:
        from room_sync import Shared, room

        def counter(st: Shared) -> None:
            if st.button("Count"):
                st.update("count", lambda count: (count or 0) + 1)
            st.write(st.session_state.get("count", 0), "by", st.present)

        @room("lobby")
        def lobby(st: Shared) -> None:
            counter(st)

        lobby()
    """

    @property
    def session_state(self) -> Any:
        """The room's values, a `State`; under private keys, the session's own."""
        return st.session_state if self.block.is_left() else State(self._session)

    @property
    def present(self) -> int:
        """How many sessions are in the room; the page follows when it changes."""
        return len(self.sessions)

    @property
    def sessions(self) -> frozenset[str]:
        """The sessions in the room; the page follows when one comes or goes."""
        self._session.rendered_present = self._session.present
        return self._session.present

    @property
    def session(self) -> str:
        """This session, as it is called among those in the room."""
        return self._session.id

    def update(self, key: str, function: Callable[[Any], Any]) -> Any:
        """Set a shared value to function(the present one or None), in one step.

        Args:
            key: the value's, in ``session_state``. Under one that isn't shared, the
                value is the session's own.
            function: returns the new value, and does nothing else.

        Returns:
            The new value.

        Raises:
            RoomError: it was refused or cannot be shared, or the room is out of
                reach; nothing has changed then.
        """
        if not self._session.shares(key):
            own = st.session_state[key] = function(st.session_state.get(key))
            return own
        new = None

        def change(entries: Entries) -> Changes:
            nonlocal new
            new = function(loads(entries.get(of_key(key), "null")))
            return {of_key(key): dumps(new)}

        self._session.write(change)
        return new


class State(MutableMapping[str, Any]):
    """``st.session_state``, where every key that is not private is the room's.

    Lists, dictionaries and sets in it are live: what is done to them in place is done
    in the room, in one step. It is a mapping: ``in``, ``len``, ``del``, ``get`` and the
    like do what they do with a dictionary. You get one from ``session_state`` of a
    `Shared`.

    Example:
        from room_sync import State, sync

        def greet(state: State, name: str) -> None:
            state.setdefault("names", []).append(name)

        with sync("lobby") as st:
            greet(st.session_state, "Alex")
            st.write(st.session_state["names"])
    """

    def __init__(self, session: Session) -> None:
        self.__dict__["_session"] = session

    def __getitem__(self, key: str) -> Any:
        key = str(key)  # as Streamlit does
        shared = self._session.shares(key)
        return self._session.value(key) if shared else st.session_state[key]

    def __contains__(self, key: object) -> bool:
        try:
            self[str(key)]
        except KeyError:
            self._session.missing.add(str(key))
            return False
        return True

    def __setitem__(self, key: str, value: Any) -> None:
        key = str(key)
        if key in self._session.missing:  # the app means: if there is none
            self._session.missing.discard(key)
            self.setdefault(key, value)
        elif self._session.shares(key):
            self._session.set({key: value})
        else:
            st.session_state[key] = value

    def __delitem__(self, key: str) -> None:
        key = str(key)
        if own := self._own_key(key):
            del st.session_state[own]
        else:
            self._session.remove(key)

    def _own_key(self, key: str) -> str | None:
        """Where a value is that is not the room's."""
        if self._session.has_own(key):
            return unshared(key)
        return None if self._session.shares(key) else key

    def __iter__(self) -> Iterator[str]:
        shared = self._session.keys()
        yield from shared
        for key in map(str, st.session_state):
            if (own := unshared_key(key)) and self._session.has_own(own):
                yield own
            elif not (self._session.shares(key) or is_internal(key)):
                yield key

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value, which is this one from now on if there was none: in one step.

        Args:
            key: the value's.
            default: what it is if there was none.

        Returns:
            The value. A session that may not change the room gets the default if there
            was none.

        Raises:
            StoreError: there was none, and the room is out of reach.
        """
        key = str(key)
        if self._session.shares(key):
            return self._session.set_default(key, default)
        return st.session_state.setdefault(key, default)

    def pop(self, key: str, default: Any = _MISSING) -> Any:
        """Remove a value in one step: of several who do, one is given it.

        Args:
            key: the value's.
            default: what is returned if there is none.

        Returns:
            The value.

        Raises:
            KeyError: there is none, and no default.
            RefusedError: this session may not change the room.
            StoreError: the room is out of reach.
        """
        key = str(key)
        try:
            if own := self._own_key(key):
                return st.session_state.pop(own)
            return loads(self._session.remove(key))
        except KeyError:
            if default is _MISSING:
                raise
            return default

    def update(self, *others: Any, **more: Any) -> None:
        """Set many values; the shared ones in one step.

        Args:
            others: a mapping or pairs, as for a dictionary.
            more: keys and values.

        Raises:
            RefusedError: this session may not change the room.
            StoreError: the room is out of reach.
        """
        given: Mapping[Any, Any] = dict(*others, **more)
        values = {str(key): value for key, value in given.items()}
        shared = {k: value for k, value in values.items() if self._session.shares(k)}
        self._session.set(shared)
        for key in values.keys() - shared.keys():
            st.session_state[key] = values[key]

    def to_dict(self) -> dict[str, Any]:
        """A copy of all values, which is nobody else's."""
        return {key: plain(value) for key, value in self.items()}

    def __getattr__(self, key: str) -> Any:
        try:
            return self[key]
        except KeyError:
            self._session.missing.add(key)
            raise AttributeError(f"st.session_state has no {key!r}") from None

    __setattr__ = __setitem__
    __delattr__ = __delitem__
