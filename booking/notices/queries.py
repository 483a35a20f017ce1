"""Reading the outbox."""

from sqlalchemy import select

from booking.core.access import Actor, allowed
from booking.kernel.db import db
from booking.kernel.errors import Forbidden
from booking.notices.delivery import MOST_ATTEMPTS
from booking.notices.models import OutboxMessage
from booking.notices.values import MailFacts, MailState


def outgoing(actor: Actor, *, before: int | None = None, limit: int = 50) -> list[MailFacts]:
    """The mails, newest first, from below the id `before`; one statement.

    Raises Forbidden for all but administrators.
    """
    if not allowed(actor, "journal:see"):
        raise Forbidden
    found = select(
        OutboxMessage.id,
        OutboxMessage.recipient,
        OutboxMessage.subject,
        OutboxMessage.created_at,
        OutboxMessage.due_at,
        OutboxMessage.sent_at,
        OutboxMessage.attempts,
        OutboxMessage.error,
    ).order_by(OutboxMessage.id.desc())
    if before is not None:
        found = found.where(OutboxMessage.id < before)
    rows = db.session.execute(found.limit(limit)).mappings()
    return [MailFacts(**row, state=_state(row["sent_at"], row["attempts"])) for row in rows]


def _state(sent_at: object, attempts: int) -> MailState:
    if sent_at is not None:
        return MailState.SENT
    return MailState.SET_ASIDE if attempts >= MOST_ATTEMPTS else MailState.WAITING
