"""Removing what has no worth any more: mails that left long ago, links that lead nowhere."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_

from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.notices.models import DecisionLink, Invited, OutboxMessage
from booking.reservations.models import Occurrence

MAILS_KEPT = timedelta(days=90)
"""Longer than any clock could ask for the same mail again."""


@transaction
def tidy(now: datetime) -> None:
    """Remove mails that left or were dropped 90 days before `now`, and links that lapsed.

    With them what participants' calendars say of bookings that are over as long.
    """
    old = now - MAILS_KEPT
    gone = or_(OutboxMessage.sent_at <= old, OutboxMessage.dropped_at <= old)
    db.session.execute(delete(OutboxMessage).where(gone))
    db.session.execute(delete(DecisionLink).where(DecisionLink.expires_at <= now))
    ahead = exists().where(
        Occurrence.booking_id == Invited.booking_id, Occurrence.ends > int(old.timestamp())
    )
    db.session.execute(delete(Invited).where(~ahead))
