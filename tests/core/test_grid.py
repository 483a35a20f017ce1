"""Steps on the clock of a site, through the nights on which it changes."""

from datetime import datetime

import pytest

from booking.core.scheduling.grid import first_start, kept, last_end
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import local, resolve

ZONE = "Europe/Brussels"


def at(text: str, fold: int | None = None) -> int:
    return resolve(datetime.fromisoformat(text), ZONE, fold)


def shown(instant: int) -> str:
    return f"{local(instant, ZONE):%dT%H:%M}"


@pytest.mark.parametrize(
    ("minutes", "given", "expected"),
    [
        (30, "2026-11-17T09:00", "17T09:00"),
        (30, "2026-11-17T09:01", "17T09:30"),
        (40, "2026-11-17T23:21", "18T00:00"),
        (420, "2026-11-17T14:01", "17T21:00"),
        (420, "2026-11-17T21:01", "18T00:00"),
        (60, "2027-03-28T01:10", "28T03:00"),
        (120, "2027-03-28T01:10", "28T04:00"),
    ],
)
def test_the_first_start_from_an_instant_on(minutes, given, expected):
    assert shown(first_start(minutes, ZONE, at(given))) == expected


def test_a_repeated_hour_has_its_steps_twice():
    first, second = (at("2026-10-25T02:00", fold) for fold in (0, 1))
    assert first_start(60, ZONE, first + 60) == second
    assert first_start(45, ZONE, second + 60) == at("2026-10-25T02:15", 1)


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        ("2026-11-17T09:00", "2026-11-17T12:10", "17T12:00"),
        ("2026-11-17T09:00", "2026-11-17T09:20", "17T09:00"),
        ("2027-03-27T20:00", "2027-03-28T08:15", "28T08:00"),
        ("2026-10-24T20:00", "2026-10-25T08:29", "25T08:00"),
    ],
)
def test_the_last_end_of_whole_steps(starts, ends, expected):
    span = Interval(at(starts), at(ends))
    found = last_end(60, ZONE, span)
    assert shown(found) == expected
    assert kept(60, ZONE, Interval(span.starts, found))
