"""Ranks against brute force, on spaces that were filled as the product fills them."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.ranks import HIGHEST, Held, lowest_free, promoted, settled
from tests.core.grid import spans, units
from tests.support.properties import short

ROOM, OTHER_ROOM = 1, 2


def filled(wishes: Sequence[Interval], space: int = ROOM, first: int = 1) -> list[Held]:
    """A space after these wishes, each at the lowest rank free; those beyond the last are gone."""
    held: list[Held] = []
    for number, wish in enumerate(wishes, start=first):
        rank = lowest_free(held, wish)
        if rank is not None:
            held.append(Held(space, rank, *wish, number))
    return held


def clashes(held: Sequence[Held]) -> list[tuple[Held, Held]]:
    """Pairs that break the invariant."""
    return [
        (one, other)
        for place, one in enumerate(held)
        for other in held[:place]
        if (one.space_id, one.rank) == (other.space_id, other.rank)
        and one.interval.overlaps(other.interval)
    ]


def one_by_one(held: Sequence[Held]) -> list[Held]:
    """The rule in its plainest words: the first in line who can move moves; begin again."""
    current = list(held)
    while True:
        for claim in sorted(current, key=lambda h: (h.rank, h.occurrence_id)):
            others = [h for h in current if h is not claim]
            rank = lowest_free(others, claim.interval)
            if rank is not None and rank < claim.rank:
                current = [*others, claim._replace(rank=rank)]
                break
        else:
            return sorted(current, key=lambda h: h.occurrence_id)


crowds = st.lists(spans(), max_size=10).map(filled)
departures = st.sets(st.integers(1, 10), max_size=4)


@short
@given(crowds, spans())
def test_the_lowest_free_rank_is_free_at_every_unit_and_none_below_is(held, wish):
    taken = {h.rank for h in held if units([h.interval]) & units([wish])}
    free = [rank for rank in range(1, HIGHEST + 1) if rank not in taken]
    assert lowest_free(held, wish) == (free[0] if free else None)


@short
@given(crowds)
def test_a_space_filled_in_turn_keeps_the_invariant_and_nobody_can_move(held):
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
@given(crowds, departures, st.permutations(range(1, 11)))
def test_promotion_is_in_the_order_of_ranks_whatever_the_age(held, gone, ages):
    """Who was moved here is older than their turn."""
    before = [
        h._replace(occurrence_id=ages[h.occurrence_id - 1])
        for h in held
        if h.occurrence_id not in gone
    ]
    assert promoted(before) == one_by_one(before)


@short
@given(crowds, st.lists(spans(), max_size=6), departures)
def test_settling_touches_only_the_spaces_that_somebody_left(here, wishes_there, gone):
    there = filled(wishes_there, OTHER_ROOM, first=11)
    after = settled([*here, *there], gone)
    assert sorted(after) == sorted(
        [*promoted([h for h in here if h.occurrence_id not in gone]), *there]
    )


def test_a_partial_overlap_waits_and_moves_up_as_a_whole():
    morning, afternoon = Held(ROOM, 1, 8, 12, 1), Held(ROOM, 1, 12, 18, 2)
    across = Held(ROOM, 2, 10, 14, 3)
    assert promoted([afternoon, across]) == [afternoon, across]
    assert promoted([across]) == [across._replace(rank=1)]
    assert promoted([morning, afternoon, across]) == [morning, afternoon, across]


def test_after_three_ranks_nothing_is_free():
    held = filled([Interval(9, 12)] * 4)
    assert [h.rank for h in held] == [1, 2, 3]
    assert lowest_free(held, Interval(11, 13)) is None
    assert lowest_free(held, Interval(12, 13)) == 1
