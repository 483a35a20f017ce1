"""How much the house is used: sums by site, kind and month, never whose.

Of fewer than three companies nothing is said; where that would hide one sum alone, the smallest of
the others is hidden with it, for a difference tells, too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import bindparam, select

from booking.core.lifecycle import State
from booking.core.scheduling import wallclock
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.opening import open_spans
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.db import connection
from booking.reservations.models import Allocation, Booking, Occurrence

FEWEST = 3
"""Companies in a sum that may be told."""
MONTHS = range(1, 13)
YEAR = 0
"""Stands for all months."""
DAY_S = 24 * 3600
LONGEST_S = 400 * DAY_S
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


def of_year(year: int) -> Occupancy:
    """All sites and kinds of a year of their wall clock. One statement; pools are left out."""
    rooms = {f.id: f for f in facilities.catalogue() if not f.is_pool}
    months = {zone: _months(year, zone) for zone in {f.time_zone for f in rooms.values()}}
    by_site, by_kind = _tallies(rooms.values(), "site_code"), _tallies(rooms.values(), "kind_code")
    for room in rooms.values():
        for month, window in months[room.time_zone].items():
            open_s = _open(room, window)
            for tally in _cells(by_site[room.site_code], by_kind[room.kind_code], month):
                tally.open_s += open_s
    for facility_id, span, company_id in _booked(months.values()):
        room = rooms[facility_id]
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
    months: Iterable[Mapping[int, Interval]],
) -> Iterator[tuple[int, Interval, int]]:
    windows = [window for found in months for window in found.values()]
    if not windows:
        return
    first, last = min(w.starts for w in windows), max(w.ends for w in windows)
    asked = {"first": first, "last": last, "longest_before": first - LONGEST_S}
    for facility_id, starts, ends, company_id in connection().execute(_BOOKED, asked):
        yield facility_id, Interval(starts, ends), company_id


def _open(room: FacilityFacts, window: Interval) -> int:
    """Opening hours within a window in seconds."""
    spans = open_spans(room.opening, room.time_zone, window)
    return sum(part.seconds for span in spans if (part := span.intersection(window)))


def _told(tallies: _Tallies) -> dict[str, dict[int, Sum]]:
    hidden = {
        month: _hidden({code: found[month] for code, found in tallies.items()})
        for month in (YEAR, *MONTHS)
    }
    lone = {code for code in tallies if sum(code in hidden[month] for month in MONTHS) == 1}
    whole = {code: found[YEAR] for code, found in tallies.items()}
    hidden[YEAR] = _with_another(hidden[YEAR] | lone, whole)
    return {
        code: {
            month: Sum(None if code in hidden[month] else tally.booked_s, tally.open_s)
            for month, tally in sorted(found.items())
        }
        for code, found in tallies.items()
    }


def _hidden(cells: Mapping[str, _Tally]) -> set[str]:
    """Those of too few companies; where nothing is booked there is nothing to hide."""
    few = {code for code, cell in cells.items() if 0 < len(cell.companies) < FEWEST}
    return _with_another(few, cells)


def _with_another(hidden: set[str], cells: Mapping[str, _Tally]) -> set[str]:
    """With the smallest of the others where one alone would show as a difference."""
    if len(hidden) != 1:
        return hidden
    booked = sorted((c.booked_s, code) for code, c in cells.items() if c.booked_s)
    return hidden | set([code for _, code in booked if code not in hidden][:1])
