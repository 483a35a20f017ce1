"""A wish as people state it, and the plan it becomes once its words are understood."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise

from booking.core import text
from booking.core.access import Actor
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.recurrence import YEARS_AHEAD, Recurrence, RecurrenceError, expand
from booking.core.scheduling.wallclock import AmbiguousTime, NonexistentTime, local, resolve, wall
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.errors import FieldError, Invalid
from booking.productions import queries as productions
from booking.productions.values import ProductionFacts
from booking.reservations import participants

HOLDS = ("firm", "option")
ON_CLASH = ("reject", "skip", "queue")
REPAIRS = ("skip", "queue", "room", "move")
ELSEWHEN = ("skip", "move")
"""Those of them after which the date's own time of day, which the clock may skip, is not wanted."""
LONGEST_TITLE = 200
LONGEST_NOTE = 10_000
LONGEST_REASON = 1000
LONGEST_RULE = 200
LONGEST_S = YEARS_AHEAD * 366 * 24 * 3600
"""Of one date: a year mistyped by a hundred is told at once, not looked at day by day."""
MOST_FACILITIES = 20
MOST_PEOPLE = 100_000
FIRST_YEAR, LAST_YEAR = 1971, 9000


ONCE = Recurrence()
"""No repetition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What to do about one date of a series that cannot be had as it is.

    `skip` it, `queue` for it, take another `room` that day (`facility` instead of `replaces`, or
    of the first), or `move` it to `start` and `end`, wall clock or instants.
    """

    on: date
    how: str
    facility: str = ""
    replaces: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """What somebody asks for, as typed.

    `start` and `end` without a zone are wall clock of the facilities' site, with one they are
    instants; the folds choose between the two instants of a time that the clock change repeats.
    They are the first date of a series where `recurrence` says more.
    """

    facilities: tuple[str, ...]
    title: str
    start: datetime
    end: datetime
    start_fold: int | None = None
    end_fold: int | None = None
    hold: str = "firm"
    on_clash: str = "reject"
    production: str | None = None
    """The code name of one that the requester may see."""
    booked_for: int | None = None
    """The production that a booking has already."""
    attendees: int | None = None
    note: str = ""
    participants: tuple[str, ...] = ()
    """Bare e-mail addresses of those who get an invitation once a date is certain."""
    recurrence: Recurrence = ONCE
    repairs: tuple[Repair, ...] = ()
    override: str = ""
    """Why a manager sets aside the rules that may be."""
    bundle: str = ""
    """The code of a bundle, whose facilities come first; `choosing.settled` puts them in."""
    amounts: Mapping[str, int] = field(default_factory=dict)
    """How much of each pool, by the code of the facility; 1 of those it does not name."""

    @property
    def is_series(self) -> bool:
        """Whether it asks for more dates than one."""
        return bool(self.recurrence.rule or self.recurrence.dates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One date of a wish understood: facilities found, time in UTC epoch seconds.

    `on` is the day of the series that it stands for, wherever it was moved; with `skip` it may be
    left out where it cannot be had, with `queue` it waits there.
    """

    facilities: tuple[FacilityFacts, ...]
    title: str
    span: Interval
    option: bool
    queue: bool
    production_id: int | None
    attendees: int | None
    note: str
    on: date
    skip: bool = False
    override: str = ""
    override_by: Actor | None = None
    """Who sets rules aside, where it is not the caller: the manager who offered this place."""
    amounts: Mapping[str, int] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """The zone of the site; all facilities of one booking share it."""
        return self.facilities[0].time_zone

    @property
    def space_ids(self) -> list[int]:
        """Every space the plan would claim, ascending."""
        return sorted({space for f in self.facilities for space in f.space_ids})

    def claimed(self, facility: FacilityFacts) -> Interval:
        """What the plan would claim of a facility: its span with setup and turnaround."""
        return self.span.padded(facility.setup_min * 60, facility.turnaround_min * 60)

    def amount_of(self, facility: FacilityFacts) -> int | None:
        """What it takes of a pool; None for what is used whole."""
        return self.amounts.get(facility.code, 1) if facility.is_pool else None


def understand(actor: Actor, wish: BookingRequest) -> tuple[Plan, ...]:
    """The plans of a wish, one for each of its dates, in order of time.

    Raises Invalid with every field at fault at once: facilities that are missing, unknown, named
    twice or that share a space; amounts of what is no pool, below 1 or above what there is;
    texts; times that do not exist, exist twice or run backwards;
    series without an end, of too many dates or into itself; repairs of dates it does not have.
    """
    found = facilities.by_codes(wish.facilities)
    chosen = tuple(found[code] for code in dict.fromkeys(wish.facilities) if code in found)
    production = _production(actor, wish.production or "")
    zone = chosen[0].time_zone if chosen else "UTC"
    errors = [
        *_facility_errors(wish.facilities, found),
        *_amount_errors(wish.amounts, found),
        *_text_errors(wish),
        *participants.errors(wish.participants),
        *_choice_errors(wish),
        *_production_errors(wish, production),
    ]
    span = _span(wish, zone, errors)
    if errors or span is None:
        raise Invalid(*errors)
    first = Plan(
        facilities=chosen,
        title=text.normal(wish.title),
        span=span,
        option=wish.hold == "option",
        queue=wish.on_clash == "queue",
        production_id=production.id if production else None,
        attendees=wish.attendees,
        note=text.normal(wish.note),
        on=local(span.starts, zone).date(),
        skip=wish.on_clash == "skip",
        override=text.normal(wish.override),
        amounts=dict(wish.amounts),
    )
    return _repeated(first, wish) if wish.is_series else (first,)


def overlaps_itself(plans: Sequence[Plan], path: str = "rrule") -> Iterator[FieldError]:
    """Dates so long, or moved so close, that a series would be in its own way.

    Also in a pool, whatever is left of it: who needs more of it at once asks for a larger amount.
    """
    held: dict[int, list[tuple[Interval, date]]] = defaultdict(list)
    for plan in plans:
        for facility in plan.facilities:
            for space in facility.space_ids:
                held[space].append((plan.claimed(facility), plan.on))
    for on_space in held.values():
        for (earlier, _), (later, on) in pairwise(sorted(on_space)):
            if earlier.overlaps(later):
                yield FieldError(path, "overlaps_itself", {"date": on.isoformat()})
                return


def _repeated(first: Plan, wish: BookingRequest) -> tuple[Plan, ...]:
    """Each date at the same wall clock, repaired where that was asked for."""
    start, end = (wall(instant, first.zone) for instant in first.span)
    try:
        starts = expand(start, wish.recurrence, first.zone)
    except RecurrenceError as error:
        field = "exdates" if error.code.startswith("exdate") else "rrule"
        raise Invalid(FieldError(field, error.code, error.params)) from error
    errors: list[FieldError] = []
    elsewhen = {repair.on for repair in wish.repairs if repair.how in ELSEWHEN}
    plans = [
        replace(first, on=begin.date())
        if begin.date() in elsewhen
        else _on_date(first, wish, begin, begin + (end - start), errors)
        for begin in starts
    ]
    _repair(plans, wish.repairs, errors)
    kept = sorted((p for p in plans if p is not None), key=lambda plan: plan.span)
    errors += overlaps_itself(kept)
    if errors or not kept:
        raise Invalid(*(errors or [FieldError("rrule", "empty_series")]))
    return tuple(kept)


def _on_date(
    first: Plan,
    wish: BookingRequest,
    start: datetime,
    end: datetime,
    errors: list[FieldError],
) -> Plan | None:
    starts = _instant("start", start, wish.start_fold, first.zone, errors)
    ends = _instant("end", end, wish.end_fold, first.zone, errors)
    if starts is None or ends is None:
        return None
    return replace(first, span=Interval(starts, ends), on=start.date())


def _repair(plans: list[Plan | None], repairs: Sequence[Repair], errors: list[FieldError]) -> None:
    """Change the plans of the dates that repairs name, in place."""
    place_of = {plan.on: place for place, plan in enumerate(plans) if plan is not None}
    for number, repair in enumerate(repairs):
        path, place = f"repairs/{number}", place_of.get(repair.on)
        plan = None if place is None else plans[place]
        if place is None or plan is None:
            errors.append(FieldError(path, "not_in_series", {"value": repair.on.isoformat()}))
        elif repair.how not in REPAIRS:
            errors.append(FieldError(path, "unknown_choice", {"choices": list(REPAIRS)}))
        else:
            plans[place] = _repaired(plan, repair, path, errors)


def _repaired(plan: Plan, repair: Repair, path: str, errors: list[FieldError]) -> Plan | None:
    if repair.how == "skip":
        return None
    if repair.how == "queue":
        return replace(plan, queue=True)
    if repair.how == "room":
        return _in_other_room(plan, repair, path, errors)
    if repair.start is None or repair.end is None:
        errors.append(FieldError(path, "required"))
        return plan
    starts = _instant(path, repair.start, None, plan.zone, errors)
    ends = _instant(path, repair.end, None, plan.zone, errors)
    if starts is None or ends is None:
        return plan
    span = _checked(starts, ends, path, errors)
    return replace(plan, span=span) if span else plan


def _in_other_room(plan: Plan, repair: Repair, path: str, errors: list[FieldError]) -> Plan:
    booked = [facility.code for facility in plan.facilities]
    given_up = repair.replaces or booked[0]
    if given_up not in booked:
        errors.append(FieldError(path, "unknown_choice", {"choices": booked}))
        return plan
    codes = tuple(repair.facility if f.code == given_up else f.code for f in plan.facilities)
    found = facilities.by_codes(codes)
    amounts = {repair.facility if c == given_up else c: n for c, n in plan.amounts.items()}
    amounts = {code: n for code, n in amounts.items() if code not in found or found[code].is_pool}
    wrong = [*_facility_errors(codes, found), *_amount_errors(amounts, found)]
    errors += [FieldError(path, error.code, error.params) for error in wrong]
    if wrong:
        return plan
    return replace(plan, facilities=tuple(found[code] for code in codes), amounts=amounts)


def _production(actor: Actor, code_name: str) -> ProductionFacts | None:
    return None if text.problem(code_name, LONGEST_TITLE) else productions.find(actor, code_name)


def _facility_errors(codes: Sequence[str], found: dict[str, FacilityFacts]) -> Iterator[FieldError]:
    if not codes:
        yield FieldError("facilities", "required")
    if len(codes) > MOST_FACILITIES:
        yield FieldError("facilities", "too_many_facilities", {"max": MOST_FACILITIES})
    seen: dict[int, str] = {}
    zones = set()
    for place, code in enumerate(codes):
        facility = found.get(code)
        if facility is None:
            yield FieldError(f"facilities/{place}", "unknown_facility", {"value": code})
            continue
        zones.add(facility.time_zone)
        if other := next((seen[s] for s in facility.space_ids if s in seen), None):
            yield FieldError(f"facilities/{place}", "same_space", {"other": other})
        seen |= dict.fromkeys(facility.space_ids, facility.name)
    if len(zones) > 1:
        yield FieldError("facilities", "different_zones")


def _amount_errors(
    amounts: Mapping[str, int], found: Mapping[str, FacilityFacts]
) -> Iterator[FieldError]:
    for code, amount in amounts.items():
        path = f"amounts/{code.replace('~', '~0').replace('/', '~1')}"
        pool = found.get(code)
        if pool is None:
            yield FieldError(path, "amount_of_nothing", {"value": code})
        elif not pool.is_pool:
            yield FieldError(path, "not_a_pool", {"value": code})
        elif not 1 <= amount <= pool.quantity:
            yield FieldError(path, "out_of_range", {"min": 1, "max": pool.quantity})


def _text_errors(wish: BookingRequest) -> Iterator[FieldError]:
    title = text.problem(text.normal(wish.title), LONGEST_TITLE)
    if title:
        yield FieldError("title", title, {"max": LONGEST_TITLE, "length": len(wish.title)})
    note = text.problem(text.normal(wish.note), LONGEST_NOTE, lines=True, required=False)
    if note:
        yield FieldError("note", note, {"max": LONGEST_NOTE, "length": len(wish.note)})
    why = text.problem(text.normal(wish.override), LONGEST_REASON, lines=True, required=False)
    if why:
        yield FieldError("override", why, {"max": LONGEST_REASON, "length": len(wish.override)})


def _production_errors(
    wish: BookingRequest, production: ProductionFacts | None
) -> Iterator[FieldError]:
    """One that is archived takes no more bookings, but keeps those that it has."""
    if wish.production and production is None:
        yield FieldError("production", "unknown_production", {"value": wish.production})
    if production and not production.active and production.id != wish.booked_for:
        yield FieldError("production", "archived_production", {"value": production.code_name})


def _choice_errors(wish: BookingRequest) -> Iterator[FieldError]:
    if wish.hold not in HOLDS:
        yield FieldError("hold", "unknown_choice", {"choices": list(HOLDS)})
    if wish.on_clash not in ON_CLASH:
        yield FieldError("on_clash", "unknown_choice", {"choices": list(ON_CLASH)})
    if len(wish.recurrence.rule) > LONGEST_RULE:
        yield FieldError(
            "rrule", "too_long", {"max": LONGEST_RULE, "length": len(wish.recurrence.rule)}
        )
    if wish.attendees is not None and not 1 <= wish.attendees <= MOST_PEOPLE:
        yield FieldError("attendees", "out_of_range", {"min": 1, "max": MOST_PEOPLE})


def _span(wish: BookingRequest, zone: str, errors: list[FieldError]) -> Interval | None:
    starts = _instant("start", wish.start, wish.start_fold, zone, errors)
    ends = _instant("end", wish.end, wish.end_fold, zone, errors)
    if starts is None or ends is None:
        return None
    return _checked(starts, ends, "end", errors)


def _checked(starts: int, ends: int, path: str, errors: list[FieldError]) -> Interval | None:
    if ends <= starts:
        errors.append(FieldError(path, "zero_length" if ends == starts else "end_before_start"))
    elif ends - starts > LONGEST_S:
        errors.append(FieldError(path, "years_long", {"years": YEARS_AHEAD}))
    else:
        return Interval(starts, ends)
    return None


def _instant(
    path: str, moment: datetime, fold: int | None, zone: str, errors: list[FieldError]
) -> int | None:
    try:
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            errors.append(FieldError(path, "out_of_range", {"min": FIRST_YEAR, "max": LAST_YEAR}))
        elif moment.second or moment.microsecond:
            errors.append(FieldError(path, "whole_minutes"))
        else:
            return int(moment.timestamp()) if moment.tzinfo else resolve(moment, zone, fold)
    except NonexistentTime:
        errors.append(FieldError(path, "nonexistent_time", {"local": _clock(moment)}))
    except AmbiguousTime:
        errors.append(FieldError(path, "ambiguous_time", {"local": _clock(moment)}))
    return None


def _clock(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")
