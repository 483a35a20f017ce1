"""From what happened to messages: the journal is read on, each event once (`journal.following`)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import insert, select

from booking.core.access import Actor, Subject, allowed
from booking.journal.following import Follower, follow
from booking.journal.queries import Recorded
from booking.kernel.db import connection, table_of
from booking.members import queries as members
from booking.productions.queries import with_productions
from booking.reservations.subjects import Told, told
from booking.webhooks import messages
from booking.webhooks.models import Webhook, WebhookCursor, WebhookMessage

LATEST = timedelta(days=3)
"""Nobody waits for what is older: webhooks may have been off."""

_LISTENING = select(Webhook.id, Webhook.user_id, Webhook.created_at, Webhook.events).where(
    Webhook.stopped_at.is_(None)
)
_PUT = insert(table_of(WebhookMessage))


class Listener(NamedTuple):
    """A webhook that is called, since when, and for what: for everything where that is empty."""

    id: int
    user_id: int
    created_at: datetime
    events: Sequence[str]


def spread(now: datetime, site_url: str) -> int:
    """Write messages about what happened to bookings since the last time; how many.

    To each webhook those about bookings that its owner may see at `now`. About ten statements for
    a thousand events.
    """
    return follow(Follower(WebhookCursor, partial(_rows, now, site_url), _put), now)


def reader(user_id: int) -> Actor | None:
    """A webhook's owner with all rights as they are now; None if they left."""
    found = members.actor(user_id)
    return found and with_productions(found)


def _put(rows: Sequence[Mapping[str, object]]) -> int:
    if rows:
        connection().execute(_PUT, rows)
    return len(rows)


def _rows(now: datetime, site_url: str, entries: Sequence[Recorded]) -> list[dict[str, object]]:
    return list(_messages(entries, now, site_url))


def _messages(
    entries: Sequence[Recorded], now: datetime, site_url: str
) -> Iterator[dict[str, object]]:
    listeners = [Listener._make(row) for row in connection().execute(_LISTENING)]
    since = (now - LATEST).timestamp()
    fresh = [entry for entry in entries if entry.booking_id and entry.at >= since]
    if not listeners or not fresh:
        return
    bookings = told({entry.booking_id for entry in fresh if entry.booking_id})
    for listener in listeners:
        owner = reader(listener.user_id)
        for entry in fresh:
            booking = bookings.get(entry.booking_id or 0)
            if booking and owner and _concerns(owner, listener, entry, booking.subject):
                yield _message(listener, entry, booking, now, site_url)


def _concerns(owner: Actor, listener: Listener, entry: Recorded, subject: Subject) -> bool:
    known = entry.at >= int(listener.created_at.timestamp())
    wanted = not listener.events or entry.name in listener.events
    return known and wanted and allowed(owner, "booking:see", subject)


def _message(
    listener: Listener, entry: Recorded, booking: Told, now: datetime, site_url: str
) -> dict[str, object]:
    event = entry.name.replace(":", ".")
    data = {"booking": booking.number, "url": f"{site_url}/api/v1/bookings/{booking.number}"}
    said = messages.body(event, entry.at, data)
    return messages.row(listener.id, event, said, now, entry.booking_id)
