"""Half-open stretches of time, [starts, ends), in UTC epoch seconds."""

from collections.abc import Iterable
from typing import NamedTuple


class Interval(NamedTuple):
    """[starts, ends) in UTC epoch seconds; `ends > starts` wherever one is stored."""

    starts: int
    ends: int

    @property
    def seconds(self) -> int:
        """Real elapsed time: a night of a clock change has 23 or 25 hours."""
        return self.ends - self.starts

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share an instant; touching ends do not."""
        return self.starts < other.ends and other.starts < self.ends

    def contains(self, other: "Interval") -> bool:
        """Whether the other lies within this one, ends included."""
        return self.starts <= other.starts and other.ends <= self.ends

    def intersection(self, other: "Interval") -> "Interval | None":
        """What both share, or None."""
        starts, ends = max(self.starts, other.starts), min(self.ends, other.ends)
        return Interval(starts, ends) if starts < ends else None

    def padded(self, before: int, after: int) -> "Interval":
        """Grown by `before` seconds in front and `after` behind."""
        return Interval(self.starts - before, self.ends + after)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The union as sorted, disjoint, non-touching intervals. O(n log n)."""
    result: list[Interval] = []
    for interval in sorted(intervals):
        if result and interval.starts <= result[-1].ends:
            result[-1] = Interval(result[-1].starts, max(result[-1].ends, interval.ends))
        else:
            result.append(interval)
    return result


def subtracted(intervals: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """What `intervals` cover and `holes` do not: sorted and disjoint. O((n + m) log(n + m))."""
    result: list[Interval] = []
    gaps = merged(holes)
    for interval in merged(intervals):
        start = interval.starts
        for hole in gaps:
            if hole.ends <= start or hole.starts >= interval.ends:
                continue
            if hole.starts > start:
                result.append(Interval(start, hole.starts))
            start = hole.ends
        if start < interval.ends:
            result.append(Interval(start, interval.ends))
    return result


def intersected(left: Iterable[Interval], right: Iterable[Interval]) -> list[Interval]:
    """What both cover: sorted and disjoint."""
    others = merged(right)
    shared = (a.intersection(b) for a in merged(left) for b in others)
    return [interval for interval in shared if interval]


def hull(intervals: Iterable[Interval]) -> Interval:
    """The shortest interval that covers them all; of at least one."""
    every = list(intervals)
    return Interval(min(i.starts for i in every), max(i.ends for i in every))
