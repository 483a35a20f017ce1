"""What PostgreSQL and its driver are told: plan once, and wait for several answers at a time."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from time import monotonic
from typing import Any, Self

import psycopg
import sqlalchemy
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.exc import DisconnectionError

from booking.kernel import driver

READING = "reading"
"""An execution option: nothing will be written."""

TRUSTED_S = 1.0
"""So long after its last use a connection is taken to be alive."""
MOST_PREPARED = 400
"""Statements that a connection keeps planned; some three hundred are sent often."""
SETTINGS = (
    # One plan for whatever is bound: ours go by index, and to plan them takes longer than to run.
    "SET plan_cache_mode = force_generic_plan",
    "SET jit = off",
)
_LAST_USED = "last used"
_OPEN = (TransactionStatus.INTRANS, TransactionStatus.INERROR)


class Connection(psycopg.Connection[Any]):
    """psycopg's, that waits for answers when they are needed, and keeps what it has prepared.

    Between `start_pipeline` and `end_pipeline` statements are sent without waiting for what was
    sent before. A transaction begins with its first statement and commits with its last.

    psycopg would forget at every rollback what is prepared, since a table could be another
    afterwards. A process that serves makes no tables; and every read ends with a rollback.
    """

    _pipelined: AbstractContextManager[Any] | None = None
    _begun = False
    _unsure = False
    """Whether statements were prepared of which nobody knows what became."""

    @classmethod
    def opened(cls, args: Sequence[Any], options: Mapping[str, Any]) -> Self:
        """A connection with our settings, from what SQLAlchemy would give to psycopg."""
        made = cls.connect(*args, **options, autocommit=True)
        made.prepared_max = MOST_PREPARED
        for setting in SETTINGS:
            made.execute(setting)
        return made

    @property
    def begun(self) -> bool:
        """Whether it is in a transaction: without one each statement commits by itself."""
        return self._begun

    def begin(self) -> None:
        """Begin a transaction; nobody waits for that."""
        self.start_pipeline()
        self._begun = True
        self.execute("BEGIN", prepare=False)

    def start_pipeline(self) -> None:
        """Send what follows without waiting for the answers before it."""
        if self._pipelined is None:
            self._pipelined = self.pipeline()
            self._pipelined.__enter__()

    def end_pipeline(self) -> None:
        """Wait for every answer that is on its way. Raises what the first refusal says."""
        pipelined, self._pipelined = self._pipelined, None
        if pipelined is None:
            return
        self._unsure = True
        pipelined.__exit__(None, None, None)
        self._unsure = False

    def rows_of(self, cursor: psycopg.Cursor[Any]) -> list[Any]:
        """All that a statement brings; outside of transactions that ends the pipeline too."""
        if not self._begun:
            self.end_pipeline()
        return cursor.fetchall()

    def commit(self) -> None:
        """End the transaction, with whatever is on its way."""
        if not self._begun:
            return
        self.start_pipeline()
        self.execute("COMMIT", prepare=False)
        self.end_pipeline()
        self._begun = False

    def rollback(self) -> None:
        """End the transaction and leave nothing of it."""
        piped, self._begun = self._pipelined is not None, False
        with suppress(psycopg.Error):  # whoever had to know has been told
            self.end_pipeline()
        status = self.info.transaction_status
        if self._unsure or (piped and status == TransactionStatus.INERROR):
            self._forget(status)
        elif status in _OPEN:
            self.pgconn.exec_(b"ROLLBACK")

    def _forget(self, status: TransactionStatus) -> None:
        """Roll back as psycopg does, with all that is prepared: who knows what became of it."""
        if status == TransactionStatus.IDLE:
            self.pgconn.exec_(b"BEGIN")
        super().rollback()
        self._unsure = False


def of(connection: sqlalchemy.Connection) -> Connection:
    """The driver's connection beneath SQLAlchemy's."""
    found = connection.connection.dbapi_connection
    assert isinstance(found, Connection)
    return found


def connect(_dialect: Any, _record: Any, args: Any, options: dict[str, Any]) -> Connection:
    """What SQLAlchemy asks when it needs a connection."""
    return Connection.opened(args, options)


def prepare(engine: Engine) -> None:
    """Let an engine make such connections, and give none away that has died.

    Whoever has `READING` among their execution options gets no transaction: under READ COMMITTED
    every statement sees what is committed when it begins, within one or not.
    """

    event.listen(engine, "do_connect", connect)

    @event.listens_for(engine, "begin")
    def begin(connection: sqlalchemy.Connection) -> None:
        if not connection.get_execution_options().get(READING):
            of(connection).begin()

    @event.listens_for(engine, "before_cursor_execute")
    def wait(
        connection: sqlalchemy.Connection,
        _cursor: Any,
        statement: str,
        _bound: Any,
        context: ExecutionContext | None,
        _many: bool,
    ) -> None:
        """SQLAlchemy looks at every answer at once. Where there is no context it is not its own."""
        if context is not None:
            try:
                of(connection).end_pipeline()
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
