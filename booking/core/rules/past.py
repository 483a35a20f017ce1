"""The past cannot be booked."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """A finding when the wish starts before now."""
    if facts.span.starts < facts.now:
        params = {"starts": facts.span.starts, "zone": facts.rooms[0].zone}
        yield Finding("past", params, overridable=False)
