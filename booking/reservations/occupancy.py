"""How much the house is used: sums by site, kind and month, never whose.

Of fewer than three companies nothing is said. A difference tells, too: what is hidden, of a month
and of a row, is together that of three companies at least; the smallest of the others is hidden
with it until it is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from sqlalchemy import BigInteger, bindparam, or_, select, type_coerce

from booking.core.lifecycle import State
from booking.core.scheduling import wallclock
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.opening import open_spans
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.db import connection
from booking.reservations.models import Allocation, Booking, Occurrence
from booking.reservations.wish import LONGEST_S

FEWEST = 3
"""Companies in a sum that may be told."""
MONTHS = range(1, 13)
YEAR = 0
"""Stands for all months."""
DAY_S = 24 * 3600
OVER_S = 400 * DAY_S
"""By how much somebody who is there may have stayed longer than a booking may be."""
USED = (State.CONFIRMED, State.CHECKED_IN, State.COMPLETED)
"""States of what was used, or will be; who did not come used nothing."""

_BOOKED = (
    select(Allocation.facility_id, Occurrence.starts, Occurrence.ends, Booking.company_id)
    .join_from(Occurrence, Allocation, Allocation.occurrence_id == Occurrence.id)
    .join(Booking, Booking.id == Occurrence.booking_id)
    .where(
        Occurrence.starts < bindparam("last"),
        Occurrence.starts > bindparam("longest_before"),
        Occurrence.ends > bindparam("first"),
        Occurrence.state.in_([state.value for state in USED]),
        or_(
            Occurrence.expires_at.is_(None),
            type_coerce(Occurrence.expires_at, BigInteger) > bindparam("now"),
        ),
        Allocation.amount.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class Sum:
    """Seconds that were booked, and open; `booked_s` is None where it must not be told."""

    booked_s: int | None
    open_s: int

    @property
    def share(self) -> float | None:
        """What was booked of the opening hours, 1 is all; None where it is not told."""
        if self.booked_s is None:
            return None
        return self.booked_s / self.open_s if self.open_s else 0.0


@dataclass(frozen=True, slots=True)
class Occupancy:
    """A year: by code of the site or of the kind, for the months 1 to 12 and `YEAR`."""

    year: int
    sites: Mapping[str, Mapping[int, Sum]]
    kinds: Mapping[str, Mapping[int, Sum]]


@dataclass(slots=True)
class _Tally:
    booked_s: int = 0
    open_s: int = 0
    companies: set[int] = field(default_factory=set)


_Tallies = dict[str, dict[int, _Tally]]
Key = TypeVar("Key", str, int)


def of_year(year: int, now: int) -> Occupancy:
    """All sites and kinds of a year of their wall clock, as they stand at `now`. One statement.

    Pools are left out, but for the time when they were used as a whole.
    """
    every = {f.id: f for f in facilities.catalogue()}
    months = {zone: _months(year, zone) for zone in {f.time_zone for f in every.values()}}
    booked = list(_booked(months.values(), now))
    whole = {facility_id for facility_id, _, _ in booked}
    rooms = [f for f in every.values() if not f.is_pool or f.id in whole]
    by_site, by_kind = _tallies(rooms, "site_code"), _tallies(rooms, "kind_code")
    for room in rooms:
        for month, window in months[room.time_zone].items():
            open_s = _open(room, window)
            for tally in _cells(by_site[room.site_code], by_kind[room.kind_code], month):
                tally.open_s += open_s
    for facility_id, span, company_id in booked:
        room = every[facility_id]
        for month, window in months[room.time_zone].items():
            if part := span.intersection(window):
                for tally in _cells(by_site[room.site_code], by_kind[room.kind_code], month):
                    tally.booked_s += part.seconds
                    tally.companies.add(company_id)
    return Occupancy(year, _told(by_site), _told(by_kind))


def _tallies(rooms: Iterable[FacilityFacts], name: str) -> _Tallies:
    codes = dict.fromkeys(getattr(room, name) for room in rooms)
    return {code: defaultdict(_Tally) for code in codes}


def _cells(
    of_site: dict[int, _Tally], of_kind: dict[int, _Tally], month: int
) -> tuple[_Tally, ...]:
    return of_site[month], of_site[YEAR], of_kind[month], of_kind[YEAR]


def _months(year: int, zone: str) -> dict[int, Interval]:
    firsts = [date(year, month, 1) for month in MONTHS] + [date(year + 1, 1, 1)]
    edges = [wallclock.midnight(first, zone) for first in firsts]
    return {month: Interval(edges[month - 1], edges[month]) for month in MONTHS}


def _booked(
    months: Iterable[Mapping[int, Interval]], now: int
) -> Iterator[tuple[int, Interval, int]]:
    windows = [window for found in months for window in found.values()]
    if not windows:
        return
    first, last = min(w.starts for w in windows), max(w.ends for w in windows)
    longest_before = first - LONGEST_S - OVER_S
    asked = {"first": first, "last": last, "longest_before": longest_before, "now": now}
    for facility_id, starts, ends, company_id in connection().execute(_BOOKED, asked):
        yield facility_id, Interval(starts, ends), company_id


def _open(room: FacilityFacts, window: Interval) -> int:
    """Opening hours within a window in seconds."""
    spans = open_spans(room.opening, room.time_zone, window)
    return sum(part.seconds for span in spans if (part := span.intersection(window)))


def _told(tallies: _Tallies) -> dict[str, dict[int, Sum]]:
    hidden = _hidden(tallies)
    return {
        code: {
            month: Sum(None if code in hidden[month] else tally.booked_s, tally.open_s)
            for month, tally in sorted(found.items())
        }
        for code, found in tallies.items()
    }


def _hidden(tallies: _Tallies) -> dict[int, set[str]]:
    """The rows of which nothing is told, by month and for the `YEAR`."""
    hidden = {month: _of_few(_column(tallies, month)) for month in MONTHS}
    for code, found in tallies.items():
        _hide_more(hidden, code, found)
    years, partly = _column(tallies, YEAR), set().union(*hidden.values())
    hidden[YEAR] = _of_few(years, partly)
    for code in hidden[YEAR] - partly:  # its months would add up to what is hidden
        _hide_more(hidden, code, tallies[code], least=1)
    return hidden


def _column(tallies: _Tallies, month: int) -> dict[str, _Tally]:
    return {code: found[month] for code, found in tallies.items() if found[month].booked_s}


def _of_few(cells: Mapping[str, _Tally], first: Collection[str] = ()) -> set[str]:
    """Cells of too few companies, with others until what is hidden is of enough.

    Those of `first` before the others, and of these the smallest.
    """
    few = {code for code, cell in cells.items() if len(cell.companies) < FEWEST}
    if not few:
        return few
    others = sorted(
        cells.keys() - few, key=lambda code: (code not in first, cells[code].booked_s, code)
    )
    return _enough(few, others, cells)


def _hide_more(
    hidden: dict[int, set[str]], code: str, found: Mapping[int, _Tally], least: int = 0
) -> None:
    """Of a row of which some months are hidden as many as it takes: its year is told."""
    booked = {month: found[month] for month in MONTHS if found[month].booked_s}
    already = {month for month in booked if code in hidden[month]}
    others = sorted(booked.keys() - already, key=lambda month: (booked[month].booked_s, month))
    if not already and not least:
        return
    for month in _enough(already | set(others[: least - len(already)]), others, booked):
        hidden[month].add(code)


def _enough(hidden: set[Key], others: Iterable[Key], cells: Mapping[Key, _Tally]) -> set[Key]:
    """With as many of the others as it takes to have enough companies among them."""
    found = set(hidden)
    companies = {company for key in found for company in cells[key].companies}
    for key in others:
        if len(companies) >= FEWEST:
            break
        found.add(key)
        companies |= cells[key].companies
    return found
