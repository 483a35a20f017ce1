"""What a database driver says, in the words of SQLAlchemy."""

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def error(link: Connection, sql: str, said: Exception) -> BaseException:
    """The error that SQLAlchemy would have raised, had it sent the statement itself.

    A connection that is broken is given up.
    """
    broken = link.dialect.is_disconnect(said, link.connection, None)  # type: ignore[arg-type]
    if broken:
        link.invalidate(said)
    driver = link.dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, None, said, driver, True, broken, link.dialect)
