"""What rooms raise; the app shows it instead of a traceback."""


class RoomError(Exception):
    """What the app shows instead of a traceback.

    If a block of `sync` or a function of `room` doesn't catch one, it ends there, and
    the page shows the error's text.

    Example:
        from room_sync import RoomError, sync

        with sync("lobby") as st:
            try:
                st.update("visits", lambda visits: (visits or 0) + 1)
            except RoomError as error:
                st.toast(f"Not counted: {error}")
    """


class StoreError(RoomError):
    """The rooms cannot be read or written now; nothing that was saved is touched.

    What users change in widgets meanwhile is saved when the store answers again.

    Example:
        import streamlit as st
        from room_sync import StoreError, list_rooms

        try:
            st.write(list_rooms())
        except StoreError as error:
            st.warning(str(error))
    """


class RefusedError(RoomError):
    """Something that this session may not do has been refused; nothing has changed.

    It only watches the room (``read_only``), or the function that decides who may do
    what does not allow it; see `use`.

    Example:
        from room_sync import RefusedError, sync

        with sync("slides", read_only=True) as st:
            try:
                st.session_state["page"] = 2
            except RefusedError:
                st.caption("Only the presenter turns the pages.")
    """


class ConflictError(RoomError):
    """What was to be changed isn't there any more; nothing has changed.

    Somebody else has deleted or replaced it since this session read it. A function that
    you give to ``update`` gets the newest value instead.

    Example:
        from room_sync import ConflictError, sync

        with sync("todo") as st:
            tasks = st.session_state.setdefault("tasks", ["Buy milk"])
            try:
                tasks[0] = "Buy oat milk"
            except ConflictError:
                st.toast("Somebody else has changed this task.")
    """


class UnshareableError(RoomError, TypeError):
    """A value stays in its session, because text cannot hold it.

    ``update`` and changes in place raise it. If you assign such a value to a key of
    ``session_state``, it stays private instead, with a warning.

    Example:
        import re

        from room_sync import UnshareableError, sync

        with sync("lobby") as st:
            try:
                st.update("filter", lambda _: re.compile("a+"))
            except UnshareableError as error:
                st.toast(f"Not shared: {error}")
    """
