"""Where plans would stand on their spaces."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from booking.core.scheduling.ranks import RANK_OF_RIGHT, lowest_free
from booking.facilities.values import FacilityFacts
from booking.reservations import claims, pools
from booking.reservations.claims import Hold, Window
from booking.reservations.wish import Plan


@dataclass(frozen=True)
class Placement:
    """The lowest free rank on each space, None where none is, and the holds in the way.

    The space of a pool has rank 1 where the amount fits, None where it does not.
    """

    ranks: dict[int, int | None]
    holds: list[Hold]

    @cached_property
    def rank(self) -> int | None:
        """The rank the booking as a whole would have; None when one space has none left."""
        given = [rank for rank in self.ranks.values() if rank is not None]
        return max(given, default=RANK_OF_RIGHT) if len(given) == len(self.ranks) else None


def placements(plans: Sequence[Plan], now: int, besides: Collection[int] = ()) -> list[Placement]:
    """Where each plan would stand at `now`, in the order given.

    `besides` are occurrences that make room, for they are being moved. One statement however many
    plans there are, a few more when an option has lapsed unnoticed.
    """
    wanted = [
        (plan, facility, Window(place, space, *plan.claimed(facility)))
        for place, plan in enumerate(plans)
        for facility in plan.facilities
        for space in facility.space_ids
    ]
    windows = [window for _, _, window in wanted]
    holds = {
        place: [hold for hold in found if hold.occurrence_id not in besides]
        for place, found in claims.standing_in(windows, now).items()
    }
    placed = [Placement({}, holds.get(place, [])) for place in range(len(plans))]
    for plan, facility, window in wanted:
        rank = _rank(plan, facility, window, holds[window.place])
        placed[window.place].ranks[window.space_id] = rank
    return placed


def _rank(plan: Plan, facility: FacilityFacts, window: Window, holds: Sequence[Hold]) -> int | None:
    amount = plan.amount_of(facility)
    if amount is not None:
        return None if pools.short(facility, holds, window.interval, amount) else RANK_OF_RIGHT
    here = [h.held for h in holds if h.space_id == window.space_id and h.amount is None]
    return lowest_free(here, window.interval)
