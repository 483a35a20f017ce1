"""Where a booking of a certain length could go: the first slot of every free stretch."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from booking.core.scheduling.interval import Interval

STEP_S = 15 * 60


class Slot(NamedTuple):
    """[starts, ends), UTC epoch seconds; it could last until `free_until`, nights included."""

    starts: int
    ends: int
    free_until: int


def slots(
    free: Iterable[Interval],
    opened: Sequence[Interval],
    seconds: int,
    earliest: int,
    most: int | None = None,
) -> list[Slot]:
    """The first slot of `seconds` in each stretch that is free from each opening on, by start.

    A slot lies within one stretch of `free` and begins and ends while it is open; the hours in
    between are the holder's. It begins on a quarter of an hour, not before `earliest`. Both
    `free` and `opened` are sorted and disjoint; looks no further than for `most` slots.
    """
    closings = [span.ends for span in opened]
    openings = [span.starts for span in opened]
    found = (
        slot
        for stretch in free
        for span in _met(stretch, opened, openings, closings)
        if (slot := _first(stretch, span, opened, closings, seconds, earliest)) is not None
    )
    return list(islice(found, most))


def whole_days(
    free: Iterable[Interval],
    opened: Sequence[Interval],
    bands: Sequence[Interval],
    days: int,
    earliest: int,
) -> Iterator[Slot]:
    """Every run of `days` days, from the start of one band to the end of a later one, by start.

    `bands` holds the hours that suit, one for each day in a row. A run lies within one stretch of
    `free` and begins and ends while it is open.
    """
    stretches = list(free)
    for first, last in zip(bands, bands[days - 1 :], strict=False):
        run = Interval(first.starts, last.ends)
        around = next((stretch for stretch in stretches if stretch.contains(run)), None)
        begins = any(span.starts <= run.starts < span.ends for span in opened)
        ends = any(span.starts < run.ends <= span.ends for span in opened)
        if around and begins and ends and run.starts >= earliest:
            yield Slot(*run, run.ends)


def _met(
    stretch: Interval, opened: Sequence[Interval], openings: list[int], closings: list[int]
) -> Sequence[Interval]:
    """The openings that share an instant with the stretch."""
    return opened[bisect_right(closings, stretch.starts) : bisect_left(openings, stretch.ends)]


def _first(
    stretch: Interval,
    span: Interval,
    opened: Sequence[Interval],
    closings: list[int],
    seconds: int,
    earliest: int,
) -> Slot | None:
    """The first slot that begins within `span`: with the first closing time that allows one."""
    least = _rounded_up(max(stretch.starts, span.starts, earliest))
    latest = min(stretch.ends - seconds, span.ends - 1)
    for place in range(bisect_left(closings, least + seconds), len(opened)):
        closing = opened[place]
        starts = max(least, _rounded_up(closing.starts + 1 - seconds))
        if starts > latest:
            return None
        if starts + seconds <= closing.ends:
            return Slot(starts, starts + seconds, _latest(stretch, opened))
    return None


def _latest(stretch: Interval, opened: Sequence[Interval]) -> int:
    """When a booking that begins within the stretch can end at the latest."""
    last = opened[bisect_left(opened, (stretch.ends,)) - 1]
    return min(last.ends, stretch.ends)


def _rounded_up(instant: int) -> int:
    return -(-instant // STEP_S) * STEP_S
