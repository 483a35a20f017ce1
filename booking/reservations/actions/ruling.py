"""Setting rules: bookings that exist stay as they are, but for until when one checks them in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import bindparam, select, update

from booking.core.access import Actor
from booking.core.lifecycle import State
from booking.facilities import actions as rules
from booking.facilities import policy
from booking.facilities import queries as facilities
from booking.facilities.actions.rules import RuleChange
from booking.journal.actions import record
from booking.kernel.clock import instant
from booking.kernel.db import connection, table_of
from booking.kernel.transaction import memo, transaction
from booking.reservations import attendance, targets
from booking.reservations.actions import clocks
from booking.reservations.models import Allocation, Occurrence

_AHEAD = (
    select(Occurrence.id)
    .join(Allocation, Allocation.occurrence_id == Occurrence.id)
    .where(
        Allocation.facility_id.in_(bindparam("facilities", expanding=True)),
        Allocation.starts > bindparam("now"),
        Occurrence.state == State.CONFIRMED.value,
    )
)
_SET_CLOCK = (
    update(table_of(Occurrence))
    .where(Occurrence.id == bindparam("occurrence"))
    .values(expires_at=bindparam("expires"))
)


@transaction
def add_rule(
    actor: Actor,
    rule: str,
    change: RuleChange,
    now: datetime,
    *,
    kind_id: int | None = None,
    facility_id: int | None = None,
) -> int:
    """`facilities.actions.add_rule`; what is confirmed and has not begun gets its clock."""
    with _clocks_set(rule, kind_id, facility_id, now):
        return rules.add_rule(actor, rule, change, now, kind_id=kind_id, facility_id=facility_id)


@transaction
def change_rule(
    actor: Actor,
    setting_id: int,
    change: RuleChange,
    now: datetime,
    *,
    revision: int | None = None,
) -> None:
    """`facilities.actions.change_rule`; what is confirmed and has not begun gets its clock."""
    with _clocks_set(*_what(setting_id), now):
        rules.change_rule(actor, setting_id, change, now, revision=revision)


@transaction
def end_rule(
    actor: Actor, setting_id: int, today: date, now: datetime, *, revision: int | None = None
) -> None:
    """`facilities.actions.end_rule`; what is confirmed and has not begun loses its clock."""
    with _clocks_set(*_what(setting_id), now):
        rules.end_rule(actor, setting_id, today, now, revision=revision)


def _what(setting_id: int) -> tuple[str, int | None, int | None]:
    found = policy.setting(setting_id)
    return (found.rule, found.kind_id, found.facility_id) if found else ("", None, None)


@contextmanager
def _clocks_set(
    rule: str, kind_id: int | None, facility_id: int | None, now: datetime
) -> Iterator[None]:
    """Before the block end what has lapsed by the old rules, after it set the clocks anew."""
    if rule != attendance.RULE:
        yield
        return
    at = int(now.timestamp())
    rooms = [f for f in facilities.catalogue() if f.id == facility_id or f.kind_id == kind_id]
    lapsed = clocks.be_alone({space for room in rooms for space in room.space_ids}, at)
    events, _ = clocks.end_lapsed(lapsed, at)
    record(events, actor_id=None, at=now)
    yield
    memo().clear()  # the rules are others now
    _set_clocks([room.id for room in rooms], at)


def _set_clocks(facility_ids: list[int], now: int) -> None:
    asked = {"facilities": facility_ids, "now": now}
    ahead = targets.by_ids(set(connection().scalars(_AHEAD, asked)))
    due = [(target, targets.check_in_by(target, now)) for target in ahead]
    rows = [
        {
            "occurrence": target.id,
            "expires": instant(by),
        }
        for target, by in due
        if by != target.expires
    ]
    if rows:
        connection().execute(_SET_CLOCK, rows)
