"""Time zones as VTIMEZONEs with RRULEs, the one shape that every client reads rightly.

Lists of RDATEs are read by some for their first date only, and shift every summer by an hour.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from booking.core.ical.lines import content_line, text, verbatim
from booking.core.ical.writer import stamp
from booking.core.scheduling.recurrence import WEEKDAYS
from booking.core.scheduling.wallclock import zone_of

FIRST_YEAR, LAST_YEAR = 2008, 2037
"""The years over which a zone must keep to one rule; its VTIMEZONE begins with the first."""


class _Change(NamedTuple):
    """A change of the clock: when, on the clock before it; offsets from UTC before and after."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


@lru_cache(maxsize=64)
def timezone_bytes(zone: str) -> bytes | None:
    """The VTIMEZONE of an IANA zone; None where its changes follow no yearly rule."""
    years = [list(_changes(zone, year)) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    rules = {tuple(_rule(change) for change in changes) for changes in years}
    if len(rules) != 1:
        return None
    first = years[0] or [_never_changes(zone)]
    return b"".join(
        [
            content_line("BEGIN", "VTIMEZONE"),
            content_line("TZID", verbatim(zone)),
            *(line for change in first for line in _observance(change, bool(years[0]))),
            content_line("END", "VTIMEZONE"),
        ]
    )


def _changes(zone: str, year: int) -> Iterator[_Change]:
    """The changes of a year, found to the second by halving days."""
    tz = zone_of(zone)

    def offset(at: datetime) -> timedelta:
        return at.astimezone(tz).utcoffset() or timedelta()

    day = datetime(year, 1, 1, tzinfo=UTC)
    while day.year == year:
        after = day + timedelta(days=1)
        if offset(day) != offset(after):
            low, high = day, after
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            shown = high.astimezone(tz)
            wall = (high + offset(low)).replace(tzinfo=None)
            yield _Change(
                wall, offset(low), offset(high), shown.tzname() or zone, bool(shown.dst())
            )
        day = after


def _never_changes(zone: str) -> _Change:
    at = datetime(FIRST_YEAR, 1, 1, tzinfo=zone_of(zone))
    offset = at.utcoffset() or timedelta()
    return _Change(at.replace(tzinfo=None), offset, offset, at.tzname() or zone, False)


def _rule(change: _Change) -> tuple[object, ...]:
    """What must be the same every year: the month, which weekday of it, the hour, the offsets."""
    at = change.at
    return (at.month, at.weekday(), _week(at), at.time(), change.before, change.after)


def _week(at: datetime) -> int:
    """Which of its weekday in its month: 1, 2 …, or -1 for the last."""
    return -1 if (at + timedelta(days=7)).month != at.month else (at.day - 1) // 7 + 1


def _observance(change: _Change, yearly: bool) -> Iterator[bytes]:
    kind = "DAYLIGHT" if change.is_summer else "STANDARD"
    yield content_line("BEGIN", kind)
    yield content_line("DTSTART", stamp(change.at))
    yield content_line("TZOFFSETFROM", _offset(change.before))
    yield content_line("TZOFFSETTO", _offset(change.after))
    yield content_line("TZNAME", text(change.name))
    if yearly:
        day = f"{_week(change.at)}{WEEKDAYS[change.at.weekday()]}"
        yield content_line("RRULE", f"FREQ=YEARLY;BYMONTH={change.at.month};BYDAY={day}")
    yield content_line("END", kind)


def _offset(offset: timedelta) -> str:
    minutes = offset // timedelta(minutes=1)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
