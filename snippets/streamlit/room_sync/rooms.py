"""Which rooms there are, and which of them the page's address names."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import streamlit as st

from room_sync.errors import StoreError
from room_sync.polling import current_room, note_drawn, private, watch
from room_sync.stores import Memory, Store

_store: Store = Memory()


def store() -> Store:
    """Where the rooms are kept."""
    return _store


def use(store: Store) -> None:
    """Keep the rooms there from now on; the same store again changes nothing."""
    global _store
    if store != _store:
        _store = store


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
        note_drawn()


def exit_room() -> None:
    """Leave; the room keeps its values."""
    if name := st.query_params.pop("room", None):
        note_drawn()
        with suppress(StoreError):  # the others see it soon in any case
            _store.keep(name, session_id(), 0)


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


def session_id() -> str:
    """This session, as it is called in its rooms."""
    return st.session_state.setdefault(private("session"), uuid.uuid4().hex)
