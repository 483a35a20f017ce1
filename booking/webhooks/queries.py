"""Reading webhooks and their logs: everybody their own."""

from sqlalchemy import bindparam, select

from booking.core.access import Actor
from booking.kernel.db import connection
from booking.kernel.errors import NotFound
from booking.reservations.models import Booking
from booking.webhooks.models import Webhook, WebhookMessage
from booking.webhooks.values import MessageFacts, WebhookFacts

_MINE = (
    select(
        Webhook.id,
        Webhook.url,
        Webhook.events,
        Webhook.created_at,
        Webhook.failing_since,
        Webhook.stopped_at,
        Webhook.stopped_by,
    )
    .where(Webhook.user_id == bindparam("user"))
    .order_by(Webhook.id)
)
_LOG = (
    select(
        WebhookMessage.id,
        WebhookMessage.message_id,
        WebhookMessage.event,
        Booking.number,
        WebhookMessage.body,
        WebhookMessage.created_at,
        WebhookMessage.due_at,
        WebhookMessage.attempts,
        WebhookMessage.status,
        WebhookMessage.error,
        WebhookMessage.delivered_at,
        WebhookMessage.given_up_at,
    )
    .outerjoin_from(WebhookMessage, Booking, Booking.id == WebhookMessage.booking_id)
    .where(WebhookMessage.webhook_id == bindparam("webhook"))
    .order_by(WebhookMessage.id.desc())
    .limit(bindparam("most"))
)


def mine(actor: Actor) -> list[WebhookFacts]:
    """The caller's webhooks, oldest first. One statement."""
    rows = connection().execute(_MINE, {"user": actor.user_id}).mappings()
    return [WebhookFacts(**row) for row in rows]


def one(actor: Actor, webhook_id: int) -> WebhookFacts:
    """One of the caller's webhooks. One statement. Raises NotFound for others'."""
    for facts in mine(actor):
        if facts.id == webhook_id:
            return facts
    raise NotFound


def log(actor: Actor, webhook_id: int, most: int, before: int | None = None) -> list[MessageFacts]:
    """The calls to one of the caller's webhooks, newest first, those before an id if it is given.

    Two statements. Raises NotFound for others'.
    """
    one(actor, webhook_id)
    asked = _LOG if before is None else _LOG.where(WebhookMessage.id < before)
    rows = connection().execute(asked, {"webhook": webhook_id, "most": most}).mappings()
    return [MessageFacts(**row) for row in rows]
