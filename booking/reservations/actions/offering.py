"""Offers: a manager's other time or room, and swaps; accepted in one click, all or nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from booking.core.access import Actor, allowed
from booking.core.lifecycle import State, Verb
from booking.core.scheduling.interval import Interval
from booking.core.text import normal, problem
from booking.facilities import queries as facilities
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound, Stale, WrongState
from booking.kernel.transaction import transaction
from booking.reservations import changes, claims, offers, targets
from booking.reservations.actions import challenging, clocks, moving, refused
from booking.reservations.actions.deciding import ALL, Reach, permitted_of, visible
from booking.reservations.actions.moving import Change
from booking.reservations.events import booking_event
from booking.reservations.offers import OpenOffer
from booking.reservations.targets import Target
from booking.reservations.wish import LONGEST_REASON, Plan

SWAPPED = frozenset({State.CONFIRMED.value})
"""Only what both have for certain is swapped."""


def offer(
    actor: Actor,
    number: str,
    wanted: Change,
    now: datetime,
    *,
    message: str = "",
    reach: Reach = ALL,
) -> None:
    """Offer another time or other facilities for one date of a booking, as its manager.

    It holds nothing: the place is checked now and again when it is accepted. A later offer
    replaces an earlier one. Raises what `change` raises, Forbidden for who does not decide about
    every facility offered, WrongState `one_date` where several dates are meant.
    """
    try:
        _offer(actor, number, wanted, now, message, reach)
    except refused.Taken as taken:
        raise refused.as_error(actor, taken, int(now.timestamp())) from None


@transaction
def _offer(
    actor: Actor, number: str, wanted: Change, now: datetime, message: str, reach: Reach
) -> None:
    at = int(now.timestamp())
    clocks.be_alone(clocks.spaces(visible(actor, number)), at)
    _, meant = permitted_of(actor, reach.among(visible(actor, number)), Verb.MOVE, at)
    if len(meant) != 1:
        raise WrongState("one_date", verb="offer")
    plan = moving.planned(actor, meant, wanted, at, reach)[0]
    if not all(actor.manages(f.id, f.site_id) for f in plan.facilities):
        raise Forbidden
    events = _put(actor, meant[0], plan.span, [f.id for f in plan.facilities], message, now)
    record(events, actor_id=actor.user_id, at=now)


def refuse_swap(actor: Actor, number: str, now: int) -> None:
    """Raises what `propose_swap` would of one's own booking, whatever it is swapped for."""
    _single(visible(actor, number), actor, now)


@transaction
def propose_swap(
    actor: Actor, number: str, facility: str, start: datetime, now: datetime, *, message: str = ""
) -> None:
    """Offer one's own confirmed booking for what somebody has in a facility at an instant.

    Whoever holds it is asked and learns the place that is offered, nothing else. Raises NotFound
    where nobody holds it, Forbidden, WrongState `not_swappable` where one of the two is not
    confirmed, is over or spans several dates, `own_slot` for a place of one's own booking.
    """
    at = int(now.timestamp())
    mine = _single(visible(actor, number), actor, at)
    theirs = _holder(facility, int(start.timestamp()), at)
    clocks.be_alone(clocks.spaces([mine, theirs]), at)
    if theirs.booking_id == mine.booking_id:
        raise WrongState("own_slot", verb="swap")
    if theirs.state not in SWAPPED or theirs.ends <= at:
        raise WrongState("not_swappable", verb="swap")
    span = Interval(mine.starts, mine.ends)
    rooms = [given.facility_id for given in mine.given]
    events = _put(actor, theirs, span, rooms, message, now, mine.id)
    record(events, actor_id=actor.user_id, at=now)


def accept(actor: Actor, number: str, now: datetime, *, revision: int | None = None) -> None:
    """Take the place that was offered, or swap; all or nothing.

    Raises NotFound, Forbidden, Stale, WrongState `no_offer`, and where it is no longer free
    Refused or Clash, leaving everything as it was.
    """
    try:
        _accept(actor, number, now, revision)
    except refused.Taken as taken:
        raise refused.as_error(actor, taken, int(now.timestamp())) from None


@transaction
def _accept(actor: Actor, number: str, now: datetime, revision: int | None) -> None:
    at = int(now.timestamp())
    found, mine = _asked(actor, number, revision)
    theirs = targets.by_ids({found.with_id} if found.with_id else set())  # to know what to lock
    places = {s for f in facilities.by_ids(found.facility_ids).values() for s in f.space_ids}
    lapsed = clocks.be_alone(clocks.spaces([mine, *theirs]) | places, at)
    events, _ = clocks.end_lapsed(lapsed, at)
    found, mine = _asked(actor, number, revision)
    theirs = targets.by_ids({target.id for target in theirs})
    permitted_of(actor, [mine], Verb.MOVE, at)
    challenging.refuse_bound([mine, *theirs], Verb.MOVE)
    moves = [(mine, _plan_at(actor, mine, found.starts, found.ends, found.facility_ids))]
    if theirs:
        rooms = [given.facility_id for given in mine.given]
        moves.append((theirs[0], _plan_at(actor, theirs[0], mine.starts, mine.ends, rooms)))
        _refuse_changed(found, theirs[0], at)
    offers.settle(offers.open_of({target.id for target, _ in moves}), "accepted", now)
    events += moving.relocate(actor, moves, at, agreed=True)
    events += [_told("booking:offer_accepted", target, found) for target, _ in moves]
    record(events, actor_id=actor.user_id, at=now)


@transaction
def refuse(actor: Actor, number: str, now: datetime) -> None:
    """Say no to an offer; everything stays. Raises NotFound, Forbidden, WrongState `no_offer`."""
    found, mine = _asked(actor, number, None)
    offers.settle([found], "refused", now)
    changes.touch([mine])
    others = targets.by_ids({found.with_id} if found.with_id else set())
    changes.touch(others)
    events = [_told("booking:offer_refused", target, found) for target in [mine, *others]]
    record(events, actor_id=actor.user_id, at=now)


def _put(
    actor: Actor,
    target: Target,
    span: Interval,
    rooms: Sequence[int],
    message: str,
    now: datetime,
    with_id: int | None = None,
) -> list[Event]:
    """Write an offer instead of the one that was open."""
    said = normal(message)
    wrong = problem(said, LONGEST_REASON, lines=True, required=False)
    if wrong:
        raise Invalid(FieldError("message", wrong, {"max": LONGEST_REASON, "length": len(said)}))
    before = [one for one in offers.open_of({target.id}) if one.occurrence_id == target.id]
    offers.settle(before, "replaced", now)
    row = {"occurrence_id": target.id, "with_id": with_id, "message": said, "made_at": now}
    place = {"starts": span.starts, "ends": span.ends, "facility_ids": list(rooms)}
    offers.make({**row, **place, "made_by": actor.user_id})
    changes.touch([target])
    name = "booking:swap_proposed" if with_id else "booking:offered"
    places = {"places": [_place(target.id, span, rooms)]}
    asked = booking_event(name, target.booking_id, changes.scopes(target), after=places)
    return [replace(asked, reason=said or None)]


def _place(occurrence_id: int, span: Interval, rooms: Sequence[int]) -> dict[str, object]:
    codes = [facility.code for facility in facilities.by_ids(rooms).values()]
    at = {"starts": span.starts, "ends": span.ends}
    return {"occurrence": occurrence_id, **at, "facilities": codes}


def _single(found: Sequence[Target], actor: Actor, now: int) -> Target:
    """One's own booking, fit to be swapped."""
    if not allowed(actor, "booking:answer", found[0].subject):
        raise Forbidden
    if len(found) != 1 or found[0].state not in SWAPPED or found[0].ends <= now:
        raise WrongState("not_swappable", verb="swap")
    return found[0]


def _holder(code: str, instant: int, now: int) -> Target:
    """Who holds a facility at an instant, booked as such."""
    room = facilities.by_codes([code]).get(code)
    held = claims.standing(room.space_ids, Interval(instant, instant + 1), now) if room else []
    first = [h for h in held if h.rank == 1 and h.from_ <= instant < h.until]
    booked = [h.occurrence_id for h in first if room and h.facility_id == room.id]
    if not booked:
        raise NotFound(facility=code)
    return targets.by_ids({booked[0]})[0]


def _asked(actor: Actor, number: str, revision: int | None) -> tuple[OpenOffer, Target]:
    """The open offer of a booking, and the date it is for."""
    seen = visible(actor, number)
    if not allowed(actor, "booking:answer", seen[0].subject):
        raise Forbidden
    if revision is not None and revision != seen[0].revision:
        raise Stale(current=seen[0].revision)
    by_id = {target.id: target for target in seen}
    made = [one for one in offers.open_of(set(by_id)) if one.occurrence_id in by_id]
    if not made:
        raise WrongState("no_offer", verb="answer")
    return made[0], by_id[made[0].occurrence_id]


def _plan_at(actor: Actor, target: Target, starts: int, ends: int, rooms: Sequence[int]) -> Plan:
    codes = tuple(facility.code for facility in facilities.by_ids(rooms).values())
    span = (datetime.fromtimestamp(at, UTC) for at in (starts, ends))
    start, end = span
    wanted = Change(start=start, end=end, facilities=codes)
    return moving.plans(actor, [target], wanted, None)[0]


def _refuse_changed(found: OpenOffer, theirs: Target, now: int) -> None:
    """What was offered for a swap must still be what its people have, and ahead."""
    rooms = sorted(given.facility_id for given in theirs.given)
    offered = (found.starts, found.ends, sorted(found.facility_ids))
    has = (theirs.starts, theirs.ends, rooms)
    if has != offered or theirs.state not in SWAPPED or theirs.ends <= now:
        raise WrongState("offer_outdated", verb="answer")


def _told(name: str, target: Target, found: OpenOffer) -> Event:
    after = {"swap": found.is_swap}
    return booking_event(name, target.booking_id, changes.scopes(target), after=after)
