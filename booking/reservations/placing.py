"""Where plans would stand on their spaces."""

from collections.abc import Sequence
from dataclasses import dataclass

from booking.core.scheduling.ranks import lowest_free
from booking.reservations import claims
from booking.reservations.claims import Hold, Window
from booking.reservations.wish import Plan

RANK_OF_RIGHT = 1


@dataclass(frozen=True, slots=True)
class Placement:
    """The lowest free rank on each space, None where none is, and the holds in the way."""

    ranks: dict[int, int | None]
    holds: list[Hold]

    @property
    def rank(self) -> int | None:
        """The rank the booking as a whole would have; None when one space has none left."""
        given = [rank for rank in self.ranks.values() if rank is not None]
        return max(given, default=RANK_OF_RIGHT) if len(given) == len(self.ranks) else None


def placements(plans: Sequence[Plan], now: int) -> list[Placement]:
    """Where each plan would stand at `now`, in the order given.

    One statement however many plans there are, a few more when an option has lapsed unnoticed.
    """
    windows = [
        Window(place, space, *plan.claimed(facility))
        for place, plan in enumerate(plans)
        for facility in plan.facilities
        for space in facility.space_ids
    ]
    holds = claims.standing_in(windows, now)
    placed = [Placement({}, holds.get(place, [])) for place in range(len(plans))]
    for window in windows:
        here = [hold.held for hold in holds[window.place] if hold.space_id == window.space_id]
        rank = lowest_free(here, window.interval)
        placed[window.place].ranks[window.space_id] = rank
    return placed
