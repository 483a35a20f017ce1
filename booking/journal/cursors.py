"""Reading the journal on from where it was left: each entry once, however many read at once."""

from sqlalchemy import select, update

from booking.journal.models import Cursor
from booking.kernel.db import connection


def place(cursor: type[Cursor]) -> int:
    """The entry up to which was read. One statement."""
    return connection().scalar(select(cursor.entry_id)) or 0


def advance(cursor: type[Cursor], before: int, after: int) -> bool:
    """Move on from one entry to another, in the transaction of what comes of those in between.

    False where another worker moved on meanwhile: then nothing may come of them here.
    """
    moved = update(cursor).where(cursor.entry_id == before).values(entry_id=after)
    return bool(connection().execute(moved).rowcount)
