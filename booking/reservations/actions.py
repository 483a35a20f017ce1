"""Writing reservations: request, decide, confirm, give back; each one transaction."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from booking.core.access import Actor, Subject, allowed
from booking.core.lifecycle import State, Transition, Verb, transition
from booking.core.scheduling.wallclock import local
from booking.core.text import normal, problem
from booking.facilities import queries as facilities
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel.db import connection, table_of
from booking.kernel.errors import (
    BookingError,
    Clash,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    Stale,
    WrongState,
)
from booking.kernel.transaction import Redo, transaction
from booking.reservations import changes, claims, granting, judgement, targets, ways
from booking.reservations.events import booking_event, scopes_of
from booking.reservations.models import CLAIM_OVERLAP, Booking, Occurrence
from booking.reservations.numbers import next_number
from booking.reservations.targets import Target
from booking.reservations.values import Conflict
from booking.reservations.wish import BookingRequest, Plan, understand

LONGEST_REASON = 1000

_NEW_BOOKING = insert(table_of(Booking)).returning(Booking.id)
_NEW_OCCURRENCE = insert(table_of(Occurrence)).returning(Occurrence.id)


class _Taken(Exception):
    """A plan found its slot taken; the ways out are looked for when nobody waits for us."""

    def __init__(self, plan: Plan, conflicts: Sequence[Conflict], rank: int | None) -> None:
        super().__init__()
        self.plan = plan
        self.conflicts = conflicts
        self.rank = rank


def request(actor: Actor, wish: BookingRequest, now: datetime) -> str:
    """Book one or several facilities, all or nothing; answers the booking's number.

    Rank 1 is confirmed at once where nobody has to approve; an option lapses by its own clock;
    with `on_clash="queue"` a taken slot is waited for at rank 2 or 3.

    Raises Invalid for what cannot be understood, Forbidden, Refused with every finding of the
    rules, Clash with what stands in the way and three alternatives.
    """
    try:
        return _request(actor, wish, now)
    except _Taken as taken:
        offered = ways.alternatives(actor, taken.plan, int(now.timestamp()))
        raise Clash(taken.conflicts, offered, taken.rank) from None


@transaction
def _request(actor: Actor, wish: BookingRequest, now: datetime) -> str:
    at = int(now.timestamp())
    plan = understand(actor, wish)
    if not allowed(actor, "booking:request", Subject(company_id=actor.company_id)):
        raise Forbidden
    lapsed = _end_lapsed(_be_alone(plan.space_ids, at), at)
    if objections := judgement.findings(actor, plan, at):
        raise Refused(objections)
    ranks = _ranks(actor, plan, at)
    number, placed = _store(actor, plan, ranks, at)
    record([*lapsed, *placed], actor_id=actor.user_id, at=now)
    return number


@transaction
def act(
    actor: Actor,
    number: str,
    verb: Verb,
    now: datetime,
    *,
    reason: str = "",
    revision: int | None = None,
) -> None:
    """Do a verb of the lifecycle to a booking.

    `revision` is the one the caller saw, None when they do not say. Raises NotFound, Forbidden,
    Invalid (a reason is missing or too long), WrongState (with `not_first` while others hold the
    slot, `already_over`, `undecidable` when nothing is left to decide), Stale.
    """
    at = int(now.timestamp())
    lapsed = _be_alone(_spaces(_visible(actor, number)), at)
    seen = _visible(actor, number)
    if revision is not None and revision != seen[0].revision:
        raise Stale(current=seen[0].revision)
    events = _end_lapsed(lapsed, at)
    for target in _visible(actor, number) if lapsed else seen:
        row = permitted(actor, target, verb, at)
        events += _STEPS[verb](actor, target, row, _reason(row, reason), at)
    record(events, actor_id=actor.user_id, at=now)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one booking of many; `error` is None when it went well."""

    number: str
    error: BookingError | None = None


def act_on_many(
    actor: Actor, numbers: Sequence[str], verb: Verb, now: datetime, *, reason: str = ""
) -> list[Outcome]:
    """Do a verb to many bookings, each by itself: one that fails leaves the others done."""
    outcomes = []
    for number in numbers:
        try:
            act(actor, number, verb, now, reason=reason)
            outcomes.append(Outcome(number))
        except BookingError as error:
            outcomes.append(Outcome(number, error))
    return outcomes


def lapse_due(now: datetime, limit: int = 500) -> int:
    """Write down options and requests whose clock has run out; answers how many.

    Nothing waits for it: they count as ended from the second on. Each is its own transaction.
    """
    due = targets.expired(int(now.timestamp()), limit)
    return sum(_lapse(occurrence_id, now) for occurrence_id in due)


def permitted(actor: Actor, target: Target, verb: Verb, now: int) -> Transition:
    """The row of the lifecycle that a verb would follow now.

    Raises WrongState or Forbidden as `act` would.
    """
    state = targets.state_of(target, now)
    row = transition(state, verb)
    if row is None:
        raise WrongState(verb=verb.value, state=state.value)
    if not allowed(actor, row.permission, target.subject):
        raise Forbidden
    if verb is Verb.CANCEL and target.ends <= now:
        raise WrongState("already_over", verb=verb.value, state=state.value)
    if verb in (Verb.APPROVE, Verb.CONFIRM) and target.rank != 1:
        raise WrongState("not_first", verb=verb.value, rank=target.rank)
    if verb is Verb.APPROVE and not target.undecided_by(actor):
        raise WrongState("undecidable", verb=verb.value, state=state.value)
    return row


@transaction
def _lapse(occurrence_id: int, now: datetime) -> int:
    at = int(now.timestamp())
    lapsed = _be_alone(_spaces(targets.by_ids({occurrence_id})), at)
    events = _end_lapsed(lapsed, at)
    record(events, actor_id=None, at=now)
    return sum(event.name == "booking:expired" for event in events)


def _be_alone(space_ids: Iterable[int], now: int) -> list[Target]:
    """Let nobody else decide about the spaces; answers what has lapsed on them.

    And on the other spaces of what has lapsed, for it leaves them all at once.
    """
    lapsed: list[Target] = []
    locked: set[int] = set()
    wanted = set(space_ids)
    while not wanted <= locked:
        locked |= wanted
        lapsed = targets.expired_on(locked, now)
        wanted = _spaces(lapsed)
    if facilities.lock_spaces(locked):
        lapsed = targets.expired_on(locked, now)
        if not locked.issuperset(_spaces(lapsed)):
            raise Redo
    return lapsed


def _end_lapsed(lapsed: Sequence[Target], now: int) -> list[Event]:
    """End it, one clock after the other: who moved up in between may have been confirmed."""
    events: list[Event] = []
    for instant in sorted({target.expires for target in lapsed if target.expires is not None}):
        due = targets.by_ids({target.id for target in lapsed if target.expires == instant})
        ended = [target for target in due if targets.state_of(target, now) is State.EXPIRED]
        events += changes.end(ended, State.EXPIRED, "booking:expired", now)
    return events


def _spaces(found: Iterable[Target]) -> set[int]:
    return {space for target in found for space in target.space_ids}


def _ranks(actor: Actor, plan: Plan, now: int) -> dict[int, int]:
    """The rank on every space; raises _Taken where that is not what the wish asks for."""
    ranks, holds = judgement.placement(plan, now)
    rank = judgement.worst(ranks)
    if rank is None or (rank > judgement.RANK_OF_RIGHT and not plan.queue):
        raise _Taken(plan, judgement.conflicts(actor, plan, holds), rank)
    return {space: rank for space, rank in ranks.items() if rank is not None}


def _store(actor: Actor, plan: Plan, ranks: dict[int, int], now: int) -> tuple[str, list[Event]]:
    number = next_number(local(now, plan.zone).year)
    decisions = {f.id: granting.decision(actor, f) for f in plan.facilities}
    state, expires = granting.first_state(actor, plan, max(ranks.values()), now)
    booking_id = _insert_booking(actor, plan, number, now)
    occurrence_id = _insert_occurrence(booking_id, plan, state, expires, now)
    changes.allocate(
        occurrence_id,
        [
            {"facility_id": f.id, "starts": plan.span.starts, "decision": decisions[f.id]}
            for f in plan.facilities
        ],
    )
    _place(occurrence_id, plan, ranks)
    event = booking_event(
        "booking:requested",
        booking_id,
        scopes_of(
            company_id=actor.company_id,
            requester_id=actor.user_id,
            production_id=plan.production_id,
            facility_ids=list(decisions),
        ),
        after={"state": state.value, "rank": max(ranks.values())},
    )
    return number, [event]


def _insert_booking(actor: Actor, plan: Plan, number: str, now: int) -> int:
    booking_id = connection().scalar(
        _NEW_BOOKING,
        {
            "number": number,
            "title": plan.title,
            "note": plan.note,
            "attendees": plan.attendees,
            "company_id": actor.company_id,
            "requester_id": actor.user_id,
            "production_id": plan.production_id,
            "created_at": datetime.fromtimestamp(now, UTC),
        },
    )
    return int(booking_id)  # type: ignore[arg-type]


def _insert_occurrence(
    booking_id: int, plan: Plan, state: State, expires: int | None, now: int
) -> int:
    occurrence_id = connection().scalar(
        _NEW_OCCURRENCE,
        {
            "uid": str(uuid.uuid4()),
            "booking_id": booking_id,
            "starts": plan.span.starts,
            "ends": plan.span.ends,
            "state": state,
            "expires_at": None if expires is None else datetime.fromtimestamp(expires, UTC),
            "changed_at": datetime.fromtimestamp(now, UTC),
        },
    )
    return int(occurrence_id)  # type: ignore[arg-type]


def _place(occurrence_id: int, plan: Plan, ranks: dict[int, int]) -> None:
    rows = [
        {
            "space_id": space,
            "rank": ranks[space],
            "starts": plan.claimed(facility).starts,
            "ends": plan.claimed(facility).ends,
            "occurrence_id": occurrence_id,
            "facility_id": facility.id,
        }
        for facility in plan.facilities
        for space in facility.space_ids
    ]
    try:
        claims.place(rows)
    except IntegrityError as error:
        if CLAIM_OVERLAP in str(error.orig) or "pk_claim" in str(error.orig):
            raise Redo from error  # somebody wrote past the lock: read again, then say who
        raise


def _visible(actor: Actor, number: str) -> list[Target]:
    found = targets.by_number(number)
    if not found or not allowed(actor, "booking:see", found[0].subject):
        raise NotFound(number=number)
    return found


def _reason(row: Transition, reason: str) -> str | None:
    given = normal(reason)
    wrong = problem(given, LONGEST_REASON, lines=True, required=row.needs_reason)
    if wrong:
        raise Invalid(FieldError("reason", wrong, {"max": LONGEST_REASON, "length": len(given)}))
    return given or None


Step = Callable[[Actor, Target, Transition, str | None, int], list[Event]]


def _give_back(
    actor: Actor, target: Target, row: Transition, reason: str | None, now: int
) -> list[Event]:
    return changes.end([target], row.to, row.event, now, reason=reason)


def _decline(
    actor: Actor, target: Target, row: Transition, reason: str | None, now: int
) -> list[Event]:
    mine = [given for given in target.given if actor.manages(given.facility_id, given.site_id)]
    changes.decide(target, mine, "declined", actor, now)
    return changes.end([target], row.to, row.event, now, reason=reason)


def _settle(
    actor: Actor, target: Target, row: Transition, reason: str | None, now: int
) -> list[Event]:
    """Approve or confirm: confirmed when nobody is left to ask, else a request waiting for them."""
    mine = target.undecided_by(actor)
    changes.decide(target, mine, "approved", actor, now)
    missing = len(target.undecided()) - len(mine)
    to = State.REQUESTED if missing else row.to
    changes.set_state(target, to, target.starts if missing else None, now)
    after = {"state": to.value, "missing": missing}
    return [
        booking_event(
            row.event,
            target.booking_id,
            changes.scopes(target),
            before={"state": target.state},
            after=after,
            reason=reason,
        )
    ]


_STEPS: dict[Verb, Step] = {
    Verb.APPROVE: _settle,
    Verb.CONFIRM: _settle,
    Verb.DECLINE: _decline,
    Verb.WITHDRAW: _give_back,
    Verb.RELEASE: _give_back,
    Verb.CANCEL: _give_back,
}
