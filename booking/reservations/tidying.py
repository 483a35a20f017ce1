"""Removing what has no worth any more: answers to writes that nobody sends again."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.reservations.models import Answer

ANSWERS_KEPT = timedelta(days=7)
"""A program that repeats a request does so within minutes."""


@transaction
def tidy(now: datetime) -> None:
    """Remove the answers to idempotency keys that are older than a week."""
    db.session.execute(delete(Answer).where(Answer.created_at <= now - ANSWERS_KEPT))
