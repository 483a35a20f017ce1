"""Wall clocks against brute force: every minute around every clock change, read off the clock."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import (
    AmbiguousTime,
    NonexistentTime,
    days,
    local,
    midnight,
    resolve,
    shifted,
)

HOUR = 3600
FORWARD = {
    "Europe/Brussels": date(2026, 3, 29),
    "Europe/London": date(2026, 3, 29),
    "America/New_York": date(2026, 3, 8),
}
BACK = {
    "Europe/Brussels": date(2026, 10, 25),
    "Europe/London": date(2026, 10, 25),
    "America/New_York": date(2026, 11, 1),
}
CHANGES = [*FORWARD.items(), *BACK.items()]


def read_off(zone: str, day: date) -> dict[datetime, list[int]]:
    """For each minute that a clock shows around a day, the instants at which it shows it."""
    shown = defaultdict(list)
    first = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - 36 * HOUR
    for instant in range(first, first + 96 * HOUR, 60):
        clock = datetime.fromtimestamp(instant, ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        shown[clock].append(instant)
    return shown


def resolved(wall: datetime, zone: str) -> list[int]:
    """What `resolve` makes of a wall clock, as a list like that of `read_off`."""
    try:
        return [resolve(wall, zone)]
    except NonexistentTime:
        return []
    except AmbiguousTime:
        return [resolve(wall, zone, fold) for fold in (0, 1)]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_every_minute_of_a_clock_change_resolves_to_what_the_clock_showed(zone, day):
    shown = read_off(zone, day)
    minutes = [datetime(day.year, day.month, day.day) + timedelta(minutes=n) for n in range(1440)]
    assert {m: resolved(m, zone) for m in minutes} == {m: shown.get(m, []) for m in minutes}


@pytest.mark.parametrize(("zone", "day"), FORWARD.items())
def test_sixty_minutes_are_skipped_in_spring(zone, day):
    minutes = [datetime(day.year, day.month, day.day) + timedelta(minutes=n) for n in range(1440)]
    assert sum(resolved(minute, zone) == [] for minute in minutes) == 60
    assert days(day, 1, zone).seconds == 23 * HOUR


@pytest.mark.parametrize(("zone", "day"), BACK.items())
def test_sixty_minutes_come_twice_in_autumn(zone, day):
    minutes = [datetime(day.year, day.month, day.day) + timedelta(minutes=n) for n in range(1440)]
    assert sum(len(resolved(minute, zone)) == 2 for minute in minutes) == 60
    assert days(day, 1, zone).seconds == 25 * HOUR


def test_a_time_that_exists_once_does_not_care_for_the_fold():
    noon = datetime(2026, 6, 1, 12, 0)
    assert {resolve(noon, "Europe/Brussels", fold) for fold in (None, 0, 1)} == {1780308000}


def test_the_errors_name_the_time():
    with pytest.raises(NonexistentTime, match="2026-03-29T02:30:00"):
        resolve(datetime(2026, 3, 29, 2, 30), "Europe/Brussels")
    with pytest.raises(AmbiguousTime, match="2026-10-25T02:30:00"):
        resolve(datetime(2026, 10, 25, 2, 30), "Europe/Brussels")


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_what_the_clock_shows_leads_back_to_the_instant(zone, day):
    for instant in range(midnight(day, zone), midnight(day, zone) + 26 * HOUR, 900):
        shown = local(instant, zone)
        assert resolve(shown.replace(tzinfo=None), zone, shown.fold) == instant


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_a_week_around_a_clock_change_is_an_hour_shorter_or_longer(zone, day):
    monday = day - timedelta(days=day.weekday())
    change = -HOUR if day == FORWARD[zone] else HOUR
    assert days(monday, 7, zone).seconds == 7 * 24 * HOUR + change
    assert days(monday, 7, zone) == Interval(
        midnight(monday, zone), midnight(monday + timedelta(days=7), zone)
    )


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_shifting_by_days_keeps_the_wall_clock(zone, day):
    nine = resolve(datetime(day.year, day.month, day.day, 9), zone)
    for count in (-8, -1, 1, 8):
        moved = local(shifted(nine, count, zone), zone)
        assert (moved.date(), moved.hour) == (day + timedelta(days=count), 9)


def test_shifting_into_a_skipped_time_moves_on():
    before = resolve(datetime(2026, 3, 28, 2, 30), "Europe/Brussels")
    assert f"{local(shifted(before, 1, 'Europe/Brussels'), 'Europe/Brussels'):%d %H:%M}" == (
        "29 03:30"
    )
