"""Bookings begin, and are as long, as the step of the facility says: each half hour, each 4 h."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import local

MINUTE = 60


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility whose step the start or the length does not keep."""
    for room in facts.rooms:
        minutes = room.settings.get("step")
        if minutes is not None and not kept(minutes, room.zone, facts.span):
            params = {**room.named, "minutes": minutes, "zone": room.zone}
            yield Finding("step", {**params, "starts": facts.span.starts, "ends": facts.span.ends})


def kept(minutes: int, zone: str, span: Interval) -> bool:
    """Whether start and length are multiples of `minutes` on the site's clock.

    The start is counted from midnight. The length is what the clock shows: 20:00 to 08:00 are
    twelve hours in the night of a clock change too.
    """
    start, end = (local(t, zone).replace(tzinfo=None, fold=0) for t in span)
    from_midnight = start - start.replace(hour=0, minute=0, second=0)
    step_s = minutes * MINUTE
    return not from_midnight.total_seconds() % step_s and not (end - start).total_seconds() % step_s
