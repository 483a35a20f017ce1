"""The steps that actions are made of: each changes rows and answers the events to record."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from booking.core.access import Actor
from booking.core.lifecycle import State
from booking.core.scheduling.interval import Interval
from booking.journal.events import Event
from booking.kernel.db import connection, table_of
from booking.reservations import claims, targets
from booking.reservations.events import booking_event, scopes_of
from booking.reservations.models import Allocation, Booking, Occurrence
from booking.reservations.targets import Given, Target

_ALLOCATE = insert(table_of(Allocation))
_SET_STATE = (
    update(table_of(Occurrence))
    .where(Occurrence.id == bindparam("occurrence"))
    .values(
        state=bindparam("to"),
        expires_at=bindparam("expires"),
        sequence=Occurrence.sequence + 1,
        changed_at=bindparam("now"),
    )
)
_TOUCH = (
    update(table_of(Booking))
    .where(Booking.id == bindparam("booking"))
    .values(revision=Booking.revision + 1)
)


def end(
    left: Sequence[Target], to: State, event: str, now: int, *, reason: str | None = None
) -> list[Event]:
    """Bring occurrences to a state without claims; those who waited behind them move up."""
    for target in left:
        set_state(target, to, None, now)
    claims.remove([target.id for target in left])
    ended = [
        booking_event(
            event,
            target.booking_id,
            scopes(target),
            before={"state": target.state, "rank": target.rank},
            after={"state": to.value},
            reason=reason,
            by_clock=to is State.EXPIRED,
        )
        for target in left
    ]
    return [*ended, *_promotions(left, now)]


def set_state(target: Target, to: State, expires: int | None, now: int) -> None:
    """Write a state and its clock (UTC epoch seconds or None); raises both revisions."""
    connection().execute(
        _SET_STATE,
        {
            "occurrence": target.id,
            "to": to.value,
            "expires": None if expires is None else datetime.fromtimestamp(expires, UTC),
            "now": datetime.fromtimestamp(now, UTC),
        },
    )
    touch(target)


def touch(target: Target) -> None:
    """Raise the revision that edits must name."""
    connection().execute(_TOUCH, {"booking": target.booking_id})


def decide(target: Target, given: Iterable[Given], decision: str, actor: Actor, now: int) -> None:
    """Write down what a manager decided about facilities of an occurrence."""
    ids = [g.facility_id for g in given]
    if not ids:
        return
    connection().execute(
        update(Allocation)
        .where(Allocation.occurrence_id == target.id, Allocation.facility_id.in_(ids))
        .values(
            decision=decision,
            decided_by=actor.user_id,
            decided_at=datetime.fromtimestamp(now, UTC),
        )
    )


def allocate(occurrence_id: int, rows: list[dict[str, object]]) -> None:
    """Give facilities to a new occurrence."""
    connection().execute(_ALLOCATE, [{"occurrence_id": occurrence_id, **row} for row in rows])


def scopes(target: Target) -> frozenset[str]:
    """The revisions that a change to an occurrence moves."""
    return scopes_of(
        company_id=target.company_id,
        requester_id=target.requester_id,
        production_id=target.production_id,
        facility_ids=[given.facility_id for given in target.given],
    )


def _promotions(left: Sequence[Target], now: int) -> list[Event]:
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
        set_state(target, State.CONFIRMED, None, now)
        told.append(_by_clock("booking:confirmed", target, {"state": State.CONFIRMED.value}))
    return told


def _by_clock(name: str, target: Target, after: dict[str, Any]) -> Event:
    return booking_event(name, target.booking_id, scopes(target), after=after, by_clock=True)
