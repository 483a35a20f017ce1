"""What stands against a plan, and where else it would fit."""

from collections.abc import Sequence
from itertools import islice

from booking.core import rules
from booking.core.access import Actor, Subject, allowed
from booking.core.rules import hours
from booking.core.scheduling import availability
from booking.core.scheduling.availability import Alternative
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.opening import open_spans
from booking.core.scheduling.ranks import lowest_free
from booking.core.scheduling.wallclock import shifted
from booking.facilities import queries as facilities
from booking.facilities.values import ClosureFacts, FacilityFacts
from booking.reservations import claims, granting
from booking.reservations.claims import Hold
from booking.reservations.values import OCCUPIED, Assessment, Conflict
from booking.reservations.wish import Plan

MINUTE = 60
DAY = 24 * 3600
SEARCHED_AHEAD = 14 * DAY
SEARCHED_BACK = 3 * DAY
RANK_OF_RIGHT = 1
OFFERED = 3


def findings(actor: Actor, plan: Plan, now: int) -> list[rules.Finding]:
    """Every objection of the rules at once. One statement."""
    ids = [facility.id for facility in plan.facilities]
    closures = facilities.closures(ids, *plan.span)
    facts = rules.Facts(
        span=plan.span,
        now=now,
        rooms=tuple(_room_facts(facility, closures) for facility in plan.facilities),
        option=plan.option,
        guest=actor.guest,
        attendees=plan.attendees,
    )
    return rules.evaluate(facts)


def placement(plan: Plan, now: int) -> tuple[dict[int, int | None], list[Hold]]:
    """The lowest free rank on each space, None where none is, and the holds in the way.

    One statement, a few more when an option has lapsed unnoticed.
    """
    window = claims.hull(plan.claimed(facility) for facility in plan.facilities)
    holds = claims.standing(plan.space_ids, window, now)
    ranks: dict[int, int | None] = {}
    in_the_way = []
    for facility in plan.facilities:
        span = plan.claimed(facility)
        for space in facility.space_ids:
            here = [h for h in holds if h.space_id == space and h.interval.overlaps(span)]
            ranks[space] = lowest_free([h.held for h in here], span)
            in_the_way += here
    return ranks, in_the_way


def assess(actor: Actor, plan: Plan, now: int) -> Assessment:
    """What would become of the plan at `now`, with three ways out where it clashes."""
    objections = tuple(findings(actor, plan, now))
    ranks, holds = placement(plan, now)
    rank = worst(ranks)
    state, expires = granting.first_state(actor, plan, rank, now) if rank else (None, None)
    if rank == RANK_OF_RIGHT:
        return Assessment(findings=objections, rank=rank, state=state, expires=expires)
    return Assessment(
        findings=objections,
        conflicts=tuple(conflicts(actor, plan, holds)),
        alternatives=tuple(alternatives(actor, plan, now)),
        rank=rank,
        state=state,
        expires=expires,
    )


def worst(ranks: dict[int, int | None]) -> int | None:
    """The rank a booking as a whole would have; None when one space has none left."""
    given = [rank for rank in ranks.values() if rank is not None]
    return max(given, default=RANK_OF_RIGHT) if len(given) == len(ranks) else None


def may_know(actor: Actor, hold: Hold, booked: FacilityFacts) -> bool:
    """Whether the caller may read the title behind a hold; `booked` is the facility it names."""
    subject = Subject(
        company_id=hold.company_id,
        user_id=hold.requester_id,
        production_id=hold.production_id,
        facilities=((booked.id, booked.site_id),),
    )
    return allowed(actor, "booking:see", subject)


def conflicts(actor: Actor, plan: Plan, holds: Sequence[Hold]) -> list[Conflict]:
    """What is in the way, facility by facility in order of time, as far as the caller may know."""
    booked = {facility.id: facility for facility in facilities.catalogue()}
    found = {
        _conflict(facility.code, hold, known=may_know(actor, hold, booked[hold.facility_id]))
        for facility in plan.facilities
        for hold in holds
        if hold.space_id in facility.space_ids
    }
    return sorted(found, key=lambda c: (c.facility, c.starts, c.rank))


def alternatives(actor: Actor, plan: Plan, now: int) -> list[Alternative]:
    """Three ways out: another room at that time, the same at another time, a shorter booking.

    Looks at the rooms of the same kinds, three days back and two weeks ahead, never at the past.
    Two statements.
    """
    earliest = now + -now % MINUTE  # bookings are of whole minutes
    window = Interval(
        max(plan.span.starts - SEARCHED_BACK, earliest),
        max(plan.span.ends, earliest) + SEARCHED_AHEAD,
    )
    kinds = {facility.kind_id for facility in plan.facilities}
    near = [f for f in facilities.catalogue() if f.kind_id in kinds and _may_book(actor, f)]
    near += [f for f in plan.facilities if f not in near]
    free = _free(near, window, now, overnight=_overnight(plan))
    wanted = [free[facility.code] for facility in plan.facilities]
    ways = (
        _swaps(plan, near, free) if plan.span.starts >= now else [],
        _other_times(plan, wanted, earliest),
        availability.shorter(wanted, plan.span, earliest),
    )
    by_code = {facility.code: facility for facility in near}
    in_hours = ((a for a in way if _in_hours(plan, a, by_code)) for way in ways)
    return availability.choose(*(list(islice(way, OFFERED)) for way in in_hours), count=OFFERED)


def _overnight(plan: Plan) -> bool:
    """Whether the plan holds a facility through hours in which it is shut."""
    f = plan.facilities[0]
    spans = open_spans(f.opening, f.time_zone, plan.span)
    return not any(span.contains(plan.span) for span in spans)


def _other_times(
    plan: Plan, wanted: Sequence[availability.Room], earliest: int
) -> list[Alternative]:
    """The nearest gap; for a plan through the night the same clock on the days around."""
    if not _overnight(plan):
        return availability.other_times(wanted, plan.span, earliest)
    days = sorted(range(-3, 15), key=abs)
    slots = (Interval(*(shifted(t, day, plan.zone) for t in plan.span)) for day in days if day)
    return availability.other_days(wanted, (slot for slot in slots if slot.starts >= earliest))


def _in_hours(plan: Plan, way: Alternative, by_code: dict[str, FacilityFacts]) -> bool:
    """Whether all facilities, with the one swapped, are open when the alternative begins, ends."""
    codes = [f.code if f.code != way.replaces else way.facility for f in plan.facilities]
    span = Interval(way.starts, way.ends)
    return all(hours.kept(f.opening, f.time_zone, span) for f in (by_code[code] for code in codes))


def _swaps(
    plan: Plan, near: Sequence[FacilityFacts], free: dict[str, availability.Room]
) -> list[Alternative]:
    """Other rooms, where changing one facility is enough to make the plan fit."""
    stuck = [f for f in plan.facilities if not _fits(free[f.code], plan.span)]
    if len(stuck) != 1:
        return []
    kept = {space for f in plan.facilities if f is not stuck[0] for space in f.space_ids}
    others = [
        free[f.code]
        for f in near
        if f not in plan.facilities
        and f.kind_id == stuck[0].kind_id
        and kept.isdisjoint(f.space_ids)
    ]
    return availability.other_rooms(free[stuck[0].code], others, plan.span, plan.attendees or 0)


def _free(
    near: Sequence[FacilityFacts], window: Interval, now: int, *, overnight: bool
) -> dict[str, availability.Room]:
    spaces = {space for facility in near for space in facility.space_ids}
    holds = claims.standing(sorted(spaces), window, now)
    closures = facilities.closures([f.id for f in near], *window)
    return {f.code: _room(f, window, holds, closures, overnight=overnight) for f in near}


def _room(
    facility: FacilityFacts,
    window: Interval,
    holds: Sequence[Hold],
    closures: Sequence[ClosureFacts],
    *,
    overnight: bool,
) -> availability.Room:
    always = [window]
    free = availability.free_spans(
        opened=always if overnight else open_spans(facility.opening, facility.time_zone, window),
        closed=(Interval(c.starts, c.ends) for c in closures if c.concerns(facility)),
        claimed=(
            hold.interval
            for hold in holds
            if hold.space_id in facility.space_ids and hold.rank == RANK_OF_RIGHT
        ),
        setup_s=facility.setup_min * 60,
        turnaround_s=facility.turnaround_min * 60,
    )
    return availability.Room(facility.code, facility.site_code, facility.capacity, free)


def _fits(room: availability.Room, span: Interval) -> bool:
    return any(free.contains(span) for free in room.free)


def _may_book(actor: Actor, facility: FacilityFacts) -> bool:
    return facility.bookable and (facility.guests_allowed or not actor.guest)


def _room_facts(facility: FacilityFacts, closures: Sequence[ClosureFacts]) -> rules.Room:
    return rules.Room(
        code=facility.code,
        name=facility.name,
        zone=facility.time_zone,
        bookable=facility.bookable,
        guests_allowed=facility.guests_allowed,
        capacity=facility.capacity,
        opening=facility.opening,
        closures=tuple(
            (Interval(c.starts, c.ends), c.reason) for c in closures if c.concerns(facility)
        ),
    )


def _conflict(code: str, hold: Hold, *, known: bool) -> Conflict:
    return Conflict(
        facility=code,
        starts=hold.from_,
        ends=hold.until,
        blocked_from=hold.starts,
        blocked_until=hold.ends,
        held_as="option" if hold.state == "option" else OCCUPIED,
        rank=hold.rank,
        number=hold.number if known else None,
        title=hold.title if known else None,
    )
