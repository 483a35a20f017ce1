"""Offers: a manager's other time or room, and swaps; accepted in one click, all or nothing."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from booking.core.access import Actor, allowed
from booking.core.lifecycle import HOLDING, Verb
from booking.core.scheduling.interval import Interval
from booking.core.text import normal, problem
from booking.facilities import queries as facilities
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound, Stale, WrongState
from booking.kernel.transaction import transaction
from booking.members import queries as members
from booking.reservations import changes, claims, judgement, offers, targets
from booking.reservations.actions import (
    challenging,
    clocks,
    moving,
    permitting,
    refused,
    relocating,
)
from booking.reservations.actions.deciding import ALL, Reach, visible
from booking.reservations.actions.replanning import Change, plans_each, spaces
from booking.reservations.events import booking_event
from booking.reservations.offers import SWAPPED, OpenOffer, Place
from booking.reservations.targets import Target
from booking.reservations.wish import LONGEST_REASON, Plan, overlaps_itself


def offer(
    actor: Actor,
    number: str,
    wanted: Change,
    now: datetime,
    *,
    message: str = "",
    reach: Reach = ALL,
) -> None:
    """Offer another time or other facilities for dates of a booking, as its manager.

    It holds nothing: the places are checked now and again when they are accepted, all together. A
    later offer for a date replaces an earlier one. As many statements for one date as for a year
    of them. Raises what `change` raises, Forbidden for who does not decide about every facility
    offered.
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
    seen = visible(actor, number)
    clocks.be_alone(clocks.spaces(seen) | spaces(actor, seen, wanted), at)
    _, meant = permitting.meant(actor, reach.among(visible(actor, number)), Verb.MOVE, at)
    weighed = moving.planned(actor, meant, wanted, at, reach)
    planned = [one.plan for one in weighed]
    if not all(actor.manages(f.id, f.site_id) for plan in planned for f in plan.facilities):
        raise Forbidden
    offered = [
        (target, Place(plan.span, {f.code: plan.amount_of(f) for f in plan.facilities}))
        for target, plan in zip(meant, planned, strict=True)
    ]
    aside = judgement.rules_set_aside(meant[0].booking_id, changes.scopes_of_all(meant), weighed)
    override = planned[0].override if aside else ""
    events = _put(actor, offered, message, now, override=override)
    record([*aside, *events], actor_id=actor.user_id, at=now)


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
    confirmed, has begun or spans several dates, `own_slot` for a place of one's own booking,
    `asked_already` while its holder has another offer to answer.
    """
    at = int(now.timestamp())
    mine = _single(visible(actor, number), actor, at)
    theirs = _holder(facility, int(start.timestamp()), at)
    clocks.be_alone(clocks.spaces([mine, theirs]), at)
    if theirs.booking_id == mine.booking_id:
        raise WrongState("own_slot", verb="swap")
    if theirs.state not in SWAPPED or theirs.starts <= at:
        raise WrongState("not_swappable", verb="swap")
    made = [one for one in offers.open_of([theirs.id]) if one.occurrence_id == theirs.id]
    others = [one for one in made if one.with_id != mine.id]
    if len(others) > len(offers.off(others, {theirs.id: theirs}, at)):
        raise WrongState("asked_already", verb="swap")
    events = _put(actor, [(theirs, offers.place_of(mine))], message, now, mine.id)
    record(events, actor_id=actor.user_id, at=now)


def accept(actor: Actor, number: str, now: datetime, *, revision: int | None = None) -> None:
    """Take the places that were offered for dates of a booking, or swap; all or nothing.

    What was offered for dates that have begun, or were given up, is no longer meant. Raises
    NotFound, Forbidden, Stale, WrongState `no_offer`, `offer_outdated` where a side of a swap has
    another place by now, `other_side_refused` where a rule keeps the other booking from coming,
    and where a place is no longer free Refused or Clash, leaving everything as it was.
    """
    try:
        _accept(actor, number, now, revision)
    except refused.Taken as taken:
        raise refused.as_error(actor, taken, int(now.timestamp())) from None


@transaction
def _accept(actor: Actor, number: str, now: datetime, revision: int | None) -> None:
    at = int(now.timestamp())
    made, mine = _asked(actor, number, revision, at)
    theirs = targets.by_ids({one.with_id for one in made if one.with_id})  # to know what to lock
    rooms = facilities.by_ids({room for one in made for room in one.facility_ids}).values()
    places = {space for room in rooms for space in room.space_ids}
    lapsed = clocks.be_alone(clocks.spaces([*mine, *theirs]) | places, at)
    events, _ = clocks.end_lapsed(lapsed, at)
    made, mine = _asked(actor, number, revision, at)
    theirs = targets.by_ids({target.id for target in theirs})
    _, meant = permitting.meant(actor, mine, Verb.MOVE, at)
    made, mine = [one for one in made if one.occurrence_id in {t.id for t in meant}], meant
    challenging.refuse_bound([*mine, *theirs], Verb.MOVE)
    moves = _moves(actor, made, mine, theirs, at)
    offers.settle(offers.open_of({target.id for target, _ in moves}), "accepted", now)
    swap = any(one.is_swap for one in made)
    events += _relocated(actor, moves, {target.id for target in mine}, at, swap=swap)
    events += _told("booking:offer_accepted", [*mine, *theirs], made)
    record(events, actor_id=actor.user_id, at=now)


def _relocated(
    actor: Actor,
    moves: Sequence[tuple[Target, Plan]],
    mine: Collection[int],
    now: int,
    *,
    swap: bool,
) -> list[Event]:
    """All in their new places: a manager's offer is their approval, a swap is nobody's.

    Why others may not come is not told: it is about them.
    """
    try:
        events = relocating.relocate(actor, moves, now, agreed=True, approved=not swap)
    except refused.Taken as taken:
        pairs = zip(moves, taken.weighed, strict=True)
        if any(one.findings for (target, _), one in pairs if target.id not in mine):
            raise WrongState("other_side_refused", verb="answer") from None
        raise
    ours = {target.booking_id for target, _ in moves if target.id in mine}
    return [event if event.booking_id in ours else _by_others(event) for event in events]


def _by_others(event: Event) -> Event:
    """A move of a booking that somebody of another company agreed to, and so is nobody's."""
    if event.name != relocating.MOVED:
        return event
    return replace(event, after={**(event.after or {}), "swap": True})


@transaction
def refuse(actor: Actor, number: str, now: datetime) -> None:
    """Say no to what was offered; everything stays. Raises NotFound, Forbidden, WrongState."""
    made, mine = _asked(actor, number, None, int(now.timestamp()))
    offers.settle(made, "refused", now)
    others = targets.by_ids({one.with_id for one in made if one.with_id})
    changes.touch([*mine, *others])
    events = _told("booking:offer_refused", [*mine, *others], made)
    record(events, actor_id=actor.user_id, at=now)


def _put(
    actor: Actor,
    offered: Sequence[tuple[Target, Place]],
    message: str,
    now: datetime,
    with_id: int | None = None,
    *,
    override: str = "",
) -> list[Event]:
    """Write offers for dates of one booking instead of those that were open."""
    said = normal(message)
    wrong = problem(said, LONGEST_REASON, lines=True, required=False)
    if wrong:
        raise Invalid(FieldError("message", wrong, {"max": LONGEST_REASON, "length": len(said)}))
    group = [target for target, _ in offered]
    ids = {target.id for target in group}
    before = [one for one in offers.open_of(ids) if one.occurrence_id in ids]
    offers.settle(before, "replaced", now)
    row: dict[str, Any] = {"with_id": with_id, "message": said, "override": override}
    row |= {"made_at": now, "made_by": actor.user_id}
    asked = [offers.asked_for(target) if with_id else None for target in group]
    offers.make(
        [
            {**row, **_row(target, place), "asked": wanted}
            for (target, place), wanted in zip(offered, asked, strict=True)
        ]
    )
    changes.touch(group)
    places = {"places": [relocating.place_of(target.id, *place) for target, place in offered]}
    scopes = changes.scopes_of_all(group)
    name = "booking:swap_proposed" if with_id else "booking:offered"
    told = booking_event(name, group[0].booking_id, scopes, after=places)
    return [replace(told, reason=said or None)]


def _row(target: Target, place: Place) -> dict[str, object]:
    rooms = facilities.by_codes(place.taken)
    return {
        "occurrence_id": target.id,
        "starts": place.span.starts,
        "ends": place.span.ends,
        "facility_ids": [rooms[code].id for code in place.taken],
        "amounts": {code: amount for code, amount in place.taken.items() if amount is not None},
    }


def _single(found: Sequence[Target], actor: Actor, now: int) -> Target:
    """One's own booking, fit to be swapped."""
    if not allowed(actor, "booking:answer", found[0].subject):
        raise Forbidden
    if len(found) != 1 or found[0].state not in SWAPPED or found[0].starts <= now:
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


def _asked(
    actor: Actor, number: str, revision: int | None, now: int
) -> tuple[list[OpenOffer], list[Target]]:
    """The open offers of a booking by time, and the dates they are for: what has begun is not."""
    seen = visible(actor, number)
    if not allowed(actor, "booking:answer", seen[0].subject):
        raise Forbidden
    if revision is not None and revision != seen[0].revision:
        raise Stale(current=seen[0].revision)
    by_id = {target.id: target for target in seen}
    made = [one for one in offers.open_of(set(by_id)) if one.occurrence_id in by_id]
    live = [one for one in made if targets.state_of(by_id[one.occurrence_id], now) in HOLDING]
    ahead = [one for one in live if by_id[one.occurrence_id].starts > now]
    if not ahead:
        raise WrongState("no_offer", verb="answer")
    return ahead, [by_id[one.occurrence_id] for one in ahead]


def _moves(
    actor: Actor,
    made: Sequence[OpenOffer],
    mine: Sequence[Target],
    theirs: Sequence[Target],
    now: int,
) -> list[tuple[Target, Plan]]:
    """Who goes where: to what was offered, and whoever offered a swap to what was given for it."""
    by_id = {target.id: target for target in theirs}
    wanted = []
    for one, target in zip(made, mine, strict=True):
        wanted.append((target, _wanted(offers.offered(one), one.override)))
        if one.with_id is not None:
            if offers.is_off(one, target, by_id[one.with_id], now):
                raise WrongState("offer_outdated", verb="answer")
            wanted.append((by_id[one.with_id], _wanted(offers.place_of(target))))
    allowed_by = {one.occurrence_id: _set_aside_by(one) for one in made if one.override}
    moves = [
        (target, replace(plan, override_by=allowed_by.get(target.id)))
        for (target, _), plan in zip(wanted, plans_each(actor, wanted), strict=True)
    ]
    ours = {target.id for target in mine}
    if wrong := list(overlaps_itself([p for t, p in moves if t.id in ours], "start")):
        raise Invalid(*wrong)
    return moves


def _set_aside_by(one: OpenOffer) -> Actor | None:
    """Whoever made an offer against a rule, or whose deputy they were; None if they have left."""
    by, rooms = members.actor(one.made_by), facilities.by_ids(one.facility_ids).values()
    beyond = [room for room in rooms if by and not by.manages(room.id, room.site_id)]
    if by and beyond:
        return members.actor(members.in_charge(by, beyond[0].id, beyond[0].site_id))
    return by


def _wanted(place: Place, override: str = "") -> Change:
    """To have exactly this place, with the reason for which rules are set aside."""
    start, end = (datetime.fromtimestamp(at, UTC) for at in place.span)
    amounts = {code: amount for code, amount in place.taken.items() if amount is not None}
    found = Change(start=start, end=end, facilities=tuple(place.taken), amounts=amounts)
    return replace(found, override=override)


def _told(name: str, concerned: Sequence[Target], made: Sequence[OpenOffer]) -> list[Event]:
    """One event for each booking."""
    after = {"swap": any(one.is_swap for one in made)}
    scopes: dict[int, frozenset[str]] = {}
    for target in concerned:
        before = scopes.get(target.booking_id, frozenset())
        scopes[target.booking_id] = before | changes.scopes(target)
    return [
        booking_event(name, booking, touched, after=after) for booking, touched in scopes.items()
    ]
