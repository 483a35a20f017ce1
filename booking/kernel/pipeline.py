"""A connection to PostgreSQL that is asked several things at a time.

libpq's pipelines (PostgreSQL's documentation, chapter 34.5) through psycopg's `pq`: statements are
prepared once, sent without waiting for those before, and answered in their order.
"""

from collections import deque
from collections.abc import Sequence
from select import POLLIN, POLLOUT, poll
from typing import Any, Self

import psycopg
from psycopg import errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

_BAD = (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED)
_OPEN = (TransactionStatus.INTRANS, TransactionStatus.INERROR)


class Sent:
    """A statement on its way, what came of it, or what was said against it."""

    __slots__ = ("error", "prepares", "result")

    def __init__(self, prepares: str | None = None) -> None:
        self.prepares = prepares
        """The SQL that is prepared by it."""
        self.result: PGresult | None = None
        self.error: psycopg.Error | None = None


class Connection(psycopg.Connection[Any]):
    """psycopg's, with `send` and `rows_of` besides its cursors; they may be mixed at will.

    What is sent is looked at later. In a transaction the first error is that of every later look
    and of `commit`; without one each statement commits by itself, and an error is that of what was
    sent with it. A transaction begins with the first statement and commits with the last.

    psycopg would forget at every rollback what is prepared, since a table could be another
    afterwards. A process that serves makes no tables; and every read ends with a rollback.
    """

    @classmethod
    def opened(cls, *args: Any, **options: Any) -> Self:
        """A connection, made as psycopg would."""
        made = cls.connect(*args, **options, autocommit=True)
        made._make_ready()
        return made

    def _make_ready(self) -> None:
        self.begun = False
        """Whether it is in a transaction."""
        self._on_the_way: deque[Sent] = deque()
        self._names: dict[str, bytes] = {}
        self._count = 0
        self._adapt = Transformer(self)
        self._reading, self._writing = poll(), poll()
        self._reading.register(self.pgconn.socket, POLLIN)
        self._writing.register(self.pgconn.socket, POLLIN | POLLOUT)
        self._piped = False
        self._first_error: psycopg.Error | None = None
        """Of the pipeline: all that was sent after it is not answered but for this."""

    # ---- asking ---------------------------------------------------------------------------------

    def send(self, sql: str, values: Sequence[Any]) -> Sent:
        """Send a statement with its values for $1, $2 and so on, whose types its SQL says."""
        name = self._names.get(sql) or self._prepare(sql)
        given = [_literal(value) if value.__class__ is list else value for value in values]
        bound = self._adapt.dump_sequence(given, [PyFormat.TEXT] * len(given))
        self._start()
        self.pgconn.send_query_prepared(name, bound)
        return self._noted(Sent())

    def rows_of(self, sent: Sent) -> list[Any]:
        """Every row that it brings, as a tuple. Raises what was said against it, or before it."""
        if sent.result is None and sent.error is None:
            self._wait(sent)
        if sent.error:
            raise sent.error
        assert sent.result is not None
        self._adapt.set_pgresult(sent.result)
        return self._adapt.load_rows(0, sent.result.ntuples, tuple)

    def land(self) -> None:
        """Wait for every answer that is on its way. Raises the first error among them."""
        if error := self._landed():
            raise error

    def cursor(self, *args: Any, **options: Any) -> Any:
        """One of psycopg's, which waits for each of its answers, and so for those before."""
        self.land()
        return super().cursor(*args, **options)

    # ---- transactions ---------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin a transaction; nobody waits for that."""
        self._command(b"BEGIN")
        self.begun = True

    def commit(self) -> None:
        """End the transaction, with whatever is on its way."""
        if self.begun:
            self._command(b"COMMIT")
            self.land()
            self.begun = False

    def rollback(self) -> None:
        """End the transaction and leave nothing of it."""
        if self.begun and self._piped:
            self._command(b"ROLLBACK")  # where something failed it is not even read
        self._landed()
        if self.pgconn.transaction_status in _OPEN:
            self.pgconn.exec_(b"ROLLBACK")
        self.begun = False

    # ---- the pipeline ---------------------------------------------------------------------------

    def _start(self) -> None:
        if not self._piped:
            self.pgconn.enter_pipeline_mode()
            self._piped = True

    def _noted(self, sent: Sent) -> Sent:
        self._on_the_way.append(sent)
        return sent

    def _command(self, command: bytes) -> None:
        self._start()
        self.pgconn.send_query_params(command, None)
        self._noted(Sent())

    def _prepare(self, sql: str) -> bytes:
        self._start()
        self._count += 1
        name = self._names[sql] = f"mine_{self._count}".encode()
        self.pgconn.send_prepare(name, sql.encode())
        self._noted(Sent(prepares=sql))
        return name

    def _wait(self, sent: Sent) -> None:
        if self.begun:
            self.pgconn.send_flush_request()
            while sent.result is None and sent.error is None:
                self._receive(None)
        else:
            self._landed()

    def _landed(self) -> psycopg.Error | None:
        """End the pipeline; the first error in it."""
        if not self._piped:
            return None
        self.pgconn.pipeline_sync()
        first: psycopg.Error | None = None
        while self._on_the_way:
            first = self._receive(first)
        self._next()  # of the synchronisation itself
        self.pgconn.exit_pipeline_mode()
        self._piped = False
        return first

    def _receive(self, before: psycopg.Error | None) -> psycopg.Error | None:
        """Take in the next answer; the first error so far."""
        result = self._next()
        if result is None:
            raise psycopg.OperationalError("the connection is lost")
        self._next()  # every answer is followed by nothing
        sent = self._on_the_way.popleft()
        if result.status not in _BAD:
            sent.result = result
            return before
        if sent.prepares:
            del self._names[sent.prepares]
        if result.status == ExecStatus.FATAL_ERROR:
            self._first_error = errors.error_from_result(result, encoding=self.info.encoding)
        sent.error = self._first_error
        return before or sent.error

    def _next(self) -> PGresult | None:
        """The next result, once it is there; other threads go on meanwhile."""
        connection = self.pgconn
        while connection.flush():
            self._writing.poll()
            connection.consume_input()
        while connection.is_busy():
            self._reading.poll()
            connection.consume_input()
        return connection.get_result()


def _literal(values: list[Any]) -> Any:
    """A list of numbers and words as PostgreSQL reads arrays (documentation, chapter 8.15.6).

    psycopg would look at each of them several times. Whatever else there is in it is left to it.
    """
    if not all(value is None or isinstance(value, int | str) for value in values):
        return values
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: int | str | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
