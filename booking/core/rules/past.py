"""The past cannot be booked."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """A finding when the wish starts before now, or now where somebody has yet to say yes.

    Unanswered a request ends at its start: it would be over before anybody saw it.
    """
    asks = not facts.option and any(room.waits for room in facts.rooms)
    if facts.span.starts < facts.now + asks:
        params = {"starts": facts.span.starts, "zone": facts.rooms[0].zone}
        yield Finding("past", params, overridable=False)
