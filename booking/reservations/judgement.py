"""What stands against a plan."""

from collections.abc import Sequence

from booking.core import rules
from booking.core.access import Actor, Subject, allowed
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.ranks import lowest_free
from booking.facilities import queries as facilities
from booking.facilities.values import ClosureFacts, FacilityFacts
from booking.reservations import claims, granting, ways
from booking.reservations.claims import Hold
from booking.reservations.values import OCCUPIED, Assessment, Conflict
from booking.reservations.wish import Plan

RANK_OF_RIGHT = 1


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
        alternatives=tuple(ways.alternatives(actor, plan, now)),
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
