"""Writing: whole or not at all, alone, and again if it must."""

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from booking.kernel.db import db
from booking.kernel.errors import Busy
from booking.kernel.transaction import (
    ATTEMPTS,
    Redo,
    in_transaction,
    memo,
    on_commit,
    transaction,
)
from booking.members.models import Company
from tests.support.statements import contents

pytestmark = pytest.mark.usefixtures("context")


def add(code: str) -> None:
    db.session.add(Company(code=code, name=code))
    db.session.flush()


def codes() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(Company.code)))


class Deadlock(Exception):
    """What psycopg would raise."""

    sqlstate = "40P01"


def test_what_returns_is_committed():
    @transaction
    def write() -> str:
        assert in_transaction()
        add("NEW")
        return "done"

    assert write() == "done"
    assert not in_transaction()
    assert "NEW" in codes()


def test_what_raises_leaves_nothing(app: Flask):
    @transaction
    def write() -> None:
        add("NEW")
        raise LookupError

    before = contents(app)
    with pytest.raises(LookupError):
        write()
    assert not in_transaction()
    assert contents(app) == before


def test_what_is_called_inside_joins(app: Flask):
    @transaction
    def inner(code: str) -> None:
        add(code)

    @transaction
    def outer() -> None:
        inner("ONE")
        inner("TWO")
        raise LookupError

    before = contents(app)
    with pytest.raises(LookupError):
        outer()
    assert contents(app) == before


@pytest.mark.parametrize("failure", [Redo(), OperationalError("…", {}, Deadlock())])
def test_what_can_be_done_again_is_done_again_from_the_start(failure):
    turns = []

    @transaction
    def write() -> None:
        add("NEW")
        turns.append(len(turns))
        if len(turns) < ATTEMPTS:
            raise failure

    write()
    assert len(turns) == ATTEMPTS
    assert "NEW" in codes()


def test_what_never_gets_through_ends_in_busy():
    turns = []

    @transaction
    def write() -> None:
        turns.append(1)
        raise Redo

    with pytest.raises(Busy) as refusal:
        write()
    assert (len(turns), refusal.value.code) == (ATTEMPTS, "busy")
    assert isinstance(refusal.value.__cause__, Redo)


def test_what_breaks_a_constraint_is_not_done_again():
    turns = []

    @transaction
    def write() -> None:
        turns.append(1)
        add("BLF")

    with pytest.raises(IntegrityError):
        write()
    assert turns == [1]


def test_a_read_before_it_does_not_stand_in_the_way():
    """SQLite cannot turn a read into a write once somebody else has written."""
    codes()

    @transaction
    def write() -> None:
        add("NEW")

    write()
    assert "NEW" in codes()


def test_what_waits_for_the_commit_happens_after_it_and_once():
    seen: list[set[str]] = []

    @transaction
    def write(code: str) -> None:
        on_commit(lambda: seen.append(codes()))
        add(code)

    write("ONE")
    assert ["ONE" in found for found in seen] == [True]

    @transaction
    def other() -> None:
        add("TWO")

    other()
    assert len(seen) == 1


def test_what_waits_for_a_commit_that_never_comes_is_forgotten():
    seen: list[str] = []

    @transaction
    def fail() -> None:
        on_commit(lambda: seen.append("failed"))
        raise LookupError

    with pytest.raises(LookupError):
        fail()

    @transaction
    def write() -> None:
        add("NEW")

    write()
    assert seen == []


def test_what_was_remembered_is_forgotten_when_a_write_begins_and_ends():
    memo()["a"] = 1

    @transaction
    def write() -> None:
        assert memo() == {}
        memo()["b"] = 2

    write()
    assert memo() == {}


@pytest.mark.one_engine
def test_sqlite_keeps_what_it_acknowledged_and_checks_what_refers():
    with db.engine.connect() as connection:
        settings = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "mmap_size", "busy_timeout")
        }
    assert settings == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "mmap_size": 0,
        "busy_timeout": 10000,
    }
