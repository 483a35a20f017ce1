"""What is taken of a pool, against counting instant by instant."""

import random

import pytest

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.pools import Share, Short, most_taken, short

SPAN = Interval(10, 20)


def test_nothing_is_taken_of_an_empty_pool():
    assert most_taken([], SPAN) == 0
    assert short([], SPAN, 10, 10) == []
    assert short([], SPAN, 10, 11) == [Short(10, 20, 10)]


def test_what_touches_the_span_is_not_in_it():
    assert most_taken([Share(0, 10, 4), Share(20, 30, 4)], SPAN) == 0


def test_a_stretch_tells_the_least_that_is_left():
    held = [Share(0, 14, 4), Share(12, 18, 3), Share(19, 40, 9)]
    assert short(held, SPAN, 10, 6) == [Short(12, 14, 3), Short(19, 20, 1)]
    assert short(held, SPAN, 10, 7) == [Short(10, 14, 3), Short(19, 20, 1)]


@pytest.mark.parametrize("seed", range(20))
def test_as_if_counted_instant_by_instant(seed: int):
    rng = random.Random(seed)
    held = []
    for _ in range(rng.randrange(12)):
        starts = rng.randrange(30)
        held.append(Share(starts, starts + rng.randint(1, 12), rng.randint(1, 4)))
    quantity, amount = rng.randint(4, 14), rng.randint(1, 6)
    sums = {
        instant: sum(s.amount for s in held if s.starts <= instant < s.ends)
        for instant in range(*SPAN)
    }
    assert most_taken(held, SPAN) == max(sums.values())
    found = short(held, SPAN, quantity, amount)
    lacking = {instant for instant, taken in sums.items() if quantity - taken < amount}
    assert {instant for one in found for instant in range(one.starts, one.ends)} == lacking
    for one in found:
        least = min(quantity - sums[instant] for instant in range(one.starts, one.ends))
        assert one.left == max(least, 0)
