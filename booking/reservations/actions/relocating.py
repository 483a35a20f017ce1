"""Giving occurrences other places, as one: what becomes of claims, approvals, states, clocks."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from booking.core.access import Actor
from booking.core.lifecycle import State
from booking.core.scheduling.expiry import option_expiry
from booking.core.scheduling.interval import Interval
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.journal.events import Event
from booking.journal.queries import latest
from booking.kernel.clock import instant
from booking.kernel.db import connection, table_of
from booking.reservations import changes, claims, granting, judgement
from booking.reservations.actions import refused
from booking.reservations.actions.replanning import requester_of
from booking.reservations.actions.requesting import claimed, place
from booking.reservations.attendance import check_in_by
from booking.reservations.events import booking_event, scopes_of
from booking.reservations.judgement import Weighed, rules_set_aside
from booking.reservations.models import Allocation, Occurrence
from booking.reservations.placing import in_its_turn
from booking.reservations.targets import Given, Target
from booking.reservations.wish import Plan

_RELOCATE = (
    update(table_of(Occurrence))
    .where(Occurrence.id == bindparam("occurrence"))
    .values(
        starts=bindparam("from_"),
        ends=bindparam("until"),
        state=bindparam("to"),
        expires_at=bindparam("expires"),
        sequence=Occurrence.sequence + 1,
        changed_at=bindparam("now"),
    )
)
_GIVE_UP = delete(table_of(Allocation)).where(
    Allocation.occurrence_id.in_(bindparam("ids", expanding=True))
)
_KEPT = select(
    Allocation.occurrence_id,
    Allocation.facility_id,
    Allocation.decision,
    Allocation.decided_by,
    Allocation.decided_at,
    Allocation.amount,
).where(Allocation.occurrence_id.in_(bindparam("ids", expanding=True)))
_ALLOCATE = insert(table_of(Allocation))

MOVED = "booking:moved"
DECISION = ("decision", "decided_by", "decided_at")
_STARTED = frozenset({"past", "notice", "option_notice"})
"""Rules about the start, which do not matter to what keeps its own in rooms that it had."""


def relocate(
    actor: Actor,
    moves: Sequence[tuple[Target, Plan]],
    now: int,
    *,
    agreed: bool = False,
    approved: bool = False,
) -> list[Event]:
    """Give occurrences the places of their plans, as one; answers the events.

    Where all have `agreed`, who was let into a room may be there at the other's time; where it is
    `approved`, whoever had to say yes has done so. Raises refused.Taken.
    """
    ids = {target.id for target, _ in moves}
    weighed = weigh(actor, moves, now, ids)
    if not judgement.granted(weighed):
        raise refused.Taken(weighed, requester_of(moves[0][0], actor), ids)
    kept, before = _decisions(ids), _approved_before(moves)
    new = [
        _New(actor, target, one, kept[target.id], before, now, agreed=agreed, approved=approved)
        for (target, _), one in zip(moves, weighed, strict=True)
    ]
    claims.remove(ids)
    connection().execute(_GIVE_UP, {"ids": sorted(ids)})
    connection().execute(_RELOCATE, [each.row for each in new])
    connection().execute(_ALLOCATE, [row for each in new for row in each.allocations])
    place([row for each in new for row in claimed(each.target.id, each.weighed)])
    changes.touch(target for target, _ in moves)
    told = _moved(new) if agreed else [*_set_aside(new), *_moved(new)]
    return [*told, *changes.promotions([target for target, _ in moves], now)]


def weigh(
    actor: Actor, moves: Sequence[tuple[Target, Plan]], now: int, ids: Collection[int]
) -> list[Weighed]:
    """What could be had, in the order of `moves`, besides the occurrences `ids`.

    What stays within what it had keeps its turn. What keeps its start is not judged by when it
    starts, as to the rooms that it had; each by the rules for its requester.
    """
    found: dict[int, Weighed] = {}
    for requester_id in dict.fromkeys(target.requester_id for target, _ in moves):
        theirs = [(t, plan) for t, plan in moves if t.requester_id == requester_id]
        requester = requester_of(theirs[0][0], actor)
        wanted = [plan for _, plan in theirs]
        weighed = judgement.weigh(actor, wanted, now, requester=requester, besides=ids)
        found |= {t.id: one for (t, _), one in zip(theirs, weighed, strict=True)}
    return [_as_it_had(target, found[target.id], now) for target, _ in moves]


def _as_it_had(target: Target, one: Weighed, now: int) -> Weighed:
    """With its turn where it wants less, and what it need not be judged by once more."""
    placed = in_its_turn(one.plan, one.placed, target.claims)
    return _from_its_start(target, replace(one, placed=placed), now)


def _from_its_start(target: Target, one: Weighed, now: int) -> Weighed:
    if one.plan.span.starts != target.starts or one.plan.span.ends <= now:
        return one
    had = {None, *(room.code for room in facilities.by_ids(_ids(target.given)).values())}
    kept = (f for f in one.findings if f.rule not in _STARTED or f.params.get("code") not in had)
    return replace(one, findings=tuple(kept))


def _decisions(ids: Collection[int]) -> dict[int, dict[int, dict[str, Any]]]:
    """What managers decided, by occurrence and facility. One statement."""
    found: dict[int, dict[int, dict[str, Any]]] = {key: {} for key in ids}
    for row in connection().execute(_KEPT, {"ids": sorted(ids)}).mappings():
        found[row["occurrence_id"]][row["facility_id"]] = dict(row)
    return found


_Place = tuple[int, int, int, str, int | None]
"""An occurrence over [starts, ends) in the facility of a code, with the amount of a pool."""


def _approved_before(moves: Sequence[tuple[Target, Plan]]) -> dict[_Place, dict[str, Any]]:
    """What managers had approved of places that the last deed took bookings away from.

    So that taking a move back brings the approval back, unless somebody did something since. One
    statement.
    """
    found = {}
    for _, name, before in latest(target.booking_id for target, _ in moves):
        for left in (before or {}).get("places", ()) if name == MOVED else ():
            for code, (who, at) in left.get("approved", {}).items():
                decided = {"decided_by": who, "decided_at": datetime.fromtimestamp(at, UTC)}
                amount = left.get("amounts", {}).get(code)
                key = (left["occurrence"], left["starts"], left["ends"], code, amount)
                found[key] = {"decision": "approved", **decided}
    return found


class _New:
    """What becomes of one occurrence that is relocated."""

    def __init__(
        self,
        actor: Actor,
        target: Target,
        weighed: Weighed,
        kept: Mapping[int, dict[str, Any]],
        before: Mapping[_Place, dict[str, Any]],
        now: int,
        *,
        agreed: bool,
        approved: bool,
    ) -> None:
        self.target, self.weighed, self._now = target, weighed, now
        self._kept, self._before = kept, before
        self._actor, self._agreed, self._approved = actor, agreed, approved
        self.allocations = [self._allocation(facility) for facility in weighed.plan.facilities]
        self.state, self.expires = self._stands()

    def _allocation(self, facility: FacilityFacts) -> dict[str, Any]:
        plan = self.weighed.plan
        row: dict[str, Any] = {
            "occurrence_id": self.target.id,
            "facility_id": facility.id,
            "starts": plan.span.starts,
            "decided_by": None,
            "decided_at": None,
            "amount": plan.amount_of(facility),
        }
        if self._approved:
            return row | {"decision": "approved"}
        return row | (self._said(facility) or {"decision": self._to_say(facility)})

    @property
    def _begun(self) -> bool:
        """Who is there stays, and nobody approves again."""
        return self.target.starts <= self._now

    def _said(self, facility: FacilityFacts) -> dict[str, Any] | None:
        """What was decided already: here, of more than this, or before a move is taken back."""
        kept, span = self._kept.get(facility.id), self.weighed.plan.span
        amount = self.weighed.plan.amount_of(facility)
        within = Interval(self.target.starts, self.target.ends).contains(span)
        stays = within or self._begun or self._agreed
        if kept and stays and (amount or 0) <= (kept["amount"] or 0):
            return {name: kept[name] for name in DECISION}
        return self._before.get((self.target.id, *span, facility.code, amount))

    def _to_say(self, facility: FacilityFacts) -> str:
        """What is decided by asking: the caller's say, and of a swap what its owner needs."""
        if self._agreed and not self._actor.manages(facility.id, facility.site_id):
            return granting.decision(requester_of(self.target, self._actor), facility)
        return granting.decision(self._actor, facility)

    def _stands(self) -> tuple[State, int | None]:
        plan, rank = self.weighed.plan, self.weighed.rank
        if self.target.state == State.OPTION:
            days = min(facility.option_days for facility in plan.facilities)
            fresh = option_expiry(self._now, plan.span.starts, days)
            clocks_ = [at for at in (fresh, self.target.expires) if at is not None]
            return State.OPTION, min(clocks_, default=None)
        if rank == 1 and all(row["decision"] != "undecided" for row in self.allocations):
            if self._begun and {f.id for f in plan.facilities} == set(_ids(self.target.given)):
                return State.CONFIRMED, self.target.expires  # who is late gets no more time
            return State.CONFIRMED, check_in_by(plan.facilities, plan.span, self._now)
        return State.REQUESTED, plan.span.starts

    @property
    def row(self) -> dict[str, Any]:
        """The occurrence's columns."""
        expires = instant(self.expires)
        return {
            "occurrence": self.target.id,
            "from_": self.weighed.plan.span.starts,
            "until": self.weighed.plan.span.ends,
            "to": self.state.value,
            "expires": expires,
            "now": datetime.fromtimestamp(self._now, UTC),
        }

    @property
    def scopes(self) -> frozenset[str]:
        """The revisions of both its places."""
        there = scopes_of(
            company_id=self.target.company_id,
            requester_id=self.target.requester_id,
            production_id=self.weighed.plan.production_id,
            facility_ids=[f.id for f in self.weighed.plan.facilities],
        )
        return there | changes.scopes(self.target)

    @property
    def before(self) -> dict[str, Any]:
        """Where it was."""
        rooms = facilities.by_ids(_ids(self.target.given)).values()
        taken = {given.facility_id: given.amount for given in self.target.given}
        amounts = {room.code: taken[room.id] for room in rooms}
        span = Interval(self.target.starts, self.target.ends)
        where = place_of(self.target.id, span, amounts)
        approved = {
            room.code: [kept["decided_by"], int(kept["decided_at"].timestamp())]
            for room in rooms
            if (kept := self._kept[room.id])["decision"] == "approved" and kept["decided_at"]
        }
        return {**where, "approved": approved}

    @property
    def after(self) -> dict[str, Any]:
        """Where it is."""
        plan = self.weighed.plan
        amounts = {facility.code: plan.amount_of(facility) for facility in plan.facilities}
        return place_of(self.target.id, plan.span, amounts)


def _by_booking(new: Sequence[_New]) -> dict[int, list[_New]]:
    groups: dict[int, list[_New]] = defaultdict(list)
    for each in new:
        groups[each.target.booking_id].append(each)
    return groups


def _set_aside(new: Sequence[_New]) -> list[Event]:
    """One event for each booking that came where a rule stood against it."""
    return [
        told
        for booking_id, group in _by_booking(new).items()
        for told in rules_set_aside(
            booking_id,
            frozenset().union(*(each.scopes for each in group)),
            [each.weighed for each in group],
        )
    ]


def _moved(new: Sequence[_New]) -> list[Event]:
    """One event a booking, with every place before and after: what undo reads."""
    return [
        booking_event(
            MOVED,
            booking_id,
            frozenset().union(*(each.scopes for each in group)),
            before={"state": group[0].target.state, "places": [each.before for each in group]},
            after={"state": group[0].state.value, "places": [each.after for each in group]},
        )
        for booking_id, group in _by_booking(new).items()
    ]


def place_of(occurrence_id: int, span: Interval, taken: Mapping[str, int | None]) -> dict[str, Any]:
    """A place as the journal keeps it: the facilities taken by code, and how much of the pools."""
    place = {"occurrence": occurrence_id, "starts": span.starts, "ends": span.ends}
    amounts = {code: amount for code, amount in taken.items() if amount is not None}
    return {**place, "facilities": list(taken)} | ({"amounts": amounts} if amounts else {})


def _ids(given: Sequence[Given]) -> list[int]:
    return [one.facility_id for one in given]
