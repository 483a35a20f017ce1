"""What a closure would hit: the bookings its manager has to talk about, and where each could go."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from booking.core.access import Actor
from booking.core.scheduling.availability import Alternative
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import local
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.db import connection
from booking.kernel.errors import NotFound
from booking.members.queries import names_of
from booking.reservations import claims, offers, targets, ways
from booking.reservations.actions.deciding import Reach
from booking.reservations.actions.offering import offer
from booking.reservations.actions.replanning import Change
from booking.reservations.holds import Hold
from booking.reservations.judgement import may_know
from booking.reservations.models import Booking
from booking.reservations.targets import Target
from booking.reservations.wish import Plan

_ATTENDEES = select(Booking.id, Booking.attendees).where(
    Booking.id.in_(bindparam("ids", expanding=True))
)


class Hit(NamedTuple):
    """A booking in the way of a closure; instants in UTC epoch seconds, None where masked."""

    occurrence_id: int
    facility: FacilityFacts
    starts: int
    ends: int
    state: str
    rank: int
    number: str | None
    title: str | None
    requester: str | None


class Proposal(NamedTuple):
    """A booking in the way, and the room in which it could take place at the same time.

    `instead` is None where there is none; `offered` says that somebody made its people an offer
    that they have not answered.
    """

    hit: Hit
    instead: FacilityFacts | None
    offered: bool


def overlapping(shut: Iterable[FacilityFacts], window: Interval, now: int) -> list[Hold]:
    """What stands in facilities within a window, setup and turnaround not counted.

    One hold for each space that an occurrence has there. Costs what `claims.standing` does.
    """
    spaces = {space for facility in shut for space in facility.space_ids}
    held = claims.standing(sorted(spaces), window, now)
    return [hold for hold in held if Interval(hold.from_, hold.until).overlaps(window)]


def hit(actor: Actor, shut: Iterable[FacilityFacts], window: Interval, now: int) -> list[Hit]:
    """Bookings that overlap the window on spaces of these facilities, by start.

    Each booking once for each facility it has there, as they stand at `now`. Three statements.
    """
    holds = overlapping(shut, window, now)
    names = names_of({hold.requester_id for hold in holds})
    booked = facilities.by_ids({hold.facility_id for hold in holds})
    found = {
        (hold.occurrence_id, hold.facility_id): _hit(actor, hold, booked[hold.facility_id], names)
        for hold in holds
    }
    return sorted(found.values(), key=lambda line: (line.starts, line.rank, line.facility.code))


def proposals(actor: Actor, hits: Sequence[Hit], now: int) -> list[Proposal]:
    """Where each booking in the way could go, in the order of `hits`.

    Free rooms of the same kind that the caller decides about, each proposed once for the same
    time: who comes first in the order comes first. What has begun stays, and what would have to
    give up several rooms is for people to settle. As many statements for one booking as for a
    hundred.
    """
    rooms = Counter(one.occurrence_id for one in hits)
    known = {
        n: one
        for n, one in enumerate(hits)
        if one.number and one.starts > now and rooms[one.occurrence_id] == 1
    }
    by_id = {one.id: one for one in targets.by_ids({one.occurrence_id for one in known.values()})}
    people = _attendees({target.booking_id for target in by_id.values()})
    stuck = {n: (_plan(by_id[one.occurrence_id], people), one.facility) for n, one in known.items()}
    chosen = _shared_out(actor, stuck, ways.instead(actor, stuck, now))
    asked = {one.occurrence_id for one in offers.open_of(by_id)} if by_id else set()
    return [Proposal(one, chosen.get(n), one.occurrence_id in asked) for n, one in enumerate(hits)]


def propose(
    actor: Actor, number: str, occurrence_id: int, swap: tuple[str, str], now: datetime, why: str
) -> None:
    """Offer a date of a booking another room, `swap[1]` in place of `swap[0]`, at the same time.

    Raises NotFound for a date that has the first no more, and what `actions.offer` raises.
    """
    given_up, instead = swap
    target = next(iter(targets.by_ids([occurrence_id])), None)
    codes = _codes(target) if target and target.number == number else ()
    if target is None or given_up not in codes:
        raise NotFound(number=number)
    rooms = facilities.by_codes((given_up, instead))
    amount = next(g.amount for g in target.given if g.facility_id == rooms[given_up].id)
    amounts = {instead: amount} if amount and rooms[instead].is_pool else {}
    elsewhere = tuple(instead if code == given_up else code for code in codes)
    reach = Reach(scope="this", occurrence=occurrence_id)
    wanted = Change(facilities=elsewhere, amounts=amounts)
    offer(actor, number, wanted, now, message=why, reach=reach)


def _hit(actor: Actor, hold: Hold, facility: FacilityFacts, names: dict[int, str]) -> Hit:
    known = may_know(actor, hold, facility)
    return Hit(
        occurrence_id=hold.occurrence_id,
        facility=facility,
        starts=hold.from_,
        ends=hold.until,
        state=hold.state if known else "occupied",
        rank=hold.rank,
        number=hold.number if known else None,
        title=hold.title if known else None,
        requester=names.get(hold.requester_id) if known else None,
    )


def _attendees(booking_ids: Collection[int]) -> dict[int, int | None]:
    rows = connection().execute(_ATTENDEES, {"ids": sorted(booking_ids)})
    return dict(rows.all())


def _codes(target: Target) -> tuple[str, ...]:
    rooms = facilities.by_ids([given.facility_id for given in target.given])
    return tuple(rooms[given.facility_id].code for given in target.given)


def _plan(target: Target, people: dict[int, int | None]) -> Plan:
    """A date as it is, to be had elsewhere."""
    rooms = facilities.by_ids([given.facility_id for given in target.given])
    return Plan(
        facilities=tuple(rooms[given.facility_id] for given in target.given),
        title="",
        span=Interval(target.starts, target.ends),
        option=False,
        queue=False,
        production_id=target.production_id,
        attendees=people[target.booking_id],
        note="",
        on=local(target.starts, target.zone).date(),
        amounts={rooms[g.facility_id].code: g.amount for g in target.given if g.amount},
    )


def _shared_out(
    actor: Actor,
    stuck: dict[int, tuple[Plan, FacilityFacts]],
    found: dict[int, list[Alternative]],
) -> dict[int, FacilityFacts]:
    """To each the best room that none before it was told for the same time."""
    rooms = {facility.code: facility for facility in facilities.managed(actor)}
    told: list[tuple[FacilityFacts, Interval]] = []
    chosen = {}
    for n, (plan, _) in stuck.items():
        for room in _known(found.get(n, ()), rooms):
            here = plan.claimed(room)
            if not any(r.shares_space_with(room) and span.overlaps(here) for r, span in told):
                told.append((room, here))
                chosen[n] = room
                break
    return chosen


def _known(
    found: Iterable[Alternative], rooms: dict[str, FacilityFacts]
) -> Iterator[FacilityFacts]:
    return (rooms[way.facility] for way in found if way.facility in rooms)
