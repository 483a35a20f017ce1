"""How many days ahead a facility is booked at most; `horizon` is the limit of the house."""

from collections.abc import Iterator
from datetime import timedelta

from booking.core.rules.facts import Facts, Finding
from booking.core.scheduling.wallclock import local, midnight


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility whose last bookable day, by the site's calendar, is before."""
    for room in facts.rooms:
        days = room.settings.get("furthest")
        if days is None:
            continue
        after = local(facts.now, room.zone).date() + timedelta(days=days + 1)
        if facts.span.ends > midnight(after, room.zone):
            params = {**room.named, "days": days, "ends": facts.span.ends, "zone": room.zone}
            yield Finding("furthest", params)
