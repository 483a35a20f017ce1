"""What the rest of the house knows about mails: plain values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail goes to, and in which language."""

    email: str
    name: str
    locale: str


class MailState(StrEnum):
    """How far a mail came."""

    WAITING = "waiting"
    SENT = "sent"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFacts:
    """A mail as the administrator sees it: never what it says."""

    id: int
    recipient: str
    subject: str
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    error: str | None
    state: MailState
