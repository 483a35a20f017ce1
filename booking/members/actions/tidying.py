"""Removing what has no worth any more: ended sessions, spent one-time secrets, old failures."""

from datetime import datetime, timedelta

from sqlalchemy import delete, not_

from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.members import throttle
from booking.members.models import OneTimeToken, UserSession
from booking.members.queries import session_lives

SPENT_SECRETS_KEPT = timedelta(days=1)


@transaction
def tidy(now: datetime) -> None:
    """Remove sessions, one-time secrets and counted failures that count for nothing at `now`."""
    db.session.execute(delete(UserSession).where(not_(session_lives(now))))
    gone = now - SPENT_SECRETS_KEPT
    db.session.execute(delete(OneTimeToken).where(OneTimeToken.expires_at <= gone))
    throttle.tidy(now)


@transaction
def sign_everybody_out() -> None:
    """End every session and void every one-time secret, as after a backup was put back.

    Those that were ended since the backup was made would live again.
    """
    db.session.execute(delete(UserSession))
    db.session.execute(delete(OneTimeToken))
