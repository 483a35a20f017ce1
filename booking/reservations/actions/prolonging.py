"""Staying longer than was booked: as long as nobody else comes and the rules allow it."""

from dataclasses import replace
from datetime import UTC, datetime

from booking.core.access import Actor
from booking.core.lifecycle import State, Verb
from booking.journal.actions import record
from booking.kernel.errors import FieldError, Invalid, Stale
from booking.kernel.transaction import transaction
from booking.reservations import changes, claims, judgement
from booking.reservations.actions import attending, clocks, permitting, refused
from booking.reservations.actions.deciding import ALL, Reach, visible
from booking.reservations.actions.relocating import weigh
from booking.reservations.actions.replanning import Change, plans, requester_of
from booking.reservations.actions.requesting import claimed, place
from booking.reservations.judgement import Weighed
from booking.reservations.targets import Target


def prolong(
    actor: Actor,
    number: str,
    end: datetime,
    now: datetime,
    *,
    revision: int | None = None,
    reach: Reach = ALL,
) -> None:
    """Let the date of a booking that is running end later, wall clock of its site or an instant.

    Nobody approves again: who is there stays. It takes no more than is free at rank 1.

    Raises Invalid (`not_later`), NotFound, Forbidden, Stale, WrongState (`not_begun`,
    `has_ended`), Refused by a rule, Clash with who comes next.
    """
    try:
        _prolong(actor, number, end, now, revision, reach)
    except refused.Taken as taken:
        raise refused.as_error(actor, taken, int(now.timestamp())) from None


def refuse_prolong(actor: Actor, number: str, now: int, reach: Reach = ALL) -> None:
    """Raises NotFound, Forbidden or WrongState where `prolong` would, whatever is wanted."""
    permitting.meant(actor, reach.among(visible(actor, number)), Verb.PROLONG, now)


@transaction
def _prolong(
    actor: Actor, number: str, end: datetime, now: datetime, revision: int | None, reach: Reach
) -> None:
    at = int(now.timestamp())
    lapsed = clocks.be_alone(clocks.spaces(visible(actor, number)), at)
    events, _ = clocks.end_lapsed(lapsed, at)
    seen = visible(actor, number)
    if revision is not None and revision != seen[0].revision:
        raise Stale(current=seen[0].revision)
    row, (target, *_) = permitting.meant(actor, reach.among(seen), Verb.PROLONG, at)
    weighed = _weighed(actor, target, end, at)
    until = weighed.plan.span.ends
    if until <= target.ends:
        raise Invalid(FieldError("end", "not_later"))
    if not judgement.granted([weighed]):
        raise refused.Taken([weighed], requester_of(target, actor), {target.id})
    attending.set_ends([target], {target.id: until}, State(target.state), at)
    claims.remove([target.id])
    place(list(claimed(target.id, weighed)))
    told = changes.told(row.event, [target], State(target.state), None, until=until)
    record(changes.signed(actor, [*events, told]), actor_id=actor.user_id, at=now)


def _weighed(actor: Actor, target: Target, end: datetime, now: int) -> Weighed:
    wanted = Change(start=datetime.fromtimestamp(target.starts, UTC), end=end)
    (plan,) = plans(actor, [target], wanted, now)
    (one,) = weigh(actor, [(target, replace(plan, queue=False))], now, {target.id})
    return one
