# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""Rooms in which Streamlit sessions share widgets and values, on public API alone."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Iterator, MutableMapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from typing import Any

import streamlit as st

from room_session import CLEARS, FILES, PRIVATE, STAYS, WIDGETS, Visit
from room_store import (
    Change,
    Memory,
    RoomError,
    Store,
    StoreError,
    Texts,
    from_text,
    to_text,
)

if tuple(int(part) for part in st.__version__.split(".")[:2]) < (1, 60):
    raise ImportError(
        f"room_sync needs Streamlit 1.60 or newer, and this is {st.__version__}: "
        "pip install --upgrade streamlit"
    )

ACTIONS = {"button", "form_submit_button", "chat_input", "menu_button"}
PLACES = {"container", "columns", "tabs", "expander", "popover", "form", "empty"}
PLACES |= {"sidebar", "bottom", "status", "chat_message", "grid"}

mark = st.components.v2.component(
    "room_mark",
    js="""
export default function ({ data, setTriggerValue, parentElement: self }) {
  const place = ((window.roomPlaces ??= {})[data.place] ??= {});
  place.looked = Date.now();
  if (place.drawn !== data.drawn) place.since = place.looked;
  place.drawn = data.drawn;
  clearInterval(self.timer);
  self.timer = setInterval(() => {
    if (Date.now() - place.looked < 1000 * (3 * data.every + 2)) return;
    place.looked = Date.now();
    setTriggerValue("silent", place.looked);  // nobody asks for the bell any more
  }, 1000);
  return () => clearInterval(self.timer);
}
""",
)

bell = st.components.v2.component(
    "room_bell",
    js="""
export default function ({ data, setTriggerValue, parentElement: self }) {
  if (self.look === data.look) return;
  self.look = data.look;
  const place = ((window.roomPlaces ??= {})[data.place] ??= {});
  place.looked = Date.now();
  const detail = [data.url, data.look];
  const ring = () => data.url
    ? document.dispatchEvent(new CustomEvent("room-news", { detail }))
    : setTriggerValue("lost", data.look);
  const isFresh = data.behind === false && place.looked - place.since < 300;
  if (isFresh || (data.behind && data.url)) ring();
  else setTimeout(() => place.drawn !== data.drawn && ring(), 200);
}
""",
)

SETTLES = 0.2  # seconds after which a page surely has what was drawn for it
_numbers = count(int(1000 * time.time()))  # none that a server before has given
_store: Store = Memory()


def use(store: Store) -> None:
    """Keep the rooms there from now on; the same store again changes nothing."""
    global _store
    if store != _store:
        _store = store


def private(key: str) -> str:
    """A key that stays in its session, for a widget or in st.session_state."""
    return PRIVATE + key


get_not_synced_key = private


def poll(visit: Visit) -> None:
    """Look at the room from time to time, and run the script when it has news."""
    watch(visit.room, visit.is_behind, visit.every)


def watch(
    place: str, is_behind: Callable[[], bool], every: float | None, url: str = ""
) -> None:
    """Ask from time to time, in a fragment, whether the page has to be drawn anew.

    Streamlit may lose what a run has drawn, or keep what that has replaced, when a
    fragment is asked for as the run ends. So each run marks the page, a bell in the
    fragment looks for the mark, and a look a moment after a run, as the server sees it
    or the page, asks for another one.

    Args:
        place: what is watched; pages watch more than one.
        is_behind: whether it has to be; what it draws is there after each run.
        every: seconds between two looks.
        url: what draws it anew hears a bell with this name; else the script runs.
    """
    drawn, whole_run = next(_numbers), True
    _note_drawn()
    mark(
        key=private(f"mark:{place}"),
        data={"place": place, "drawn": drawn, "every": every},
        on_silent_change=lambda: None,
    )

    def look() -> None:
        room, when = st.session_state[private("drawn")]
        is_fresh = time.monotonic() - when < SETTLES
        behind = is_behind() or is_fresh
        told = {"place": place, "drawn": drawn, "look": next(_numbers), "url": url}
        heard = bell(
            key=private(f"bell:{place}"),
            data={**told, "behind": None if whole_run else behind},
            on_lost_change=lambda: None,
        )
        if whole_run or url or not (behind or heard.lost or room != current_room()):
            return
        if room:
            st.query_params["room"] = room
        else:
            st.query_params.pop("room", None)
        st.rerun()

    st.fragment(look, run_every=every)()
    whole_run = False


def _note_drawn() -> None:
    """Remember when, and at which address: Streamlit may lose that as well."""
    st.session_state[private("drawn")] = current_room(), time.monotonic()


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
    store = _store if room else own.setdefault(private("alone"), Memory())
    visit = own.setdefault(private(f"visit:{room}"), Visit(_session(), room))
    visit.begin(store, read_only=read_only, only=only, every=every)
    try:
        yield Shared(st, visit)
    except RoomError as error:
        visit.report(error)
    finally:
        visit.end()
        if every and room:
            follow(visit)


def current_room() -> str | None:
    """The room that the page's address names: a link invites, a reload returns."""
    return st.query_params.get("room") or None


@contextmanager
def _said() -> Iterator[None]:
    """Say on the page why the rooms are out of reach."""
    try:
        yield
    except StoreError as trouble:
        st.error(str(trouble))


def enter_room(name: str) -> None:
    """Make the room if there is none, and put it into the page's address."""
    with _said():
        _store.write(name, lambda _: {})
        st.query_params["room"] = name
        _note_drawn()


def exit_room() -> None:
    """Leave; the room keeps its values."""
    if name := st.query_params.pop("room", None):
        _note_drawn()
        with suppress(StoreError):  # the others see it soon in any case
            _store.keep(name, _session(), 0)


def list_rooms() -> list[str]:
    """The names of all rooms, in alphabetical order."""
    return _store.rooms()


def delete_room(name: str) -> None:
    """Forget the room's values; who is in it starts anew."""
    with _said():
        _store.delete(name)


def select_room_widget() -> str | None:
    """Choose a room in the sidebar, or make one; return the one that is entered."""
    name = current_room()
    with st.sidebar:
        watch("rooms", _show_rooms, every=1.0)
        if name:
            st.text(f"You are in: {name}")
            st.button("Exit room", key=private("exit"), on_click=exit_room)
            return name
        with _said():
            _choose_room()
    return None


def _show_rooms() -> bool:
    with suppress(StoreError):
        for name in list_rooms():
            st.text(f"{name}: {len(_store.present(name))} here")
    return False


def _choose_room() -> None:
    with st.form(private("rooms")):
        st.selectbox(
            "Room",
            list_rooms(),
            index=None,
            key=private("room"),
            placeholder="Choose one or type a new name",
            accept_new_options=True,
        )
        st.form_submit_button("Enter room", on_click=_enter_chosen)


def _enter_chosen() -> None:
    if name := st.session_state[private("room")]:
        enter_room(name)


def _session() -> str:
    return st.session_state.setdefault(private("session"), uuid.uuid4().hex)


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
