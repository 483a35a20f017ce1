"""Calling webhooks: each message until it is taken, later and later, aside in the end."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, select, update

from booking.core.access import allowed
from booking.kernel.db import db
from booking.kernel.outside import Call, Limits, OutsideError, called
from booking.kernel.transaction import transaction
from booking.reservations.subjects import told
from booking.webhooks import signing
from booking.webhooks.actions import CALLABLE
from booking.webhooks.models import Webhook, WebhookMessage
from booking.webhooks.spreading import reader

AGENT = "MediaciteBooking/1 (webhook)"
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)
"""After the first failure, the second …: three days in all, as Standard Webhooks advises."""

FAILS_FOR = timedelta(days=5)
"""Without one success in so long nobody listens: the webhook is stopped."""

LEASE = timedelta(minutes=5)
"""For so long a message belongs to the worker that took it; then another may try."""

LONGEST_PASS_S = 60
GONE = 410


@dataclass(frozen=True, slots=True)
class Caller:
    """How webhooks are called: the installation's `keys`, newest first, sign."""

    keys: tuple[str, ...]
    limits: Limits = CALLABLE


class _Taken(NamedTuple):
    """A message that this worker calls about."""

    id: int
    webhook_id: int
    message_id: str
    body: str
    attempts: int
    url: str
    salt: str
    user_id: int
    booking_id: int | None


def deliver_due(now: datetime, caller: Caller, *, limit: int = 500) -> int:
    """Send the messages that are due, oldest first; how many were taken by their receivers.

    Nothing in the database is held while a receiver thinks. A webhook that failed is left alone
    for the rest of the pass, so that one slow receiver holds nobody up for long. A worker that
    dies in between may send that one message twice, under the same id.
    """
    sent, failed, started = 0, set[int](), time.monotonic()
    for _ in range(limit):
        message = _take(now, failed) if time.monotonic() - started < LONGEST_PASS_S else None
        if message is None:
            break
        if not _may_be_told(message):
            _give_up(message, now)
            continue
        status, error = _call(message, caller, now)
        if status is not None and 200 <= status < 300:
            _settle(message, status, now)
            sent += 1
        else:
            _postpone(message, status, error, now)
            failed.add(message.webhook_id)
    return sent


def _due(now: datetime, besides: Collection[int]) -> Select[int]:
    return (
        select(WebhookMessage.id)
        .join(Webhook, Webhook.id == WebhookMessage.webhook_id)
        .where(
            WebhookMessage.delivered_at.is_(None),
            WebhookMessage.given_up_at.is_(None),
            WebhookMessage.due_at <= now,
            Webhook.stopped_at.is_(None),
            WebhookMessage.webhook_id.not_in(sorted(besides)),
        )
        .order_by(WebhookMessage.due_at, WebhookMessage.id)
        .limit(1)
        .with_for_update(of=WebhookMessage, skip_locked=True)
    )


@transaction
def _take(now: datetime, besides: Collection[int]) -> _Taken | None:
    """The next due message, this worker's for the length of a lease; the attempt counts now."""
    key = db.session.scalar(_due(now, besides))
    if key is None:
        return None
    taken = update(WebhookMessage).where(WebhookMessage.id == key)
    attempts = WebhookMessage.attempts + 1
    db.session.execute(taken.values(attempts=attempts, due_at=now + LEASE))
    columns = (
        WebhookMessage.id,
        WebhookMessage.webhook_id,
        WebhookMessage.message_id,
        WebhookMessage.body,
        WebhookMessage.attempts,
        Webhook.url,
        Webhook.salt,
        Webhook.user_id,
        WebhookMessage.booking_id,
    )
    found = select(*columns).join_from(
        WebhookMessage, Webhook, Webhook.id == WebhookMessage.webhook_id
    )
    return _Taken._make(db.session.execute(found.where(WebhookMessage.id == key)).one())


def _may_be_told(message: _Taken) -> bool:
    """Rights come and go: whether the owner is still here and may still see the booking."""
    owner = reader(message.user_id)
    if owner is None or message.booking_id is None:
        return owner is not None
    found = told([message.booking_id]).get(message.booking_id)
    return found is not None and allowed(owner, "booking:see", found.subject)


def _call(message: _Taken, caller: Caller, now: datetime) -> tuple[int | None, str | None]:
    """The status of the answer, or why there was none."""
    db.session.rollback()  # no read stays open while somebody else's server takes its time
    body = message.body.encode()
    secrets = tuple(signing.secret_of(key, message.salt) for key in caller.keys)
    headers = {
        "User-Agent": AGENT,
        "Content-Type": "application/json",
        **signing.headers(secrets, message.message_id, int(now.timestamp()), body),
    }
    ends_at = time.monotonic() + caller.limits.time_s
    try:
        call = Call("POST", headers, body)
        with called(message.url, call, caller.limits, ends_at) as answer:
            return answer.status, None
    except OutsideError as error:
        return None, error.code[:40]


@transaction
def _settle(message: _Taken, status: int, now: datetime) -> None:
    _note(message, delivered_at=now, status=status, error=None)
    works = update(Webhook).where(Webhook.id == message.webhook_id)
    db.session.execute(works.values(failing_since=None))


@transaction
def _postpone(message: _Taken, status: int | None, error: str | None, now: datetime) -> None:
    """Try again later; in the end never. What answers 410 is never called again."""
    values: dict[str, object] = {"status": status, "error": error}
    if message.attempts > len(WAITS):
        values["given_up_at"] = now
    else:
        values["due_at"] = now + WAITS[message.attempts - 1]
    _note(message, **values)
    hook = db.session.get(Webhook, message.webhook_id, populate_existing=True)
    if hook is None:
        return  # removed meanwhile
    hook.failing_since = hook.failing_since or now
    if status == GONE:
        hook.stopped_at, hook.stopped_by = now, "receiver"
    elif now - hook.failing_since >= FAILS_FOR:
        hook.stopped_at, hook.stopped_by = now, "failures"


@transaction
def _give_up(message: _Taken, now: datetime) -> None:
    _note(message, given_up_at=now, status=None, error="not_allowed")


def _note(message: _Taken, **values: object) -> None:
    noted = update(WebhookMessage).where(WebhookMessage.id == message.id)
    db.session.execute(noted.values(values))
