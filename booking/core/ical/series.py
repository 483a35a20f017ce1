"""Occurrences of a booking as one series object: a rule, and what differs from it.

Only shapes that Outlook maps (MS-OXCICAL 2.1.3.2.2). A date whose span the clock change makes
longer or shorter is an override with its ends in UTC, since engines do not agree on it; so is
every date that says something else than most. The master changes whenever an override does.
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from booking.core.ical.lines import content_line, parameter, verbatim
from booking.core.ical.objects import Event
from booking.core.ical.writer import event_lines, stamp, utc
from booking.core.ical.zones import timezone_bytes
from booking.core.scheduling.recurrence import Recurrence, RecurrenceError, expand
from booking.core.scheduling.wallclock import local, wall

NAMESPACE = uuid.UUID("b1d8a9a4-6f0c-5c53-9a51-2d6d0f6f7a10")
"""Of the identifiers that we give to what has none of its own (RFC 9562, version 5)."""

_BOUND = re.compile(r";?(COUNT|UNTIL)=[^;]*")
_SHAPES = tuple(
    re.compile(f"FREQ={shape}")
    for shape in (
        r"DAILY(;INTERVAL=\d+)?(;WKST=..)?",
        r"WEEKLY(;INTERVAL=\d+)?(;BYDAY=[A-Z]{2}(,[A-Z]{2})*)?(;WKST=..)?",
        r"MONTHLY(;INTERVAL=\d+)?(;BYMONTHDAY=([1-9]|1\d|2[0-8]|-1))?(;WKST=..)?",
        r"MONTHLY(;INTERVAL=\d+)?;BYDAY=(-1|[1-4])[A-Z]{2}(;WKST=..)?",
    )
)
_ORDER = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "WKST")
_SHORTEST_MONTH = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series: `master` is its first date, `rule` an RRULE with UNTIL.

    `left_out` are starts of the rule at which nothing is, `overrides` other dates by the start
    that they stand for; all in UTC epoch seconds. `singles` fit nowhere and are events by
    themselves.
    """

    zone: str
    rule: str
    master: Event
    left_out: tuple[int, ...]
    overrides: Mapping[int, Event]
    singles: tuple[Event, ...]


def series_uid(number: str) -> str:
    """The UID of the series object of a booking, wherever it appears."""
    return str(uuid.uuid5(NAMESPACE, f"series {number}"))


def series_of(uid: str, events: Sequence[Event], rule: str, zone: str) -> Series | None:
    """The occurrences of a booking, in any order, as one series of that UID.

    None where that cannot be said so that every client understands it: then each stays by itself.
    """
    shape = _shape(rule)
    if len(events) < 2 or shape is None or timezone_bytes(zone) is None:
        return None
    grid = _Grid.over(events, shape, zone)
    if grid is None:
        return None
    taken, singles = grid.placed(events)
    common = _common(taken.values())
    master = common._replace(
        uid=uid,
        starts=grid.anchor.starts,
        ends=grid.anchor.ends,
        changed=max(event.changed for event in events),
        sequence=sum(event.sequence for event in events),
    )
    starts = {at: grid.instant(at) for at in grid.dates if at <= max(taken)}
    return Series(
        zone=zone,
        rule=f"{shape};UNTIL={utc(starts[max(taken)])}",
        master=master,
        left_out=tuple(starts[at] for at in starts if at not in taken),
        overrides={
            starts[at]: event._replace(uid=uid)
            for at, event in sorted(taken.items())
            if not grid.is_regular(at, event) or not _alike(event, common)
        },
        singles=tuple(singles),
    )


def series_bytes(series: Series, people: bytes = b"") -> Iterator[bytes]:
    """The master, its overrides, and what stands alone; the VTIMEZONE is the calendar's to hold.

    `people` are lines with ORGANIZER and ATTENDEE, for each of them.
    """
    zone = series.zone
    span = _at("DTSTART", series.master.starts, zone) + _at("DTEND", series.master.ends, zone)
    rule = content_line("RRULE", series.rule)
    without = b"".join(_at("EXDATE", at, zone) for at in series.left_out)
    yield _vevent(series.master, span + rule + without, people)
    for at, event in series.overrides.items():
        ends = f"DTSTART:{utc(event.starts)}\r\nDTEND:{utc(event.ends)}\r\n".encode()
        yield _vevent(event, _at("RECURRENCE-ID", at, zone) + ends, people)
    for event in series.singles:
        yield _vevent(event, b"", people)


def _vevent(event: Event, span: bytes, people: bytes) -> bytes:
    lines = event_lines(event, span)
    return b"".join((b"BEGIN:VEVENT\r\n", *lines, people, b"END:VEVENT\r\n"))


def _at(name: str, instant: int, zone: str) -> bytes:
    return content_line(name, stamp(local(instant, zone)), parameter("TZID", verbatim(zone)))


def _shape(rule: str) -> str | None:
    """The rule without its end, its parts in one order; None where Outlook cannot map it."""
    parts = dict(part.split("=", 1) for part in _BOUND.sub("", rule).upper().split(";") if part)
    if not set(parts) <= set(_ORDER):
        return None
    shape = ";".join(f"{name}={parts[name]}" for name in _ORDER if name in parts)
    return shape if any(known.fullmatch(shape) for known in _SHAPES) else None


@dataclass(frozen=True, slots=True)
class _Grid:
    """The starts that a rule names, on the clock of the site, and how long each takes on it."""

    zone: str
    anchor: Event
    dates: tuple[datetime, ...]
    length: timedelta

    @classmethod
    def over(cls, events: Sequence[Event], shape: str, zone: str) -> "_Grid | None":
        """The grid that begins with the first event of the usual kind; None if there is none."""
        anchor = _anchor(events, shape, zone)
        if anchor is None:
            return None
        first, ends = (wall(at, zone) for at in (anchor.starts, anchor.ends))
        last = max(wall(event.starts, zone) for event in events).date()
        if "MONTHLY" in shape and "BY" not in shape and first.day > _SHORTEST_MONTH:
            return None
        until = f"{shape};UNTIL={last:%Y%m%d}"
        try:
            dates = expand(first, Recurrence(rule=until), zone)
        except RecurrenceError:
            return None
        length = ends - first
        apart = (later - earlier for earlier, later in pairwise(dates))
        if any(gap < length for gap in apart):
            return None
        if length <= timedelta() or any(not _exists_once(at, zone) for at in dates):
            return None
        return cls(zone, anchor, dates, length)

    def instant(self, at: datetime) -> int:
        """The instant of a date of the grid, all of which exist once."""
        return int(at.replace(tzinfo=local(0, self.zone).tzinfo).timestamp())

    def is_regular(self, at: datetime, event: Event) -> bool:
        """Whether the rule alone says when the event is, to every client alike."""
        walls = wall(event.starts, self.zone), wall(event.ends, self.zone)
        return walls == (at, at + self.length) and _same_offset(event, self.zone)

    def placed(self, events: Sequence[Event]) -> tuple[dict[datetime, Event], list[Event]]:
        """Which event stands for which date, and those that stand for none.

        Who begins with the rule has that date. Who was moved has the free date nearest in time.
        """
        taken: dict[datetime, Event] = {}
        moved: list[Event] = []
        for event in events:
            at = wall(event.starts, self.zone)
            if at in self.dates and at not in taken:
                taken[at] = event
            else:
                moved.append(event)
        singles: list[Event] = []
        for event in moved:
            near = _nearest(wall(event.starts, self.zone), set(self.dates).difference(taken))
            if near is None:
                singles.append(event)
            else:
                taken[near] = event
        return taken, singles


def _anchor(events: Sequence[Event], shape: str, zone: str) -> Event | None:
    """The first of those that are when most are, on a clock that does not change meanwhile."""
    by_pattern: dict[tuple[object, ...], list[Event]] = {}
    for event in sorted(events, key=lambda event: event.starts):
        starts, ends = wall(event.starts, zone), wall(event.ends, zone)
        day = 0
        if "BY" not in shape:
            day = starts.weekday() if "WEEKLY" in shape else starts.day * ("MONTHLY" in shape)
        if _same_offset(event, zone):
            by_pattern.setdefault((starts.time(), ends - starts, day), []).append(event)
    return max(by_pattern.values(), key=len)[0] if by_pattern else None


def _nearest(wanted: datetime, free: Iterable[datetime]) -> datetime | None:
    return min(free, key=lambda at: (abs(at - wanted), at), default=None)


def _same_offset(event: Event, zone: str) -> bool:
    return local(event.starts, zone).utcoffset() == local(event.ends, zone).utcoffset()


def _exists_once(at: datetime, zone: str) -> bool:
    first = at.replace(tzinfo=local(0, zone).tzinfo)
    if first.utcoffset() != first.replace(fold=1).utcoffset():
        return False
    return first.astimezone(UTC).astimezone(first.tzinfo).replace(tzinfo=None) == at


def _common(events: Iterable[Event]) -> Event:
    """An event that says what most of them say; of equally many the earliest."""
    every = sorted(events, key=lambda event: event.starts)
    (most, _count), *_ = Counter(map(_said, every)).most_common(1)
    return next(event for event in every if _said(event) == most)


def _said(event: Event) -> tuple[object, ...]:
    return (
        event.summary,
        event.status,
        event.transparent,
        event.location,
        event.description,
        event.url,
        tuple(event.categories),
    )


def _alike(event: Event, other: Event) -> bool:
    return _said(event) == _said(other)
