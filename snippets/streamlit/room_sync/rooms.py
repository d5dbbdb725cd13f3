"""Which rooms there are, and which of them the page's address names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import streamlit as st

from room_sync import mirror, process
from room_sync.access import Allow, decide_by, may
from room_sync.errors import RefusedError, RoomError, StoreError
from room_sync.held import held, internal
from room_sync.polling import current_room, note_rendered, watch
from room_sync.stores import Memory, Store


def store() -> Store:
    """Where the rooms of this process are kept."""
    kept: Store = process.only("store", Memory)
    return kept


def use(store: Store | None = None, *, allow: Allow | None = None) -> None:
    """Say where rooms are kept, and who may do what; the same again changes nothing.

    Args:
        store: where they are from now on.
        allow: is called on the server for each action, with the user, the room's name
            and the action: "list", "create", "enter", "write" or "delete". The user is
            ``st.user`` after ``st.login``, or None. What it does not return true for is
            refused.
    """
    if allow is not None:
        decide_by(allow)
    if store is None:
        return
    if store != process.only("store", lambda: store):
        process.keep("store", store)


@contextmanager
def _shown_errors() -> Iterator[None]:
    """Say on the page why the rooms are out of reach."""
    try:
        yield
    except RoomError as error:
        st.error(str(error))


def check_entry(name: str, store: Store) -> None:
    """See that this user may enter the room.

    Raises:
        RefusedError: they may not, or there is none, and they may not create one.
        StoreError: the store is out of reach.
    """
    if not may(name, "enter"):
        raise RefusedError("You may not enter this room.")
    if not store.version(name) and not may(name, "create"):
        raise RefusedError("There is no such room, and you may not create one.")


def enter_room(name: str) -> None:
    """Make the room if there is none, and put it into the page's address."""
    with _shown_errors():
        check_entry(name, store())
        store().write(name, lambda _: {})
        st.query_params["room"] = held().entered = name
        _leave()


def exit_room() -> None:
    """Leave; the room keeps its values."""
    name = st.query_params.pop("room", None) or held().entered
    held().entered = ""
    if name:
        _leave()
        with suppress(StoreError):  # the others see it soon in any case
            store().heartbeat(name, held().id, 0)


def _leave() -> None:
    """Forget what the page has shown of the room that it was in."""
    for key in list(held().mirrored):
        mirror.forget(key)
    note_rendered()


def list_rooms() -> list[str]:
    """The names of the rooms that this user may see, in alphabetical order."""
    return [name for name in store().rooms() if may(name, "list")]


def delete_room(name: str) -> None:
    """Forget the room's values; who is in it starts with an empty one."""
    with _shown_errors():
        if not may(name, "delete"):
            raise RefusedError("You may not delete this room.")
        store().delete(name)


def select_room_widget() -> str | None:
    """Choose a room in the sidebar, or make one; return the one that is entered."""
    name = current_room()
    with st.sidebar:
        watch("rooms", _show_rooms, every=1.0)
        if name:
            st.text(f"You are in: {name}")
            st.button("Exit room", key=internal("exit"), on_click=exit_room)
            return name
        with _shown_errors():
            _choose_room()
    return None


def _show_rooms() -> bool:
    with suppress(StoreError):
        for name in list_rooms():
            st.text(f"{name}: {len(store().present(name))} here")
    return False


def _choose_room() -> None:
    with st.form(internal("rooms")):
        st.selectbox(
            "Room",
            list_rooms(),
            index=None,
            key=internal("room"),
            placeholder="Choose one or type a new name",
            accept_new_options=True,
        )
        st.form_submit_button("Enter room", on_click=_enter_chosen)


def _enter_chosen() -> None:
    if name := st.session_state[internal("room")]:
        enter_room(name)
