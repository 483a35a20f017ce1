"""Tables of webhooks and of what is on its way to them."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from booking.journal.models import Cursor
from booking.kernel.db import Base, Key, reference


class Webhook(Base):
    """An address that a person wants called about the bookings they may see."""

    __tablename__ = "webhook"

    id: Mapped[Key]
    user_id: Mapped[int] = reference("user_account.id", ondelete="CASCADE", index=True)
    url: Mapped[str] = mapped_column(String(1000))
    salt: Mapped[str] = mapped_column(String(43))
    """With the installation's key it makes the secret, which is kept nowhere (`signing`)."""
    created_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stopped_by: Mapped[str | None] = mapped_column(String(10))
    """What ended it: `receiver`, which answered 410, or `failures`."""
    events: Mapped[list[str]] = mapped_column(server_default=sql("'[]'"))
    """What it is called for, by the journal's names; empty for everything, later additions, too."""


class WebhookMessage(Base):
    """One call, from when it was written until it is tidied away: the log."""

    __tablename__ = "webhook_message"

    id: Mapped[Key]
    message_id: Mapped[str] = mapped_column(String(40), unique=True)
    webhook_id: Mapped[int] = reference("webhook.id", ondelete="CASCADE", index=True)
    booking_id: Mapped[int | None] = reference("booking.id", ondelete="CASCADE", index=True)
    """None for a trial."""
    event: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Earliest next attempt."""
    attempts: Mapped[int]
    status: Mapped[int | None]
    """Of the last answer (HTTP)."""
    error: Mapped[str | None] = mapped_column(String(40))
    """Why there was none: a code of `kernel.outside`."""
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_webhook_message_due_at",
            "due_at",
            sqlite_where=sql("delivered_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sql("delivered_at IS NULL AND given_up_at IS NULL"),
        ),
    )


class WebhookCursor(Cursor, Base):
    """Up to which journal entry programs have been told: one row."""

    __tablename__ = "webhook_cursor"
