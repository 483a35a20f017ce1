"""Pools: what is taken of a quantity at any instant, and where too little is left."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from booking.core.scheduling.interval import Interval


class Share(NamedTuple):
    """An amount taken over [starts, ends)."""

    starts: int
    ends: int
    amount: int


class Short(NamedTuple):
    """A stretch [starts, ends) with too little; `left` is the least that is left in it."""

    starts: int
    ends: int
    left: int


def most_taken(held: Iterable[Share], span: Interval) -> int:
    """The highest sum at any instant of [starts, ends); 0 where nothing is taken."""
    return max((taken for _, _, taken in _steps(held, span)), default=0)


def short(held: Iterable[Share], span: Interval, quantity: int, amount: int) -> list[Short]:
    """Where in [starts, ends) less than `amount` is left of `quantity`, in order of time."""
    found: list[Short] = []
    for starts, ends, taken in _steps(held, span):
        left = max(quantity - taken, 0)
        if left >= amount:
            continue
        if found and found[-1].ends == starts:
            before = found.pop()
            found.append(Short(before.starts, ends, min(before.left, left)))
        else:
            found.append(Short(starts, ends, left))
    return found


def _steps(held: Iterable[Share], span: Interval) -> Iterator[tuple[int, int, int]]:
    """The span cut where the sum changes: start, end and what is taken there."""
    near = [one for one in held if one.starts < span.ends and span.starts < one.ends]
    edges = {span.starts, span.ends}
    changes: dict[int, int] = {}
    for one in near:
        starts, ends = max(one.starts, span.starts), min(one.ends, span.ends)
        edges |= {starts, ends}
        changes[starts] = changes.get(starts, 0) + one.amount
        changes[ends] = changes.get(ends, 0) - one.amount
    taken = 0
    for starts, ends in pairwise(sorted(edges)):
        taken += changes.get(starts, 0)
        yield starts, ends, taken
