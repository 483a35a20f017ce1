"""What is taken and shut over a window, read once for many facilities: where they are free."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from booking.core.access import Actor
from booking.core.scheduling.interval import Interval, intersected
from booking.core.scheduling.opening import open_spans
from booking.core.scheduling.slots import Slot, slots, whole_days
from booking.core.scheduling.terms import Terms
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts, Span, Week
from booking.reservations import claims, pools, taken, terms

MINUTE = 60
MOST_SLOTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What somebody looks for; `attributes` are pairs (code, value), None for any true value.

    `hours` are those of the day in which a booking may begin and end, None for all. With `days`
    it is that many days in a row, each over these hours, and `seconds` is not looked at. Of pools
    `amount` must be left over the whole slot.
    """

    window: Interval
    seconds: int
    people: int = 0
    amount: int = 1
    attributes: Sequence[tuple[str, str | None]] = ()
    hours: Span | None = None
    days: int = 0
    most: int = MOST_SLOTS
    """Slots wanted of each facility, the soonest. Few of them are found sooner."""

    def over(self, window: Interval) -> "Need":
        """The same in another window."""
        return replace(self, window=window)


@dataclass(frozen=True, slots=True)
class Ground:
    """When facilities, by id, are shut, and on what terms the caller gets them in a window."""

    window: Interval
    now: int
    terms: Mapping[int, Sequence[Terms]]
    shut: Mapping[int, Sequence[Interval]]
    _opened: dict[tuple[Week, str, Span | None, Interval], list[Interval]] = field(
        default_factory=dict
    )

    def look(self, among: Sequence[FacilityFacts], need: Need) -> "Look":
        """What is taken of these in the need's window, which lies within that of the ground.

        Costs what `taken.by_space` does; where pools are among them, what `claims.standing` does.
        """
        longest = max((max(f.setup_min, f.turnaround_min) * MINUTE for f in among), default=0)
        around = need.window.padded(longest, longest)
        whole = [facility for facility in among if not facility.is_pool]
        spaces = {space for facility in whole for space in facility.space_ids}
        on_space = taken.by_space(spaces, around, self.now) if spaces else {}
        held: dict[int, Iterable[Interval]] = {
            f.id: chain.from_iterable(on_space[space] for space in f.space_ids) for f in whole
        }
        of_pools = [facility for facility in among if facility.is_pool]
        held |= _full(of_pools, around, need.amount, self.now) if of_pools else {}
        return Look(self, need.window, {f.id: list(_kept_off(f, held[f.id])) for f in among})

    def opened(
        self, facility: FacilityFacts, hours: Span | None, window: Interval
    ) -> list[Interval]:
        """When a booking may begin and end; worked out once for all of equal opening hours."""
        key = (facility.opening, facility.time_zone, hours, window)
        if key not in self._opened:
            found = open_spans(facility.opening, facility.time_zone, window)
            if hours is not None:
                found = intersected(found, bands(hours, facility.time_zone, window))
            self._opened[key] = found
        return self._opened[key]


@dataclass(frozen=True, slots=True)
class Look:
    """The ground with what is taken in a window, by facility id, in no order, buffers seen to."""

    ground: Ground
    window: Interval
    taken: Mapping[int, Sequence[Interval]]

    def slots(self, facility: FacilityFacts, need: Need) -> tuple[Slot, ...]:
        """The slots a facility has, soonest first: the first of each free stretch and opening.

        Where the rules turn from one day to the next, the first on each of the terms.
        """
        return tuple(islice(self._slots(facility, need), need.most))

    def shortest(self, facility: FacilityFacts, seconds: int) -> int:
        """The least length, from `seconds` on, that the rules allow on any of the days."""
        return min((t.shortest(seconds) for t in self.ground.terms[facility.id]), default=seconds)

    def hidden(self, facility: FacilityFacts, need: Need) -> bool:
        """Whether it has no slot because of the rules of the house alone."""
        return not self.slots(facility, need) and any(self._unruled(facility, need))

    def _slots(self, facility: FacilityFacts, need: Need) -> Iterator[Slot]:
        for each in self.ground.terms[facility.id]:
            yield from self._on(each, facility, need)

    def _unruled(self, facility: FacilityFacts, need: Need) -> Iterator[Slot]:
        ahead = Interval(max(self.window.starts, self.ground.now), self.window.ends)
        return self._on(Terms(begins=ahead, ends_by=self.window.ends), facility, need)

    def _on(self, each: Terms, facility: FacilityFacts, need: Need) -> Iterator[Slot]:
        shut = self.ground.shut.get(facility.id, ())
        free = _stretches(self.window, [*self.taken[facility.id], *shut, *each.shut])
        opened = self.ground.opened(facility, need.hours, self.window)
        if not need.days:
            return slots(free, opened, need.seconds, each)
        assert need.hours is not None
        suiting = bands(need.hours, facility.time_zone, self.window)
        return whole_days(free, opened, suiting, need.days, each)


def read(actor: Actor, among: Sequence[FacilityFacts], window: Interval, now: int) -> Ground:
    """The ground under these facilities for the caller. A statement, and what `terms.of` costs."""
    shut: dict[int, list[Interval]] = defaultdict(list)
    for closure in facilities.closures([f.id for f in among], *window):
        for facility in among:
            if closure.concerns(facility):
                shut[facility.id].append(Interval(closure.starts, closure.ends))
    return Ground(window, now, terms.of(actor, among, window, now), shut)


def bands(hours: Span, zone: str, window: Interval) -> list[Interval]:
    """These hours of every day that touches the window."""
    return open_spans(((hours,),) * 7, zone, window)


def _full(
    among: Sequence[FacilityFacts], around: Interval, amount: int, now: int
) -> dict[int, list[Interval]]:
    """When less than an amount is left of each pool."""
    seats = sorted({space for pool in among for space in pool.space_ids})
    held = claims.standing(seats, around, now)
    return {pool.id: pools.full(pool, held, around, amount) for pool in among}


def _kept_off(facility: FacilityFacts, held: Iterable[Interval]) -> Iterator[Interval]:
    """Where [start, end) of a booking may not lie, so that its buffers meet nobody else's."""
    before, after = facility.turnaround_min * MINUTE, facility.setup_min * MINUTE
    return (Interval(starts - before, ends + after) for starts, ends in held)


def _stretches(window: Interval, held: list[Interval]) -> Iterator[Interval]:
    """What is left of the window beside what is held, in order of time."""
    starts, ends = window
    for hole in sorted(held):
        if hole.starts >= ends:
            break
        if hole.starts > starts:
            yield Interval(starts, hole.starts)
        starts = max(starts, hole.ends)
    if starts < ends:
        yield Interval(starts, ends)
