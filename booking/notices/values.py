"""What the rest of the house knows about mails: plain values."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from enum import StrEnum

from booking.notices.catalog import Group


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail goes to, and in which language."""

    email: str
    name: str
    locale: str


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Where people reach the site; whom its mails come from, as in "Desk <desk@pole.example>"."""

    site_url: str
    sender: str

    @property
    def organizer(self) -> str:
        """The bare address of the sender, which calendars know the house by."""
        return parseaddr(self.sender)[1]


class Requests(StrEnum):
    """How managers hear of requests."""

    EACH = "each"
    DAILY = "daily"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a person wants mails about; `calendar`: bookings as invitations, too.

    Challenges of one's own option, closures and passwords cannot be switched off: silence would
    cost the slot, or a day in front of a locked door.
    """

    decisions: bool = True
    options: bool = True
    reminders: bool = True
    requests: Requests = Requests.EACH
    calendar: bool = False

    def want(self, group: Group) -> bool:
        """Whether mails of a group are wanted."""
        wanted = {
            Group.ALWAYS: True,
            Group.DECISIONS: self.decisions,
            Group.OPTIONS: self.options,
            Group.REMINDERS: self.reminders,
            Group.REQUESTS: self.requests is Requests.EACH,
            Group.DIGEST: self.requests is Requests.DAILY,
        }
        return wanted[group]


class MailState(StrEnum):
    """How far a mail came."""

    WAITING = "waiting"
    SENT = "sent"
    SET_ASIDE = "set_aside"
    DROPPED = "dropped"


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
    calendar: bool = False


@dataclass(frozen=True, slots=True)
class MailText(MailFacts):
    """A mail of the demonstration with what it says."""

    text: str
    html: str
