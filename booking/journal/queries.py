"""Reading the journal."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, func, select

from booking.journal.models import Entry, Revision
from booking.kernel.db import connection

_NEWEST = select(func.max(Revision.entry_id)).where(
    Revision.scope.in_(bindparam("scopes", expanding=True))
)
_NEWEST_OF_ONE = select(Revision.entry_id).where(Revision.scope == bindparam("scope"))


def head() -> int:
    """The id of the newest entry, 0 in an empty journal. One index look-up."""
    return connection().scalar(select(func.max(Entry.id))) or 0


def revision(scopes: Iterable[str]) -> int:
    """The newest entry that touched any of the scopes, 0 if none did."""
    asked = sorted(scopes)
    if len(asked) == 1:
        return connection().scalar(_NEWEST_OF_ONE, {"scope": asked[0]}) or 0
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
