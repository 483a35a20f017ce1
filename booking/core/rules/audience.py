"""Some facilities are for members only."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility that guests may not book."""
    for room in facts.rooms:
        if facts.guest and not room.guests_allowed:
            yield Finding("audience", room.named)
