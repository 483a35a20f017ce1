"""Who has to be there when: check-in, and until when a booking waits for it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from booking.core.rules.settable import SETTABLE
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import local
from booking.facilities import policy, queries
from booking.facilities.values import FacilityFacts


class Booked(Protocol):
    """What is booked of a facility; `holds.Hold` says it."""

    @property
    def occurrence_id(self) -> int: ...
    @property
    def facility_id(self) -> int: ...
    @property
    def from_(self) -> int: ...
    @property
    def until(self) -> int: ...


RULE = "check_in"
EARLY_S = 30 * 60
"""How long before its start a booking can be checked in where nothing is set."""
EARLIEST_S = max(EARLY_S, 60 * SETTABLE[RULE].most)
"""So long before nobody can check in, whatever is set."""


def check_in_by(facilities: Iterable[FacilityFacts], span: Interval, now: int) -> int | None:
    """When a booking that is confirmed at `now` is released unless somebody has checked in.

    In UTC epoch seconds; None where no facility asks for it, or where it is over by then. Of
    several facilities the strictest counts; pools are never asked, for nobody enters them.
    """
    minutes = [found for each in facilities if (found := _minutes(each, span.starts))]
    if not minutes:
        return None
    at = max(span.starts, now) + 60 * min(minutes)
    return at if at < span.ends else None


def opens(facilities: Iterable[FacilityFacts], starts: int) -> int:
    """From when on a booking can be checked in, UTC epoch seconds."""
    minutes = [found for each in facilities if (found := _minutes(each, starts))]
    return starts - (60 * min(minutes) if minutes else EARLY_S)


def once_confirmed(holds: Iterable[Booked]) -> dict[int, int]:
    """Until when occurrences must be checked in once they are confirmed, where they must.

    They are confirmed before their start, for a request lapses there.
    """
    rooms: dict[int, set[int]] = defaultdict(set)
    spans: dict[int, Interval] = {}
    for hold in holds:
        rooms[hold.occurrence_id].add(hold.facility_id)
        spans[hold.occurrence_id] = Interval(hold.from_, hold.until)
    due = {
        key: check_in_by(queries.by_ids(rooms[key]).values(), span, span.starts)
        for key, span in spans.items()
    }
    return {key: at for key, at in due.items() if at is not None}


def _minutes(facility: FacilityFacts, starts: int) -> int:
    """What is set for the day on which the booking begins; 0 where nothing is."""
    if facility.is_pool:
        return 0
    set_ = policy.in_force(facility, local(starts, facility.time_zone).date()).get(RULE)
    return int(set_.value) if set_ else 0
