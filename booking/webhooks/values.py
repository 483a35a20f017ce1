"""What is known of webhooks and of the calls to them, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookFacts:
    """A webhook without its secret; it is called for `events`, for everything where empty."""

    id: int
    url: str
    events: Sequence[str]
    created_at: datetime
    failing_since: datetime | None
    stopped_at: datetime | None
    stopped_by: str | None


class Progress(StrEnum):
    """How far a message came."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """A line of the log; `number` is the booking's, None for a trial.

    `status` is the last answer's (HTTP), `error` says why there was none.
    """

    id: int
    message_id: str
    event: str
    number: str | None
    body: str
    created_at: datetime
    due_at: datetime
    attempts: int
    status: int | None
    error: str | None
    delivered_at: datetime | None
    given_up_at: datetime | None

    @property
    def progress(self) -> Progress:
        """How far it came."""
        if self.delivered_at:
            return Progress.DELIVERED
        return Progress.GIVEN_UP if self.given_up_at else Progress.WAITING
