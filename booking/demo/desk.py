"""Takes bookings in memory, by the same invariant as the database."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from booking.core.lifecycle import HOLDING, State
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.pools import Share, short
from booking.core.scheduling.ranks import HIGHEST
from booking.demo.diary import Diary
from booking.facilities.values import FacilityFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A booking that wants to be; instants in UTC epoch seconds.

    With `queue` it may wait behind others, at rank 2 or 3.
    """

    facilities: tuple[FacilityFacts, ...]
    title: str
    company_id: int
    requester_id: int
    guest: bool = False
    production_id: int | None = None
    attendees: int | None = None
    note: str = ""
    span: Interval
    state: State
    queue: bool = False
    created: int
    expires: int | None = None
    amounts: Mapping[str, int] = field(default_factory=dict)
    """Of pools, by code; 1 of those it does not name."""

    def amount_of(self, facility: FacilityFacts) -> int | None:
        """What it takes of a pool, None for what is used whole."""
        return self.amounts.get(facility.code, 1) if facility.is_pool else None

    def decision(self, facility: FacilityFacts) -> str:
        """What the manager decided: nothing where nobody is asked or no answer came yet."""
        if facility.approval == "automatic" and not self.guest:
            return "automatic"
        if self.state in (State.CONFIRMED, State.CANCELLED):
            return "approved"
        return "declined" if self.state is State.DECLINED else "undecided"

    @property
    def settled(self) -> int:
        """When it came to its state: some hours after it was asked for, before it begins."""
        if self.state in (State.OPTION, State.REQUESTED):
            return self.created
        return self.created + min(5 * 3600, (self.span.starts - self.created) // 2)


class Claimed(NamedTuple):
    """A claim that a draft got, setup and turnaround included; with an amount it is a share."""

    space_id: int
    rank: int
    span: Interval
    facility_id: int
    amount: int | None = None


class Taken(NamedTuple):
    """A draft that the desk took, and what it holds."""

    draft: Draft
    claims: tuple[Claimed, ...]


class Desk:
    """Looks whether drafts fit and keeps those that do."""

    def __init__(self) -> None:
        self._diary = Diary()
        self._shares: dict[int, list[Share]] = defaultdict(list)
        self._taken: list[Taken] = []

    def take(self, draft: Draft) -> bool:
        """Keep the booking if it gets the rank it needs on every space; else change nothing."""
        claims = tuple(self._claims(draft))
        if any(claim.rank == 0 for claim in claims):
            return False
        for claim in claims:
            if claim.amount is None:
                self._diary.hold(claim.space_id, claim.rank, claim.span)
            else:
                self._shares[claim.facility_id].append(Share(*claim.span, claim.amount))
        self._taken.append(Taken(draft, claims))
        return True

    def hand_over(self) -> list[Taken]:
        """What was taken since the last time, in the order in which it was asked for.

        The desk remembers no more of it than what is occupied.
        """
        taken = sorted(self._taken, key=lambda taken: taken.draft.created)
        self._taken.clear()
        return taken

    def _claims(self, draft: Draft) -> Iterator[Claimed]:
        """What the draft would hold; rank 0 where there is no room for it."""
        if draft.state not in HOLDING:
            return
        highest = HIGHEST if draft.queue else 1
        for facility in draft.facilities:
            span = draft.span.padded(facility.setup_min * 60, facility.turnaround_min * 60)
            amount = draft.amount_of(facility)
            if amount is not None:
                held = self._shares[facility.id]
                rank = 0 if short(held, span, facility.quantity, amount) else 1
                yield Claimed(facility.space_ids[0], rank, span, facility.id, amount)
                continue
            for space in facility.space_ids:
                rank = self._diary.lowest_free(space, span, highest) or 0
                yield Claimed(space, rank, span, facility.id)
