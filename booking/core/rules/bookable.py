"""A facility out of service is not booked."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility that takes no bookings."""
    for room in facts.rooms:
        if not room.bookable:
            yield Finding("bookable", room.named, overridable=False)
