"""What could not be told and waits for an administrator: see it, try it again, give it up."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from booking.core.access import Actor, allowed
from booking.journal.following import MOST_ATTEMPTS
from booking.journal.models import Entry, SetAside
from booking.kernel.db import connection, db, table_of
from booking.kernel.errors import Forbidden, NotFound
from booking.kernel.transaction import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideFacts:
    """An act that was set aside: who would tell it, what began it when, and what went wrong."""

    id: int
    reader: str
    event: str
    at: datetime
    first_entry: int
    last_entry: int
    attempts: int
    due_at: datetime
    error: str

    @property
    def entries(self) -> str:
        """Its numbers in the journal: "12", or "12–14"."""
        one = self.first_entry == self.last_entry
        return str(self.first_entry) if one else f"{self.first_entry}–{self.last_entry}"

    @property
    def waits(self) -> bool:
        """Whether it is tried again by itself."""
        return self.attempts < MOST_ATTEMPTS


def every(actor: Actor) -> list[AsideFacts]:
    """All that is set aside, newest first. One statement.

    Raises Forbidden for all but administrators.
    """
    _administrators_only(actor)
    columns = (
        SetAside.id,
        SetAside.reader,
        Entry.name.label("event"),
        Entry.at,
        SetAside.first_entry,
        SetAside.last_entry,
        SetAside.attempts,
        SetAside.due_at,
        SetAside.error,
    )
    found = select(*columns).join_from(SetAside, Entry, Entry.id == SetAside.first_entry)
    rows = db.session.execute(found.order_by(SetAside.id.desc())).mappings()
    return [AsideFacts(**row) for row in rows]


def count(actor: Actor) -> int:
    """How many acts are set aside. One statement. Raises as `every` does."""
    _administrators_only(actor)
    return connection().scalar(select(func.count()).select_from(SetAside)) or 0


@transaction
def try_again(actor: Actor, aside_id: int, now: datetime) -> None:
    """Let the worker try it at once, from the first attempt. Raises Forbidden, NotFound."""
    _administrators_only(actor)
    again = update(SetAside).where(SetAside.id == aside_id).values(attempts=0, due_at=now)
    if db.session.scalar(again.returning(SetAside.id)) is None:
        raise NotFound


@transaction
def try_all_again(actor: Actor, now: datetime) -> None:
    """The same with everything that is set aside, as after an update. Raises Forbidden."""
    _administrators_only(actor)
    connection().execute(update(table_of(SetAside)).values(attempts=0, due_at=now))


@transaction
def drop(actor: Actor, aside_id: int) -> None:
    """Give it up: nobody is told. The journal keeps it. Raises Forbidden, NotFound."""
    _administrators_only(actor)
    gone = delete(SetAside).where(SetAside.id == aside_id).returning(SetAside.id)
    if db.session.scalar(gone) is None:
        raise NotFound


def _administrators_only(actor: Actor) -> None:
    if not allowed(actor, "journal:see"):
        raise Forbidden
