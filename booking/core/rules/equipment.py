"""What must be booked along: a stage not without its lighting grid."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility that is booked without any of what it needs."""
    booked = {room.code for room in facts.rooms}
    for room in facts.rooms:
        needed = room.settings.get("equipment", ())
        if needed and booked.isdisjoint(needed):
            yield Finding("equipment", {**room.named, "needed": list(needed)})
