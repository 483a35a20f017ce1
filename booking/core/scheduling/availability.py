"""Where else it would fit: another room, another time, a shorter booking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from booking.core.scheduling.interval import Interval, intersected, subtracted

SHORTEST_S = 30 * 60
LEAST_PART = 4
"""Of what was asked, a part this often in it is worth offering."""


@dataclass(frozen=True, slots=True)
class Room:
    """A facility under search; `free` are the spans in which a booking may lie, buffers seen to."""

    code: str
    site: str
    capacity: int | None
    free: tuple[Interval, ...]


class Alternative(NamedTuple):
    """One way out: `kind` is room, time or shorter; `replaces` names the facility given up."""

    kind: str
    facility: str
    replaces: str | None
    starts: int
    ends: int


def free_spans(
    opened: Iterable[Interval],
    closed: Iterable[Interval],
    claimed: Iterable[Interval],
    setup_s: int,
    turnaround_s: int,
) -> tuple[Interval, ...]:
    """Where [start, end) of a booking may lie so that its claim, buffers included, meets no other.

    `claimed` are others' claims with their own buffers; all in UTC epoch seconds, all half-open.
    """
    held = [claim.padded(turnaround_s, setup_s) for claim in claimed]
    return tuple(subtracted(opened, [*closed, *held]))


def other_rooms(
    wanted: Room, others: Iterable[Room], span: Interval, people: int = 0
) -> list[Alternative]:
    """Rooms free over the whole span, the same site first, then the nearest capacity."""
    fitting = [
        room
        for room in others
        if any(free.contains(span) for free in room.free) and (room.capacity or people) >= people
    ]
    fitting.sort(
        key=lambda r: (
            r.site != wanted.site,
            abs((r.capacity or 0) - (wanted.capacity or 0)),
            r.code,
        )
    )
    return [Alternative("room", r.code, wanted.code, *span) for r in fitting]


def other_times(rooms: Sequence[Room], span: Interval, earliest: int) -> list[Alternative]:
    """Slots of the same length in which all `rooms` are free, nearest to the wish first.

    Only one slot of each free stretch, the nearest; none starts before `earliest`.
    """
    slots = []
    for free in _free_together(rooms):
        first, last = max(free.starts, earliest), free.ends - span.seconds
        if first <= last:
            starts = min(max(span.starts, first), last)
            slots.append(Interval(starts, starts + span.seconds))
    slots.sort(key=lambda slot: (abs(slot.starts - span.starts), slot.starts))
    return [Alternative("time", rooms[0].code, None, *slot) for slot in slots if slot != span]


def other_days(rooms: Sequence[Room], slots: Iterable[Interval]) -> list[Alternative]:
    """Those of the given slots in which all `rooms` are free, in the order given."""
    free = _free_together(rooms)
    return [
        Alternative("time", rooms[0].code, None, *slot)
        for slot in slots
        if any(stretch.contains(slot) for stretch in free)
    ]


def shorter(rooms: Sequence[Room], span: Interval, earliest: int) -> list[Alternative]:
    """The parts of the span in which all `rooms` are free, longest first.

    Nobody is helped by a scrap: 30 minutes at least, and a quarter of what was asked.
    """
    ahead = Interval(max(span.starts, earliest), max(span.ends, earliest + 1))
    parts = [p for f in _free_together(rooms) if (p := f.intersection(ahead)) and p != span]
    parts.sort(key=lambda part: (-part.seconds, part.starts))
    return [
        Alternative("shorter", rooms[0].code, None, *part)
        for part in parts
        if part.seconds >= max(SHORTEST_S, span.seconds // LEAST_PART)
    ]


def choose(*ways: Sequence[Alternative], count: int = 3) -> list[Alternative]:
    """The best of every way first, then the next best of each, `count` in all where there are."""
    longest = max((len(way) for way in ways), default=0)
    turns = (way[turn] for turn in range(longest) for way in ways if turn < len(way))
    return list(dict.fromkeys(turns))[:count]


def _free_together(rooms: Sequence[Room]) -> list[Interval]:
    common = list(rooms[0].free)
    for room in rooms[1:]:
        common = intersected(common, room.free)
    return common
