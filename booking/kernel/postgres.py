"""What PostgreSQL and its driver are told: a statement is planned once and not each time."""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, Self

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

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
    """psycopg's, but what it has prepared outlives a rollback.

    psycopg forgets it then, since a table could be another afterwards. A process that serves makes
    no tables; and every read ends with a rollback, so that nothing would ever stay prepared.
    """

    @classmethod
    def opened(cls, args: Sequence[Any], options: Mapping[str, Any]) -> Self:
        """A connection with our settings, from what SQLAlchemy would give to psycopg."""
        made = cls.connect(*args, **options)
        made.prepared_max = MOST_PREPARED
        for setting in SETTINGS:
            made.execute(setting)
        made.commit()
        return made

    def rollback(self) -> None:
        """End the transaction and leave nothing of it."""
        if self.info.transaction_status in _OPEN:
            said = self.pgconn.exec_(b"ROLLBACK")
            if said.status == ExecStatus.COMMAND_OK:
                return
        super().rollback()


def connect(_dialect: Any, _record: Any, args: Any, options: dict[str, Any]) -> Connection:
    """What SQLAlchemy asks when it needs a connection."""
    return Connection.opened(args, options)


def prepare(engine: Engine) -> None:
    """Let an engine make such connections, and give none away that has died."""

    event.listen(engine, "do_connect", connect)

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
