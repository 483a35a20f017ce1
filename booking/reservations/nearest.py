"""What comes nearest to a search that found nothing: another facility, later, shorter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from booking.core.access import Actor
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.slots import Slot
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.reservations import ground, search
from booking.reservations.ground import Look, Need

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
    """Why nothing was found and the ways out; `why` is none, people, amount, attributes, rules or
    time, rules where nothing but those of the house stands against it.

    `largest` is the capacity of the largest facility that was looked at, `most` the quantity of
    the largest pool, 1 where none is. `shorter` holds the seconds, or the days where days were
    asked for, that would fit; more than was asked for where the rules allow nothing so short.
    """

    why: str
    largest: int | None
    most: int
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
    ample = [f for f in large if f.quantity >= need.amount]
    suiting = search.suitable(actor, ample, need)
    there = ground.read(actor, suiting, need.window, now).look(suiting, need) if suiting else None
    return Nearest(
        why=_why(bookable, large, ample, _in_time(there, suiting, need) if there else None),
        largest=max((f.capacity for f in bookable if f.capacity), default=None),
        most=max((f.quantity for f in large), default=1),
        others=_others(actor, among, alike, need, now),
        later=_later(actor, suiting, need, now) if suiting else None,
        shorter=_shorter(there, suiting, need) if there else None,
    )


def _why(
    bookable: Sequence[FacilityFacts],
    large: Sequence[FacilityFacts],
    ample: Sequence[FacilityFacts],
    in_time: str | None,
) -> str:
    if not bookable:
        return "none"
    if not large:
        return "people"
    if not ample:
        return "amount"
    return in_time or "attributes"


def _in_time(there: Look, suiting: Sequence[FacilityFacts], need: Need) -> str:
    """Whether somebody else, or nothing but the rules, stands in the way."""
    return "rules" if any(there.hidden(facility, need) for facility in suiting) else "time"


def _others(
    actor: Actor,
    among: Sequence[FacilityFacts],
    alike: Sequence[FacilityFacts],
    need: Need,
    now: int,
) -> tuple[Other, ...]:
    """Those that differ in the fewest respects, then by the fewest places, then the soonest."""
    tried = [f for f in alike if search.may_book(actor, f) and f.quantity >= need.amount]
    said = facilities.attributes(f.id for f in tried)
    found = [
        Other(
            facility,
            there[0],
            None if search.large_enough(facility, need.people) else facility.capacity,
            facility not in among,
            tuple(search.missing(said[facility.id], need.attributes)),
        )
        for facility, there in search.slots(actor, tried, replace(need, most=1), now)
    ]
    return tuple(sorted(found, key=lambda other: _distance(other, need))[:OTHERS])


def _distance(other: Other, need: Need) -> tuple[int, int, int]:
    respects = (other.people is not None) + other.elsewhere + len(other.lacking)
    return respects, need.people - (other.people or need.people), other.slot.starts


def _later(
    actor: Actor, among: Sequence[FacilityFacts], need: Need, now: int
) -> tuple[FacilityFacts, Slot] | None:
    """The soonest slot after the window."""
    ends = need.window.ends
    after = replace(need, window=Interval(ends, ends + AHEAD_S), most=1)
    found = [(facility, there[0]) for facility, there in search.slots(actor, among, after, now)]
    return min(found, key=lambda one: one[1].starts, default=None)


def _shorter(
    there: Look, among: Sequence[FacilityFacts], need: Need
) -> tuple[FacilityFacts, int] | None:
    """The longest that fits in the window, and where; else the least that the rules allow."""
    longest = _fewer_days if need.days else _less_time
    found = [(facility, longest(there, facility, need)) for facility in among]
    fitting = [one for one in found if one[1]] or [
        (facility, -_more_time(there, facility, need)) for facility in among if not need.days
    ]
    facility, length = max(fitting, key=lambda one: one[1] or -inf, default=(None, 0))
    return (facility, abs(length)) if facility and length else None


def _fewer_days(there: Look, facility: FacilityFacts, need: Need) -> int:
    tries = (replace(need, days=days, most=1) for days in range(need.days - 1, 0, -1))
    return next((one.days for one in tries if there.slots(facility, one)), 0)


def _less_time(there: Look, facility: FacilityFacts, need: Need) -> int:
    """Seconds fewer than wanted, in whole quarters of an hour or in the steps of the facility."""
    least = there.shortest(facility, min(SHORTEST_S, need.seconds))
    short = replace(need, seconds=least, most=ground.MOST_SLOTS)
    lengths = {slot.free_until - slot.starts for slot in there.slots(facility, short)}
    fitting = sorted((one for one in lengths if least <= one < need.seconds), reverse=True)
    rounded = (n for one in fitting for n in (one // STEP_S * STEP_S, one) if n >= least)
    tries = (replace(need, seconds=n, most=1) for n in rounded)
    return next((one.seconds for one in tries if there.slots(facility, one)), 0)


def _more_time(there: Look, facility: FacilityFacts, need: Need) -> int:
    """Seconds more than wanted, because the rules allow no less; 0 where that does not fit."""
    longer = replace(need, seconds=there.shortest(facility, need.seconds), most=1)
    return longer.seconds if there.slots(facility, longer) else 0
