"""Writing webhooks: everybody their own; each call is one transaction."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from booking.core.access import Actor
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Invalid, NotFound
from booking.kernel.outside import Limits, OutsideError, checked
from booking.kernel.tokens import new_secret
from booking.kernel.transaction import transaction
from booking.members.events import about_user
from booking.reservations.events import BOOKING_EVENTS
from booking.webhooks import messages, signing
from booking.webhooks.models import Webhook, WebhookMessage

MOST_WEBHOOKS = 5
KEPT = timedelta(days=30)
"""How long what was delivered or given up stays in the log."""

CALLABLE = Limits(schemes=("https",), ports=frozenset({443, 8443}))


@transaction
def add_webhook(
    actor: Actor, url: str, key: str, now: datetime, limits: Limits = CALLABLE
) -> tuple[int, str]:
    """Have an address called from now on; the webhook's id, and its secret, never shown again.

    `key` is the installation's. Raises Invalid at `url`.
    """
    url = url.strip()
    try:
        checked(url, limits)
    except OutsideError as error:
        raise Invalid(FieldError("url", "not_callable")) from error
    mine = select(func.count()).select_from(Webhook).where(Webhook.user_id == actor.user_id)
    if (db.session.scalar(mine) or 0) >= MOST_WEBHOOKS:
        raise Invalid(FieldError("url", "too_many_webhooks", {"max": MOST_WEBHOOKS}))
    row = Webhook(user_id=actor.user_id, url=url, salt=new_secret(), created_at=now)
    db.session.add(row)
    db.session.flush()
    _record(actor, "webhook_added", row.id, now)
    return row.id, signing.secret_of(key, row.salt)


@transaction
def renew_secret(actor: Actor, webhook_id: int, key: str, now: datetime) -> str:
    """Sign with another secret from now on; the new one. Raises NotFound."""
    salt = new_secret()
    _change(actor, webhook_id, salt=salt)
    _record(actor, "webhook_renewed", webhook_id, now)
    return signing.secret_of(key, salt)


@transaction
def choose_events(actor: Actor, webhook_id: int, events: Collection[str], now: datetime) -> None:
    """Call a webhook for these events from now on, by the journal's names.

    All of them are everything, what later versions add, too. Raises NotFound; Invalid at `events`
    for none and for what is none.
    """
    if not events or not set(events) <= set(BOOKING_EVENTS):
        raise Invalid(FieldError("events", "no_events"))
    chosen = [name for name in BOOKING_EVENTS if name in events]
    _change(actor, webhook_id, events=[] if len(chosen) == len(BOOKING_EVENTS) else chosen)
    _record(actor, "webhook_changed", webhook_id, now)


@transaction
def resume_webhook(actor: Actor, webhook_id: int, now: datetime) -> None:
    """Call a webhook again that was stopped; what still waits leaves at once. Raises NotFound."""
    _change(actor, webhook_id, stopped_at=None, stopped_by=None, failing_since=None)
    waiting = update(WebhookMessage).where(
        WebhookMessage.webhook_id == webhook_id,
        WebhookMessage.delivered_at.is_(None),
        WebhookMessage.given_up_at.is_(None),
    )
    db.session.execute(waiting.values(due_at=now))
    _record(actor, "webhook_resumed", webhook_id, now)


@transaction
def remove_webhook(actor: Actor, webhook_id: int, now: datetime) -> None:
    """Call it no more and forget its log. Raises NotFound."""
    mine = (Webhook.id == webhook_id, Webhook.user_id == actor.user_id)
    if db.session.scalar(delete(Webhook).where(*mine).returning(Webhook.id)) is None:
        raise NotFound
    _record(actor, "webhook_removed", webhook_id, now)


@transaction
def try_out(actor: Actor, webhook_id: int, now: datetime) -> None:
    """Send a message about nothing. Raises NotFound."""
    _check(actor, webhook_id)
    said = messages.body(messages.TRIAL, int(now.timestamp()), {})
    db.session.add(WebhookMessage(**messages.row(webhook_id, messages.TRIAL, said, now)))


@transaction
def send_again(actor: Actor, webhook_id: int, message_key: int, now: datetime) -> None:
    """Send a message of the log once more, under its own id. Raises NotFound."""
    _check(actor, webhook_id)
    named = (WebhookMessage.id == message_key, WebhookMessage.webhook_id == webhook_id)
    fresh = {"due_at": now, "attempts": 0, "delivered_at": None, "given_up_at": None}
    again = update(WebhookMessage).where(*named).values(fresh).returning(WebhookMessage.id)
    if db.session.scalar(again) is None:
        raise NotFound


@transaction
def tidy(now: datetime) -> None:
    """Remove from the logs what ended 30 days before `now`."""
    old = now - KEPT
    for ended in (WebhookMessage.delivered_at, WebhookMessage.given_up_at):
        db.session.execute(delete(WebhookMessage).where(ended <= old))


def _check(actor: Actor, webhook_id: int) -> None:
    mine = (Webhook.id == webhook_id, Webhook.user_id == actor.user_id)
    if db.session.scalar(select(Webhook.id).where(*mine)) is None:
        raise NotFound


def _change(actor: Actor, webhook_id: int, **values: object) -> None:
    mine = (Webhook.id == webhook_id, Webhook.user_id == actor.user_id)
    changed = update(Webhook).where(*mine).values(values).returning(Webhook.id)
    if db.session.scalar(changed) is None:
        raise NotFound


def _record(actor: Actor, name: str, webhook_id: int, now: datetime) -> None:
    told = about_user(name, actor.user_id, after={"webhook": webhook_id})
    record([told], actor_id=actor.user_id, at=now)
