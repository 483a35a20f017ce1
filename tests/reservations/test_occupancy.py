"""Figures for the board: what is added up, and what is not told."""

import pytest

from booking.core.scheduling.recurrence import Recurrence
from booking.reservations import occupancy
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
    told = occupancy.of_year(2026)
    assert [hours(told.sites, code) for code in ("M", "N")] == [6, 0]
    assert [hours(told.sites, code, DECEMBER) for code in ("M", "N")] == [0, 6]
    assert hours(told.kinds, "grading", YEAR) == hours(told.kinds, "meeting", YEAR) == 6
    assert hours(occupancy.of_year(2025).kinds, "grading", YEAR) == 0


def test_what_was_not_used_is_not_counted(desk: Desk):
    busy(desk, "M-ET1", "18", *THREE)
    desk.book("producer", "M-ET1", "19T09:00", "19T13:00")
    desk.option("post", "M-ET1", "20T09:00", "20T13:00")
    desk.act("producer", desk.book("producer", "M-MI1", "19T09:00", "19T13:00"), "cancel", "Non")
    told = occupancy.of_year(2026)
    assert (hours(told.kinds, "grading"), hours(told.kinds, "editing")) == (6, 0)


def test_a_booking_across_the_end_of_a_month_counts_in_both(desk: Desk):
    for who, code in zip(THREE, ("M-PLA1", "M-PLA2", "N-PLD"), strict=True):
        number = desk.book(who, code, "30T20:00", "2026-12-01T06:00")
        if desk.where(number) == "requested 1":
            desk.act("manager", number, "approve")
    told = occupancy.of_year(2026).kinds
    assert [hours(told, "stage", month) for month in (NOVEMBER, DECEMBER)] == [12, 18]


def test_of_fewer_than_three_companies_nothing_is_told(desk: Desk):
    busy(desk, "M-ET1", "18", "producer", "post")
    told = occupancy.of_year(2026)
    assert hours(told.kinds, "grading") is None
    assert told.kinds["grading"][NOVEMBER].share is None
    assert hours(told.sites, "M") is None


def test_colleagues_are_one_company(desk: Desk):
    busy(desk, "M-ET1", "18", "producer", "colleague", "post")
    assert hours(occupancy.of_year(2026).kinds, "grading") is None


def test_a_difference_tells_nothing_either(desk: Desk):
    """One kind alone could be worked out from the sum of the site: the smallest hides with it."""
    busy(desk, "M-ET1", "18", *THREE)
    busy(desk, "M-MI1", "19", *THREE, "producer")
    busy(desk, "N-RE1", "20", "post")
    told = occupancy.of_year(2026).kinds
    assert [hours(told, kind) for kind in ("meeting", "grading", "editing")] == [None, None, 8]


def test_a_month_cannot_be_worked_out_from_the_year(desk: Desk):
    busy(desk, "M-ET1", "18", *THREE)
    busy(desk, "M-ET1", "2026-12-02", "producer")
    told = occupancy.of_year(2026).kinds["grading"]
    assert told[NOVEMBER].booked_s == 6 * HOUR
    assert (told[DECEMBER].booked_s, told[YEAR].booked_s) == (None, None)


@pytest.mark.parametrize(("month", "length"), [(3, 31 * 24 - 1), (10, 31 * 24 + 1), (4, 30 * 24)])
def test_open_hours_are_those_the_clock_gives(desk: Desk, month: int, length: int):
    """A stage is always open: three of them at Médiacité, one at Nord."""
    told = occupancy.of_year(2026).kinds["stage"]
    assert told[month].open_s == 4 * length * HOUR


def test_a_year_costs_one_statement(desk: Desk):
    busy(desk, "M-ET1", "18", *THREE)
    days = Recurrence(rule="FREQ=DAILY;COUNT=10")
    desk.book("producer", "M-MI1", "20T09:00", "20T10:00", recurrence=days)
    occupancy.of_year(2026)
    with statements(desk.app) as seen:
        occupancy.of_year(2026)
    assert len(seen) <= 2  # and the revision of the facilities
