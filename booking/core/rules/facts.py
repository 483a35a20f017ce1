"""What rules look at and what they answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.opening import Week

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A booking beside a facility that would disturb it, or be disturbed by it."""

    code: str
    name: str
    span: Interval


@dataclass(frozen=True, slots=True)
class Usage:
    """What a company has booked of a kind in one ISO week of the site, in seconds."""

    kind: str
    week: Interval
    booked_s: int


class Room(NamedTuple):
    """A facility as rules see it; `closures` are pairs (interval, reason) that touch the wish.

    `settings` are the values by rule (`settable.SETTABLE`) in force on the day the wish begins: a
    rule without one does not apply. `managed` says that the requester decides about the facility,
    `waits` that somebody else has to say yes to a firm request.
    """

    code: str
    name: str
    zone: str
    bookable: bool
    guests_allowed: bool
    capacity: int | None
    opening: Week
    closures: tuple[tuple[Interval, str], ...] = ()
    kind: str = ""
    country: str = ""
    managed: bool = False
    waits: bool = False
    settings: Mapping[str, Any] = _NOTHING
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def named(self) -> dict[str, Any]:
        """What a finding says of it; the code lets the door use the reader's language."""
        return {"facility": self.name, "code": self.code}


class Facts(NamedTuple):
    """A wish with all that rules need to judge it; instants in UTC epoch seconds.

    Filled only where a setting asks for it: `usage` for each kind with a quota and each ISO week
    that the wish touches, `options` the live options of the company by kind, `licences` of the
    requester by code with their last day, None for ever, `lapsed` by code of a facility when last
    a first option on this time lapsed, of the production or else of the company. What the wish
    itself would add is not counted in them; what earlier dates of the same series would add is.
    """

    span: Interval
    now: int
    rooms: tuple[Room, ...]
    option: bool = False
    guest: bool = False
    attendees: int | None = None
    usage: tuple[Usage, ...] = ()
    options: Mapping[str, int] = _NOTHING
    licences: Mapping[str, date | None] = _NOTHING
    lapsed: Mapping[str, int] = _NOTHING


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's objection: a stable code and what its sentence needs, as JSON can hold it."""

    rule: str
    params: dict[str, Any] = field(default_factory=dict)
    overridable: bool = True
    """A manager may decide otherwise."""
