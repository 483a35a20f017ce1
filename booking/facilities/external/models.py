"""Tables of external calendars and what stands in them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, Key, Seconds, reference


class ExternalCalendar(Base):
    """An .ics of somebody else that says when a facility is not to be had, or just what is on."""

    __tablename__ = "external_calendar"

    id: Mapped[Key]
    facility_id: Mapped[int] = reference("facility.id", ondelete="CASCADE", index=True)
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(1000))
    effect: Mapped[str] = mapped_column(String(12))
    etag: Mapped[str] = mapped_column(String(200), default="")
    last_modified: Mapped[str] = mapped_column(String(60), default="")
    next_at: Mapped[datetime] = mapped_column(index=True)
    """When it is looked at again."""
    read_at: Mapped[datetime | None]
    """When it was last read without a fault, changed or not."""
    failures: Mapped[int] = mapped_column(default=0)
    """Faults since then."""
    error: Mapped[str] = mapped_column(String(40), default="")
    created_by: Mapped[int] = reference("user_account.id")

    __table_args__ = (CheckConstraint("effect IN ('closure', 'information')", name="effect"),)


class ExternalEvent(Base):
    """One occurrence of such a calendar, [starts, ends) in UTC epoch seconds."""

    __tablename__ = "external_event"

    id: Mapped[Key]
    calendar_id: Mapped[int] = reference("external_calendar.id", ondelete="CASCADE")
    key: Mapped[str] = mapped_column(String(64))
    """Digest of what identifies it there."""
    starts: Mapped[Seconds]
    ends: Mapped[Seconds]
    summary: Mapped[str] = mapped_column(String(200), default="")
    closure_id: Mapped[int | None] = reference("closure.id", ondelete="SET NULL", index=True)
    """The closure made of it; None also after somebody opened it again."""

    __table_args__ = (
        UniqueConstraint("calendar_id", "key"),
        CheckConstraint("ends > starts", name="positive"),
        Index(None, "calendar_id", "ends"),
    )
