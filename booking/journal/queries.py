"""Reading the journal."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam, func, select, type_coerce

from booking.journal.models import Entry, Revision
from booking.kernel.db import connection
from booking.kernel.prepared import Prepared

_NEWEST = select(func.max(Revision.entry_id)).where(
    Revision.scope.in_(bindparam("scopes", expanding=True))
)
_NEWEST_OF_ONE = Prepared(select(Revision.entry_id).where(Revision.scope == bindparam("scope")))


def head() -> int:
    """The id of the newest entry, 0 in an empty journal. One index look-up."""
    return connection().scalar(select(func.max(Entry.id))) or 0


def newest(scope: str) -> Callable[[], int]:
    """The `revision` of one scope, waited for when it is called."""
    asked = _NEWEST_OF_ONE.ask(scope=scope)
    return lambda: asked.value() or 0


def revision(scopes: Iterable[str]) -> int:
    """The newest entry that touched any of the scopes, 0 if none did."""
    asked = sorted(scopes)
    if len(asked) == 1:
        return newest(asked[0])()
    return connection().scalar(_NEWEST, {"scopes": asked}) or 0


def latest(booking_ids: Iterable[int]) -> list[tuple[int, str, dict[str, Any] | None]]:
    """The last thing that somebody did to each booking, clocks aside. One statement.

    Its id, the event's name, what was before.
    """
    newest = select(func.max(Entry.id)).where(
        Entry.booking_id.in_(sorted(set(booking_ids))), Entry.actor_id.is_not(None)
    )
    statement = select(Entry.booking_id, Entry.name, Entry.before).where(
        Entry.id.in_(newest.group_by(Entry.booking_id))
    )
    return [(key, name, before) for key, name, before in connection().execute(statement)]


class Recorded(NamedTuple):
    """One entry as it was recorded; `at` in UTC epoch seconds, no actor where a clock did it."""

    id: int
    at: int
    actor_id: int | None
    name: str
    subject: str
    booking_id: int | None
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


_RECORDED = select(
    Entry.id,
    type_coerce(Entry.at, BigInteger),
    Entry.actor_id,
    Entry.name,
    Entry.subject,
    Entry.booking_id,
    Entry.reason,
    Entry.before,
    Entry.after,
).order_by(Entry.id)
_SINCE = _RECORDED.where(Entry.id > bindparam("after")).limit(bindparam("most"))
_BETWEEN = _RECORDED.where(Entry.id >= bindparam("first"), Entry.id <= bindparam("last"))
_NAMED = _RECORDED.where(Entry.name == bindparam("event"))
_LAST_DONE = (
    select(Entry.actor_id)
    .where(
        Entry.booking_id == bindparam("booking"),
        Entry.name == bindparam("event"),
        Entry.id < bindparam("before"),
    )
    .order_by(Entry.id.desc())
    .limit(1)
)


def since(entry_id: int, most: int) -> list[Recorded]:
    """Up to `most` entries after one, in order. Ids commit in order: none comes in between later.

    One statement.
    """
    rows = connection().execute(_SINCE, {"after": entry_id, "most": most})
    return [Recorded._make(row) for row in rows]


def between(first: int, last: int) -> list[Recorded]:
    """The entries from one id to another, both included, in order. One statement."""
    rows = connection().execute(_BETWEEN, {"first": first, "last": last})
    return [Recorded._make(row) for row in rows]


def named(event: str) -> list[Recorded]:
    """All entries of one event, in order. One statement, which looks at the whole journal."""
    return [Recorded._make(row) for row in connection().execute(_NAMED, {"event": event})]


def last_done_by(booking_id: int, event: str, before: int) -> int | None:
    """Who did something to a booking last, before the entry of that id. One statement."""
    asked = {"booking": booking_id, "event": event, "before": before}
    found: int | None = connection().scalar(_LAST_DONE, asked)
    return found
