"""The invariant kept in memory: on one space, no two claims of the same rank overlap."""

from bisect import bisect_left, insort
from collections import defaultdict

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.ranks import HIGHEST


class Diary:
    """Claims by space and rank; a look costs O(log n), as with the index of the table."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], list[Interval]] = defaultdict(list)

    def lowest_free(self, space: int, span: Interval, highest: int = HIGHEST) -> int | None:
        """The lowest rank that is free over the whole span; None beyond `highest`."""
        ranks = range(1, highest + 1)
        return next((rank for rank in ranks if self.is_free(space, rank, span)), None)

    def is_free(self, space: int, rank: int, span: Interval) -> bool:
        """Whether the last claim that begins before the span ends is over when it begins."""
        held = self._held[space, rank]
        before = bisect_left(held, (span.ends,))
        return before == 0 or held[before - 1].ends <= span.starts

    def hold(self, space: int, rank: int, span: Interval) -> None:
        """Note a claim; the caller has looked that it is free."""
        insort(self._held[space, rank], span)
