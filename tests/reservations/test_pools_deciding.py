"""Pools that a manager approves: decided about like rooms."""

import pytest

from booking.kernel.errors import Clash
from booking.reservations.actions import Change, change
from tests.reservations.desk import Desk, moment
from tests.reservations.test_pools import pool, shares, take


@pytest.fixture
def fibre(desk: Desk) -> int:
    return pool(desk, "M-FIB", 10, approval="manager")


def test_a_request_for_a_pool_is_approved(desk: Desk, fibre: int):
    number = take(desk, "producer", 4)
    assert desk.where(number) == "requested 1"
    desk.act("manager", number, "approve")
    assert desk.where(number) == "confirmed 1"


def test_an_option_on_a_pool_is_confirmed(desk: Desk, fibre: int):
    number = take(desk, "producer", 4, "30T09:00", "30T13:00", hold="option")
    assert desk.where(number) == "option 1"
    desk.act("producer", number, "confirm")
    desk.act("manager", number, "approve")
    assert desk.where(number) == "confirmed 1"


def test_a_declined_request_gives_back(desk: Desk, fibre: int):
    number = take(desk, "producer", 4)
    desk.act("manager", number, "decline", "Maintenance")
    assert desk.where(number) == "declined"
    assert shares() == []


def test_who_waits_for_a_room_holds_a_share_at_once(desk: Desk, fibre: int):
    day = ("30T09:00", "30T13:00")
    first = desk.book("post", "M-MI1", *day, hold="option")
    more = {"hold": "option", "on_clash": "queue", "amounts": {"M-FIB": 9}}
    second = desk.book("producer", "M-MI1 M-FIB", *day, **more)
    assert (desk.where(second), [a for *_, a in shares()]) == ("option 2", [9])
    desk.act("post", first, "release")
    assert (desk.where(second), [a for *_, a in shares()]) == ("option 1", [9])


def test_a_booking_that_moves_takes_its_share_along(desk: Desk, fibre: int):
    number = take(desk, "producer", 4)
    take(desk, "post", 7, "19T09:00", "19T13:00")
    wanted = Change(start=moment("19T09:00"), end=moment("19T13:00"))
    with pytest.raises(Clash), desk.unchanged():
        change(desk.actor("producer"), number, wanted, desk.clock.now)
    wanted = Change(start=moment("20T09:00"), end=moment("20T13:00"))
    change(desk.actor("producer"), number, wanted, desk.clock.now)
    assert [amount for *_, amount in shares()] == [7, 4]
    view = desk.view("producer", number)
    assert [a.amount for a in view.occurrences[0].allocations] == [4]
