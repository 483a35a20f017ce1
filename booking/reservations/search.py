"""Finding a free slot: facilities that suit, the best fit first, each with where it is free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from booking.core.access import Actor
from booking.core.scheduling.availability import free_spans
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.opening import open_spans
from booking.core.scheduling.slots import Slot, slots
from booking.facilities import queries as facilities
from booking.facilities.values import AttributeFacts, ClosureFacts, FacilityFacts
from booking.reservations import claims
from booking.reservations.claims import Hold

RANK_OF_RIGHT = 1
MOST_SLOTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What somebody looks for; `attributes` are pairs (code, value), None for any true value."""

    window: Interval
    seconds: int
    people: int = 0
    attributes: Sequence[tuple[str, str | None]] = ()


@dataclass(frozen=True, slots=True)
class Free:
    """A facility that suits, and the slots it has, soonest first, at least one."""

    facility: FacilityFacts
    slots: tuple[Slot, ...]


def free(actor: Actor, among: Sequence[FacilityFacts], need: Need, now: int) -> list[Free]:
    """Where the caller could book for themselves at once or on approval, rank 1, best fit first.

    The smallest that takes the people, then the soonest, then the order of the planning. Three
    statements besides the catalogue's, however many facilities there are.
    """
    fitting = [f for f in among if _may_book(actor, f) and _large_enough(f, need.people)]
    said = facilities.attributes(f.id for f in fitting)
    suitable = [f for f in fitting if _has_all(said[f.id], need.attributes)]
    spaces = sorted({space for f in suitable for space in f.space_ids})
    reach = need.window.padded(_longest_buffer(suitable), _longest_buffer(suitable))
    holds = claims.standing(spaces, reach, now)
    closures = facilities.closures([f.id for f in suitable], *need.window)
    found = [Free(f, _slots(f, need, holds, closures, now)) for f in suitable]
    return sorted((one for one in found if one.slots), key=lambda one: _fit(one, need.people))


def _slots(
    facility: FacilityFacts,
    need: Need,
    holds: Sequence[Hold],
    closures: Sequence[ClosureFacts],
    now: int,
) -> tuple[Slot, ...]:
    spans = free_spans(
        opened=[need.window],
        closed=(Interval(c.starts, c.ends) for c in closures if c.concerns(facility)),
        claimed=(
            hold.interval
            for hold in holds
            if hold.space_id in facility.space_ids and hold.rank == RANK_OF_RIGHT
        ),
        setup_s=facility.setup_min * 60,
        turnaround_s=facility.turnaround_min * 60,
    )
    opened = open_spans(facility.opening, facility.time_zone, need.window)
    return tuple(slots(spans, opened, need.seconds, now)[:MOST_SLOTS])


def _fit(one: Free, people: int) -> tuple[int, int]:
    """Spare places, then how soon; where nobody counted, the soonest alone."""
    spare = (one.facility.capacity or 10**6) - people if people else 0
    return spare, one.slots[0].starts


def _may_book(actor: Actor, facility: FacilityFacts) -> bool:
    return facility.bookable and (facility.guests_allowed or not actor.guest)


def _large_enough(facility: FacilityFacts, people: int) -> bool:
    return facility.capacity is None or facility.capacity >= people


def _has_all(said: Sequence[AttributeFacts], wanted: Sequence[tuple[str, str | None]]) -> bool:
    values: Mapping[str, object] = {one.code: one.value for one in said}
    return all(_has(values.get(code), value) for code, value in wanted)


def _has(held: object, wanted: str | None) -> bool:
    if wanted is None:
        return bool(held)
    return held is not None and str(held).casefold() == wanted.casefold()


def _longest_buffer(among: Sequence[FacilityFacts]) -> int:
    return max((max(f.setup_min, f.turnaround_min) * 60 for f in among), default=0)
