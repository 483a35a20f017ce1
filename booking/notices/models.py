"""Tables of mails on their way out, of what people want to be told, and of decision links."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from booking.journal.models import Cursor
from booking.kernel.db import Base, Key, reference


class OutboxMessage(Base):
    """A mail, written in the transaction of what it tells, sent once by the worker."""

    __tablename__ = "outbox"

    id: Mapped[Key]
    message_id: Mapped[str] = mapped_column(String(80), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(250))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Earliest next attempt."""
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(500))
    key: Mapped[str | None] = mapped_column(String(160), unique=True)
    """What it tells to whom: a clock that comes by twice writes one mail."""
    calendar: Mapped[str | None] = mapped_column(Text)
    """An invitation or its cancellation (iTIP), as text with CRLF."""
    dropped_at: Mapped[datetime | None]
    """When an administrator gave it up."""

    __table_args__ = (
        Index(
            "ix_outbox_due_at",
            "due_at",
            sqlite_where=sql("sent_at IS NULL"),
            postgresql_where=sql("sent_at IS NULL"),
        ),
    )


class MailAbout(Base):
    """A booking that a mail tells of; some tell of many."""

    __tablename__ = "mail_about"

    message_id: Mapped[int] = reference("outbox.id", ondelete="CASCADE", primary_key=True)
    booking_id: Mapped[int] = reference(
        "booking.id", ondelete="CASCADE", primary_key=True, index=True
    )


class MailCursor(Cursor, Base):
    """Up to which journal entry people have been told: one row."""

    __tablename__ = "mail_cursor"


class MailChoice(Base):
    """What a person wants mails about; without a row, as `values.Choices` has it."""

    __tablename__ = "mail_choice"

    user_id: Mapped[int] = reference(
        "user_account.id", ondelete="CASCADE", primary_key=True, autoincrement=False
    )
    decisions: Mapped[bool]
    options: Mapped[bool]
    reminders: Mapped[bool]
    requests: Mapped[str] = mapped_column(String(5))
    calendar: Mapped[bool]

    __table_args__ = (CheckConstraint("requests IN ('each', 'daily', 'none')", name="requests"),)


class Invited(Base):
    """A participant who has a booking in their calendar; gone once it was taken out again."""

    __tablename__ = "invited"

    booking_id: Mapped[int] = reference("booking.id", ondelete="CASCADE", primary_key=True)
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    said: Mapped[str] = mapped_column(String(64))
    """A digest of what their calendar says: what changes nothing in it is not told."""


class DecisionLink(Base):
    """A manager's way from a mail to the decision about one booking; works once."""

    __tablename__ = "decision_link"

    secret_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = reference("user_account.id", ondelete="CASCADE", index=True)
    booking_id: Mapped[int] = reference("booking.id", ondelete="CASCADE", index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
