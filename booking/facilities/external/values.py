"""What is known of external calendars, as values."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

EFFECTS = ("closure", "information")


class Found(NamedTuple):
    """An occurrence that stands in a calendar; instants in UTC epoch seconds."""

    key: str
    starts: int
    ends: int
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFacts:
    """An external calendar as its page shows it; `host` is all of its address that is shown."""

    id: int
    facility_id: int
    name: str
    host: str
    effect: str
    read_at: datetime | None
    next_at: datetime
    failures: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """What stands in one, [starts, ends) in UTC epoch seconds; `closed` if it shuts a facility."""

    calendar_id: int
    starts: int
    ends: int
    summary: str
    closed: bool
