"""The planning as a list of days: for phones, for printing, for browsers without scripts.

It stands in every planning page, so it is worked out in one walk over the bars, with each text
translated and each address built once.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from booking.core.scheduling import wallclock
from booking.core.scheduling.interval import Interval
from booking.facilities.values import ClosureFacts, FacilityFacts
from booking.reservations.values import Entry
from booking.wording import dates

FAR = 2**52
"""Later than any instant."""


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """A booking or a closure as one day of one facility shows it.

    `badge` is a look and a rank; `title` is None where it must not be known.
    """

    starts: int
    times: Markup
    badge: tuple[str, int]
    title: str | None
    who: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class AgendaRoom:
    """A facility with what happens there on one day."""

    facility: FacilityFacts
    entries: list[AgendaEntry]


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """One day: facilities where something happens, and how many are free all day."""

    date: date
    label: str
    is_today: bool
    free_count: int
    facilities: list[AgendaRoom] = field(default_factory=list)


def days(
    first: date,
    count: int,
    today: date,
    rows: Sequence[FacilityFacts],
    entries: Iterable[Entry],
    closures: Sequence[ClosureFacts],
) -> list[AgendaDay]:
    """The days from `first` on; a booking across midnight stands on each of its days."""
    dated = [first + timedelta(days=n) for n in range(count)]
    writer = _Writer()
    zone = rows[0].time_zone if rows else dates.HOUSE_ZONE
    windows = [wallclock.days(day, 1, zone) for day in dated]
    cells: dict[tuple[int, str], list[AgendaEntry]] = defaultdict(list)
    shown = {row.code for row in rows}
    for entry in entries:
        if entry.facility in shown:
            for place, window in _touched(windows, Interval(entry.starts, entry.ends)):
                cells[place, entry.facility].append(writer.booking(entry, window, zone))
    for closure in closures:
        for place, window in _touched(windows, Interval(closure.starts, closure.ends)):
            for row in rows:
                if closure.concerns(row):
                    cells[place, row.code].append(writer.closure(closure, window, zone))
    return [_day(day, day == today, n, rows, cells) for n, day in enumerate(dated)]


def _touched(windows: list[Interval], span: Interval) -> Iterator[tuple[int, Interval]]:
    """The days a stretch of time reaches into; days follow each other without a gap."""
    place = max(bisect(windows, (span.starts, FAR)) - 1, 0)
    while place < len(windows) and windows[place].starts < span.ends:
        if windows[place].ends > span.starts:
            yield place, windows[place]
        place += 1


def _day(
    day: date,
    is_today: bool,
    place: int,
    rows: Sequence[FacilityFacts],
    cells: dict[tuple[int, str], list[AgendaEntry]],
) -> AgendaDay:
    rooms = [
        AgendaRoom(
            row,
            sorted(cells[place, row.code], key=lambda entry: (entry.starts, entry.badge[1])),
        )
        for row in rows
        if (place, row.code) in cells
    ]
    free = sum(1 for row in rows if row.bookable and (place, row.code) not in cells)
    return AgendaDay(day, dates.day(day), is_today, free, rooms)


class _Writer:
    """Makes entries; what all of them share is looked up once."""

    def __init__(self) -> None:
        self._closed = gettext("Closed")
        self._address = url_for("bookings.show", number="NUMBER").removesuffix("NUMBER")

    def booking(self, entry: Entry, window: Interval, zone: str) -> AgendaEntry:
        """A bar on one day."""
        return AgendaEntry(
            starts=entry.starts,
            times=_times(entry.starts, entry.ends, window, zone),
            badge=("via" if entry.via else entry.state, entry.rank),
            title=entry.title,
            who=entry.company_name,
            url=self._address + entry.booking if entry.booking else None,
        )

    def closure(self, closure: ClosureFacts, window: Interval, zone: str) -> AgendaEntry:
        """A closure on one day."""
        return AgendaEntry(
            starts=closure.starts,
            times=_times(closure.starts, closure.ends, window, zone),
            badge=("closed", 0),
            title=closure.reason or self._closed,
        )


def _times(starts: int, ends: int, window: Interval, zone: str) -> Markup:
    """What a day shows of a stretch of time: from 00:00 or to 24:00 where it goes on."""
    start = "00:00" if starts <= window.starts else _clock(starts, zone)
    end = "24:00" if ends >= window.ends else _clock(ends, zone)
    return Markup(f"{start}–{end}")  # digits: nothing to escape


def _clock(instant: int, zone: str) -> str:
    return wallclock.local(instant, zone).isoformat()[11:16]
