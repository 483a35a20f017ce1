"""Writing to the journal."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, insert, select, true
from sqlalchemy.dialects import postgresql, sqlite

from booking.journal.events import Event
from booking.journal.models import Entry, Revision
from booking.kernel.db import connection, db, each_of, table_of
from booking.kernel.prepared import Prepared
from booking.kernel.transaction import transaction

_ORDER_LOCK = Prepared(select(func.pg_advisory_xact_lock(7023)))
_APPEND = Prepared(insert(table_of(Entry)))
_APPEND_MANY = insert(table_of(Entry)).returning(Entry.id, sort_by_parameter_order=True)


def _moving(dialect: str) -> Any:
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table_of(Revision))
    later = case(
        (statement.excluded.entry_id > Revision.entry_id, statement.excluded.entry_id),
        else_=Revision.entry_id,
    )
    return statement.on_conflict_do_update(
        index_elements=[Revision.scope], set_={"entry_id": later}
    )


_MOVE = Prepared(_moving)


def _moving_to_last(dialect: str) -> Any:
    last = select(func.max(Entry.id)).scalar_subquery()
    each = select(each_of("scopes", Revision.scope.type, dialect), last).where(true())
    return _moving(dialect).from_select(["scope", "entry_id"], each)


_MOVE_TO_LAST = Prepared(_moving_to_last)


@transaction
def record(events: Sequence[Event], *, actor_id: int | None, at: datetime) -> None:
    """Append events in order and move the revisions of their scopes.

    Call it once, as the last act of a transaction: on PostgreSQL it takes one advisory lock so
    that ids commit in order.
    """
    if not events:
        return
    if db.engine.dialect.name == "postgresql":
        _ORDER_LOCK.ask()
    rows = [_row(event, actor_id, at) for event in events]
    if len(rows) == 1:
        _APPEND.write(rows)
        _move_to_last(events[0].scopes)
        return
    ids = connection().scalars(_APPEND_MANY, rows).all()
    newest = {scope: i for i, event in zip(ids, events, strict=True) for scope in event.scopes}
    _move_revisions(newest)


def _row(event: Event, actor_id: int | None, at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "actor_id": None if event.by_clock else actor_id,
        "name": event.name,
        "subject": event.subject,
        "booking_id": event.booking_id,
        "reason": event.reason,
        "before": event.before,
        "after": event.after,
    }


def _move_to_last(scopes: Collection[str]) -> None:
    """To the entry that was just written: nobody else writes one now."""
    if scopes:
        _MOVE_TO_LAST.write([{"scopes": sorted(scopes)}])


def _move_revisions(newest: dict[str, int]) -> None:
    if not newest:
        return
    _MOVE.write({"scope": scope, "entry_id": newest[scope]} for scope in sorted(newest))
