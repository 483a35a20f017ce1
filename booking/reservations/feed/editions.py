"""Another edition of the product says things otherwise: its feeds are as new as its first start."""

from datetime import datetime

from sqlalchemy import select

from booking.journal.actions import record
from booking.journal.events import Event
from booking.journal.models import Entry
from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.members.events import NAMES

_SUBJECT = "product"
_LAST = select(Entry.after).where(Entry.subject == _SUBJECT).order_by(Entry.id.desc()).limit(1)


@transaction
def note_edition(edition: str, now: datetime) -> bool:
    """Write down which edition runs from now on; False where it is the one that ran last.

    Programs that compare when an event changed take its words anew. One statement where it is.
    """
    after = {"edition": edition}
    if db.session.scalar(_LAST) == after:
        return False
    updated = Event(
        name="product:updated", subject=_SUBJECT, after=after, scopes=frozenset({NAMES})
    )
    record([updated], actor_id=None, at=now)
    return True
