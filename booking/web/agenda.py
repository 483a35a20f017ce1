"""The planning as a list of days: for phones, for printing, for browsers without scripts.

It stands in every planning page, so it is worked out in one walk over the bars, with each text
translated and each address built once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from flask import url_for
from flask_babel import gettext

from booking.core.scheduling import wallclock
from booking.core.scheduling.interval import Interval
from booking.facilities.values import ClosureFacts, FacilityFacts
from booking.reservations.values import Entry
from booking.wording import dates
from booking.wording.reservations import state as state_label

ICONS = {
    "requested": "clock",
    "confirmed": "check",
    "completed": "check",
    "checked_in": "door",
    "occupied": "lock",
    "closed": "lock",
    "via": "link",
}


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """A booking or a closure as one day of one facility shows it; `icon` is empty for options."""

    starts: int
    rank: int
    start_text: str
    end_text: str
    look: str
    label: str
    icon: str
    title: str
    known: bool
    who: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class AgendaRoom:
    """A facility with what happens there on one day."""

    facility: FacilityFacts
    book_label: str
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


def _touched(windows: list[Interval], span: Interval) -> Iterable[tuple[int, Interval]]:
    return ((n, window) for n, window in enumerate(windows) if span.overlaps(window))


def _day(
    day: date,
    is_today: bool,
    place: int,
    rows: Sequence[FacilityFacts],
    cells: dict[tuple[int, str], list[AgendaEntry]],
) -> AgendaDay:
    book = gettext("Book %(name)s")
    rooms = [
        AgendaRoom(
            row,
            book % {"name": row.name},
            sorted(cells[place, row.code], key=lambda entry: (entry.starts, entry.rank)),
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
        self._occupied = gettext("Occupied")
        self._shared = gettext("Shared space taken")
        self._address = url_for("bookings.show", number="NUMBER").removesuffix("NUMBER")
        self._label = cache(state_label)

    def booking(self, entry: Entry, window: Interval, zone: str) -> AgendaEntry:
        """A bar on one day."""
        look = "via" if entry.via else entry.state
        start, end = _clocks(entry.starts, entry.ends, window, zone)
        return AgendaEntry(
            starts=entry.starts,
            rank=entry.rank,
            start_text=start,
            end_text=end,
            look=look,
            label=self._occupied if entry.via else self._label(entry.state, entry.rank),
            icon=ICONS.get(look, ""),
            title=entry.title or (self._shared if entry.via else self._occupied),
            known=entry.title is not None,
            who=entry.company_name,
            url=self._address + entry.booking if entry.booking else None,
        )

    def closure(self, closure: ClosureFacts, window: Interval, zone: str) -> AgendaEntry:
        """A closure on one day."""
        start, end = _clocks(closure.starts, closure.ends, window, zone)
        return AgendaEntry(
            starts=closure.starts,
            rank=0,
            start_text=start,
            end_text=end,
            look="closed",
            label=self._closed,
            icon=ICONS["closed"],
            title=closure.reason or self._closed,
            known=True,
            who=None,
            url=None,
        )


def _clocks(starts: int, ends: int, window: Interval, zone: str) -> tuple[str, str]:
    """What a day shows of a stretch of time: 00:00 and 24:00 where it goes on."""
    start = "00:00" if starts <= window.starts else f"{wallclock.local(starts, zone):%H:%M}"
    end = "24:00" if ends >= window.ends else f"{wallclock.local(ends, zone):%H:%M}"
    return start, end
