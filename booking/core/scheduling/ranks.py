"""Ranks: one mechanism for options, waiting lists and conflicts.

On one space no two claims of the same rank overlap; rank 1 is the right to the slot.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from booking.core.scheduling.interval import Interval

RANK_OF_RIGHT = 1
HIGHEST = 3


class Held(NamedTuple):
    """A claim on a space over [starts, ends); occurrences are numbered in order of their age."""

    space_id: int
    rank: int
    starts: int
    ends: int
    occurrence_id: int

    @property
    def interval(self) -> Interval:
        """Its stretch of time, setup and turnaround included."""
        return Interval(self.starts, self.ends)


class Standing(NamedTuple):
    """Claims as they stand at an instant, and what became of occurrences until then."""

    held: list[Held]
    ended: frozenset[int]
    confirmed: frozenset[int]
    moved: dict[int, int]
    """When (UTC epoch seconds) each that moved up or ended did so last."""


def lowest_free(held: Sequence[Held], span: Interval, highest: int = HIGHEST) -> int | None:
    """The lowest rank free over the whole span among claims of one space; None beyond `highest`."""
    taken = {h.rank for h in held if h.interval.overlaps(span)}
    return next((rank for rank in range(1, highest + 1) if rank not in taken), None)


def promoted(held: Sequence[Held]) -> list[Held]:
    """Claims of one space, by age, after everyone who can has moved up: the lowest rank first.

    That is the turn that people were told; a booking that was moved here is old, but came last.
    Once suffices: who moves up makes room above itself only, and those of one rank are in nobody's
    way among themselves.
    """
    current = sorted(held, key=lambda h: h.occurrence_id)
    for place in sorted(range(len(current)), key=lambda place: current[place].rank):
        claim, others = current[place], current[:place] + current[place + 1 :]
        rank = lowest_free(others, claim.interval, claim.rank - 1)
        if rank is not None:
            current[place] = claim._replace(rank=rank)
    return current


def settled(held: Sequence[Held], ended: Collection[int]) -> list[Held]:
    """Claims, of any spaces, as they stand once the `ended` occurrences have left."""
    alive = [h for h in held if h.occurrence_id not in ended]
    spaces = {h.space_id for h in held if h.occurrence_id in ended}
    result = [h for h in alive if h.space_id not in spaces]
    for space in sorted(spaces):
        result += promoted([h for h in alive if h.space_id == space])
    return result


def as_of(
    now: int,
    held: Sequence[Held],
    clocks: Mapping[int, int],
    waiting: Collection[int],
    then: Mapping[int, int] = MappingProxyType({}),
) -> Standing:
    """Claims, of any spaces, at `now`: as if somebody had watched every clock run out.

    `clocks` say when occurrences lapse. Those of `waiting` wait for their turn only: reaching
    rank 1 on all their spaces confirms them and stops their clock; `then` has another one for those
    that must be checked in once they are confirmed.
    """
    current = list(held)
    running = {occurrence: at for occurrence, at in clocks.items() if at <= now}
    ended: set[int] = set()
    confirmed: set[int] = set()
    moved: dict[int, int] = {}
    while running:
        instant = min(running.values())
        lapsed = {occurrence for occurrence, at in running.items() if at == instant}
        before = set(current)
        current = settled(current, lapsed)
        moved |= {h.occurrence_id: instant for h in current if h not in before}
        moved |= dict.fromkeys(lapsed, instant)
        ended |= lapsed
        behind = {h.occurrence_id for h in current if h.rank > 1}
        arrived = set(waiting) - ended - confirmed - behind
        confirmed |= arrived
        running = {o: at for o, at in running.items() if o not in ended | arrived}
        running |= {o: then[o] for o in arrived if then.get(o, now + 1) <= now}
    return Standing(current, frozenset(ended), frozenset(confirmed), moved)
