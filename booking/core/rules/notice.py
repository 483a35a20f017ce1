"""Some facilities need time to prepare: a minimum notice, in hours before the start."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding

HOUR = 3600


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility that begins too soon; the past is another rule's matter."""
    for room in facts.rooms:
        hours = room.settings.get("notice", 0)
        latest = facts.span.starts - hours * HOUR
        if latest < facts.now <= facts.span.starts:
            params = {**room.named, "hours": hours, "latest": latest, "zone": room.zone}
            yield Finding("notice", {**params, "starts": facts.span.starts})
