"""Ranks against brute force, on spaces that were filled as the product fills them."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.ranks import (
    HIGHEST,
    NEW,
    Held,
    knot,
    lowest_free,
    promoted,
    settled,
    turns,
)
from tests.core.grid import spans, units
from tests.support.properties import short

ROOM, OTHER_ROOM = 1, 2
ROOMS = ((ROOM,), (OTHER_ROOM,), (ROOM, OTHER_ROOM))
Wish = tuple[tuple[int, ...], Interval]


def wanted(spaces: Sequence[int], span: Interval, number: int) -> list[Held]:
    """What somebody would claim who has just come."""
    return [Held(space, NEW, *span, number) for space in spaces]


def filled(wishes: Sequence[Wish], held: Sequence[Held] = (), first: int = 1) -> list[Held]:
    """Spaces after these wishes, one after the other; who finds no turn left is gone."""
    there = list(held)
    for number, (spaces, span) in enumerate(wishes, start=first):
        there += arrived(wanted(spaces, span, number), there)
    return there


def arrived(new: list[Held], held: list[Held]) -> list[Held]:
    """With the lowest ranks that are free, or behind everybody where that makes a knot."""
    lowest = [claim._replace(rank=lowest_free(claim, held)) for claim in new]
    if in_each_others_way([*held, *lowest]):
        ranks = turns(new, held)
        lowest = [claim._replace(rank=rank) for claim, rank in zip(new, ranks, strict=True)]
    return lowest if all(claim.rank <= HIGHEST for claim in lowest) else []


def meet(one: Held, other: Held) -> bool:
    same_place = one.space_id == other.space_id and one.occurrence_id != other.occurrence_id
    return same_place and bool(units([one.interval]) & units([other.interval]))


def clashes(held: Sequence[Held]) -> list[tuple[Held, Held]]:
    """Pairs that break the invariant."""
    return [(a, b) for a in held for b in held if meet(a, b) and a.rank == b.rank]


def waits_for(held: Sequence[Held]) -> dict[int, set[int]]:
    """Whom everybody who waits has before them."""
    waiting = {claim.occurrence_id for claim in held if claim.rank > 1}
    return {
        key: {
            other.occurrence_id
            for claim in held
            for other in held
            if claim.occurrence_id == key and meet(claim, other) and other.rank < claim.rank
        }
        for key in waiting
    }


def in_each_others_way(held: Sequence[Held]) -> set[int]:
    """Who could wait for ever, whoever else leaves."""
    waits = waits_for(held)
    while free := {key for key, ahead in waits.items() if not ahead & waits.keys()}:
        waits = {key: ahead for key, ahead in waits.items() if key not in free}
    return set(waits)


def one_by_one(held: Sequence[Held]) -> list[Held]:
    """The rule in its plainest words: the right to everything, or one's turn behind the others."""
    current = list(held)
    while True:
        before = list(current)
        behind = {c.occurrence_id for c in current if c.rank > 1}
        worst = {k: max(c.rank for c in current if c.occurrence_id == k) for k in behind}
        for key in sorted(behind, key=lambda key: (worst[key], key)):
            mine = [c for c in current if c.occurrence_id == key]
            near = {c: [o.rank for o in current if meet(c, o)] for c in mine}
            free = all(1 not in ranks for ranks in near.values())
            for claim in mine:
                ahead = [rank for rank in near[claim] if rank < claim.rank]
                rank = 1 if free else 1 + max(ahead, default=0)
                current[current.index(claim)] = claim._replace(rank=rank)
        if current == before:
            return current


wishes = st.lists(st.tuples(st.sampled_from(ROOMS), spans()), max_size=12)
crowds = wishes.map(filled)
departures = st.sets(st.integers(1, 12), max_size=4)


@short
@given(crowds, spans())
def test_the_lowest_free_rank_is_free_at_every_unit_and_none_below_is(held, wish):
    taken = {h.rank for h in held if h.space_id == ROOM and units([h.interval]) & units([wish])}
    (claim,) = wanted([ROOM], wish, 99)
    assert lowest_free(claim, held) == min({1, 2, 3, NEW} - taken)
    assert turns([claim], held) == [1 if 1 not in taken else 1 + max(taken)]


@short
@given(crowds)
def test_spaces_filled_in_turn_keep_the_invariant_and_nobody_can_move(held):
    assert clashes(held) == []
    assert promoted(held) == held


@short
@given(crowds, departures)
def test_promotion_keeps_the_invariant_and_moves_people_up_only(held, gone):
    before = [h for h in held if h.occurrence_id not in gone]
    after = promoted(before)
    assert clashes(after) == []
    assert [h._replace(rank=0) for h in after] == [h._replace(rank=0) for h in before]
    assert all(new.rank <= old.rank for new, old in zip(after, before, strict=True))
    assert promoted(after) == after


@short
@given(wishes, wishes, departures)
def test_nobody_waits_for_one_who_waits_for_them(first, then, gone):
    """Whoever leaves, moves up, and comes afterwards."""
    before = filled(first)
    after = filled(then, settled(before, gone), first=99)
    assert in_each_others_way(before) == in_each_others_way(after) == set()
    assert in_each_others_way(settled(after, gone | {99, 101})) == set()


@short
@given(wishes)
def test_a_knot_is_found(wishes):
    held: list[Held] = []
    for number, (spaces, span) in enumerate(wishes, start=1):
        new = wanted(spaces, span, number)
        lowest = [claim._replace(rank=lowest_free(claim, held)) for claim in new]
        held += [claim for claim in lowest if all(c.rank <= HIGHEST for c in lowest)]
    assert knot(held) == in_each_others_way(held)


@short
@given(crowds, departures, st.permutations(range(1, 13)))
def test_promotion_is_in_the_order_of_ranks_whatever_the_age(held, gone, ages):
    """Who was moved here is older than their turn."""
    before = [
        h._replace(occurrence_id=ages[h.occurrence_id - 1])
        for h in held
        if h.occurrence_id not in gone
    ]
    assert promoted(before) == one_by_one(before)


def test_a_partial_overlap_waits_and_moves_up_as_a_whole():
    morning, afternoon = Held(ROOM, 1, 8, 12, 1), Held(ROOM, 1, 12, 18, 2)
    across = Held(ROOM, 2, 10, 14, 3)
    assert promoted([afternoon, across]) == [afternoon, across]
    assert promoted([across]) == [across._replace(rank=1)]
    assert promoted([morning, afternoon, across]) == [morning, afternoon, across]


def test_who_would_tie_a_knot_passes_nobody():
    """They would wait for each other's half, even once the morning is free."""
    morning = Held(ROOM, 1, 9, 10, 1)
    first = [Held(ROOM, 2, 9, 12, 2), Held(OTHER_ROOM, 1, 9, 12, 2)]
    both = wanted(ROOMS[2], Interval(11, 13), 3)
    tied = [Held(ROOM, 1, 11, 13, 3), Held(OTHER_ROOM, 2, 11, 13, 3)]
    assert [lowest_free(claim, [morning, *first]) for claim in both] == [1, 2]
    assert knot([morning, *first, *tied]) == {2, 3}
    assert turns(both, [morning, *first]) == [3, 2]


def test_who_gives_up_part_of_what_they_wait_for_keeps_their_turn():
    holder, behind = Held(ROOM, 1, 9, 12, 1), Held(ROOM, 3, 9, 12, 3)
    assert turns([Held(ROOM, 2, 10, 12, 2)], [holder, behind]) == [2]
    assert turns(wanted([ROOM], Interval(10, 12), 2), [holder, behind]) == [NEW]


def test_after_three_ranks_nothing_is_free():
    held = filled([((ROOM,), Interval(9, 12))] * 4)
    assert [h.rank for h in held] == [1, 2, 3]
    assert turns(wanted([ROOM], Interval(11, 13), 5), held) == [NEW]
    assert turns(wanted([ROOM], Interval(12, 13), 5), held) == [1]
