"""When people are warned that an option lapses."""

import pytest

from booking.core.scheduling.wallclock import local, resolve
from booking.core.scheduling.warning import warned_at
from tests.reservations.desk import moment

ZONE = "Europe/Brussels"


@pytest.mark.parametrize(
    ("expires", "warnings"),
    [
        # Thursday: two days before, and the day before at nine
        ("2026-11-19T15:00", ["2026-11-17T15:00", "2026-11-18T09:00"]),
        # Monday: Saturday comes too late to ask anybody, Friday does not
        ("2026-11-23T09:00", ["2026-11-20T09:00", "2026-11-21T09:00"]),
        # after All Saints, a Sunday in 2026, and the day that follows Armistice
        ("2026-11-12T10:00", ["2026-11-10T09:00", "2026-11-10T10:00"]),
        # the clocks went back in between: 48 real hours
        ("2026-10-26T12:00", ["2026-10-23T09:00", "2026-10-24T13:00"]),
    ],
)
def test_warnings_come_48_hours_and_a_working_day_before(expires, warnings):
    found = warned_at(resolve(moment(expires), ZONE), ZONE, "BE")
    assert [f"{local(at, ZONE):%Y-%m-%dT%H:%M}" for at in found] == warnings


def test_a_country_without_holidays_still_has_weekends():
    found = warned_at(resolve(moment("2026-11-12T10:00"), ZONE), ZONE, "XX")
    assert f"{local(found[-1], ZONE):%d %H:%M}" == "11 09:00"
