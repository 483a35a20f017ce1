"""What rules look at and what they answer."""

from dataclasses import dataclass, field
from typing import Any

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.opening import Week


@dataclass(frozen=True, slots=True)
class Room:
    """A facility as rules see it; `closures` are pairs (interval, reason) that touch the wish."""

    code: str
    name: str
    zone: str
    bookable: bool
    guests_allowed: bool
    capacity: int | None
    opening: Week
    closures: tuple[tuple[Interval, str], ...] = ()

    @property
    def named(self) -> dict[str, Any]:
        """What a finding says of it; the code lets the door use the reader's language."""
        return {"facility": self.name, "code": self.code}


@dataclass(frozen=True, slots=True)
class Facts:
    """A wish with all that rules need to judge it; instants in UTC epoch seconds."""

    span: Interval
    now: int
    rooms: tuple[Room, ...]
    option: bool = False
    guest: bool = False
    attendees: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's objection: a stable code and what its sentence needs."""

    rule: str
    params: dict[str, Any] = field(default_factory=dict)
    overridable: bool = True
    """A manager may decide otherwise."""
