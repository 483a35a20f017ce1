"""When a facility is open, worked out from its weekly hours in the wall clock of its site."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from booking.core.scheduling.interval import Interval, merged
from booking.core.scheduling.wallclock import local, reached

Week = Sequence[Sequence[tuple[int, int]]]
"""For each weekday from Monday on, spans (opens_min, closes_min) from midnight; 1440 closes it."""


def open_spans(week: Week, zone: str, window: Interval) -> list[Interval]:
    """The stretches in which the facility is open and that touch `window`; not clipped to it.

    A week without any span is open all the time. Spans that meet at midnight are one. Hours that
    the clock skips count as the moment it jumps, hours that it repeats as their first turn.
    """
    if not any(week):
        return [window]
    first = local(window.starts, zone).date() - timedelta(days=1)
    last = local(window.ends, zone).date() + timedelta(days=1)
    spans = (span for day in _days(first, last) for span in _of_day(week, zone, day))
    return [s for s in merged(s for s in spans if s.seconds > 0) if s.overlaps(window)]


def opened_on(week: Week, zone: str, instant: int) -> Iterator[Interval]:
    """The stretches that begin on the site's day of an instant, none of a week without any."""
    return _of_day(week, zone, local(instant, zone).date())


def _of_day(week: Week, zone: str, day: date) -> Iterator[Interval]:
    for opens, closes in week[day.weekday()] if week else ():
        yield Interval(_at(day, opens, zone), _at(day, closes, zone))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@lru_cache(maxsize=8192)  # the same few hours of the same days, for room after room
def _at(day: date, minutes: int, zone: str) -> int:
    return reached(datetime.combine(day, time()) + timedelta(minutes=minutes), zone)
