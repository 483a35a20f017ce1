import random
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from booking.core.lifecycle import HOLDING, State
from booking.core.scheduling.interval import Interval
from booking.demo import bulk
from booking.demo.bulk import DAYS_AHEAD, DoesNotFit, load_bulk, spread, wishes
from booking.demo.diary import Diary
from booking.demo.rooms import GROUP
from booking.facilities.queries import catalogue
from booking.journal.models import Entry
from booking.kernel import clock
from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.reservations.models import Allocation, Booking, Claim, Occurrence
from booking.reservations.numbers import next_number
from tests.demo.test_demonstration import both_engines
from tests.support.time import MONDAY_MORNING

BOOKINGS = 400


@both_engines
def test_a_load_has_all_that_was_asked_for_and_keeps_the_invariant(demo, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 70)
    before = db.session.scalar(select(func.count(Booking.id)))
    said = []
    load_bulk(5, BOOKINGS, 1, clock.now(), said.append)
    rooms = {facility.id for facility in catalogue() if facility.group_code == GROUP}
    assert len(rooms) == 5
    assert db.session.scalar(select(func.count(Booking.id))) == before + BOOKINGS
    assert any("rows of claim" in line for line in said)
    _check_claims(rooms)
    _check_numbers()
    _check_journal()


def _check_claims(rooms):
    """Claims are those of bookings that hold, and no two of a rank overlap."""
    rows = db.session.execute(
        select(Claim.space_id, Claim.rank, Claim.starts, Claim.ends, Occurrence.state)
        .join_from(Claim, Occurrence, Occurrence.id == Claim.occurrence_id)
        .where(Claim.facility_id.in_(rooms))
        .order_by(Claim.space_id, Claim.rank, Claim.starts)
    ).all()
    assert {row.state for row in rows} <= set(HOLDING)
    assert not [(a, b) for a, b in pairwise(rows) if a[:2] == b[:2] and b.starts < a.ends]
    held = Counter(
        db.session.scalars(
            select(Occurrence.state)
            .join_from(Allocation, Occurrence, Occurrence.id == Allocation.occurrence_id)
            .where(Allocation.facility_id.in_(rooms))
        )
    )
    assert sum(number for state, number in held.items() if State(state) in HOLDING) == len(rows)


def _check_numbers():
    """The next booking gets a number and an id that nobody has."""
    numbers = db.session.scalars(select(Booking.number)).all()
    year = clock.now().year

    @transaction
    def another():
        return next_number(year)

    assert another() not in numbers


def _check_journal():
    """However many bookings are written at once, the journal's order is that of time."""
    entries = db.session.execute(select(Entry.id, Entry.at, Entry.subject).order_by(Entry.id)).all()
    loaded = [entry.subject for entry in entries].index("demo:1") + 1  # the demonstration before it
    ours = [entry.at for entry in entries[loaded:]]
    assert len(ours) > BOOKINGS
    assert ours == sorted(ours)


def test_rooms_are_as_busy_in_small_loads_as_in_large_ones():
    today = date(2026, 11, 16)
    assert spread(100_000, 50, today) == (DAYS_AHEAD, DAYS_AHEAD)
    assert spread(10_000, 50, today) == (73, 73)
    assert spread(1_000_000, 50, today) == (38 * 365, DAYS_AHEAD)
    assert spread(1_000, 500, today) == (28, 28)
    behind, _ = spread(10_000_000, 50, today)
    assert (today - timedelta(days=behind)).year == 1971


def test_the_same_seed_gives_the_same_load():
    now = MONDAY_MORNING
    assert _wished(7, now) == _wished(7, now)
    assert _wished(7, now) != _wished(8, now)


def _wished(seed, now):
    return list(wishes(200, now, (60, 60), random.Random(seed)))


def test_too_many_bookings_are_refused_whole(demo, monkeypatch):
    monkeypatch.setattr(bulk, "TRIES", 2)
    before = db.session.scalar(select(func.count(Booking.id)))
    with pytest.raises(DoesNotFit) as refusal:
        load_bulk(1, 8_000, 1, clock.now())
    assert refusal.value.params["rooms"] == 1
    assert 0 < refusal.value.params["placed"] < 8_000
    assert db.session.scalar(select(func.count(Booking.id))) == before


def test_the_diary_is_what_brute_force_says():
    rng = random.Random(1)
    diary, held = Diary(), []
    for _ in range(2000):
        start = rng.randrange(1000)
        span = Interval(start, start + rng.randrange(1, 30))
        taken = {rank for rank, other in held if other.overlaps(span)}
        expected = next((rank for rank in (1, 2, 3) if rank not in taken), None)
        assert diary.lowest_free(7, span) == expected
        if expected is not None:
            diary.hold(7, expected, span)
            held.append((expected, span))
