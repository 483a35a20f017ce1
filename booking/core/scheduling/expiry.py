"""How long an option lives."""

HOUR = 3600
DAY = 24 * HOUR
LAPSES_BEFORE_START_S = 48 * HOUR
SHORT_NOTICE_S = 4 * HOUR
LATEST_BEFORE_START_S = 2 * HOUR


def option_expiry(now: int, starts: int, days: int) -> int | None:
    """When an option taken at `now` lapses; instants in UTC epoch seconds.

    After `days` days, but 48 hours before the start at the latest; where that leaves less than
    4 hours, 4 hours, never later than 2 hours before the start. None when no time is left at all.
    (Custom of the trade: options lapse 48 hours ahead.)
    """
    expiry = min(now + days * DAY, starts - LAPSES_BEFORE_START_S)
    if expiry < now + SHORT_NOTICE_S:
        expiry = min(now + SHORT_NOTICE_S, starts - LATEST_BEFORE_START_S)
    return expiry if expiry > now else None
