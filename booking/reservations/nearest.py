"""What comes nearest to a search that found nothing: another facility, later, shorter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from booking.core.access import Actor
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.slots import Slot
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.reservations import ground, search
from booking.reservations.ground import Need

AHEAD_S = 62 * 24 * 3600
SHORTEST_S = 30 * 60
STEP_S = 15 * 60
OTHERS = 2


@dataclass(frozen=True, slots=True)
class Other:
    """A facility that is free but not quite what was asked for, and what the search must give up.

    `people` is the number it takes where that is fewer, `elsewhere` says that it is not among
    those searched, `lacking` are the attributes it does not have.
    """

    facility: FacilityFacts
    slot: Slot
    people: int | None
    elsewhere: bool
    lacking: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Why nothing was found and the ways out; `why` is none, people, attributes or time.

    `largest` is the capacity of the largest facility that was looked at. `shorter` holds the
    seconds, or the days where days were asked for, that would fit.
    """

    why: str
    largest: int | None
    others: tuple[Other, ...]
    later: tuple[FacilityFacts, Slot] | None
    shorter: tuple[FacilityFacts, int] | None


def nearest(
    actor: Actor,
    among: Sequence[FacilityFacts],
    alike: Sequence[FacilityFacts],
    need: Need,
    now: int,
) -> Nearest:
    """The ways out of a search of `among` that found nothing; `alike` are others of the kind.

    A fixed number of statements at most, however many facilities there are.
    """
    bookable = [f for f in among if search.may_book(actor, f)]
    large = [f for f in bookable if search.large_enough(f, need.people)]
    suiting = search.suitable(actor, large, need)
    return Nearest(
        why=_why(bookable, large, suiting),
        largest=max((f.capacity for f in bookable if f.capacity), default=None),
        others=_others(actor, among, alike, need, now),
        later=_later(suiting, need, now) if suiting else None,
        shorter=_shorter(suiting, need, now) if suiting else None,
    )


def _why(
    bookable: Sequence[FacilityFacts],
    large: Sequence[FacilityFacts],
    suiting: Sequence[FacilityFacts],
) -> str:
    if not bookable:
        return "none"
    if not large:
        return "people"
    return "time" if suiting else "attributes"


def _others(
    actor: Actor,
    among: Sequence[FacilityFacts],
    alike: Sequence[FacilityFacts],
    need: Need,
    now: int,
) -> tuple[Other, ...]:
    """Those that differ in the fewest respects, then by the fewest places, then the soonest."""
    tried = [f for f in alike if search.may_book(actor, f)]
    said = facilities.attributes(f.id for f in tried)
    found = [
        Other(
            facility,
            there[0],
            None if search.large_enough(facility, need.people) else facility.capacity,
            facility not in among,
            tuple(search.missing(said[facility.id], need.attributes)),
        )
        for facility, there in search.slots(tried, replace(need, most=1), now)
    ]
    return tuple(sorted(found, key=lambda other: _distance(other, need))[:OTHERS])


def _distance(other: Other, need: Need) -> tuple[int, int, int]:
    respects = (other.people is not None) + other.elsewhere + len(other.lacking)
    return respects, need.people - (other.people or need.people), other.slot.starts


def _later(
    among: Sequence[FacilityFacts], need: Need, now: int
) -> tuple[FacilityFacts, Slot] | None:
    """The soonest slot after the window."""
    ends = need.window.ends
    after = replace(need, window=Interval(ends, ends + AHEAD_S), most=1)
    found = [(facility, there[0]) for facility, there in search.slots(among, after, now)]
    return min(found, key=lambda one: one[1].starts, default=None)


def _shorter(
    among: Sequence[FacilityFacts], need: Need, now: int
) -> tuple[FacilityFacts, int] | None:
    """The longest that fits in the window, and where."""
    there = ground.read(among, need.window, now)
    longest = _fewer_days if need.days else _less_time
    found = [(facility, longest(there, facility, need)) for facility in among]
    best = max(found, key=lambda one: one[1], default=None)
    return best if best and best[1] else None


def _fewer_days(there: ground.Ground, facility: FacilityFacts, need: Need) -> int:
    tries = (replace(need, days=days, most=1) for days in range(need.days - 1, 0, -1))
    return next((one.days for one in tries if there.slots(facility, one)), 0)


def _less_time(there: ground.Ground, facility: FacilityFacts, need: Need) -> int:
    """Seconds, in whole quarters of an hour, fewer than wanted."""
    short = replace(need, seconds=min(SHORTEST_S, need.seconds), most=ground.MOST_SLOTS)
    lengths = (slot.free_until - slot.starts for slot in there.slots(facility, short))
    fitting = (length // STEP_S * STEP_S for length in lengths if length < need.seconds)
    return max(fitting, default=0)
