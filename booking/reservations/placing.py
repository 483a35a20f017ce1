"""Where plans would stand on their spaces."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from booking.core.scheduling.ranks import (
    HIGHEST,
    NEW,
    RANK_OF_RIGHT,
    Held,
    knot,
    lowest_free,
    turns,
    waits_and_passes,
)
from booking.facilities.values import FacilityFacts
from booking.reservations import claims, pools
from booking.reservations.holds import Hold, Window
from booking.reservations.targets import Claimed
from booking.reservations.wish import Plan


@dataclass(frozen=True)
class Placement:
    """The rank on each space, None where there is no room left, and the holds in the way.

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
    """Where each plan would stand at `now`, in the order given: the lowest rank on each space.

    Behind everybody there where that would have two wait for each other: in one room before them,
    in the other behind them. `besides` are occurrences that make room, for they are being moved.
    One statement however many plans there are, a few more when an option has lapsed unnoticed or
    somebody would pass others and wait.
    """
    return ask(plans, now, besides)()


def ask(
    plans: Sequence[Plan], now: int, besides: Collection[int] = ()
) -> Callable[[], list[Placement]]:
    """The same, waited for when it is called; called again it answers the same."""
    wanted = [
        (plan, facility, Window(place, space, *plan.claimed(facility)))
        for place, plan in enumerate(plans)
        for facility in plan.facilities
        for space in facility.space_ids
    ]
    asked = claims.ask_standing_in([window for _, _, window in wanted], now)

    @cache
    def placed() -> list[Placement]:
        holds = {
            place: [hold for hold in found if hold.occurrence_id not in besides]
            for place, found in asked().items()
        }
        return _placed(plans, wanted, holds, besides, now)

    return placed


def _placed(
    plans: Sequence[Plan],
    wanted: Iterable[tuple[Plan, FacilityFacts, Window]],
    holds: Mapping[int, list[Hold]],
    besides: Collection[int],
    now: int,
) -> list[Placement]:
    placed = [Placement({}, holds.get(place, [])) for place in range(len(plans))]
    for placement, claimed in zip(placed, _newcomers(plans, placed, besides, now), strict=True):
        placement.ranks.update(_turns_left(claimed))
    for plan, pool, window in wanted:
        if amount := plan.amount_of(pool):
            short = pools.short(pool, holds[window.place], window.interval, amount)
            placed[window.place].ranks[window.space_id] = None if short else RANK_OF_RIGHT
    return placed


def in_its_turn(plan: Plan, placed: Placement, had: Sequence[Claimed]) -> Placement:
    """Where a plan would stand that gives up part of what it `had`: before those behind it.

    What wants more, on any space, has just come: as it was placed.
    """
    turn = {claim.space_id: claim for claim in had}
    wanted = _claims(plan, 0)
    if not all(_within(claim, turn.get(claim.space_id)) for claim in wanted):
        return placed
    kept = [claim._replace(rank=turn[claim.space_id].rank) for claim in wanted]
    return replace(placed, ranks=placed.ranks | _turns_left(_in_turn(kept, placed)))


def _newcomers(
    plans: Sequence[Plan], placed: Sequence[Placement], besides: Collection[int], now: int
) -> list[list[Held]]:
    """What each plan claims with the ranks that it gets, as an occurrence with a number below 0."""
    new = []
    for place, (plan, placement) in enumerate(zip(plans, placed, strict=True)):
        wanted, held = _claims(plan, -1 - place), _held(placement)
        new.append([claim._replace(rank=lowest_free(claim, held)) for claim in wanted])
    passing = [n for n, one in enumerate(new) if waits_and_passes(one, _held(placed[n]))]
    if not passing:
        return new
    there = claims.tentative_around([hold for n in passing for hold in placed[n].holds], now)
    around = [held for held in there if held.occurrence_id not in besides]
    stuck = knot([*around, *(claim for n in passing for claim in new[n])])
    for place in passing:
        if -1 - place in stuck:
            new[place] = _in_turn(_claims(plans[place], -1 - place), placed[place])
    return new


def _in_turn(wanted: Sequence[Held], placed: Placement) -> list[Held]:
    ranks = turns(wanted, _held(placed))
    return [claim._replace(rank=rank) for claim, rank in zip(wanted, ranks, strict=True)]


def _within(claim: Held, had: Claimed | None) -> bool:
    return had is not None and had.starts <= claim.starts and claim.ends <= had.ends


def _claims(plan: Plan, occurrence_id: int) -> list[Held]:
    """What it would claim, as who has just come."""
    return [
        Held(space, NEW, *plan.claimed(facility), occurrence_id)
        for facility in plan.facilities
        if not facility.is_pool
        for space in facility.space_ids
    ]


def _held(placed: Placement) -> list[Held]:
    """What is in the way there; shares of pools are in nobody's."""
    return [hold.held for hold in placed.holds if hold.amount is None]


def _turns_left(claimed: Sequence[Held]) -> dict[int, int | None]:
    """The rank of each claim by its space."""
    return {claim.space_id: claim.rank if claim.rank <= HIGHEST else None for claim in claimed}
