"""A wish as people state it, and the plan it becomes once its words are understood."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from booking.core import text
from booking.core.access import Actor
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import AmbiguousTime, NonexistentTime, resolve
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.errors import FieldError, Invalid
from booking.productions import queries as productions
from booking.productions.values import ProductionFacts

HOLDS = ("firm", "option")
ON_CLASH = ("reject", "skip", "queue")
LONGEST_TITLE = 200
LONGEST_NOTE = 4000
MOST_FACILITIES = 20
MOST_PEOPLE = 100_000
FIRST_YEAR, LAST_YEAR = 1971, 9000


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """What somebody asks for, as typed.

    `start` and `end` without a zone are wall clock of the facilities' site, with one they are
    instants; the folds choose between the two instants of a time that the clock change repeats.
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
    attendees: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A wish understood: facilities found, time as an interval of UTC epoch seconds."""

    facilities: tuple[FacilityFacts, ...]
    title: str
    span: Interval
    option: bool
    queue: bool
    production_id: int | None
    attendees: int | None
    note: str

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


def understand(actor: Actor, wish: BookingRequest) -> Plan:
    """The plan of a wish.

    Raises Invalid with every field at fault at once: facilities that are missing, unknown, named
    twice or that share a space; texts; times that do not exist, exist twice or run backwards.
    """
    found = facilities.by_codes(wish.facilities)
    chosen = tuple(found[code] for code in dict.fromkeys(wish.facilities) if code in found)
    production = _production(actor, wish.production or "")
    zone = chosen[0].time_zone if chosen else "UTC"
    errors = [
        *_facility_errors(wish, found),
        *_text_errors(wish),
        *_choice_errors(wish, known_production=not wish.production or production is not None),
    ]
    span = _span(wish, zone, errors)
    if errors or span is None:
        raise Invalid(*errors)
    return Plan(
        facilities=chosen,
        title=text.normal(wish.title),
        span=span,
        option=wish.hold == "option",
        queue=wish.on_clash == "queue",
        production_id=production.id if production else None,
        attendees=wish.attendees,
        note=text.normal(wish.note),
    )


def _production(actor: Actor, code_name: str) -> ProductionFacts | None:
    return None if text.problem(code_name, LONGEST_TITLE) else productions.find(actor, code_name)


def _facility_errors(wish: BookingRequest, found: dict[str, FacilityFacts]) -> Iterator[FieldError]:
    if not wish.facilities:
        yield FieldError("facilities", "required")
    if len(wish.facilities) > MOST_FACILITIES:
        yield FieldError("facilities", "too_many_facilities", {"max": MOST_FACILITIES})
    seen: dict[int, str] = {}
    zones = set()
    for place, code in enumerate(wish.facilities):
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


def _text_errors(wish: BookingRequest) -> Iterator[FieldError]:
    title = text.problem(text.normal(wish.title), LONGEST_TITLE)
    if title:
        yield FieldError("title", title, {"max": LONGEST_TITLE, "length": len(wish.title)})
    note = text.problem(text.normal(wish.note), LONGEST_NOTE, lines=True, required=False)
    if note:
        yield FieldError("note", note, {"max": LONGEST_NOTE, "length": len(wish.note)})


def _choice_errors(wish: BookingRequest, *, known_production: bool) -> Iterator[FieldError]:
    if wish.hold not in HOLDS:
        yield FieldError("hold", "unknown_choice", {"choices": list(HOLDS)})
    if wish.on_clash not in ON_CLASH:
        yield FieldError("on_clash", "unknown_choice", {"choices": list(ON_CLASH)})
    if wish.attendees is not None and not 1 <= wish.attendees <= MOST_PEOPLE:
        yield FieldError("attendees", "out_of_range", {"min": 1, "max": MOST_PEOPLE})
    if not known_production:
        yield FieldError("production", "unknown_production", {"value": wish.production})


def _span(wish: BookingRequest, zone: str, errors: list[FieldError]) -> Interval | None:
    starts = _instant("start", wish.start, wish.start_fold, zone, errors)
    ends = _instant("end", wish.end, wish.end_fold, zone, errors)
    if starts is None or ends is None:
        return None
    if ends <= starts:
        errors.append(FieldError("end", "zero_length" if ends == starts else "end_before_start"))
        return None
    return Interval(starts, ends)


def _instant(
    path: str, moment: datetime, fold: int | None, zone: str, errors: list[FieldError]
) -> int | None:
    local = moment.replace(tzinfo=None).isoformat(timespec="minutes")
    try:
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            errors.append(FieldError(path, "out_of_range", {"min": FIRST_YEAR, "max": LAST_YEAR}))
        elif moment.second or moment.microsecond:
            errors.append(FieldError(path, "whole_minutes"))
        else:
            return int(moment.timestamp()) if moment.tzinfo else resolve(moment, zone, fold)
    except NonexistentTime:
        errors.append(FieldError(path, "nonexistent_time", {"local": local}))
    except AmbiguousTime:
        errors.append(FieldError(path, "ambiguous_time", {"local": local}))
    return None
