"""What is taken and shut over a window, read once for many facilities: where they are free."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from booking.core.scheduling.availability import free_spans
from booking.core.scheduling.interval import Interval, intersected
from booking.core.scheduling.opening import open_spans
from booking.core.scheduling.slots import Slot, slots, whole_days
from booking.facilities import queries as facilities
from booking.facilities.values import ClosureFacts, FacilityFacts, Span, Week
from booking.reservations import claims, pools
from booking.reservations.claims import Hold

RANK_OF_RIGHT = 1
MOST_SLOTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What somebody looks for; `attributes` are pairs (code, value), None for any true value.

    `hours` are those of the day in which a booking may begin and end, None for all. With `days`
    it is that many days in a row, each over these hours, and `seconds` is not looked at.
    """

    window: Interval
    seconds: int
    people: int = 0
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
    """When facilities, by id, are taken, and closures, as far as they touch the window."""

    window: Interval
    now: int
    taken: Mapping[int, Sequence[Interval]]
    closures: Sequence[ClosureFacts]
    _opened: dict[tuple[Week, str, Span | None], list[Interval]] = field(default_factory=dict)

    def slots(self, facility: FacilityFacts, need: Need) -> tuple[Slot, ...]:
        """The slots a facility has, soonest first: the first of each free stretch and opening."""
        opened = self._open_spans(facility, need.hours)
        free = self._free(facility)
        if not need.days:
            return tuple(slots(free, opened, need.seconds, self.now, need.most))
        assert need.hours is not None
        bands = self._bands(need.hours, facility.time_zone)
        return tuple(islice(whole_days(free, opened, bands, need.days, self.now), need.most))

    def _free(self, facility: FacilityFacts) -> tuple[Interval, ...]:
        return free_spans(
            opened=[self.window],
            closed=(Interval(c.starts, c.ends) for c in self.closures if c.concerns(facility)),
            claimed=self.taken.get(facility.id, ()),
            setup_s=facility.setup_min * 60,
            turnaround_s=facility.turnaround_min * 60,
        )

    def _open_spans(self, facility: FacilityFacts, hours: Span | None) -> list[Interval]:
        """When a booking may begin and end; worked out once for all of equal opening hours."""
        key = (facility.opening, facility.time_zone, hours)
        if key not in self._opened:
            opened = open_spans(facility.opening, facility.time_zone, self.window)
            if hours is not None:
                opened = intersected(opened, self._bands(hours, facility.time_zone))
            self._opened[key] = opened
        return self._opened[key]

    def _bands(self, hours: Span, zone: str) -> list[Interval]:
        return open_spans(((hours,),) * 7, zone, self.window)


def read(among: Sequence[FacilityFacts], window: Interval, now: int) -> Ground:
    """The ground under these facilities. Costs what `claims.standing` does and a statement.

    A pool is taken where nothing at all is left of it.
    """
    longest = max((max(f.setup_min, f.turnaround_min) * 60 for f in among), default=0)
    around = window.padded(longest, longest)
    spaces = sorted({space for f in among for space in f.space_ids})
    on_space: dict[int, list[Hold]] = defaultdict(list)
    for hold in claims.standing(spaces, around, now):
        if hold.rank == RANK_OF_RIGHT:
            on_space[hold.space_id].append(hold)
    taken = {f.id: _taken(f, on_space, around) for f in among}
    return Ground(window, now, taken, facilities.closures([f.id for f in among], *window))


def _taken(
    facility: FacilityFacts, on_space: Mapping[int, Sequence[Hold]], around: Interval
) -> list[Interval]:
    held = [hold for space in facility.space_ids for hold in on_space.get(space, ())]
    if facility.is_pool:
        return pools.full(facility, held, around, 1)
    return [hold.interval for hold in held if hold.amount is None]
