"""Bookings begin, and are as long, as the step of the facility says: each half hour, each 4 h."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding
from booking.core.scheduling.grid import kept


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility whose step the start or the length does not keep."""
    for room in facts.rooms:
        minutes = room.settings.get("step")
        if minutes is not None and not kept(minutes, room.zone, facts.span):
            params = {**room.named, "minutes": minutes, "zone": room.zone}
            yield Finding("step", {**params, "starts": facts.span.starts, "ends": facts.span.ends})
