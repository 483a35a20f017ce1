"""Nothing is booked further ahead than three years."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from booking.core.rules.facts import Facts, Finding

YEARS = 3


@lru_cache(maxsize=16)  # asked for every date of a series
def last(now: int) -> int:
    """The last instant of a booking made at `now`; both UTC epoch seconds."""
    return int((datetime.fromtimestamp(now, UTC) + relativedelta(years=YEARS)).timestamp())


def check(facts: Facts) -> Iterator[Finding]:
    """A finding when the wish ends more than three calendar years from now."""
    if facts.span.ends > last(facts.now):
        yield Finding("horizon", {"years": YEARS}, overridable=False)
