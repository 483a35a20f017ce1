"""Some facilities are not booked on the public holidays of the country they are in."""

from collections.abc import Iterator
from datetime import date, timedelta

from booking.core.rules.facts import Facts, Finding
from booking.core.scheduling.holiday import holiday
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import local


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility and each holiday that the wish touches."""
    for room in facts.rooms:
        if not room.settings.get("holidays", False):
            continue
        for day in _days(facts.span, room.zone):
            if holiday(day, room.country):
                params = {**room.named, "day": day.isoformat(), "country": room.country}
                yield Finding("holidays", params)


def _days(span: Interval, zone: str) -> Iterator[date]:
    """The days of the site that a span touches; one that ends at midnight is over by then."""
    day, last = local(span.starts, zone).date(), local(span.ends - 1, zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)
