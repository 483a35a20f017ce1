"""Tables of the journal."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from booking.kernel.db import Base, Key


class Entry(Base):
    """One event: who, when, what, on which subject, before and after."""

    __tablename__ = "journal"

    id: Mapped[Key]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    """Without a foreign key: the trail outlives the person. None is the clock."""
    name: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    booking_id: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(1000))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    __table_args__ = (Index(None, "booking_id"), Index(None, "subject"))


class Revision(Base):
    """The newest journal entry that touched a scope such as `facility:3` or `company:5`."""

    __tablename__ = "revision"

    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    entry_id: Mapped[int]


class Cursor:
    """Up to which entry somebody has read the journal: a table of one row for each reader."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[CheckConstraint]:  # noqa: N805
        """There is one row."""
        return (CheckConstraint("id = 1", name="one"),)


class SetAside(Base):
    """An act that one who follows the journal could make nothing of, until it succeeds."""

    __tablename__ = "journal_aside"

    id: Mapped[Key]
    reader: Mapped[str] = mapped_column(String(40))
    """The table of its cursor."""
    first_entry: Mapped[int]
    last_entry: Mapped[int]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    """Earliest next attempt."""
    error: Mapped[str] = mapped_column(String(200))
    """Of which kind and where in the code; never what it says."""
