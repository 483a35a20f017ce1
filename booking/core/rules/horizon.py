"""Nothing is booked further ahead than three years."""

from collections.abc import Iterator
from datetime import UTC, datetime

from dateutil.relativedelta import relativedelta

from booking.core.rules.facts import Facts, Finding

YEARS = 3


def check(facts: Facts) -> Iterator[Finding]:
    """A finding when the wish ends more than three calendar years from now."""
    last = datetime.fromtimestamp(facts.now, UTC) + relativedelta(years=YEARS)
    if facts.span.ends > last.timestamp():
        yield Finding("horizon", {"years": YEARS}, overridable=False)
