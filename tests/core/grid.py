"""Time as a handful of whole units: small enough to try everything."""

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import strategies as st

from booking.core.scheduling.interval import Interval

LENGTH = 16


@st.composite
def spans(draw: st.DrawFn, length: int = LENGTH) -> Interval:
    """An interval within [0, length)."""
    starts = draw(st.integers(0, length - 1))
    return Interval(starts, draw(st.integers(starts + 1, length)))


def some_spans(most: int = 6, length: int = LENGTH) -> st.SearchStrategy[list[Interval]]:
    """A few intervals in any order, overlapping or not."""
    return st.lists(spans(length), max_size=most)


def units(intervals: Iterable[Interval]) -> set[int]:
    """The brute force: every unit of time that the intervals cover."""
    return {unit for interval in intervals for unit in range(interval.starts, interval.ends)}


def are_tidy(intervals: list[Interval]) -> bool:
    """Sorted, not empty, with a gap between one and the next."""
    apart = all(one.ends < next_one.starts for one, next_one in pairwise(intervals))
    return apart and all(interval.seconds > 0 for interval in intervals)
