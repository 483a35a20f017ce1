"""What reservations answer: plain values, masked for the caller where they must be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from booking.core.lifecycle import Verb
from booking.core.rules import Finding
from booking.core.scheduling.availability import Alternative
from booking.kernel.errors import Clash, Refused

OCCUPIED = "occupied"
"""What a state is called for those who may not know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What stands in the way of a wish on one facility; instants in UTC epoch seconds.

    `held_as` is `occupied` or `option`; number, title and company only where the caller may know.
    `blocked_from` and `blocked_until` include setup and turnaround.
    """

    facility: str
    starts: int
    ends: int
    blocked_from: int
    blocked_until: int
    held_as: str
    rank: int
    number: str | None = None
    title: str | None = None
    left: int | None = None
    """Of a pool: the least that is left from `starts` to `ends`, out of `quantity`."""
    quantity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateVerdict:
    """What would become of one date of a series; instants in UTC epoch seconds.

    `outcome` is free, behind (an option), occupied, closed or refused; `rank` the turn one could
    have, None for none; `room` another one that is free at that time, where one was looked for.
    """

    on: date
    starts: int
    ends: int
    facilities: tuple[str, ...]
    outcome: str
    rank: int | None
    findings: tuple[Finding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    room: Alternative | None = None
    kept: bool = True
    """Whether it would be booked; the others are left out, or stand against the whole."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What would become of a wish: all empty and rank 1 means it would be granted."""

    findings: tuple[Finding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    rank: int | None = 1
    """The rank it would get; None when even the last one is taken."""
    state: str | None = None
    """The state in which it would begin at that rank."""
    expires: int | None = None
    dates: tuple[DateVerdict, ...] = ()
    """Of a series, every date."""

    granted: bool = True
    """Whether asking for it as it is would book it."""

    facilities: tuple[str, ...] = ()
    """Codes of what was judged: bundles unpacked, a unit in place of each group."""

    @property
    def refusal(self) -> Refused | Clash | None:
        """What asking for it would raise."""
        if self.granted:
            return None
        if self.findings:
            return Refused(self.findings, self.dates, self.alternatives)
        return Clash(self.conflicts, self.alternatives, self.rank, self.dates)


class Entry(NamedTuple):
    """One bar of the planning; instants in UTC epoch seconds, None where masked."""

    facility: str
    starts: int
    ends: int
    blocked_from: int
    blocked_until: int
    state: str
    rank: int
    mine: bool
    via: str | None
    booking: str | None
    title: str | None
    company: str | None
    company_name: str | None
    production: str | None
    amount: int | None = None
    """Of a pool, what is taken of it."""
    expires: int | None = None
    """When it lapses by itself: an option, a request, a booking that nobody checks in to."""


class AllocationView(NamedTuple):
    """A facility of an occurrence and what was decided about it."""

    facility_id: int
    code: str
    name: str
    site_id: int
    decision: str
    decided_by: str | None
    decided_at: int | None
    rank: int | None
    """None once it holds nothing."""
    amount: int | None = None
    """What it takes of a pool; None of anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeView:
    """An open challenge of an occurrence: `made` by it, else it was challenged.

    `due` in UTC epoch seconds; `moved_by` says why it is not 24 hours, empty where it is: hours,
    weekend, holiday, short_notice, or expiry where the option lapses by itself before.
    """

    made: bool
    due: int
    moved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """An open offer of another place; UTC epoch seconds, codes and names of its facilities."""

    is_swap: bool
    starts: int
    ends: int
    codes: tuple[str, ...]
    message: str
    amounts: Mapping[str, int]
    """Of the pools among them, by code."""
    is_off: bool = False
    """A swap of which one side has something else by now: it can only be refused."""


class OccurrenceView(NamedTuple):
    """One stretch of time of a booking as it stands now; instants in UTC epoch seconds."""

    id: int
    uid: str
    starts: int
    ends: int
    zone: str
    state: str
    expires: int | None
    allocations: tuple[AllocationView, ...]
    verbs: tuple[Verb, ...]
    """What the caller may do to it now."""
    challenge: ChallengeView | None = None
    offer: OfferView | None = None

    @property
    def rank(self) -> int | None:
        """The worst rank of its claims; None once it holds nothing."""
        return max((a.rank for a in self.allocations if a.rank), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingView:
    """A booking in full, for those who may see it."""

    id: int
    number: str
    title: str
    note: str
    attendees: int | None
    company_id: int
    company_code: str
    company_name: str
    requester_id: int
    requester_name: str
    production_id: int | None
    production_code: str | None
    production_title: str | None
    rule: str
    """RFC 5545 RRULE of a series, as it was asked for; empty for one date or hand-picked ones."""
    created: int
    revision: int
    participants: tuple[str, ...]
    """E-mail addresses of those who are invited, in the order of the alphabet."""
    occurrences: tuple[OccurrenceView, ...]


class HistoryView(NamedTuple):
    """One line of a booking's history; `who` is None for the clock."""

    at: int
    who: str | None
    event: str
    reason: str | None
    before: dict[str, Any]
    after: dict[str, Any]


class Line(NamedTuple):
    """One occurrence in a list; `facilities` are their names in the order of the planning."""

    number: str
    title: str
    starts: int
    ends: int
    zone: str
    state: str
    rank: int | None
    expires: int | None
    company_name: str
    requester_name: str
    production_code: str | None
    facilities: tuple[str, ...]
    waiting: int
    """How many wait behind it or compete for the same slot."""
    occurrence_id: int
    codes: tuple[str, ...]
    """Of the facilities, in the same order."""
    amounts: tuple[int | None, ...]
    """Taken of them, where they are pools."""

    @property
    def places(self) -> tuple[str, ...]:
        """The facilities with what is taken of pools: "Fibre × 4"."""
        pairs = zip(self.facilities, self.amounts, strict=True)
        return tuple(name if amount is None else f"{name} × {amount}" for name, amount in pairs)
