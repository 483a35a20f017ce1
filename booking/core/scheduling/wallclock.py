"""Between the clock on a site's wall and the instants that are stored."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from booking.core.scheduling.interval import Interval


class NonexistentTime(ValueError):
    """The clock change skips this local time."""


class AmbiguousTime(ValueError):
    """The clock change repeats this local time: the first or the second?"""


_EPOCH = datetime(1970, 1, 1)
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of that name."""
    return ZoneInfo(name)


def resolve(local: datetime, zone: str, fold: int | None = None) -> int:
    """The instant, in UTC epoch seconds, at which a site's clock shows `local` (naive).

    `fold` chooses between the two instants of a repeated time: 0 the first, 1 the second.
    Raises NonexistentTime for a time the clock change skips, AmbiguousTime for one it repeats
    when `fold` is None.
    """
    first = local.replace(tzinfo=zone_of(zone), fold=0)
    second = first.replace(fold=1)
    offset = first.utcoffset() or timedelta()
    if offset == second.utcoffset():
        return (local - _EPOCH - offset) // _SECOND
    if first.astimezone(UTC).astimezone(zone_of(zone)).replace(tzinfo=None) != local:
        raise NonexistentTime(local.isoformat())
    if fold is None:
        raise AmbiguousTime(local.isoformat())
    return int((second if fold else first).timestamp())


def reached(local: datetime, zone: str) -> int:
    """The first instant, in UTC epoch seconds, at which a site's clock shows `local` or later.

    A skipped time is reached when the clock jumps over it, a repeated one at its first turn.
    """
    first = local.replace(tzinfo=zone_of(zone), fold=0)
    early, late = int(first.replace(fold=1).timestamp()), int(first.timestamp())
    if early >= late:
        return late
    return early + bisect_left(range(early, late), True, key=lambda t: wall(t, zone) >= local)


def local(instant: int, zone: str) -> datetime:
    """What a site's clock shows at an instant: an aware datetime in its zone."""
    return datetime.fromtimestamp(instant, zone_of(zone))


def wall(instant: int, zone: str) -> datetime:
    """The same without the zone: hands and date, as people write them down."""
    return local(instant, zone).replace(tzinfo=None)


def midnight(day: date, zone: str) -> int:
    """The first instant of a day on a site, UTC epoch seconds; all European days have one."""
    return int(datetime.combine(day, time(), zone_of(zone)).timestamp())


def days(first: date, count: int, zone: str) -> Interval:
    """`count` whole days from `first` on: 23 or 25 hours long where the clock changes."""
    return Interval(midnight(first, zone), midnight(first + timedelta(days=count), zone))


def shifted(instant: int, count: int, zone: str) -> int:
    """The same wall clock `count` days later (earlier when negative); skipped times move on."""
    return int((local(instant, zone) + timedelta(days=count)).timestamp())
