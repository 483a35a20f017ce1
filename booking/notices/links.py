"""Deciding from a mail: a link that leads one manager to one request, and works once.

It carries no right of its own. Whoever holds it may do what that manager may do now to what still
waits in that booking, and nothing else; opening it changes nothing, for mail scanners open links.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from booking.core.access import Actor
from booking.core.lifecycle import State, Verb
from booking.kernel.db import connection, table_of
from booking.kernel.errors import NotFound
from booking.kernel.tokens import digest
from booking.kernel.transaction import transaction
from booking.members import queries as members
from booking.notices.models import DecisionLink
from booking.reservations import actions, targets
from booking.reservations.actions import Reach
from booking.reservations.models import Booking

_LINK = (
    select(DecisionLink.user_id, Booking.number)
    .join_from(DecisionLink, Booking, Booking.id == DecisionLink.booking_id)
    .where(
        DecisionLink.secret_digest == bindparam("digest"),
        DecisionLink.used_at.is_(None),
        DecisionLink.expires_at > bindparam("now"),
    )
)
_USE = (
    update(table_of(DecisionLink))
    .where(
        DecisionLink.secret_digest == bindparam("digest"),
        DecisionLink.used_at.is_(None),
        DecisionLink.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Decidable:
    """What a link leads to: a manager, a booking and those of its dates that wait for them."""

    actor: Actor
    number: str
    revision: int
    dates: frozenset[int]


def decidable(secret: str, now: datetime) -> Decidable | None:
    """What may be decided by a link now.

    None for one that is unknown, used or too old, whose manager left or decides there no more, and
    where nothing waits any more.
    """
    row = connection().execute(_LINK, {"digest": digest(secret), "now": now}).one_or_none()
    actor = members.actor(row.user_id) if row else None
    if row is None or actor is None:
        return None
    at = int(now.timestamp())
    found = targets.by_number(row.number)
    waiting = frozenset(
        target.id
        for target in found
        if targets.state_of(target, at) is State.REQUESTED and target.undecided_by(actor)
    )
    return Decidable(actor, row.number, found[0].revision, waiting) if waiting else None


@transaction
def decide(secret: str, verb: Verb, now: datetime, *, reason: str = "", revision: int) -> str:
    """Approve or decline what a link leads to, as its manager; the booking's number.

    `revision` is the one that was shown. Raises NotFound for a link that does not work (any more),
    and what `reservations.actions.act` raises; the link then still works.
    """
    found = decidable(secret, now)
    if found is None or verb not in (Verb.APPROVE, Verb.DECLINE):
        raise NotFound
    if not connection().execute(_USE, {"digest": digest(secret), "now": now}).rowcount:
        raise NotFound
    reach = Reach(only=found.dates)
    actions.act(found.actor, found.number, verb, now, reason=reason, revision=revision, reach=reach)
    return found.number
