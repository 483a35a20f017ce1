"""The steps that actions are made of: each changes rows and answers the events to record."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from booking.core.access import Actor
from booking.core.lifecycle import LAPSES_TO, TRANSITIONS, State, Verb
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import local
from booking.journal.events import Event
from booking.kernel.clock import instant
from booking.kernel.db import connection, table_of
from booking.kernel.prepared import Prepared
from booking.reservations import challenges, claims, targets
from booking.reservations.events import booking_event, scopes_of
from booking.reservations.models import Allocation, Booking, Occurrence
from booking.reservations.targets import Given, Target

BY_CLOCK = frozenset(LAPSES_TO.values())
"""States that nobody brings about."""
_ALLOCATE = Prepared(insert(table_of(Allocation)))
_SET_STATE = (
    update(table_of(Occurrence))
    .where(Occurrence.id == bindparam("occurrence"))
    .values(
        state=bindparam("to"),
        expires_at=bindparam("expires"),
        lapsed_at=bindparam("lapsed"),
        sequence=Occurrence.sequence + 1,
        changed_at=bindparam("now"),
    )
)
_TOUCH = (
    update(table_of(Booking))
    .where(Booking.id == bindparam("booking"))
    .values(revision=Booking.revision + 1)
)
_DECIDE = (
    update(table_of(Allocation))
    .where(
        Allocation.occurrence_id == bindparam("occurrence"),
        Allocation.facility_id == bindparam("facility"),
    )
    .values(decision=bindparam("to"), decided_by=bindparam("who"), decided_at=bindparam("now"))
)


def end(
    left: Sequence[Target], to: State, event: str, now: int, *, reason: str | None = None
) -> list[Event]:
    """Bring occurrences to a state without claims; those who waited behind them move up."""
    if not left:
        return []
    set_states(((target, to, None) for target in left), now)
    claims.remove([target.id for target in left])
    challenges.settle({target.id for target in left}, to, now)
    ended = [told(event, group, to, reason) for group in _by_booking(left)]
    return [*ended, *promotions(left, now)]


def lapse(left: Sequence[Target], now: int) -> list[Event]:
    """End occurrences that ran out of time at one instant, each as its state does.

    All at once: they do not make room for each other.
    """
    if not left:
        return []
    set_states(((t, LAPSES_TO[State(t.state)], None) for t in left), now)
    claims.remove([target.id for target in left])
    ended = []
    for state, to in LAPSES_TO.items():
        alike = [target for target in left if target.state == state]
        if alike:
            challenges.settle({target.id for target in alike}, to, now)
        event = TRANSITIONS[state, Verb.EXPIRE].event
        ended += [told(event, group, to, None) for group in _by_booking(alike)]
    return [*ended, *promotions(left, now)]


def set_states(rows: Iterable[tuple[Target, State, int | None]], now: int) -> None:
    """Write states and their clocks (UTC epoch seconds or None); raises both revisions.

    Two statements, however many there are.
    """
    written = list(rows)
    connection().execute(
        _SET_STATE,
        [
            {
                "occurrence": target.id,
                "to": to.value,
                "expires": instant(expires),
                "lapsed": instant(_lapsed(target, to)),
                "now": datetime.fromtimestamp(now, UTC),
            }
            for target, to, expires in written
        ],
    )
    touch(target for target, _, _ in written)


def _lapsed(target: Target, to: State) -> int | None:
    """When a first option ran out of time; None for whatever else becomes of a target."""
    first = target.state == State.OPTION and target.rank == 1
    return target.expires if first and to is State.EXPIRED else None


def touch(changed: Iterable[Target]) -> None:
    """Raise the revision of their bookings, that edits must name."""
    bookings = sorted({target.booking_id for target in changed})
    if bookings:
        connection().execute(_TOUCH, [{"booking": booking} for booking in bookings])


def decide(given: Sequence[tuple[Target, Given]], decision: str, actor: Actor, now: int) -> None:
    """Write down what a manager decided about facilities of occurrences. One statement."""
    if not given:
        return
    made = {"to": decision, "who": actor.user_id, "now": datetime.fromtimestamp(now, UTC)}
    connection().execute(
        _DECIDE,
        [
            {"occurrence": target.id, "facility": facility.facility_id, **made}
            for target, facility in given
        ],
    )


def allocate(rows: Sequence[dict[str, Any]]) -> None:
    """Give facilities to new occurrences. One statement."""
    _ALLOCATE.write(rows)


def told(event: str, group: Sequence[Target], to: State, reason: str | None, **more: Any) -> Event:
    """One event for all dates of a booking that went the same way; it names them where many."""
    after: dict[str, Any] = {"state": to.value, **more}
    if len(group) > 1:
        after["dates"] = [local(t.starts, t.zone).date().isoformat() for t in group]
    before: dict[str, Any] = {"state": group[0].state}
    if not more:
        before["rank"] = max((t.rank for t in group if t.rank), default=None)
    return booking_event(
        event,
        group[0].booking_id,
        scopes_of_all(group),
        before=before,
        after=after,
        reason=reason,
        by_clock=to in BY_CLOCK,
    )


def signed(actor: Actor, events: Sequence[Event]) -> list[Event]:
    """The events, with the door at which they were done where nobody knows by whom."""
    if not actor.door:
        return list(events)
    door = {"door": actor.door}
    return [e if e.by_clock else replace(e, after={**(e.after or {}), **door}) for e in events]


def reworded(group: Sequence[Target], production_id: int | None, *, renamed: bool) -> Event:
    """Title, note, people or production of a booking changed, its places did not."""
    after = {"renamed": True} if renamed else None
    shown = scopes_of_words(group, production_id)
    return booking_event("booking:reworded", group[0].booking_id, shown, after=after)


def scopes_of_words(group: Iterable[Target], production_id: int | None) -> frozenset[str]:
    """The revisions that other words for occurrences move: with those of the production that they
    leave, and of the one that they are for now.
    """
    before = list(group)
    now = [target._replace(production_id=production_id) for target in before]
    return scopes_of_all([*before, *now])


def scopes(target: Target) -> frozenset[str]:
    """The revisions that a change to an occurrence moves."""
    return scopes_of(
        company_id=target.company_id,
        requester_id=target.requester_id,
        production_id=target.production_id,
        facility_ids=[given.facility_id for given in target.given],
    )


def scopes_of_all(group: Iterable[Target]) -> frozenset[str]:
    """The revisions that a change to occurrences moves."""
    return frozenset().union(*(scopes(target) for target in group))


def _by_booking(found: Iterable[Target]) -> list[list[Target]]:
    groups: dict[int, list[Target]] = defaultdict(list)
    for target in found:
        groups[target.booking_id].append(target)
    return list(groups.values())


def promotions(left: Sequence[Target], now: int) -> list[Event]:
    """Let those behind what left move up, space by space, and tell."""
    freed = [(c.space_id, Interval(c.starts, c.ends)) for target in left for c in target.claims]
    ids = {hold.occurrence_id for hold in claims.move_up(freed, now)} if freed else set()
    _mark_changed(ids, now)
    return [event for target in targets.by_ids(ids) for event in _promotion(target, now)]


def _mark_changed(ids: set[int], now: int) -> None:
    """Raise revisions; also holds the rows, so that of two promotions at once one sees both."""
    if not ids:
        return
    changed = {"sequence": Occurrence.sequence + 1, "changed_at": datetime.fromtimestamp(now, UTC)}
    connection().execute(update(Occurrence).where(Occurrence.id.in_(ids)).values(changed))
    of_them = select(Occurrence.booking_id).where(Occurrence.id.in_(ids))
    connection().execute(
        update(Booking).where(Booking.id.in_(of_them)).values(revision=Booking.revision + 1)
    )


def _promotion(target: Target, now: int) -> list[Event]:
    """A firm request that reached rank 1 where nobody has to approve is confirmed at once."""
    told = [_by_clock("booking:promoted", target, {"rank": target.rank})]
    if target.state == State.REQUESTED and target.rank == 1 and not target.undecided():
        by = targets.check_in_by(target, target.starts)  # it moved up before: it lapses there
        set_states([(target, State.CONFIRMED, by)], now)
        told.append(_by_clock("booking:confirmed", target, {"state": State.CONFIRMED.value}))
    return told


def _by_clock(name: str, target: Target, after: dict[str, Any]) -> Event:
    return booking_event(name, target.booking_id, scopes(target), after=after, by_clock=True)
