"""What rooms raise; the app shows it instead of a traceback."""


class RoomError(Exception):
    """What the app shows instead of a traceback."""


class StoreError(RoomError):
    """The rooms cannot be read or written now; nothing that was saved is touched."""


class RefusedError(RoomError):
    """A session that only watches has tried to change its room."""


class ConflictError(RoomError):
    """What was to be changed isn't there any more; nothing has changed."""


class UnshareableError(RoomError, TypeError):
    """A value stays in its session, because text cannot hold it."""
