"""Streamlit, as an app sees it in a room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import streamlit as st

from room_sync import rooms
from room_sync.errors import RoomError
from room_sync.polling import poll, private
from room_sync.session import CLEARS, FILES, STAYS, WIDGETS, Visit
from room_sync.stores import Change, Memory, Texts
from room_sync.values import from_text, to_text

ACTIONS = {"button", "form_submit_button", "chat_input", "menu_button"}
PLACES = {"container", "columns", "tabs", "expander", "popover", "form", "empty"}
PLACES |= {"sidebar", "bottom", "status", "chat_message", "grid"}


@contextmanager
def sync(
    room: str | None,
    *,
    read_only: bool = False,
    only: Collection[str] | None = None,
    every: float | None = 1.0,
    follow: Callable[[Visit], None] = poll,
) -> Iterator[Shared]:
    """Share what is drawn with all sessions in the room: ``with sync("lobby") as st:``.

    Args:
        room: its name; with None or "" the session is in a room of its own.
        read_only: widgets are disabled, and changes are refused.
        only: the keys to share; without it, all that are not private.
        every: seconds between two looks at what the others have done; with None the
            page follows them only when its own user does something.
        follow: what draws the part of the page that follows the others.
    """
    own, room = st.session_state, room or ""
    store = rooms.store() if room else own.setdefault(private("alone"), Memory())
    visit = own.setdefault(private(f"visit:{room}"), Visit(rooms.session_id(), room))
    visit.begin(store, read_only=read_only, only=only, every=every)
    try:
        yield Shared(st, visit)
    except RoomError as error:
        visit.report(error)
    finally:
        visit.end()
        if every and room:
            follow(visit)


class Place:
    """Streamlit, or one of its containers, whose widgets are the room's."""

    def __init__(self, target: Any, visit: Visit, form: str = "") -> None:
        self._target, self._visit, self._form = target, visit, form

    def __enter__(self) -> Place:
        self._target.__enter__()
        self._forms = self._visit.forms  # another run begins with a list of its own
        self._forms.append(self._form)
        return self

    def __exit__(self, *error: Any) -> None:
        self._forms.pop()
        self._target.__exit__(*error)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if name in WIDGETS:
            return partial(self._visit.draw, found, name, self._form)
        if name in ACTIONS | FILES:
            return partial(self._visit.draw_own, found, name)
        if name in PLACES:
            if not callable(found):
                return self._wrap(found)
            return partial(self._open, found, STAYS if name == "form" else "")
        return found

    def _open(
        self, make: Callable[..., Any], form: str, *args: Any, **options: Any
    ) -> Any:
        made = make(*args, **options)
        if options.get("clear_on_submit"):
            form = CLEARS  # what it clears was each user's own draft all along
        if isinstance(made, Sequence):
            return [self._wrap(place, form) for place in made]
        return self._wrap(made, form)

    def _wrap(self, place: Any, form: str = "") -> Place:
        return Place(place, self._visit, form or self._form or self._visit.form())


class Shared(Place):
    """Streamlit, as an app draws in a room: ``with sync("lobby") as st:``."""

    @property
    def session_state(self) -> State:
        """The room's values; under private keys, the session's own."""
        return State(self._visit)

    @property
    def present(self) -> int:
        """How many sessions are in the room; the page follows when it changes."""
        return len(self.sessions)

    @property
    def sessions(self) -> frozenset[str]:
        """The sessions in the room; the page follows when one comes or goes."""
        self._visit.shown = self._visit.present
        return self._visit.present

    @property
    def session(self) -> str:
        """This session, as it is called among those in the room."""
        return self._visit.session

    def update(self, key: str, function: Callable[[Any], Any]) -> Any:
        """Set a shared value to function(the present one or None), in one step.

        Raises:
            RoomError: it was refused or cannot be shared, or the room is out of
                reach; nothing has changed then.
        """
        new = None

        def change(texts: Texts) -> Change:
            nonlocal new
            new = function(from_text(texts.get(key, "null")))
            return {key: to_text(new)}

        self._visit.write(change)
        return new


class State(MutableMapping[str, Any]):
    """st.session_state, where every key that is not private is the room's."""

    def __init__(self, visit: Visit) -> None:
        self.__dict__["_visit"] = visit

    def __getitem__(self, key: str) -> Any:
        shared = self._visit.shares(key)
        return self._visit.value(key) if shared else st.session_state[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if self._visit.shares(key):
            self._visit.set(key, value)
        else:
            st.session_state[key] = value

    def __delitem__(self, key: str) -> None:
        if self._visit.shares(key):
            self._visit.write(lambda _: {key: None})
        else:
            del st.session_state[key]

    def __iter__(self) -> Iterator[str]:
        texts = self._visit.read()
        self._visit.asked |= texts.keys()
        yield from texts
        yield from (key for key in st.session_state if not self._visit.shares(str(key)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getattr__(self, key: str) -> Any:
        try:
            return self[key]
        except KeyError:
            raise AttributeError(f"st.session_state has no {key!r}") from None

    __setattr__ = __setitem__
    __delattr__ = __delitem__
