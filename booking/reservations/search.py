"""Finding a free slot: facilities that suit, the best fit first, each with where it is free."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from booking.core.access import Actor
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.slots import Slot
from booking.facilities import queries as facilities
from booking.facilities.values import AttributeFacts, FacilityFacts
from booking.reservations import ground, habits
from booking.reservations.ground import MOST_SLOTS, Need
from booking.reservations.habits import Habits

__all__ = ["Free", "Need", "free", "may_book", "slots", "suitable"]

DAY_S = 24 * 3600
LOOKS_S = (3 * DAY_S, 12 * DAY_S, 36 * DAY_S)
"""How far ahead a search for a few slots looks first and next, before it looks at everything."""


@dataclass(frozen=True, slots=True)
class Free:
    """A facility that suits, and the slots it has, soonest first, at least one.

    `habit` counts the bookings of it that the caller's company made of late.
    """

    facility: FacilityFacts
    slots: tuple[Slot, ...]
    habit: int = 0


def free(actor: Actor, among: Sequence[FacilityFacts], need: Need, now: int) -> list[Free]:
    """Where the caller could book for themselves at once or on approval, rank 1, best fit first.

    Whatever is found keeps the rules of the house. The smallest that takes the people, then their
    company's own site, then what it books most, then the soonest, then the order of the planning.
    Three statements besides the catalogue's, however many facilities there are; up to three more
    where few slots are asked for and hard to find, twice that where pools are searched; and those
    of `terms.of` where rules are set.
    """
    found, known = slots(actor, suitable(actor, among, need), need, now), habits.of(actor, now)
    each = (Free(facility, there, known.count(facility)) for facility, there in found)
    return sorted(each, key=lambda one: _fit(one, known, need.people))


def suitable(actor: Actor, among: Sequence[FacilityFacts], need: Need) -> list[FacilityFacts]:
    """Those that the caller may book, large enough and with the attributes. One statement."""
    fitting = [
        f
        for f in among
        if may_book(actor, f) and large_enough(f, need.people) and f.quantity >= need.amount
    ]
    if not need.attributes:
        return fitting
    said = facilities.attributes(f.id for f in fitting)
    return [f for f in fitting if not missing(said[f.id], need.attributes)]


def slots(
    actor: Actor, among: Sequence[FacilityFacts], need: Need, now: int
) -> list[tuple[FacilityFacts, tuple[Slot, ...]]]:
    """The slots of each facility that has any for the caller, in the order given.

    `free_until` of a slot reaches no further than it was looked for.
    """
    found: dict[int, tuple[Slot, ...]] = {}
    there = ground.read(actor, among, need.window, now)
    for window in _looks(need):
        short = [f for f in among if len(found.get(f.id, ())) < need.most]
        if short:
            look = there.look(short, need.over(window))
            found |= {f.id: look.slots(f, need) for f in short}
    return [(f, found[f.id]) for f in among if found.get(f.id)]


def may_book(actor: Actor, facility: FacilityFacts) -> bool:
    """Whether the caller could book it at all."""
    return facility.bookable and (facility.guests_allowed or not actor.guest)


def large_enough(facility: FacilityFacts, people: int) -> bool:
    """Whether so many may enter; where nobody enters, there is no limit."""
    return facility.capacity is None or facility.capacity >= people


def missing(
    said: Sequence[AttributeFacts], wanted: Sequence[tuple[str, str | None]]
) -> list[tuple[str, str | None]]:
    """What a facility lacks of the attributes wanted."""
    values: Mapping[str, object] = {one.code: one.value for one in said}
    return [(code, value) for code, value in wanted if not _has(values.get(code), value)]


def _looks(need: Need) -> Iterator[Interval]:
    """The windows to read, one after the other, each from the start: the last is the need's."""
    if need.most < MOST_SLOTS:
        for length in LOOKS_S:
            if length < need.window.seconds:
                yield Interval(need.window.starts, need.window.starts + length)
    yield need.window


def _fit(one: Free, known: Habits, people: int) -> tuple[int, bool, int, int]:
    """Spare places where somebody counted, the other site, no habit, how soon."""
    spare = (one.facility.capacity or 10**6) - people if people else 0
    return spare, not known.at_home(one.facility), -one.habit, one.slots[0].starts


def _has(held: object, wanted: str | None) -> bool:
    if wanted is None:
        return bool(held)
    return held is not None and str(held).casefold() == wanted.casefold()
