"""Nothing is booked further ahead than three years."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from booking.core.rules.facts import Facts, Finding

YEARS = 3


def check(facts: Facts) -> Iterator[Finding]:
    """A finding when the wish ends more than three calendar years from now."""
    if facts.span.ends > _last(facts.now):
        yield Finding("horizon", {"years": YEARS}, overridable=False)


@lru_cache(maxsize=16)  # asked for every date of a series
def _last(now: int) -> float:
    return (datetime.fromtimestamp(now, UTC) + relativedelta(years=YEARS)).timestamp()
