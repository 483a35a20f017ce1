"""Figures for the board: what is added up, and what is not told."""

import pytest

from booking.core.scheduling.recurrence import Recurrence
from booking.facilities import queries as facilities
from booking.facilities.actions.facilities import FacilityChange
from booking.reservations import occupancy
from booking.reservations.actions.resizing import edit_facility
from booking.reservations.occupancy import YEAR
from tests.reservations.desk import Desk
from tests.support.statements import statements

HOUR = 3600
NOVEMBER, DECEMBER = 11, 12
THREE = ("producer", "post", "manager")


def busy(desk: Desk, code: str, day: str, *people: str) -> None:
    """Two hours for each, one after the other from 8 o’clock on, an hour apart."""
    for place, who in enumerate(people):
        start = 8 + 3 * place
        number = desk.book(who, code, f"{day}T{start:02d}:00", f"{day}T{start + 2:02d}:00")
        if desk.where(number) == "requested 1":
            desk.act("manager", number, "approve")


def hours(sums, code: str, month: int = NOVEMBER) -> float | None:
    booked = sums[code][month].booked_s
    return None if booked is None else booked / HOUR


def test_hours_are_added_up_by_site_kind_and_month(desk: Desk):
    busy(desk, "M-ET1", "18", *THREE)
    busy(desk, "N-RE1", "2026-12-02", *THREE)
    told = occupancy.of_year(2026, desk.now)
    assert [hours(told.sites, code) for code in ("M", "N")] == [6, 0]
    assert [hours(told.sites, code, DECEMBER) for code in ("M", "N")] == [0, 6]
    assert hours(told.kinds, "grading", YEAR) == hours(told.kinds, "meeting", YEAR) == 6
    assert hours(occupancy.of_year(2025, desk.now).kinds, "grading", YEAR) == 0


def test_what_was_not_used_is_not_counted(desk: Desk):
    busy(desk, "M-ET1", "18", *THREE)
    desk.book("producer", "M-ET1", "19T09:00", "19T13:00")
    desk.option("post", "M-ET1", "20T09:00", "20T13:00")
    desk.act("producer", desk.book("producer", "M-MI1", "19T09:00", "19T13:00"), "cancel", "Non")
    told = occupancy.of_year(2026, desk.now)
    assert (hours(told.kinds, "grading"), hours(told.kinds, "editing")) == (6, 0)


def test_a_booking_across_the_end_of_a_month_counts_in_both(desk: Desk):
    for who, code in zip(THREE, ("M-PLA1", "M-PLA2", "N-PLD"), strict=True):
        number = desk.book(who, code, "30T20:00", "2026-12-01T06:00")
        if desk.where(number) == "requested 1":
            desk.act("manager", number, "approve")
    told = occupancy.of_year(2026, desk.now).kinds
    assert [hours(told, "stage", month) for month in (NOVEMBER, DECEMBER)] == [12, 18]


def test_of_fewer_than_three_companies_nothing_is_told(desk: Desk):
    busy(desk, "M-ET1", "18", "producer", "post")
    told = occupancy.of_year(2026, desk.now)
    assert hours(told.kinds, "grading") is None
    assert told.kinds["grading"][NOVEMBER].share is None
    assert hours(told.sites, "M") is None


def test_colleagues_are_one_company(desk: Desk):
    busy(desk, "M-ET1", "18", "producer", "colleague", "post")
    assert hours(occupancy.of_year(2026, desk.now).kinds, "grading") is None


def test_a_difference_tells_nothing_either(desk: Desk):
    """One kind alone could be worked out from the sum of the site: the smallest hides with it."""
    busy(desk, "M-ET1", "18", *THREE)
    busy(desk, "M-MI1", "19", *THREE, "producer")
    busy(desk, "N-RE1", "20", "post")
    told = occupancy.of_year(2026, desk.now).kinds
    assert [hours(told, kind) for kind in ("meeting", "grading", "editing")] == [None, None, 8]


def test_a_month_cannot_be_worked_out_from_the_year(desk: Desk):
    busy(desk, "M-ET1", "18", *THREE)
    busy(desk, "M-ET1", "2026-12-02", "producer")
    told = occupancy.of_year(2026, desk.now).kinds
    assert [hours(told, "grading", m) for m in (NOVEMBER, DECEMBER, YEAR)] == [None, None, 8]


def test_two_hidden_months_of_one_company_are_not_the_rest_of_the_year(desk: Desk):
    busy(desk, "M-ET1", "18", *THREE)
    for day in ("2026-12-02", "2027-01-05", "2027-02-02", "2027-03-02"):
        busy(desk, "M-ET1", day, "producer")
    busy(desk, "M-ET1", "2027-04-06", *THREE)
    busy(desk, "M-ET1", "2027-05-04", *THREE, "post")
    told = occupancy.of_year(2027, desk.now).kinds
    assert [hours(told, "grading", month) for month in (1, 2, 3, 4, 5, YEAR)] == [
        None,
        None,
        None,
        None,  # the smallest of the others: with it the rest is that of three
        8,
        20,
    ]


def test_two_hidden_kinds_of_one_company_are_not_the_rest_of_the_site(desk: Desk):
    busy(desk, "M-MI1", "18", *THREE)
    busy(desk, "M-PLA1", "18", *THREE, "post")
    for room in ("M-ET1", "M-CIN"):
        busy(desk, room, "19", "producer")
    told = occupancy.of_year(2026, desk.now)
    kinds = ("grading", "screening_room", "editing", "stage")
    assert [hours(told.kinds, kind) for kind in kinds] == [None, None, None, 8]
    assert hours(told.sites, "M") == 18


def test_who_did_not_come_used_nothing_written_down_or_not(desk: Desk, rule):
    rule("M-MI1", "check_in", 15)
    busy(desk, "M-MI1", "18", *THREE)
    busy(desk, "M-MI2", "18", *THREE)
    desk.clock.advance(days=5)
    before = occupancy.of_year(2026, desk.now).kinds
    assert hours(before, "editing") == 6
    desk.work()
    assert occupancy.of_year(2026, desk.now).kinds == before


def test_what_lasts_for_years_counts_in_all_of_them(desk: Desk):
    for who, code in zip(THREE, ("M-PLA1", "M-PLA2", "N-PLD"), strict=True):
        number = desk.book(who, code, "20T09:00", "2028-06-01T09:00")
        if desk.where(number) == "requested 1":
            desk.act("manager", number, "approve")
    assert hours(occupancy.of_year(2028, desk.now).kinds, "stage", 2) == 3 * 29 * 24


def test_a_room_that_became_a_pool_keeps_its_past(desk: Desk):
    busy(desk, "M-MI1", "18", *THREE)
    desk.clock.advance(days=5)
    room = facilities.by_codes(["M-MI1"])["M-MI1"]
    change = FacilityChange(name="Montage", quantity=4, approval="automatic")
    admin, revision = desk.actor("admin@pil.example"), facilities.details(room.id).revision
    edit_facility(admin, room.id, revision, change, {}, desk.clock.now)
    assert hours(occupancy.of_year(2026, desk.now).kinds, "editing") == 6


@pytest.mark.parametrize(("month", "length"), [(3, 31 * 24 - 1), (10, 31 * 24 + 1), (4, 30 * 24)])
def test_open_hours_are_those_the_clock_gives(desk: Desk, month: int, length: int):
    """A stage is always open: three of them at Médiacité, one at Nord."""
    told = occupancy.of_year(2026, desk.now).kinds["stage"]
    assert told[month].open_s == 4 * length * HOUR


def test_a_year_costs_one_statement(desk: Desk):
    busy(desk, "M-ET1", "18", *THREE)
    days = Recurrence(rule="FREQ=DAILY;COUNT=10")
    desk.book("producer", "M-MI1", "20T09:00", "20T10:00", recurrence=days)
    occupancy.of_year(2026, desk.now)
    with statements(desk.app) as seen:
        occupancy.of_year(2026, desk.now)
    assert len(seen) <= 2  # and the revision of the facilities
