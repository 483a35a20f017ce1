"""What PostgreSQL is told, and how SQLAlchemy comes by a connection to it."""

from time import monotonic
from typing import Any

import psycopg
import sqlalchemy
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

from booking.kernel import driver
from booking.kernel.pipeline import Connection

READING = "reading"
"""An execution option: nothing will be written."""

TRUSTED_S = 1.0
"""So long after its last use a connection is taken to be alive."""
MOST_PREPARED = 400
"""Statements of SQLAlchemy that psycopg keeps planned; some three hundred are sent often."""
SETTINGS = (
    # One plan for whatever is bound: ours go by index, and to plan them takes longer than to run.
    "SET plan_cache_mode = force_generic_plan",
    "SET jit = off",
)
_LAST_USED = "last used"


def of(connection: sqlalchemy.Connection) -> Connection:
    """The driver's connection beneath SQLAlchemy's."""
    found = connection.connection.dbapi_connection
    assert isinstance(found, Connection)
    return found


def connect(_dialect: Any, _record: Any, args: Any, options: dict[str, Any]) -> Connection:
    """A connection with our settings: what SQLAlchemy asks for when it needs one."""
    return ready(Connection.opened(*args, **options))


def ready(made: Connection) -> Connection:
    """The connection, with our settings."""
    made.prepared_max = MOST_PREPARED
    for setting in SETTINGS:
        made.execute(setting)
    return made


def prepare(engine: Engine) -> None:
    """Let an engine make such connections, and give none away that has died.

    Whoever has `READING` among their execution options gets no transaction: under READ COMMITTED
    every statement sees what is committed when it begins, within one or not.
    """

    event.listen(engine, "do_connect", connect)

    @event.listens_for(engine, "begin")
    def begin(connection: sqlalchemy.Connection) -> None:
        options = connection.get_execution_options()
        if not options.get(READING) and options.get("isolation_level") != "AUTOCOMMIT":
            of(connection).begin()

    @event.listens_for(engine, "before_cursor_execute")
    def land(
        connection: sqlalchemy.Connection,
        cursor: Any,
        statement: str,
        _bound: Any,
        _context: Any,
        _many: bool,
    ) -> None:
        """SQLAlchemy begins once it has a cursor, and looks at its answer at once."""
        if cursor is not None:
            try:
                of(connection).land()
            except psycopg.Error as said:
                raise driver.error(connection, statement, said) from said

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info[_LAST_USED] = monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _pooled: Any) -> None:
        """As `pool_pre_ping` would, but not who answered a moment ago: a request asks for a
        connection several times.
        """
        if monotonic() - record.info.get(_LAST_USED, 0) > TRUSTED_S:
            try:
                engine.dialect.do_ping(connection)
            except psycopg.Error as error:
                raise DisconnectionError from error
