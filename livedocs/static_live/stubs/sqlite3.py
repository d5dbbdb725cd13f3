"""The names of `sqlite3` that are asked for at imports: a browser has no files."""

SQLITE_BUSY = 5


class Error(Exception):
    pass


class DatabaseError(Error):
    pass


class OperationalError(DatabaseError):
    pass


class Connection:
    pass
