"""The longest booking of a facility, in minutes of real time."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding

MINUTE = 60


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility for which the wish is too long."""
    for room in facts.rooms:
        minutes = room.settings.get("longest")
        if minutes is not None and facts.span.seconds > minutes * MINUTE:
            params = {**room.named, "minutes": minutes, "given": facts.span.seconds // MINUTE}
            yield Finding("longest", params)
