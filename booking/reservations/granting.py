"""What a plan becomes when it gets its place: who must still say yes, and its first state."""

from booking.core.access import Actor
from booking.core.lifecycle import State
from booking.core.scheduling.expiry import option_expiry
from booking.facilities.values import FacilityFacts
from booking.reservations.attendance import check_in_by
from booking.reservations.wish import Plan

UNDECIDED = "undecided"


def decision(actor: Actor, facility: FacilityFacts) -> str:
    """Who has to say yes: nobody for members where it is so, the manager elsewhere."""
    if actor.manages(facility.id, facility.site_id):
        return "approved"
    return "automatic" if facility.approval == "automatic" and not actor.guest else UNDECIDED


def first_state(actor: Actor, plan: Plan, rank: int, now: int) -> tuple[State, int | None]:
    """The state at the worst `rank` of its claims, and its clock in UTC epoch seconds or None.

    The clock of a confirmed one is that of check-in.
    """
    if plan.option:
        days = min(facility.option_days for facility in plan.facilities)
        return State.OPTION, option_expiry(now, plan.span.starts, days)
    if rank == 1 and all(decision(actor, f) != UNDECIDED for f in plan.facilities):
        return State.CONFIRMED, check_in_by(plan.facilities, plan.span, now)
    return State.REQUESTED, plan.span.starts
