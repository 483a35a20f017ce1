"""Removing what has no worth any more: old answers to writes, addresses of who took part."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists

from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.reservations.models import Answer, Occurrence, Participant

ANSWERS_KEPT = timedelta(days=7)
"""A program that repeats a request does so within minutes."""

PARTICIPANTS_KEPT = timedelta(days=90)
"""Who was there is nobody's business for longer; what was booked stays."""


@transaction
def tidy(now: datetime) -> None:
    """Remove answers to idempotency keys after a week, participants 90 days after the last date."""
    db.session.execute(delete(Answer).where(Answer.created_at <= now - ANSWERS_KEPT))
    db.session.execute(delete(Participant).where(~_still_ahead(now - PARTICIPANTS_KEPT)))


def _still_ahead(then: datetime) -> ColumnElement[bool]:
    """Whether a booking had a date that was not over."""
    of_it = Occurrence.booking_id == Participant.booking_id
    return exists().where(of_it, Occurrence.ends > int(then.timestamp()))
