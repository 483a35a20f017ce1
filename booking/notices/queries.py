"""Reading the outbox."""

from dataclasses import fields
from typing import Any

from sqlalchemy import and_, func, select

from booking.core.access import Actor, allowed
from booking.kernel.db import db
from booking.kernel.errors import Forbidden, NotFound
from booking.notices.delivery import MOST_ATTEMPTS
from booking.notices.models import OutboxMessage
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
