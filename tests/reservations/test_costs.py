"""How many statements the hot paths send; each costs a tenth of a millisecond and a round trip."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from booking.core.scheduling.interval import Interval
from booking.facilities.queries import catalogue
from booking.journal.queries import head
from booking.kernel.db import db
from booking.kernel.errors import Clash
from booking.reservations import actions, histories, holds, lists, queries, targets
from tests.reservations.desk import Desk
from tests.support.statements import statements

SQLITE, POSTGRES = "sqlite", "postgresql"
# The catalogue's revision, what has lapsed, closures, claims in the way; then number, booking,
# occurrence, allocations, claims, journal, revisions. PostgreSQL: two locks, and what has lapsed
# once more behind the first.
CREATE = {SQLITE: 11, POSTGRES: 13}
CLASH = {SQLITE: 8, POSTGRES: 9}  # the catalogue once more, for the ways out


def test_creating_a_booking(desk: Desk, engine_kind):
    desk.book("producer", "M-ET1", "18T09:00", "18T10:00")
    actor, wish = desk.actor("producer"), desk.wish("M-ET1", "18T11:00", "18T12:00")
    with statements(desk.app) as sent:
        actions.request(actor, wish, desk.clock.now)
    assert len(sent) == CREATE[engine_kind], sent


def test_creating_a_booking_of_many_rooms_costs_the_same(desk: Desk, engine_kind):
    desk.book("producer", "M-ET1", "18T09:00", "18T10:00")
    every = "M-ET1 M-ET2 M-MI1 M-MI2 M-PLA M-CIN N-PLD N-RE1"
    actor, wish = desk.actor("producer"), desk.wish(every, "18T11:00", "18T12:00")
    with statements(desk.app) as sent:
        actions.request(actor, wish, desk.clock.now)
    assert len(sent) == CREATE[engine_kind], sent


def test_refusing_a_clash_with_ways_out(desk: Desk, engine_kind):
    desk.book("producer", "M-ET1", "18T09:00", "18T10:00")
    actor, wish = desk.actor("post"), desk.wish("M-ET1", "18T09:00", "18T10:00")
    with statements(desk.app) as sent, pytest.raises(Clash):
        actions.request(actor, wish, desk.clock.now)
    assert len(sent) == CLASH[engine_kind], sent


def test_a_booking_in_full_and_its_history(desk: Desk):
    number = desk.book("producer", "M-ET1 M-CIN", "18T09:00", "18T10:00")
    actor = desk.actor("producer")
    catalogue()
    with statements(desk.app) as sent:
        histories.of_booking(queries.booking(actor, number, desk.now))
    assert len(sent) == 5, sent  # and one for offers once anything was done to it


@pytest.mark.parametrize("whose", ["mine", "company"])
def test_a_list_costs_the_same_for_one_line_and_for_thirty(desk: Desk, whose):
    actor = desk.actor("producer")

    def cost() -> int:
        catalogue()
        with statements(desk.app) as sent:
            page = lists.bookings(actor, whose=whose, now=desk.now)
        assert page.lines
        return len(sent)

    desk.book("producer", "M-MI1", "18T09:00", "18T10:00")
    one = cost()
    for day in (18, 19, 20):
        for hour in range(10, 20):
            desk.book("producer", "M-MI1", f"{day}T{hour}:00", f"{day}T{hour + 1}:00")
    assert one == cost() == 4


def test_the_head_of_the_journal_and_the_inbox_cost_one(desk: Desk):
    manager = desk.actor("manager")
    desk.book("producer", "M-ET1", "18T09:00", "18T10:00")
    catalogue()
    with statements(desk.app) as sent:
        head()
        assert lists.inbox_count(manager, desk.now) == 1
    assert len(sent) == 2


# ---- what does not grow with the table ------------------------------------------------------


def plan(desk: Desk, read: Callable[[], object], *tables: str) -> list[str]:
    """How SQLite finds its way to some tables in the first statement that the read sends."""
    with statements(desk.app) as sent:
        read()
    explained = text(f"EXPLAIN QUERY PLAN {sent[0].replace('?', '1')}")
    steps = [row.detail for row in db.session.execute(explained)]
    return [step for step in steps if any(f" {table} " in step for table in tables)]


@pytest.mark.one_engine
def test_claims_are_read_where_they_lie(desk: Desk):
    steps = plan(desk, lambda: holds.stored([1, 2], Interval(0, 3600)), "claim", "before")
    by_key = "USING PRIMARY KEY (space_id=? AND rank=? AND starts"
    assert [by_key in step for step in steps] == [True, True], steps


@pytest.mark.one_engine
def test_what_has_lapsed_is_found_by_its_clock(desk: Desk):
    steps = plan(desk, lambda: targets.expired_on([1, 2], desk.now), "occurrence")
    assert ["ix_occurrence_expires_at" in step for step in steps] == [True], steps
