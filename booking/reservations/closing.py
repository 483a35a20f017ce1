"""What a closure would hit: the bookings its manager has to talk about."""

from collections.abc import Iterable
from typing import NamedTuple

from booking.core.access import Actor
from booking.core.scheduling.interval import Interval
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.members.queries import names_of
from booking.reservations import claims
from booking.reservations.claims import Hold
from booking.reservations.judgement import may_know


class Hit(NamedTuple):
    """A booking in the way of a closure; instants in UTC epoch seconds, None where masked."""

    facility: FacilityFacts
    starts: int
    ends: int
    state: str
    rank: int
    number: str | None
    title: str | None
    requester: str | None


def hit(actor: Actor, shut: Iterable[FacilityFacts], window: Interval, now: int) -> list[Hit]:
    """Bookings that overlap the window on spaces of these facilities, by start.

    Each booking once for each facility it has there, as they stand at `now`. Three statements.
    """
    holds = claims.overlapping(shut, window, now)
    names = names_of({hold.requester_id for hold in holds})
    booked = facilities.by_ids({hold.facility_id for hold in holds})
    found = {
        (hold.occurrence_id, hold.facility_id): _hit(actor, hold, booked[hold.facility_id], names)
        for hold in holds
    }
    return sorted(found.values(), key=lambda line: (line.starts, line.rank, line.facility.code))


def _hit(actor: Actor, hold: Hold, facility: FacilityFacts, names: dict[int, str]) -> Hit:
    known = may_know(actor, hold, facility)
    return Hit(
        facility=facility,
        starts=hold.from_,
        ends=hold.until,
        state=hold.state if known else "occupied",
        rank=hold.rank,
        number=hold.number if known else None,
        title=hold.title if known else None,
        requester=names.get(hold.requester_id) if known else None,
    )
