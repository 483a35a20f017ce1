"""Ranks: one mechanism for options, waiting lists and conflicts.

On one space no two claims of the same rank overlap; rank 1 is the right to the slot. Nobody waits
for one who waits for them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from booking.core.scheduling.interval import Interval

RANK_OF_RIGHT = 1
HIGHEST = 3
NEW = HIGHEST + 1
"""In place of the rank of a claim that has just come: it has everybody else before it."""


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


def lowest_free(claim: Held, held: Sequence[Held]) -> int:
    """The lowest rank free over all of a claim among those that others have `held`, else `NEW`."""
    taken = {other.rank for other in held if _meet(other, claim)}
    return next(rank for rank in range(1, NEW + 1) if rank not in taken)


def turns(claims: Sequence[Held], held: Sequence[Held]) -> list[int]:
    """The ranks of the claims of one occurrence among those that others have `held`, in order.

    The right to all, where nobody has the right to any part of it, whoever waits. Else on each
    space right behind those who stand before it there: whose rank is lower than the claim's own,
    which is `NEW` for who has just come. Beyond HIGHEST there is no room to wait.
    """
    near = [[h for h in held if _meet(h, claim)] for claim in claims]
    if not any(h.rank == RANK_OF_RIGHT for others in near for h in others):
        return [RANK_OF_RIGHT] * len(claims)
    return [
        1 + max((h.rank for h in others if h.rank < claim.rank), default=0)
        for claim, others in zip(claims, near, strict=True)
    ]


def waits_and_passes(claims: Sequence[Held], held: Sequence[Held]) -> bool:
    """Whether an occurrence has others both before and behind it among those who have `held`."""
    near = [(claim.rank, h.rank) for claim in claims for h in held if _meet(h, claim)]
    return any(mine > other for mine, other in near) and any(mine < other for mine, other in near)


def knot(held: Sequence[Held]) -> set[int]:
    """The occurrences among claims, of any spaces, that could wait for ever: for one another."""
    waits: dict[int, set[int]] = defaultdict(set)
    for claim in held:
        if claim.rank > RANK_OF_RIGHT:
            ahead = (other for other in held if other.rank < claim.rank and _meet(other, claim))
            waits[claim.occurrence_id].update(other.occurrence_id for other in ahead)
    while free := {key for key, ahead in waits.items() if not ahead & waits.keys()}:
        for key in free:
            del waits[key]
    return set(waits)


def _meet(one: Held, other: Held) -> bool:
    """Whether they share an instant of a space; asked for every pair, so without Intervals."""
    same = one.space_id == other.space_id
    return same and one.starts < other.ends and other.starts < one.ends


def promoted(held: Sequence[Held]) -> list[Held]:
    """Claims, of any spaces, in the order given, after everyone who can has moved up.

    Round by round until nobody can, in the order of their turn: the worst rank that an occurrence
    has, which people were told; the older first where that is the same.
    """
    current = list(held)
    places: dict[int, list[int]] = defaultdict(list)
    for place, claim in enumerate(current):
        places[claim.occurrence_id].append(place)
    while True:
        before = list(current)
        worst = {key: max(current[place].rank for place in own) for key, own in places.items()}
        for key in sorted((key for key in worst if worst[key] > 1), key=lambda k: (worst[k], k)):
            mine = [current[place] for place in places[key]]
            others = [claim for claim in current if claim.occurrence_id != key]
            for place, claim, rank in zip(places[key], mine, turns(mine, others), strict=True):
                current[place] = claim._replace(rank=rank)
        if current == before:
            return current


def settled(held: Sequence[Held], ended: Collection[int]) -> list[Held]:
    """Claims, of any spaces, as they stand once the `ended` occurrences have left."""
    return promoted([h for h in held if h.occurrence_id not in ended])


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
