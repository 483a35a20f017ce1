"""What is asked of PostgreSQL: plans that stay, reads without transactions, nobody who has died."""

from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from booking.facilities.models import Facility
from booking.kernel import postgres
from booking.kernel.db import connection, db, table_of
from booking.kernel.prepared import Prepared
from booking.kernel.transaction import transaction
from booking.productions.models import Invitee

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.on_a_server]

BY_CODE = Prepared(select(Facility.id).where(Facility.code == bindparam("code")))
INVITE = Prepared(insert(table_of(Invitee)))
NOBODY = {"production_id": 424_242, "user_id": 434_343}
SEEN_BEFORE_PREPARING = 6


def driver() -> psycopg.Connection[Any]:
    found = connection().connection.driver_connection
    assert isinstance(found, postgres.Connection)
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
    with pytest.raises(IntegrityError):
        transaction(lambda: INVITE.write([NOBODY]))()
    assert planned() == 1
    assert connection().scalar(select(Invitee.user_id).where(Invitee.user_id == 434_343)) is None


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
        return driver().info.transaction_status

    assert write() == TransactionStatus.INTRANS
    assert BY_CODE.value(code="M-PLA")
    assert driver().info.transaction_status == TransactionStatus.IDLE


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


# ---- connections that were cut ------------------------------------------------------------------


def kill(backend: int, other: Connection) -> None:
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
