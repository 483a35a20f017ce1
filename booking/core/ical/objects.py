"""What is written into calendars, as values; instants are UTC epoch seconds, [starts, ends)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from booking.core.scheduling.interval import Interval

PRODUCT = "-//Mediacite//Booking 1//FR"
"""PRODID of all that leaves the house (RFC 5545, 3.7.3)."""


class Status(StrEnum):
    """STATUS of a VEVENT."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Event(NamedTuple):
    """One occurrence. `changed` is when what it says changed last, not when it was asked.

    Clients compare `changed` and `sequence` to see whether they have to look at the rest. With
    `whole_days` both ends are midnights in UTC and only their dates are written.
    """

    uid: str
    starts: int
    ends: int
    changed: int
    sequence: int
    summary: str
    status: Status = Status.CONFIRMED
    transparent: bool = False
    created: int | None = None
    whole_days: bool = False
    location: str = ""
    description: str = ""
    url: str = ""
    categories: Sequence[str] = ()

    @property
    def busy_status(self) -> str:
        """For Outlook (MS-OXCICAL, X-MICROSOFT-CDO-BUSYSTATUS), which shows cancelled as active."""
        if self.transparent or self.status is Status.CANCELLED:
            return "FREE"
        return "TENTATIVE" if self.status is Status.TENTATIVE else "BUSY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A feed: expanded occurrences in the order in which they are written.

    `color` is a CSS3 colour name (RFC 7986, 5.9), `color_code` its #RRGGBB for Apple.
    """

    product: str
    uid: str
    name: str
    description: str
    time_zone: str
    changed: int
    refresh_h: int
    color: str
    color_code: str
    events: Sequence[Event] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBusy:
    """When something is taken within a window, or cannot be had, and nothing else about it."""

    product: str
    uid: str
    changed: int
    window: Interval
    busy: Sequence[Interval]
    unavailable: Sequence[Interval] = ()
