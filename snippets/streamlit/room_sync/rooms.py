"""Which rooms there are, and which of them the page's address names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import streamlit as st

from room_sync import apps, mirror
from room_sync.access import Allow, may
from room_sync.errors import RefusedError, RoomError, StoreError
from room_sync.polling import current_room, note_rendered, watch
from room_sync.stores import Memory, Store
from room_sync.tab import all_tabs, internal, this_tab


def store() -> Store:
    """Where the rooms of this app are kept."""
    app = this_tab().app
    kept: Store | None = apps.find("store", app, None)
    return apps.make("memory", app, Memory()) if kept is None else kept


def use(store: Store | None = None, *, allow: Allow | None = None) -> None:
    """Say where rooms are kept, and who may do what; the same again changes nothing.

    Without a call, they are in memory, and everybody may do everything.

    It holds for all sessions of the app, on all of its pages. An app is the file that
    Streamlit runs; where one process runs several, as tests do, each has what it says
    itself. Two apps have the same rooms only if both use the same store. What is said
    outside of a session, as beside ``st.App``, holds for apps that say nothing.

    Args:
        store: where they are from now on.
        allow: is called on the server for each action, with the user, the room's name
            and the action: "list", "create", "enter", "write" or "delete". The user is
            ``st.user`` after ``st.login``, or None. What it does not return true for is
            refused. After ``st.logout``, Streamlit goes on to name the user in tabs
            that were already open.

    Example:
        from room_sync import SQLite, use

        def allow(user, room, action):
            return action != "delete" or user is not None

        use(SQLite("rooms.db"), allow=allow)
    """
    app = this_tab().app if apps.running() or all_tabs() else ""
    if allow is not None:
        apps.declare("allow", app, allow)
    if store is not None and store != apps.find("store", app, None):
        apps.declare("store", app, store)


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
    """Make the room if there is none, and put it into the page's address.

    What is refused, or a store that fails, is shown on the page and raises nothing.

    Args:
        name: the room's, any text but "".

    Example:
        import streamlit as st
        from room_sync import enter_room

        st.button("To the lobby", on_click=enter_room, args=["lobby"])
    """
    with _shown_errors():
        check_entry(name, store())
        store().write(name, lambda _: {})
        st.query_params["room"] = this_tab().entered = name
        _leave()


def exit_room() -> None:
    """Leave; the room keeps its values.

    Example:
        import streamlit as st
        from room_sync import exit_room

        st.button("Exit room", on_click=exit_room)
    """
    name = st.query_params.pop("room", None) or this_tab().entered
    this_tab().entered = ""
    if name:
        _leave()
        with suppress(StoreError):  # the others see it soon in any case
            store().heartbeat(name, this_tab().id, 0)


def _leave() -> None:
    """Forget what the page has shown of the room that it was in."""
    for key in list(this_tab().mirrored):
        mirror.forget(key)
    note_rendered()


def list_rooms() -> list[str]:
    """The names of the rooms that this user may see, in alphabetical order.

    Raises:
        StoreError: the rooms cannot be read now.

    Example:
        import streamlit as st
        from room_sync import enter_room, list_rooms

        room = st.selectbox("Room", list_rooms())  # options are text, labels Markdown
        st.button("Enter", on_click=enter_room, args=[room])
    """
    return [name for name in store().rooms() if may(name, "list")]


def delete_room(name: str) -> None:
    """Forget the room's values; who is in it starts with an empty one.

    What is refused, or a store that fails, is shown on the page and raises nothing.

    Args:
        name: the room's; without such a room, nothing happens.

    Example:
        import streamlit as st
        from room_sync import delete_room

        st.button("Delete the lobby", on_click=delete_room, args=["lobby"])
    """
    with _shown_errors():
        if not may(name, "delete"):
            raise RefusedError("You may not delete this room.")
        store().delete(name)


def select_room_widget() -> str | None:
    """Choose a room in the sidebar, or make one; return the one that is entered.

    Returns:
        The room's name; None when the session has entered none.

    Example:
        from room_sync import select_room_widget, sync

        if room := select_room_widget():
            with sync(room) as st:
                st.slider("Level")
    """
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
