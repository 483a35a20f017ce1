"""Where else a plan would fit: the ways out of a clash, or of what a rule refuses."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from booking.core import rules
from booking.core.access import Actor
from booking.core.rules import hours
from booking.core.scheduling import availability
from booking.core.scheduling.availability import Alternative, Room
from booking.core.scheduling.interval import Interval, hull
from booking.core.scheduling.opening import open_spans
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.core.scheduling.wallclock import shifted
from booking.facilities import policy
from booking.facilities import queries as facilities
from booking.facilities.values import ClosureFacts, FacilityFacts
from booking.reservations import claims, facts, granting, pools
from booking.reservations.holds import Hold, Window
from booking.reservations.values import DateVerdict
from booking.reservations.wish import Plan

MINUTE = 60
DAY = 24 * 3600
DAYS_BACK, DAYS_AHEAD = 3, 14
OFFERED = 3
TRIED, TRIED_ANEW = 6, 20
"""Of each kind of way out, before the rules of the house are asked; of what they refused, more."""
Taken = Callable[[], dict[int, list[Interval]]]
"""When facilities, by id, cannot be had, waited for when it is called."""
QUOTAS = frozenset({"quota_hours", "quota_options"})


def alternatives(
    actor: Actor,
    plan: Plan,
    now: int,
    besides: Collection[int] = (),
    findings: Sequence[rules.Finding] = (),
) -> list[Alternative]:
    """Three ways out: another room at that time, the same at another time, a shorter booking.

    For `actor`, who wants to be there; `besides` are occurrences that make room, being moved.
    Where `findings` stand against the plan every rule is asked about what is offered, else those
    that differ from place to place.

    Looks at the rooms of the same kinds, three days back and two weeks ahead, never at the past.
    Three statements at most.
    """
    near = _near(actor, plan)
    first = now + any(granting.decision(actor, f) == granting.UNDECIDED for f in near)
    earliest = first + -first % MINUTE  # bookings are of whole minutes
    window = Interval(
        max(plan.span.starts - DAYS_BACK * DAY, earliest),
        max(plan.span.ends, earliest) + DAYS_AHEAD * DAY,
    )
    closures = facilities.ask_closures([f.id for f in near], *window)
    search = _Search(plan, cache(closures), now, besides)
    others = near[len(plan.facilities) :]
    elsewhere = search.ask_taken(others, plan.span)
    wanted = search.rooms(plan.facilities, window, search.ask_taken(plan.facilities, window))
    swaps = _swaps(search, others, elsewhere, wanted, findings)
    found = (
        swaps if plan.span.starts >= first else [],
        _other_times(search, wanted, earliest),
        availability.shorter(wanted, plan.span, earliest),
    )
    by_code = {facility.code: facility for facility in near}
    in_hours = ((way for way in ways if _in_hours(plan, way, by_code)) for ways in found)
    tried = [list(islice(ways, TRIED_ANEW if findings else TRIED)) for ways in in_hours]
    fit = _within_rules(
        actor,
        plan,
        [way for ways in tried for way in ways],
        by_code,
        now,
        besides,
        every=bool(findings),
    )
    kept = ([way for way in ways if way in fit][:OFFERED] for ways in tried)
    return availability.choose(*kept, count=OFFERED)


def _within_rules(
    actor: Actor,
    plan: Plan,
    found: Sequence[Alternative],
    by_code: dict[str, FacilityFacts],
    now: int,
    besides: Collection[int],
    *,
    every: bool,
) -> set[Alternative]:
    """Those that no rule of the house refuses, each by itself. Costs what `_refused` does."""
    plans = [_plan_of(plan, way, by_code) for way in found]
    refused = _refused(actor, plans, now, besides, every=every)
    return {way for place, way in enumerate(found) if place not in refused}


def _refused(
    actor: Actor,
    plans: Sequence[Plan],
    now: int,
    besides: Collection[int],
    *,
    every: bool = False,
) -> set[int]:
    """The places of the plans that a rule of the house refuses, of which one would be chosen.

    Costs what `facts.load_each` does, nothing where no rule was set for any of the facilities and
    none is an option, which has rules of its own, unless `every` plan is asked about.
    """
    ruled = policy.ruled()
    asked = [
        n
        for n, plan in enumerate(plans)
        if every or plan.option or any(f.id in ruled for f in plan.facilities)
    ]
    chosen = [plans[n] for n in asked]
    found = facts.load_each(actor, chosen, now, besides=besides, counts=facts.nothing)
    return {n for n, each in zip(asked, found, strict=True) if rules.evaluate(each)}


def _plan_of(plan: Plan, way: Alternative, by_code: dict[str, FacilityFacts]) -> Plan:
    codes = (f.code if f.code != way.replaces else way.facility for f in plan.facilities)
    chosen = tuple(by_code[code] for code in codes)
    return replace(plan, facilities=chosen, span=Interval(way.starts, way.ends))


def rooms(
    actor: Actor,
    plans: Sequence[Plan],
    verdicts: Sequence[DateVerdict],
    now: int,
    besides: Collection[int] = (),
) -> list[DateVerdict]:
    """The verdicts, each date that cannot be had with the best other room that it could have.

    Only where changing one facility is enough. Two statements, however many dates there are, and
    what the rules cost where some are set.
    """
    stuck = {
        place: (plan, given_up)
        for place, (plan, verdict) in enumerate(zip(plans, verdicts, strict=True))
        if not verdict.kept and (given_up := _given_up(plan, verdict)) and plan.span.starts >= now
    }
    found = instead(actor, stuck, now, besides)
    return [replace(one, room=next(iter(found.get(n, ())), None)) for n, one in enumerate(verdicts)]


def instead(
    actor: Actor,
    stuck: Mapping[int, tuple[Plan, FacilityFacts]],
    now: int,
    besides: Collection[int] = (),
) -> dict[int, list[Alternative]]:
    """Other rooms for each plan in place of the facility that it gives up, the best first.

    A few at most, each by itself: two plans may be told the same. Two statements, however many
    plans there are, and what the rules cost where some are set.
    """
    options = {place: _instead(actor, *pair) for place, pair in stuck.items()}
    wanted = [(place, plan) for place, (plan, _) in stuck.items()]
    free = _free_rooms(wanted, options, now, besides)
    fitting = {place: _fitting(*pair, free[place]) for place, pair in stuck.items()}
    return _allowed(actor, dict(wanted), fitting, now, besides)


def _fitting(plan: Plan, given_up: FacilityFacts, free: Iterable[Room]) -> list[Alternative]:
    """The best of the free rooms, best first."""
    wanted = Room(given_up.code, given_up.site_code, given_up.capacity, ())
    return availability.other_rooms(wanted, free, plan.span, plan.attendees or 0)[:TRIED]


def _allowed(
    actor: Actor,
    plans: Mapping[int, Plan],
    fitting: Mapping[int, Sequence[Alternative]],
    now: int,
    besides: Collection[int],
) -> dict[int, list[Alternative]]:
    """By place those of its rooms that no rule refuses."""
    known = {f.code: f for f in facilities.catalogue()}
    tried = [(place, way) for place, ways in fitting.items() for way in ways]
    wanted = [_plan_of(plans[place], way, known) for place, way in tried]
    refused = _refused(actor, wanted, now, besides)
    found: dict[int, list[Alternative]] = {}
    for number, (place, way) in enumerate(tried):
        if number not in refused:
            found.setdefault(place, []).append(way)
    return found


def _given_up(plan: Plan, verdict: DateVerdict) -> FacilityFacts | None:
    """The one facility that stands in the way, if it is one, and by itself: not by a quota."""
    if any(finding.rule in QUOTAS for finding in verdict.findings):
        return None
    about = {finding.params.get("code") for finding in verdict.findings}
    about |= {conflict.facility for conflict in verdict.conflicts}
    wrong = [facility for facility in plan.facilities if facility.code in about]
    return wrong[0] if len(wrong) == 1 and len(about) == 1 else None


def _instead(actor: Actor, plan: Plan, given_up: FacilityFacts) -> list[FacilityFacts]:
    """What could stand in for a facility of the plan."""
    kept = {space for f in plan.facilities if f is not given_up for space in f.space_ids}
    return [
        f
        for f in _near(actor, plan)
        if f not in plan.facilities
        and f.kind_id == given_up.kind_id
        and kept.isdisjoint(f.space_ids)
    ]


def _free_rooms(
    stuck: Sequence[tuple[int, Plan]],
    options: dict[int, list[FacilityFacts]],
    now: int,
    besides: Collection[int],
) -> dict[int, list[Room]]:
    """By date, the candidates that are open and free at its time; the others without a span."""
    tried = [(place, plan, f) for place, plan in stuck for f in options[place]]
    if not tried:
        return {place: [] for place, _ in stuck}
    window = hull(plan.span for _, plan in stuck)
    asked = facilities.ask_closures({f.id for _, _, f in tried}, *window)
    windows = [
        Window(number, space, *plan.claimed(facility))
        for number, (_, plan, facility) in enumerate(tried)
        for space in facility.space_ids
    ]
    holds, closures = claims.standing_in(windows, now), asked()
    found: dict[int, list[Room]] = {place: [] for place, _ in stuck}
    for number, (place, plan, facility) in enumerate(tried):
        others = [hold for hold in holds[number] if hold.occurrence_id not in besides]
        free = not _in_the_way(plan, facility, others)
        span = (plan.span,) if free and _open(facility, plan, closures) else ()
        room = Room(facility.code, facility.site_code, facility.capacity, span)
        found[place].append(room)
    return found


def _in_the_way(plan: Plan, facility: FacilityFacts, holds: Sequence[Hold]) -> bool:
    """Whether anything, or of a pool too much, is held where a plan would claim a facility."""
    if facility.is_pool:
        amount = _amount(plan, facility)
        return bool(pools.short(facility, holds, plan.claimed(facility), amount))
    return any(hold.amount is None for hold in holds)


def _amount(plan: Plan, pool: FacilityFacts) -> int:
    """What it takes of a pool, or would take of one that stands in for another."""
    if pool in plan.facilities:
        return plan.amount_of(pool) or 1
    same = (plan.amount_of(f) for f in plan.facilities if f.kind_id == pool.kind_id)
    return next((amount for amount in same if amount), 1)


def _open(facility: FacilityFacts, plan: Plan, closures: Iterable[ClosureFacts]) -> bool:
    shut = (Interval(c.starts, c.ends) for c in closures if c.concerns(facility))
    in_hours = hours.kept(facility.opening, facility.time_zone, plan.span)
    return in_hours and not any(closed.overlaps(plan.span) for closed in shut)


def _near(actor: Actor, plan: Plan) -> list[FacilityFacts]:
    """What the plan asks for, and all of the same kinds that the caller could have instead."""
    kinds = {facility.kind_id for facility in plan.facilities}
    others = (f for f in facilities.catalogue() if f.kind_id in kinds and f not in plan.facilities)
    return [*plan.facilities, *(f for f in others if _may_book(actor, f))]


def _may_book(actor: Actor, facility: FacilityFacts) -> bool:
    return facility.bookable and (facility.guests_allowed or not actor.guest)


@dataclass(frozen=True, slots=True)
class _Search:
    """What is asked again and again while looking for a place."""

    plan: Plan
    closures: Callable[[], Sequence[ClosureFacts]]
    now: int
    besides: Collection[int]

    @property
    def overnight(self) -> bool:
        """Whether the plan begins and ends while a facility is open, and is shut in between."""
        first, span = self.plan.facilities[0], self.plan.span
        opened = open_spans(first.opening, first.time_zone, span)
        in_hours = hours.kept(first.opening, first.time_zone, span)
        return in_hours and not any(one.contains(span) for one in opened)

    def rooms(self, among: Sequence[FacilityFacts], window: Interval, taken: Taken) -> list[Room]:
        """Where in the window each of them could be booked at rank 1."""
        held, overnight = taken(), self.overnight
        return [self._room(facility, window, held, overnight=overnight) for facility in among]

    def ask_taken(self, among: Sequence[FacilityFacts], window: Interval) -> Taken:
        """When each facility is taken, beyond the window as far as buffers reach. One statement."""
        buffers = [f.setup_min for f in among] + [f.turnaround_min for f in among]
        margin = max(buffers, default=0) * MINUTE
        around = window.padded(margin, margin)
        spaces = sorted({space for f in among for space in f.space_ids})
        asked = claims.ask_standing_in([Window(0, space, *around) for space in spaces], self.now)

        def taken() -> dict[int, list[Interval]]:
            first = [hold for hold in asked().get(0, ()) if hold.rank == RANK_OF_RIGHT]
            held = [hold for hold in first if hold.occurrence_id not in self.besides]
            return {f.id: self._taken(f, held, around) for f in among}

        return taken

    def _taken(
        self, facility: FacilityFacts, held: Sequence[Hold], around: Interval
    ) -> list[Interval]:
        if facility.is_pool:
            return pools.full(facility, held, around, _amount(self.plan, facility))
        spaces = facility.space_ids
        return [h.interval for h in held if h.amount is None and h.space_id in spaces]

    def _room(
        self,
        facility: FacilityFacts,
        window: Interval,
        held: dict[int, list[Interval]],
        *,
        overnight: bool,
    ) -> Room:
        always = [window]
        free = availability.free_spans(
            opened=(
                always if overnight else open_spans(facility.opening, facility.time_zone, window)
            ),
            closed=(Interval(c.starts, c.ends) for c in self.closures() if c.concerns(facility)),
            claimed=held[facility.id],
            setup_s=facility.setup_min * MINUTE,
            turnaround_s=facility.turnaround_min * MINUTE,
        )
        return Room(facility.code, facility.site_code, facility.capacity, free)


def _swaps(
    search: _Search,
    others: Iterable[FacilityFacts],
    taken: Taken,
    wanted: Sequence[Room],
    findings: Iterable[rules.Finding],
) -> list[Alternative]:
    """Other rooms, where changing one facility is enough to make the plan fit."""
    plan = search.plan
    against = {finding.params.get("code") for finding in findings}
    pairs = list(zip(plan.facilities, wanted, strict=True))
    stuck = [
        (facility, room)
        for facility, room in pairs
        if facility.code in against or not _fits(room, plan.span)
    ]
    if len(stuck) != 1:
        return []
    given_up, room = stuck[0]
    kept = {space for f in plan.facilities if f is not given_up for space in f.space_ids}
    alike = [f for f in others if f.kind_id == given_up.kind_id and kept.isdisjoint(f.space_ids)]
    free = search.rooms(alike, plan.span, taken)
    return availability.other_rooms(room, free, plan.span, plan.attendees or 0)


def _fits(room: Room, span: Interval) -> bool:
    return any(free.contains(span) for free in room.free)


def _other_times(search: _Search, wanted: Sequence[Room], earliest: int) -> list[Alternative]:
    """The nearest gap; for a plan through the night the same clock on the days around."""
    plan = search.plan
    if not search.overnight:
        return availability.other_times(wanted, plan.span, earliest)
    days = sorted(range(-DAYS_BACK, DAYS_AHEAD + 1), key=abs)
    slots = (Interval(*(shifted(t, day, plan.zone) for t in plan.span)) for day in days if day)
    return availability.other_days(wanted, (slot for slot in slots if slot.starts >= earliest))


def _in_hours(plan: Plan, way: Alternative, by_code: dict[str, FacilityFacts]) -> bool:
    """Whether all facilities, with the one swapped, are open when the alternative begins, ends."""
    codes = [f.code if f.code != way.replaces else way.facility for f in plan.facilities]
    span = Interval(way.starts, way.ends)
    return all(hours.kept(f.opening, f.time_zone, span) for f in (by_code[code] for code in codes))
