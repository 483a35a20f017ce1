"""Being there: checking in, and leaving before the end."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, bindparam, update

from booking.core.access import Actor
from booking.core.lifecycle import State, Transition, Verb
from booking.facilities import queries as facilities
from booking.journal.events import Event
from booking.kernel.clock import instant
from booking.kernel.db import connection, table_of
from booking.reservations import attendance, changes
from booking.reservations.attendance import EARLIEST_S
from booking.reservations.models import Claim, Occurrence, PoolClaim
from booking.reservations.targets import Target

MINUTE = 60
TOO_EARLY = "too_early"
RUNNING = frozenset({Verb.PROLONG, Verb.END_EARLY})
"""Verbs for what has begun and is not over."""
PRESENT = RUNNING | {Verb.CHECK_IN}
"""Verbs for whoever is there."""

_SET_END = (
    update(table_of(Occurrence))
    .where(Occurrence.id == bindparam("occurrence"))
    .values(
        ends=bindparam("until"),
        state=bindparam("to"),
        expires_at=bindparam("expires"),
        sequence=Occurrence.sequence + 1,
        changed_at=bindparam("now"),
    )
)


def _shortened(held: Table) -> object:
    return (
        update(held)
        .where(held.c.occurrence_id == bindparam("occurrence"))
        .values(ends=held.c.ends - bindparam("less"))
    )


_SHORTEN = [_shortened(table_of(model)) for model in (Claim, PoolClaim)]


def unfit(target: Target, verb: Verb, now: int) -> str | None:
    """What says that it is not the time for a verb of those who are present.

    `too_early` to check in, `not_begun` for what goes with a running booking, `has_ended`.
    """
    if verb is Verb.CHECK_IN and (target.starts - now > EARLIEST_S or now < _opens(target)):
        return TOO_EARLY
    if verb in RUNNING and now < target.starts:
        return "not_begun"
    return "has_ended" if _end(target, now) >= target.ends else None


def told(target: Target) -> dict[str, Any]:
    """From when on one can check in."""
    return {"moment": _opens(target), "zone": target.zone}


def check_in(
    actor: Actor, meant: Sequence[Target], row: Transition, reason: str | None, now: int
) -> list[Event]:
    """Somebody is there: the clock stops."""
    changes.set_states(((target, row.to, None) for target in meant), now)
    return [changes.told(row.event, meant, row.to, reason)]


def end_early(
    actor: Actor, meant: Sequence[Target], row: Transition, reason: str | None, now: int
) -> list[Event]:
    """Give back what is left after the minute that runs; those who wait for it move up."""
    until = {target.id: _end(target, now) for target in meant}
    set_ends(meant, until, row.to, now)
    for statement in _SHORTEN:
        less = [{"occurrence": t.id, "less": t.ends - until[t.id]} for t in meant]
        connection().execute(statement, less)  # type: ignore[call-overload]
    told = changes.told(row.event, meant, row.to, reason, until=max(until.values()))
    return [told, *changes.promotions(meant, now)]


def set_ends(meant: Sequence[Target], until: dict[int, int], to: State, now: int) -> None:
    """Let occurrences end at other instants (UTC epoch seconds, by id).

    Who has not checked in must still do so, unless it is over.
    """
    rows = [
        {
            "occurrence": target.id,
            "until": until[target.id],
            "to": to.value,
            "expires": None if to is State.COMPLETED else instant(target.expires),
            "now": instant(now),
        }
        for target in meant
    ]
    connection().execute(_SET_END, rows)
    changes.touch(meant)


def _end(target: Target, now: int) -> int:
    """The next whole minute; what has just begun lasts one."""
    return max(-(-now // MINUTE) * MINUTE, target.starts + MINUTE)


def _opens(target: Target) -> int:
    rooms = facilities.by_ids(given.facility_id for given in target.given).values()
    return attendance.opens(rooms, target.starts)
