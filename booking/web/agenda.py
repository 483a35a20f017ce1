"""The planning as a list: one day of it in full, for phones and for browsers without scripts.

It stands in every planning page, so it is worked out in one walk over the bars, with each text
translated and each address built once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from booking.core.scheduling import wallclock
from booking.core.scheduling.interval import Interval
from booking.facilities.values import ClosureFacts, FacilityFacts
from booking.reservations.values import Entry
from booking.wording import dates
from booking.wording.reservations import share


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
    facilities: list[AgendaRoom]


@dataclass(frozen=True, slots=True)
class StripDay:
    """A day to go to, and whether anything happens on it."""

    date: date
    label: str
    is_shown: bool
    busy: bool


def day(
    date: date,
    today: date,
    rows: Sequence[FacilityFacts],
    entries: Iterable[Entry],
    closures: Sequence[ClosureFacts],
) -> AgendaDay:
    """One day in full; what crosses midnight is cut to it."""
    zone = _zone(rows)
    window = wallclock.days(date, 1, zone)
    writer = _Writer(window, zone, rows)
    cells: dict[str, list[AgendaEntry]] = {row.code: [] for row in rows}
    for entry in entries:
        if entry.starts < window.ends and entry.ends > window.starts and entry.facility in cells:
            cells[entry.facility].append(writer.booking(entry))
    for closure in closures:
        if window.overlaps(Interval(closure.starts, closure.ends)):
            for row in rows:
                if closure.concerns(row):
                    cells[row.code].append(writer.closure(closure))
    rooms = [AgendaRoom(row, sorted(found, key=_order)) for row, found in _filled(rows, cells)]
    free = sum(1 for row in rows if row.bookable and not cells[row.code])
    return AgendaDay(date, dates.day(date), date == today, free, rooms)


def strip(
    first: date,
    count: int,
    shown: date,
    rows: Sequence[FacilityFacts],
    entries: Iterable[Entry],
    closures: Sequence[ClosureFacts],
) -> list[StripDay]:
    """The days from `first` on, to choose from."""
    dated = [first + timedelta(days=n) for n in range(count)]
    windows = [wallclock.days(day, 1, _zone(rows)) for day in dated]
    codes = {row.code for row in rows}
    spans = {(entry.starts, entry.ends) for entry in entries if entry.facility in codes}
    spans |= {(c.starts, c.ends) for c in closures if any(c.concerns(row) for row in rows)}
    return [
        StripDay(
            day,
            dates.day(day),
            day == shown,
            any(window.overlaps(Interval(*span)) for span in spans),
        )
        for day, window in zip(dated, windows, strict=True)
    ]


def _zone(rows: Sequence[FacilityFacts]) -> str:
    return rows[0].time_zone if rows else dates.HOUSE_ZONE


def _filled(
    rows: Sequence[FacilityFacts], cells: dict[str, list[AgendaEntry]]
) -> Iterator[tuple[FacilityFacts, list[AgendaEntry]]]:
    return ((row, cells[row.code]) for row in rows if cells[row.code])


def _order(entry: AgendaEntry) -> tuple[int, int]:
    return entry.starts, entry.badge[1]


class _Writer:
    """Makes the entries of a day; what all of them share is looked up once."""

    def __init__(self, window: Interval, zone: str, rows: Sequence[FacilityFacts]) -> None:
        self._window = window
        self._sizes = {row.code: row.quantity for row in rows}
        self._zone = zone
        self._closed = gettext("Closed")
        self._address = url_for("bookings.show", number="NUMBER").removesuffix("NUMBER")

    def booking(self, entry: Entry) -> AgendaEntry:
        """A bar."""
        return AgendaEntry(
            starts=entry.starts,
            times=self._times(entry.starts, entry.ends),
            badge=("via" if entry.via else entry.state, entry.rank),
            title=self._title(entry),
            who=entry.company_name,
            url=self._address + entry.booking if entry.booking else None,
        )

    def _title(self, entry: Entry) -> str | None:
        """With what is taken of a pool; that much everybody may know."""
        if entry.amount is None:
            return entry.title
        taken = share(entry.amount, self._sizes[entry.facility])
        return f"{entry.title} ({taken})" if entry.title else taken

    def closure(self, closure: ClosureFacts) -> AgendaEntry:
        """A closure."""
        return AgendaEntry(
            starts=closure.starts,
            times=self._times(closure.starts, closure.ends),
            badge=("closed", 0),
            title=closure.reason or self._closed,
        )

    def _times(self, starts: int, ends: int) -> Markup:
        """What the day shows of a stretch of time: from 00:00 or to 24:00 where it goes on."""
        start = "00:00" if starts <= self._window.starts else self._clock(starts)
        end = "24:00" if ends >= self._window.ends else self._clock(ends)
        return Markup(f"{start}–{end}")  # digits: nothing to escape

    def _clock(self, instant: int) -> str:
        return wallclock.local(instant, self._zone).isoformat()[11:16]
