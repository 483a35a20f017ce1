"""Whether a feed changed since it was last read, without reading it."""

import hashlib
from typing import NamedTuple

from sqlalchemy import BigInteger, bindparam, case, func, select, type_coerce

from booking.core.access import Actor
from booking.core.lifecycle import LAPSES_TO
from booking.facilities import queries as facilities
from booking.journal.models import Entry, Revision
from booking.kernel.db import connection
from booking.members.events import NAMES, reader
from booking.members.models import RoleAssignment
from booking.reservations.feed.values import DAY, Scope, Version, window
from booking.reservations.models import Occurrence

MINUTE = 60

_LAST_LAPSE = select(func.max(type_coerce(Occurrence.expires_at, BigInteger))).where(
    type_coerce(Occurrence.expires_at, BigInteger) <= bindparam("now"),
    Occurrence.state.in_([state.value for state in LAPSES_TO]),
)
_newest_id = (
    select(func.max(Revision.entry_id))
    .where(Revision.scope.in_(bindparam("scopes", expanding=True)))
    .scalar_subquery()
)
_stood_in = case(
    (RoleAssignment.ends <= bindparam("now"), RoleAssignment.ends), else_=RoleAssignment.starts
)
_RIGHTS_SINCE = select(func.max(_stood_in)).where(
    RoleAssignment.user_id == bindparam("reader"), RoleAssignment.starts <= bindparam("now")
)
"""When the reader's days as somebody's deputy began or ended last."""
_NEWEST = select(
    Entry.id,
    type_coerce(Entry.at, BigInteger),
    _LAST_LAPSE.scalar_subquery(),
    _RIGHTS_SINCE.scalar_subquery(),
).where(Entry.id == _newest_id)
_WORDED = select(Entry.id, type_coerce(Entry.at, BigInteger)).where(Entry.id == _newest_id)


class Wording(NamedTuple):
    """How things were called since an instant (UTC epoch seconds), in somebody's language."""

    entry_id: int
    since: int


def wording(actor: Actor) -> Wording:
    """Moves when anything is called otherwise than before. One statement."""
    asked = {"scopes": [facilities.SCOPE, NAMES, reader(actor.user_id)]}
    return Wording._make(connection().execute(_WORDED, asked).first() or (0, 0))


def version(actor: Actor, shown: Scope, now: int) -> Version:
    """Whether a feed changed since it was last read, without reading it. One statement.

    While a clock has run out and nobody wrote that down, as for seconds where a worker runs, it
    counts as changed every minute: who moved up may have a clock of their own since.
    """
    scopes = sorted({*shown.revisions, reader(actor.user_id)})
    asked = {"scopes": scopes, "now": now, "reader": actor.user_id}
    newest = connection().execute(_NEWEST, asked).first()
    entry, at, lapsed, rights_since = newest or (0, 0, last_lapse(now), 0)
    today = window(now).starts
    stood = now - now % (MINUTE if lapsed else DAY)
    known = repr((shown.text, entry, at, lapsed, today, stood, rights(actor)))
    tag = hashlib.sha256(known.encode()).hexdigest()[:32]
    return Version(tag, max(at, lapsed or 0, rights_since or 0, stood), lapsed or 0)


def last_lapse(now: int) -> int:
    """When the last clock ran out that nobody wrote down yet, 0 if none did. One statement."""
    return connection().scalar(_LAST_LAPSE, {"now": now}) or 0


def rights(actor: Actor) -> tuple[object, ...]:
    """All of a person that decides what feeds look like to them."""
    return (
        actor.user_id,
        actor.company_id,
        actor.locale,
        tuple(sorted(actor.managed_sites)),
        tuple(sorted(actor.managed_facilities)),
        tuple(sorted(actor.productions)),
    )
