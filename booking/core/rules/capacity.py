"""No more people than the fire figure allows."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility that is too small for the people announced."""
    people = facts.attendees or 0
    for room in facts.rooms:
        if room.capacity is not None and people > room.capacity:
            params = {**room.named, "capacity": room.capacity, "attendees": people}
            yield Finding("capacity", params, overridable=False)
