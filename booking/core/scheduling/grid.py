"""The steps in which a facility is booked, counted on the clock of its site from midnight."""

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import local

MINUTE, DAY = 60, 24 * 3600


def kept(minutes: int, zone: str, span: Interval) -> bool:
    """Whether start and length are multiples of `minutes` on the site's clock.

    The start is counted from midnight. The length is what the clock shows: 20:00 to 08:00 are
    twelve hours in the night of a clock change too.
    """
    step_s = minutes * MINUTE
    return not _from_midnight(span.starts, zone) % step_s and not _shown(span, zone) % step_s


def first_start(minutes: int, zone: str, instant: int) -> int:
    """The first instant, not before the given one, at which a step begins. UTC epoch seconds."""
    step_s = minutes * MINUTE
    while over := (past := _from_midnight(instant, zone)) % step_s:
        instant += min(step_s - over, DAY - past)
    return instant


def last_end(minutes: int, zone: str, span: Interval) -> int:
    """The last end, not after that of the span, for which its length is one of whole steps."""
    starts, ends = span
    while ends > starts and (over := _shown(Interval(starts, ends), zone) % (minutes * MINUTE)):
        ends -= over
    return ends


def _from_midnight(instant: int, zone: str) -> int:
    shown = local(instant, zone)
    return (shown.hour * 60 + shown.minute) * 60 + shown.second


def _shown(span: Interval, zone: str) -> int:
    """Seconds from start to end as the clock on the wall counts them."""
    starts, ends = (local(instant, zone).replace(tzinfo=None, fold=0) for instant in span)
    return int((ends - starts).total_seconds())
