"""Where a booking of a certain length could go: the first slot of every free stretch."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from booking.core.scheduling.interval import Interval

STEP_S = 15 * 60


class Slot(NamedTuple):
    """[starts, ends), UTC epoch seconds; it could last until `free_until`, nights included."""

    starts: int
    ends: int
    free_until: int


def slots(
    free: Iterable[Interval], opened: Sequence[Interval], seconds: int, earliest: int
) -> list[Slot]:
    """The first slot of `seconds` in each stretch that is free from each opening on, by start.

    A slot lies within one stretch of `free` and begins and ends while it is open; the hours in
    between are the holder's. It begins on a quarter of an hour, not before `earliest`.
    """
    found = {
        slot
        for stretch in free
        for span in opened
        if (slot := _first(stretch, span, opened, seconds, earliest)) is not None
    }
    return sorted(found)


def _first(
    stretch: Interval, span: Interval, opened: Sequence[Interval], seconds: int, earliest: int
) -> Slot | None:
    """The first slot that begins within `span`."""
    least = max(stretch.starts, span.starts, earliest)
    latest = min(stretch.ends - seconds, span.ends - 1)
    best = None
    for closing in opened:
        starts = _rounded_up(max(least, closing.starts + 1 - seconds))
        if starts <= min(latest, closing.ends - seconds) and (best is None or starts < best):
            best = starts
    return Slot(best, best + seconds, _latest(stretch, opened)) if best is not None else None


def _latest(stretch: Interval, opened: Sequence[Interval]) -> int:
    """When a booking that begins within the stretch can end at the latest."""
    closings = (Interval(c.starts, min(c.ends, stretch.ends)) for c in opened)
    return max(c.ends for c in closings if c.starts < c.ends)


def _rounded_up(instant: int) -> int:
    return -(-instant // STEP_S) * STEP_S
