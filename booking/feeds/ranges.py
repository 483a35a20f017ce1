"""The range that free-busy is asked for: `?start=&end=`, dates or moments of ISO 8601."""

from collections.abc import Mapping
from datetime import datetime

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import reached
from booking.reservations.feed import window

DAY = 24 * 3600
MOST_DAYS = 400


class OutOfRange(ValueError):
    """What was asked for is no range, or longer than MOST_DAYS."""


def asked_range(args: Mapping[str, str], zone: str, now: int) -> Interval:
    """The range asked for, UTC epoch seconds; the feed's own window where a side is left open.

    Moments without an offset are wall clock in `zone`, dates their first instant. Raises
    OutOfRange.
    """
    own = window(now)
    starts, ends = (_instant(args.get(name, ""), zone) for name in ("start", "end"))
    starts = own.starts if starts is None else starts
    ends = max(own.ends, starts + DAY) if ends is None else ends
    if not 0 < ends - starts <= MOST_DAYS * DAY:
        raise OutOfRange
    return Interval(starts, ends)


def _instant(text: str, zone: str) -> int | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        at = reached(moment, zone) if moment.tzinfo is None else int(moment.timestamp())
    except (ValueError, OverflowError) as error:
        raise OutOfRange from error
    if not 0 <= at < 2**40:
        raise OutOfRange
    return at
