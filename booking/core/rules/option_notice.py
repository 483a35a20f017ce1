"""An option needs time to be decided: from two hours before the start only firm bookings."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding
from booking.core.scheduling.expiry import LATEST_BEFORE_START_S


def check(facts: Facts) -> Iterator[Finding]:
    """A finding for an option that would lapse before it began."""
    too_late = facts.span.starts - LATEST_BEFORE_START_S <= facts.now <= facts.span.starts
    if facts.option and too_late:
        yield Finding("option_notice", {"hours": LATEST_BEFORE_START_S // 3600}, overridable=False)
