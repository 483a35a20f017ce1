"""Reading the outbox."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, func, select, type_coerce

from booking.core.access import Actor, allowed
from booking.kernel.db import connection, db
from booking.kernel.errors import Forbidden, NotFound
from booking.members.models import User
from booking.notices import facts
from booking.notices.delivery import MOST_ATTEMPTS
from booking.notices.facts import BookingFacts
from booking.notices.models import MailAbout, OutboxMessage
from booking.notices.values import MailFacts, MailState, MailText

_COLUMNS = (
    OutboxMessage.id,
    OutboxMessage.recipient,
    OutboxMessage.subject,
    OutboxMessage.created_at,
    OutboxMessage.due_at,
    OutboxMessage.sent_at,
    OutboxMessage.attempts,
    OutboxMessage.error,
    OutboxMessage.dropped_at,
    OutboxMessage.calendar.is_not(None).label("calendar"),
)
_ASIDE = and_(
    OutboxMessage.sent_at.is_(None),
    OutboxMessage.dropped_at.is_(None),
    OutboxMessage.attempts >= MOST_ATTEMPTS,
)


def outgoing(
    actor: Actor, *, before: int | None = None, limit: int = 50, aside: bool = False
) -> list[MailFacts]:
    """The mails, newest first, from below the id `before`; one statement.

    With `aside` those that were given up after so many attempts. Raises Forbidden for all but
    administrators.
    """
    _administrators_only(actor)
    found = select(*_COLUMNS).order_by(OutboxMessage.id.desc())
    if before is not None:
        found = found.where(OutboxMessage.id < before)
    if aside:
        found = found.where(_ASIDE)
    return [_facts(dict(row)) for row in db.session.execute(found.limit(limit)).mappings()]


def set_aside(actor: Actor) -> int:
    """How many mails wait for an administrator. One statement. Raises as `outgoing` does."""
    _administrators_only(actor)
    return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(_ASIDE)) or 0


def reading(actor: Actor, message_id: int) -> MailText:
    """A mail with what it says: for the demonstration, whose mails go to nobody.

    Raises Forbidden for all but administrators, NotFound.
    """
    _administrators_only(actor)
    said = (*_COLUMNS, OutboxMessage.text, OutboxMessage.html)
    row = db.session.execute(select(*said).where(OutboxMessage.id == message_id)).mappings().first()
    if row is None:
        raise NotFound
    values = dict(row)
    text, html = values.pop("text"), values.pop("html")
    facts = _facts(values)
    return MailText(**{name: getattr(facts, name) for name in _NAMES}, text=text, html=html)


_NAMES = tuple(field.name for field in fields(MailFacts))


def _administrators_only(actor: Actor) -> None:
    if not allowed(actor, "journal:see"):
        raise Forbidden


def _facts(row: dict[str, Any]) -> MailFacts:
    dropped = row.pop("dropped_at")
    state = MailState.DROPPED if dropped else _state(row["sent_at"], row["attempts"])
    return MailFacts(**row, state=state)


def _state(sent_at: object, attempts: int) -> MailState:
    if sent_at is not None:
        return MailState.SENT
    return MailState.SET_ASIDE if attempts >= MOST_ATTEMPTS else MailState.WAITING


# ---- who was told about an option -------------------------------------------------------------

OF_CLOCKS_AND_RANKS = frozenset(
    {"requested", "promoted", "challenged", "challenge_answered", "challenge_over"}
    | {"challenge_due", "expiring", "extended", "moved"}
)
"""Mails that tell of a clock or a rank; the event stands in front of their key."""

_TOLD = (
    select(
        MailAbout.booking_id,
        OutboxMessage.key,
        type_coerce(OutboxMessage.created_at, BigInteger).label("created"),
        type_coerce(OutboxMessage.sent_at, BigInteger).label("sent"),
        OutboxMessage.attempts,
        OutboxMessage.dropped_at,
        User.name,
        User.company_id,
    )
    .join_from(MailAbout, OutboxMessage, OutboxMessage.id == MailAbout.message_id)
    .outerjoin(User, User.email == OutboxMessage.recipient)
    .where(MailAbout.booking_id.in_(bindparam("bookings", expanding=True)))
    .order_by(OutboxMessage.id)
)


class Notice(NamedTuple):
    """A mail about an option: `name` is None where its reader is a stranger, `left` that they left.

    `at` in UTC epoch seconds: when it was sent, else when it was written.
    """

    event: str
    name: str | None
    left: bool
    at: int
    state: MailState


def told_of(actor: Actor, booking_ids: Collection[int]) -> dict[int, list[Notice]]:
    """Who was told of the clocks and ranks of bookings, oldest first.

    Whoever decides about a facility of a booking sees all its mails; others those to people of
    their own company, of bookings that they may see. At most five statements.
    """
    found: dict[int, list[Notice]] = defaultdict(list)
    bookings = {
        key: booking
        for key, booking in facts.bookings(booking_ids).items()
        if allowed(actor, "booking:see", booking.subject)
    }
    if not bookings:
        return found
    for row in connection().execute(_TOLD, {"bookings": sorted(bookings)}).mappings():
        booking = bookings[row["booking_id"]]
        tells = row["key"].partition(":")[0] in OF_CLOCKS_AND_RANKS
        if tells and _may_read(actor, booking, row["company_id"]):
            found[booking.id].append(_notice(actor, booking, dict(row)))
    return found


def _may_read(actor: Actor, booking: BookingFacts, company_id: int | None) -> bool:
    """Whether the caller may know of a mail to somebody of that company."""
    return company_id == actor.company_id or allowed(actor, "booking:approve", booking.subject)


def _notice(actor: Actor, booking: BookingFacts, row: Mapping[str, Any]) -> Notice:
    known = row["company_id"] in (actor.company_id, booking.company_id)
    sent = row["sent"]
    state = MailState.DROPPED if row["dropped_at"] else _state(sent, row["attempts"])
    return Notice(
        event=row["key"].partition(":")[0],
        name=row["name"] if known else None,
        left=row["name"] is None,
        at=sent if sent is not None else row["created"],
        state=state,
    )
