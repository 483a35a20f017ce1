"""What is asked of PostgreSQL: plans that stay, reads without transactions, nobody who has died."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import psycopg
import pytest
import sqlalchemy
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import bindparam, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from booking.facilities.models import Facility
from booking.journal.models import Entry
from booking.kernel import postgres
from booking.kernel.db import connection, db, table_of
from booking.kernel.pipeline import Connection
from booking.kernel.prepared import Prepared
from booking.kernel.transaction import transaction
from booking.productions.models import Invitee

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.on_a_server]

BY_CODE = Prepared(select(Facility.id).where(Facility.code == bindparam("code")))
INVITE = Prepared(insert(table_of(Invitee)))
APPEND = Prepared(insert(table_of(Entry)))
NOBODY = {"production_id": 424_242, "user_id": 434_343}
SEEN_BEFORE_PREPARING = 6
MANY = 150


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """When somebody waited for answers of a pipeline."""
    found: list[str] = []
    real = Connection._landed

    def landed(self: Connection) -> psycopg.Error | None:
        if self._piped:
            found.append("waited")
        return real(self)

    connection()  # whatever had to be waited for to have it
    monkeypatch.setattr(Connection, "_landed", landed)
    return found


def driver() -> psycopg.Connection[Any]:
    found = connection().connection.driver_connection
    assert isinstance(found, Connection)
    return found


def planned() -> int:
    """How often the statement of `BY_CODE` is kept by the server for this connection."""
    mine = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%facility.code = $1%'"
    return int(driver().execute(mine).fetchall()[0][0])  # type: ignore[call-overload]


def pid() -> int:
    return driver().info.backend_pid


def read_often() -> None:
    for _ in range(SEEN_BEFORE_PREPARING):
        assert BY_CODE.value(code="M-PLA")
        db.session.rollback()


def test_what_is_planned_outlives_the_end_of_a_request():
    read_often()
    mine = pid()
    db.session.remove()
    assert (pid(), planned()) == (mine, 1)


def test_what_is_planned_outlives_a_write_that_was_refused():
    read_often()
    for _ in range(2):
        with pytest.raises(IntegrityError):
            transaction(lambda: INVITE.write([NOBODY]))()
        assert planned() == 1
    assert connection().scalar(select(Invitee.user_id).where(Invitee.user_id == 434_343)) is None


def test_more_statements_stay_planned_than_psycopg_would_keep():
    for _ in range(SEEN_BEFORE_PREPARING):
        for n in range(MANY):
            connection().execute(text(f"SELECT {n} AS mine"))
    kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '% AS mine'"
    assert driver().execute(kept).fetchall() == [(MANY,)]


def test_one_plan_serves_whatever_is_bound():
    read_often()
    plans = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s"
    [(generic, custom)] = driver().execute(plans, ("%facility.code = $1%",)).fetchall()
    assert generic
    assert not custom


def test_what_only_reads_begins_no_transaction_and_what_writes_does():
    assert BY_CODE.value(code="M-PLA")
    assert driver().info.transaction_status == TransactionStatus.IDLE

    @transaction
    def write() -> TransactionStatus:
        BY_CODE.value(code="M-PLA")
        connection().scalar(text("SELECT 1"))  # waits for all that was said before
        return driver().info.transaction_status

    assert write() == TransactionStatus.INTRANS
    assert BY_CODE.value(code="M-PLA")
    assert driver().info.transaction_status == TransactionStatus.IDLE


def test_who_asks_for_no_transaction_gets_none_and_the_next_one_does():
    counted = text("INSERT INTO booking_counter (year, last) VALUES (1999, 1)")
    years = text("SELECT count(*) FROM booking_counter WHERE year = 1999")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as alone:
        alone.execute(counted)
    with db.engine.connect() as other:
        assert other.scalar(years) == 1
        other.execute(text("DELETE FROM booking_counter WHERE year = 1999"))
    with db.engine.begin() as other:
        assert other.scalar(years) == 1
        other.execute(text("DELETE FROM booking_counter WHERE year = 1999"))
    assert connection().scalar(years) == 0


def test_a_write_that_raises_leaves_nothing_and_the_connection_can_be_used():
    counted = "INSERT INTO booking_counter (year, last) VALUES (1999, 1)"

    @transaction
    def write() -> None:
        connection().execute(text(counted))
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            write()
    years = "SELECT count(*) FROM booking_counter WHERE year = 1999"
    assert connection().scalar(text(years)) == 0


# ---- several answers at a time ------------------------------------------------------------------

LATER = Prepared(select(func.pg_sleep(0), Facility.id).where(Facility.code == bindparam("code")))
DELETE = Prepared(delete(table_of(Facility)).where(Facility.code == bindparam("code")))
AFTER = Prepared(select(Facility.id).where(bindparam("code") == Facility.code))
"""Which has not been prepared when it is needed."""
LOCK = Prepared(select(func.pg_advisory_xact_lock(4711)))
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
NO_SUCH = Prepared(select(func.no_such_function()))


def test_what_is_asked_comes_in_any_order_and_as_often_as_somebody_looks():
    first, second = BY_CODE.ask(code="M-PLA"), BY_CODE.ask(code="M-PLB")
    there = [second.value(), first.value(), second.value()]
    assert there == [BY_CODE.value(code=code) for code in ("M-PLB", "M-PLA", "M-PLB")]
    assert driver().info.transaction_status == TransactionStatus.IDLE


def test_who_asks_waits_for_nobody_until_they_look(waits: list[str]):
    asked = [BY_CODE.ask(code="M-PLA"), LATER.ask(code="M-PLA")]
    assert waits == []
    assert [one.all() for one in asked]
    assert len(waits) == 1


def test_what_is_written_is_there_for_the_next_look_and_gone_with_the_rest():
    @transaction
    def write() -> None:
        DELETE.write([{"code": "N-RE1"}])
        assert BY_CODE.value(code="N-RE1") is None
        raise LookupError

    with pytest.raises(LookupError):
        write()
    assert BY_CODE.value(code="N-RE1")


def test_what_nobody_looked_at_is_refused_at_the_end():
    @transaction
    def write() -> str:
        INVITE.write([NOBODY])
        return "done"

    with pytest.raises(IntegrityError):
        write()
    assert BY_CODE.value(code="M-PLA")


def test_who_looks_at_something_else_hears_that_it_was_refused():
    @transaction
    def write(look: Callable[[], object]) -> None:
        INVITE.write([NOBODY])
        with pytest.raises(IntegrityError):
            look()
        raise LookupError

    for look in (lambda: BY_CODE.value(code="M-PLA"), lambda: db.session.scalar(text("SELECT 1"))):
        with pytest.raises(LookupError):
            write(look)
        assert BY_CODE.value(code="M-PLA")


def test_a_question_that_is_wrong_spoils_what_was_asked_after_it_and_nothing_later():
    before, wrong, after = BY_CODE.ask(code="M-PLA"), NO_SUCH.ask(), AFTER.ask(code="M-PLA")
    assert before.value()
    for one in (wrong, after):
        with pytest.raises(ProgrammingError, match="no_such_function"):
            one.value()
    db.session.rollback()
    assert AFTER.value(code="M-PLA") == BY_CODE.value(code="M-PLA")


def test_a_question_that_nobody_looks_at_holds_nothing_up():
    BY_CODE.ask(code="M-PLA")
    mine = pid()
    db.session.remove()
    assert pid() == mine
    assert BY_CODE.value(code="M-PLA")


def test_who_waits_keeps_nobody_else_in_the_process_waiting(app: Flask):
    """Else one thread would wait for a lock, and keep from running whoever holds it."""
    said: list[str] = []

    @transaction
    def wait() -> None:
        LOCK.all()
        said.append("had it")

    def another() -> None:
        with app.app_context():
            wait()

    @transaction
    def hold() -> None:
        LOCK.all()
        thread.start()
        while not connection().scalar(text(WAITING)):
            pass
        said.append("gave it back")

    thread = Thread(target=another)
    hold()
    thread.join(30)
    assert said == ["gave it back", "had it"]


def test_rows_of_many_kinds_are_written_as_they_are_one_by_one():
    at = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
    told = {"at": at, "actor_id": None, "subject": "test:1", "before": None}
    rows = [
        {**told, "name": "test:1", "after": {"é": [1, None]}, "reason": None},
        {**told, "name": "test:2", "after": None, "reason": "“'\\\", {NULL},\n"},
        {**told, "name": "test:3", "after": {}, "reason": ""},
        {**told, "name": "test:4", "after": None, "reason": "NULL"},
    ]
    named = {"at", "actor_id", "subject", "before", "name", "after", "reason"}
    read = select(*(table_of(Entry).c[name] for name in sorted(named))).order_by(Entry.id)

    @transaction
    def write() -> list[dict[str, Any]]:
        connection().execute(text("DELETE FROM journal"))
        APPEND.write(rows)
        return [dict(row) for row in connection().execute(read).mappings()]

    assert write() == rows


# ---- connections that were cut ------------------------------------------------------------------


def kill(backend: int, other: sqlalchemy.Connection) -> None:
    other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})


def test_a_connection_that_was_cut_is_given_up():
    mine = pid()
    with db.engine.connect() as other:
        kill(mine, other)
    with pytest.raises(DBAPIError) as cut:
        BY_CODE.value(code="M-PLA")
    assert cut.value.connection_invalidated
    db.session.rollback()
    assert BY_CODE.value(code="M-PLA")
    assert pid() != mine


def test_a_connection_that_was_cut_in_a_transaction_leaves_nothing():
    @transaction
    def write() -> None:
        mine = pid()
        DELETE.write([{"code": "N-RE1"}])
        with db.engine.connect() as other:
            kill(mine, other)
        BY_CODE.ask(code="M-PLA")
        BY_CODE.value(code="M-PLB")

    with pytest.raises(DBAPIError) as cut:
        write()
    assert cut.value.connection_invalidated
    assert BY_CODE.value(code="N-RE1")


@pytest.mark.parametrize("moments_ago", [False, True])
def test_a_connection_that_was_cut_while_nobody_used_it_is_given_to_nobody(
    monkeypatch: pytest.MonkeyPatch, moments_ago: bool
):
    mine = pid()
    with db.engine.connect() as other:
        db.session.rollback()
        kill(mine, other)
    monkeypatch.setattr(postgres, "TRUSTED_S", 60.0 if moments_ago else 0.0)
    if moments_ago:  # it is trusted, once
        with pytest.raises(DBAPIError):
            BY_CODE.value(code="M-PLA")
        db.session.rollback()
    assert BY_CODE.value(code="M-PLA")
    assert pid() != mine
