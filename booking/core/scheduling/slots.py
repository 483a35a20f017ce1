"""Where a booking of a certain length could go: the first slot of every free stretch."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import NamedTuple

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.terms import Terms


class Slot(NamedTuple):
    """[starts, ends), UTC epoch seconds; it could last until `free_until`, nights included."""

    starts: int
    ends: int
    free_until: int


def slots(
    free: Iterable[Interval], opened: Sequence[Interval], seconds: int, terms: Terms
) -> Iterator[Slot]:
    """The first slot of `seconds` in each stretch that is free from each opening on, by start.

    A slot lies within one stretch of `free` and begins and ends while it is open; the hours in
    between are the holder's. The terms decide when it may begin. Both `free` and `opened` are
    sorted and disjoint. Looks no further than it is asked.
    """
    closings = [span.ends for span in opened]
    for stretch in free:
        if stretch.ends - stretch.starts < seconds:
            continue
        for span in opened[bisect_right(closings, stretch.starts) :]:
            if span.starts >= stretch.ends:
                break
            starts = _first(stretch, span, opened, closings, seconds, terms)
            if starts is not None:
                ends = starts + seconds
                yield Slot(starts, ends, _latest(starts, ends, stretch, opened, terms))


def whole_days(
    free: Iterable[Interval],
    opened: Sequence[Interval],
    bands: Sequence[Interval],
    days: int,
    terms: Terms,
) -> Iterator[Slot]:
    """Every run of `days` days, from the start of one band to the end of a later one, by start.

    `bands` holds the hours that suit, one for each day in a row. A run lies within one stretch of
    `free`, begins and ends while it is open, and keeps the terms.
    """
    stretches = list(free)
    for first, last in zip(bands, bands[days - 1 :], strict=False):
        run = Interval(first.starts, last.ends)
        around = _at_or_before(stretches, run.starts)
        if around and around.contains(run) and _in_hours(opened, run) and terms.allow(run):
            yield Slot(*run, run.ends)


def _first(
    stretch: Interval,
    span: Interval,
    opened: Sequence[Interval],
    closings: list[int],
    seconds: int,
    terms: Terms,
) -> int | None:
    """The first start within `span`: for the first closing time that allows one."""
    least = max(stretch.starts, span.starts)
    latest = min(stretch.ends - seconds, span.ends - 1)
    for place in range(bisect_left(closings, least + seconds), len(opened)):
        closing = opened[place]
        from_ = max(least, closing.starts + 1 - seconds)
        if from_ > latest:
            return None
        starts = terms.first(from_, min(latest, closing.ends - seconds), seconds)
        if starts is not None:
            return starts
    return None


def _latest(
    starts: int, soonest: int, stretch: Interval, opened: Sequence[Interval], terms: Terms
) -> int:
    """When a booking that begins then can end at the latest, `soonest` or later, on these terms."""
    ends = stretch.ends
    while ends > soonest:
        ends = max(terms.last(starts, ends), soonest)
        closing = opened[bisect_left(opened, (ends,)) - 1].ends
        if ends <= closing:
            return ends
        ends = closing
    return soonest


def _in_hours(opened: Sequence[Interval], run: Interval) -> bool:
    """Whether it begins and ends while it is open."""
    begins = _at_or_before(opened, run.starts)
    ends = _at_or_before(opened, run.ends - 1)
    return bool(begins and run.starts < begins.ends and ends and run.ends <= ends.ends)


def _at_or_before(spans: Sequence[Interval], instant: int) -> Interval | None:
    """The last of these that begins by then."""
    place = bisect_right(spans, (instant, inf)) - 1
    return spans[place] if place >= 0 else None
