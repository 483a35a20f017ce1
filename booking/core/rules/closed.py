"""Closures and maintenance shut a facility over their whole length."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each closure that the booking would overlap."""
    for room in facts.rooms:
        for closure, reason in room.closures:
            if closure.overlaps(facts.span):
                params = {**room.named, "zone": room.zone, "reason": reason}
                yield Finding("closed", {**params, "starts": closure.starts, "ends": closure.ends})
