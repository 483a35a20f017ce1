"""Pools: bookings take amounts, and the sum at any instant stays within the quantity."""

from typing import Any

import pytest
from sqlalchemy import text

from booking.core.scheduling.recurrence import Recurrence
from booking.facilities.actions import create_facility
from booking.facilities.actions.facilities import FacilityChange, NewFacility
from booking.facilities.queries import by_codes, details
from booking.kernel.db import db
from booking.kernel.errors import Clash, Invalid
from booking.reservations import feed, lists, pools
from booking.reservations.actions.resizing import edit_facility
from tests.reservations.desk import Desk, instant

DAY = ("18T09:00", "18T13:00")


@pytest.fixture
def fibre(desk: Desk) -> int:
    """M-FIB: 10 Gb/s that nobody approves."""
    return pool(desk, "M-FIB", 10)


def pool(desk: Desk, code: str, quantity: int, **more: Any) -> int:
    change = FacilityChange(
        name=f"Fibre {code}", quantity=quantity, **{"approval": "automatic", **more}
    )
    new = NewFacility(code=code, site_id=desk.world.sites["M"], kind_id=desk.world.kinds["editing"])
    return create_facility(desk.actor("admin@pil.example"), new, change, desk.clock.now)


def take(
    desk: Desk, who: str, amount: int, start: str = "18T09:00", end: str = "18T13:00", **more: Any
) -> str:
    return desk.book(who, "M-FIB", start, end, amounts={"M-FIB": amount}, **more)


def shares() -> list[tuple[int, int, int]]:
    rows = db.session.execute(
        text("SELECT starts, ends, amount FROM pool_claim ORDER BY starts, amount")
    )
    return [tuple(row) for row in rows]


def wrong(desk: Desk, codes: str, amounts: dict[str, int]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused, desk.unchanged():
        desk.book("producer", codes, *DAY, amounts=amounts)
    return [(field.path, field.code) for field in refused.value.fields]


# ---- taking ---------------------------------------------------------------------------------


def test_amounts_are_taken_until_nothing_is_left(desk: Desk, fibre: int):
    first = take(desk, "producer", 6)
    second = take(desk, "post", 4)
    assert [desk.written(number) for number in (first, second)] == ["confirmed", "confirmed"]
    with pytest.raises(Clash) as clash, desk.unchanged():
        take(desk, "guest", 1)
    assert clash.value.rank is None
    (conflict,) = clash.value.conflicts
    assert (conflict.left, conflict.quantity) == (0, 10)
    assert (conflict.title, conflict.number) == (None, None)


def test_a_pool_without_an_amount_takes_one(desk: Desk, fibre: int):
    desk.book("producer", "M-FIB", *DAY)
    assert [amount for *_, amount in shares()] == [1]


def test_only_what_overlaps_counts(desk: Desk, fibre: int):
    take(desk, "producer", 10, "18T09:00", "18T13:00")
    take(desk, "post", 10, "18T13:00", "18T15:00")
    take(desk, "post", 10, "18T07:00", "18T09:00")


def test_the_highest_sum_within_the_span_counts(desk: Desk, fibre: int):
    take(desk, "producer", 4, "18T08:00", "18T10:00")
    take(desk, "producer", 4, "18T11:00", "18T13:00")
    take(desk, "post", 6, "18T08:00", "18T13:00")
    with pytest.raises(Clash) as clash:
        take(desk, "post", 1, "18T09:00", "18T12:00")
    found = [(c.left, c.starts, c.ends) for c in clash.value.conflicts]
    assert found == [
        (0, instant("18T09:00"), instant("18T10:00")),
        (0, instant("18T11:00"), instant("18T12:00")),
    ]
    take(desk, "post", 4, "18T10:00", "18T11:00")


def test_a_clash_names_what_is_left_and_when(desk: Desk, fibre: int):
    take(desk, "producer", 7, "18T09:00", "18T13:00", title="Secret")
    said = desk.preview("post", "M-FIB", "18T08:00", "18T18:00", amounts={"M-FIB": 4})
    (conflict,) = said.conflicts
    assert (conflict.facility, conflict.left, conflict.quantity) == ("M-FIB", 3, 10)
    assert (conflict.starts, conflict.ends) == (instant("18T09:00"), instant("18T13:00"))
    assert not said.granted
    assert desk.preview("post", "M-FIB", "18T08:00", "18T18:00", amounts={"M-FIB": 3}).granted


def test_ways_out_of_a_full_pool(desk: Desk, fibre: int):
    pool(desk, "M-FIB2", 4)
    take(desk, "producer", 7)
    found = desk.preview("post", "M-FIB", *DAY, amounts={"M-FIB": 4}).alternatives
    assert {(way.kind, way.facility) for way in found} >= {("room", "M-FIB2"), ("time", "M-FIB")}
    found = desk.preview("post", "M-FIB", *DAY, amounts={"M-FIB": 5}).alternatives
    assert "M-FIB2" not in {way.facility for way in found}


def test_nobody_queues_for_a_pool(desk: Desk, fibre: int):
    take(desk, "producer", 10)
    with pytest.raises(Clash), desk.unchanged():
        take(desk, "post", 1, on_clash="queue", hold="option")


def test_a_room_and_a_pool_are_taken_together_or_not_at_all(desk: Desk, fibre: int):
    take(desk, "producer", 8)
    with pytest.raises(Clash) as clash, desk.unchanged():
        desk.book("post", "M-MI1 M-FIB", *DAY, amounts={"M-FIB": 3})
    assert [c.facility for c in clash.value.conflicts] == ["M-FIB"]
    both = desk.book("post", "M-MI1 M-FIB", *DAY, amounts={"M-FIB": 2})
    assert desk.where(both) == "confirmed 1"
    with pytest.raises(Clash) as clash:
        desk.book("producer", "M-MI1 M-FIB", "18T12:00", "18T14:00", amounts={"M-FIB": 1})
    assert [c.facility for c in clash.value.conflicts] == ["M-FIB", "M-MI1"]


def test_turnaround_holds_the_amount_too(desk: Desk):
    pool(desk, "M-FIB", 10, turnaround_min=30)
    take(desk, "producer", 10)
    with pytest.raises(Clash):
        take(desk, "post", 1, "18T13:00", "18T14:00")
    take(desk, "post", 1, "18T13:30", "18T14:00")


# ---- what cannot be asked for ---------------------------------------------------------------


@pytest.mark.parametrize("amount", [0, -1, 11, 10**30])
def test_amounts_outside_of_the_pool_are_refused_by_name(desk: Desk, fibre: int, amount: int):
    assert wrong(desk, "M-FIB", {"M-FIB": amount}) == [("amounts/M-FIB", "out_of_range")]


def test_amounts_of_what_is_no_pool_are_refused(desk: Desk, fibre: int):
    assert wrong(desk, "M-MI1", {"M-MI1": 1}) == [("amounts/M-MI1", "not_a_pool")]
    assert wrong(desk, "M-MI1", {"M-FIB": 1}) == [("amounts/M-FIB", "amount_of_nothing")]
    assert wrong(desk, "M-MI1", {"a/~b": 1}) == [("amounts/a~1~0b", "amount_of_nothing")]


# ---- giving back ----------------------------------------------------------------------------


@pytest.mark.parametrize(("hold", "verb"), [("firm", "cancel"), ("option", "release")])
def test_who_leaves_gives_back(desk: Desk, fibre: int, hold: str, verb: str):
    number = take(desk, "producer", 10, hold=hold)
    desk.act("producer", number, verb, "Changement")
    assert shares() == []
    assert desk.written(take(desk, "post", 10)) == "confirmed"


def test_an_option_holds_until_it_lapses_without_a_worker(desk: Desk, fibre: int):
    number = take(desk, "producer", 8, "30T09:00", "30T13:00", hold="option")
    with pytest.raises(Clash):
        take(desk, "post", 3, "30T09:00", "30T13:00")
    desk.clock.advance(days=8)
    assert desk.where(number) == "expired"
    assert list(desk.bars("post", "M-FIB", "30T00:00", "30T23:00")) == []
    assert desk.preview("post", "M-FIB", "30T09:00", "30T13:00", amounts={"M-FIB": 3}).granted
    take(desk, "post", 3, "30T09:00", "30T13:00")
    assert desk.written(number) == "expired"
    assert [amount for *_, amount in shares()] == [3]


def test_what_lapses_with_a_room_gives_back_its_share(desk: Desk, fibre: int):
    more = {"amounts": {"M-FIB": 9}, "hold": "option"}
    desk.book("producer", "M-MI1 M-FIB", "30T09:00", "30T13:00", **more)
    desk.clock.advance(days=8)
    desk.book("post", "M-MI1", "30T09:00", "30T13:00")
    assert shares() == []


def test_a_worker_writes_it_down(desk: Desk, fibre: int):
    take(desk, "producer", 8, "30T09:00", "30T13:00", hold="option")
    desk.clock.advance(days=8)
    assert desk.work() == 1
    assert shares() == []


# ---- series ---------------------------------------------------------------------------------


def test_every_date_of_a_series_takes_its_share(desk: Desk, fibre: int):
    take(desk, "post", 8, "19T09:00", "19T13:00")
    daily = Recurrence(rule="FREQ=DAILY;COUNT=3")
    with pytest.raises(Clash) as clash, desk.unchanged():
        take(desk, "producer", 3, recurrence=daily)
    assert [(date.outcome, date.kept) for date in clash.value.dates] == [
        ("free", True),
        ("occupied", False),
        ("free", True),
    ]
    take(desk, "producer", 3, recurrence=daily, on_clash="skip")
    assert [amount for *_, amount in shares()] == [3, 8, 3]


# ---- looking --------------------------------------------------------------------------------


def test_the_planning_shows_what_is_taken_and_not_by_whom(desk: Desk, fibre: int):
    take(desk, "producer", 4, title="Secret")
    (own,) = desk.bars("producer", "M-FIB", "18T00:00", "18T23:00")
    (other,) = desk.bars("post", "M-FIB", "18T00:00", "18T23:00")
    assert (own.amount, own.rank, own.title) == (4, 1, "Secret")
    assert (other.amount, other.rank, other.title, other.company) == (4, 1, None, None)
    assert other.state == "occupied"


def test_a_booking_tells_its_amounts_even_when_it_is_over(desk: Desk, fibre: int):
    number = take(desk, "producer", 4)
    for _ in range(2):
        view = desk.view("producer", number)
        assert [a.amount for one in view.occurrences for a in one.allocations] == [4]
        if view.occurrences[0].state == "confirmed":
            desk.act("producer", number, "cancel", "Changement")


def test_the_highest_sum_ahead(desk: Desk, fibre: int):
    take(desk, "producer", 4, "18T09:00", "18T13:00")
    take(desk, "producer", 5, "18T12:00", "18T15:00")
    take(desk, "producer", 6, "19T12:00", "19T15:00")
    assert pools.most_ahead(fibre, desk.now) == 9
    assert pools.most_ahead(fibre, instant("18T13:00")) == 6
    assert pools.most_ahead(fibre, instant("20T13:00")) == 0


# ---- the size of a pool ---------------------------------------------------------------------


def resize(desk: Desk, code: str, quantity: int) -> list[tuple[str, str]]:
    """What stands against another quantity."""
    facility = by_codes([code])[code]
    change = FacilityChange(name="Fibre", quantity=quantity, approval="automatic")
    revision = details(facility.id).revision
    admin = desk.actor("admin@pil.example")
    try:
        edit_facility(admin, facility.id, revision, change, {}, desk.clock.now)
    except Invalid as refused:
        return [(field.path, field.code) for field in refused.fields]
    return []


def test_an_option_whose_clock_ran_out_keeps_no_pool_large(desk: Desk, fibre: int):
    lapsed = take(desk, "producer", 8, "30T09:00", "30T13:00", hold="option")
    assert resize(desk, "M-FIB", 5) == [("quantity", "below_booked")]
    desk.clock.advance(days=8)
    assert resize(desk, "M-FIB", 5) == []
    assert desk.written(lapsed) == "expired"


def test_a_pool_does_not_shrink_below_what_is_booked(desk: Desk, fibre: int):
    take(desk, "producer", 4)
    take(desk, "producer", 3, "18T12:00", "18T15:00")
    assert resize(desk, "M-FIB", 6) == [("quantity", "below_booked")]
    assert resize(desk, "M-FIB", 1) == [("quantity", "booked_in_parts")]
    assert resize(desk, "M-FIB", 0) == [("quantity", "out_of_range")]
    assert resize(desk, "M-FIB", 7) == []
    with pytest.raises(Clash):
        take(desk, "post", 1, "18T12:00", "18T13:00")
    desk.clock.advance(days=3)
    assert resize(desk, "M-FIB", 2) == []


def test_a_room_that_is_booked_does_not_become_a_pool(desk: Desk):
    number = desk.book("producer", "M-MI1", *DAY)
    assert resize(desk, "M-MI1", 2) == [("quantity", "booked_whole")]
    desk.act("producer", number, "cancel", "Changement")
    assert resize(desk, "M-MI1", 2) == []
    desk.book("producer", "M-MI1", *DAY)
    desk.book("post", "M-MI1", *DAY)


def test_lists_and_feeds_know_shares(desk: Desk, fibre: int):
    take(desk, "producer", 4, title="Secret")
    for who, titles, states in (("producer", ["Secret"], ["confirmed"]), ("post", [], [])):
        actor = desk.actor(who)
        assert [line.title for line in lists.bookings(actor, now=desk.now).lines] == titles
        own = feed.scope(actor, "me")
        assert own is not None
        assert [row.state for row in feed.rows(actor, own, desk.now)] == states
    there = feed.scope(desk.actor("post"), "facility:M-FIB")
    assert there is not None
    (row,) = feed.rows(desk.actor("post"), there, desk.now)
    assert (row.state, row.title, row.company, row.rank) == ("occupied", None, None, 1)
