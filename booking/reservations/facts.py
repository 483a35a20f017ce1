"""What the rules look at: gathered for all dates of a series at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import BigInteger, bindparam, or_, select, type_coerce

from booking.core import rules
from booking.core.access import Actor
from booking.core.lifecycle import HOLDING, State
from booking.core.rules import Neighbour, Room, Usage
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import days, local
from booking.facilities import policy
from booking.facilities import queries as facilities
from booking.facilities.values import ClosureFacts, FacilityFacts, RuleFacts
from booking.kernel.db import connection
from booking.members import licences
from booking.reservations import claims
from booking.reservations.claims import Hold
from booking.reservations.models import Allocation, Booking, Occurrence
from booking.reservations.wish import Plan

WEEK_DAYS = 7
NOBODY = -1
COUNTED = HOLDING | {State.NO_SHOW}
"""States whose hours count against a quota: who did not come has used them up."""

_EXPIRES = type_coerce(Occurrence.expires_at, BigInteger)
_OF_COMPANY = (
    select(Allocation.facility_id, Allocation.occurrence_id, Occurrence.starts, Occurrence.ends)
    .join_from(Booking, Occurrence, Occurrence.booking_id == Booking.id)
    .join(Allocation, Allocation.occurrence_id == Occurrence.id)
    .where(
        Booking.company_id == bindparam("company"),
        Allocation.facility_id.in_(bindparam("facilities", expanding=True)),
        or_(Occurrence.expires_at.is_(None), bindparam("now") < _EXPIRES),
        Occurrence.id.not_in(bindparam("besides", expanding=True)),
    )
)
_HOURS = _OF_COMPANY.where(
    Occurrence.state.in_(sorted(COUNTED)),
    Occurrence.starts < bindparam("ends"),
    Occurrence.ends > bindparam("starts"),
)
_OPTIONS = _OF_COMPANY.where(Occurrence.state == State.OPTION.value)

_InForce = Mapping[int, Mapping[str, RuleFacts]]
"""What applies on one day, by facility and rule."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question for all dates: who asks, for which plans, what applies to each of them."""

    actor: Actor
    plans: Sequence[Plan]
    in_force: Sequence[_InForce]
    now: int
    besides: Collection[int]

    def kinds_with(self, rule: str) -> set[int]:
        """The kinds of facilities to which a rule applies on any of the dates."""
        return {
            facility.kind_id
            for plan, in_force in zip(self.plans, self.in_force, strict=True)
            for facility in plan.facilities
            if rule in in_force[facility.id]
        }

    def of_company(self, kinds: Collection[int]) -> dict[str, object]:
        """The parameters of `_OF_COMPANY`, for the facilities of some kinds."""
        return {
            "company": self.actor.company_id,
            "facilities": [f.id for f in facilities.catalogue() if f.kind_id in kinds],
            "now": self.now,
            "besides": sorted(self.besides) or [NOBODY],
        }


def load(
    actor: Actor,
    plan: Plan,
    spans: Sequence[Interval],
    now: int,
    *,
    besides: Collection[int] = (),
) -> list[rules.Facts]:
    """The facts of a plan at each of several times; see `load_each`."""
    plans = [replace(plan, span=span) for span in spans]
    return load_each(actor, plans, now, besides=besides)


def load_each(
    actor: Actor, plans: Sequence[Plan], now: int, *, besides: Collection[int] = ()
) -> list[rules.Facts]:
    """The facts of each plan of one wish, in the order given, as `actor` asks at `now`.

    Who asks counts: `actor` is the requester, whose company has the quotas, whose licences are
    looked at. Dates count against quotas in the order given. `besides` are ids of occurrences that
    do not count, nor disturb, such as the one that is being moved.

    At most five statements besides the catalogue, however many plans: closures, and only where a
    setting asks for it hours of the company, its live options, claims of noise neighbours, and
    licences. Claims cost what `claims.standing` does.
    """
    if not plans:
        return []
    asking = _Asking(actor, plans, [_in_force(plan) for plan in plans], now, besides)
    usage, options = _usage(asking), _options(asking)
    held, rooms = _licences(asking), _rooms(asking)
    return [
        rules.Facts(
            span=plan.span,
            now=now,
            rooms=rooms[place],
            option=plan.option,
            guest=actor.guest,
            attendees=plan.attendees,
            usage=usage[place],
            options=options[place],
            licences=held,
        )
        for place, plan in enumerate(plans)
    ]


def _in_force(plan: Plan) -> _InForce:
    return {f.id: policy.in_force(f, _day(plan.span.starts, f)) for f in plan.facilities}


def _day(instant: int, facility: FacilityFacts) -> date:
    return local(instant, facility.time_zone).date()


# ---- rooms, closures, neighbours --------------------------------------------------------------


def _rooms(asking: _Asking) -> list[tuple[Room, ...]]:
    closures = _closures(asking.plans)
    beside = _neighbours(asking)
    return [
        tuple(
            _room(asking.actor, facility, plan.span, closures, in_force, beside[place])
            for facility in plan.facilities
        )
        for place, (plan, in_force) in enumerate(zip(asking.plans, asking.in_force, strict=True))
    ]


def _closures(plans: Sequence[Plan]) -> Sequence[ClosureFacts]:
    ids = {facility.id for plan in plans for facility in plan.facilities}
    return facilities.closures(sorted(ids), *claims.hull(plan.span for plan in plans))


def _room(
    actor: Actor,
    facility: FacilityFacts,
    span: Interval,
    closures: Iterable[ClosureFacts],
    in_force: _InForce,
    beside: Mapping[int, tuple[Neighbour, ...]],
) -> Room:
    return Room(
        code=facility.code,
        name=facility.name,
        zone=facility.time_zone,
        bookable=facility.bookable,
        guests_allowed=facility.guests_allowed,
        capacity=facility.capacity,
        opening=facility.opening,
        closures=tuple(
            (Interval(c.starts, c.ends), c.reason)
            for c in closures
            if c.concerns(facility) and span.overlaps(Interval(c.starts, c.ends))
        ),
        kind=facility.kind_code,
        country=facility.country,
        managed=actor.manages(facility.id, facility.site_id),
        settings={rule: said.value for rule, said in in_force[facility.id].items()},
        neighbours=beside.get(facility.id, ()),
    )


def _neighbours(asking: _Asking) -> list[dict[int, tuple[Neighbour, ...]]]:
    """For each plan and each of its facilities what is in use beside it. One statement at most."""
    noisy = policy.touched_by("noise")
    near = [_near(plan, noisy) for plan in asking.plans]
    spaces = {s for found in near for others in found.values() for f in others for s in f.space_ids}
    if not spaces:
        return [{} for _ in asking.plans]
    hull = claims.hull(plan.span for plan in asking.plans)
    holds = sorted(
        (
            hold
            for hold in claims.standing(sorted(spaces), hull, asking.now)
            if hold.rank == 1 and hold.occurrence_id not in asking.besides
        ),
        key=lambda hold: (hold.from_, hold.facility_id),
    )
    return [
        {own: tuple(_in_use(others, holds, plan.span)) for own, others in found.items()}
        for plan, found in zip(asking.plans, near, strict=True)
    ]


def _near(plan: Plan, noisy: Sequence[FacilityFacts]) -> dict[int, list[FacilityFacts]]:
    """By facility of the plan those that disturb it or are disturbed by it, whoever says so."""
    said = {facility.id: _noise(facility, plan.span.starts) for facility in noisy}
    if not any(said.values()):
        return {}
    return {
        own.id: [
            other
            for other in facilities.catalogue()
            if other.code in said.get(own.id, ()) or own.code in said.get(other.id, ())
        ]
        for own in plan.facilities
    }


def _noise(facility: FacilityFacts, instant: int) -> Collection[str]:
    found = policy.in_force(facility, _day(instant, facility)).get("noise")
    return found.value if found else ()


def _in_use(
    others: Sequence[FacilityFacts], holds: Iterable[Hold], span: Interval
) -> Iterator[Neighbour]:
    by_id = {facility.id: facility for facility in others}
    for hold in holds:
        used = Interval(hold.from_, hold.until)
        if hold.facility_id in by_id and used.overlaps(span):
            facility = by_id[hold.facility_id]
            yield Neighbour(facility.code, facility.name, used)


# ---- what the company has, what the person may ----------------------------------------------


def _usage(asking: _Asking) -> list[tuple[Usage, ...]]:
    """For each plan what is booked in its weeks of each kind with a quota. One statement."""
    kinds = asking.kinds_with("quota_hours")
    if not kinds:
        return [() for _ in asking.plans]
    weeks = [list(_weeks(plan)) for plan in asking.plans]
    hull = claims.hull(week for found in weeks for week in found)
    asked = {**asking.of_company(kinds), "starts": hull.starts, "ends": hull.ends}
    booked: dict[int, list[Interval]] = defaultdict(list)
    kind_of = {f.id: f.kind_id for f in facilities.catalogue()}
    for row in connection().execute(_HOURS, asked):
        booked[kind_of[row.facility_id]].append(Interval(row.starts, row.ends))
    result = []
    for plan, found in zip(asking.plans, weeks, strict=True):
        result.append(tuple(_used(plan, found, booked, kinds)))
        for facility in plan.facilities:
            booked[facility.kind_id].append(plan.span)
    return result


def _used(
    plan: Plan,
    weeks: Iterable[Interval],
    booked: Mapping[int, list[Interval]],
    kinds: Collection[int],
) -> Iterator[Usage]:
    codes = {f.kind_id: f.kind_code for f in plan.facilities if f.kind_id in kinds}
    for week in weeks:
        for kind_id, code in codes.items():
            shared = (week.intersection(span) for span in booked.get(kind_id, ()))
            yield Usage(code, week, sum(part.seconds for part in shared if part))


def _weeks(plan: Plan) -> Iterator[Interval]:
    """The ISO weeks of the site that a plan touches."""
    first = local(plan.span.starts, plan.zone).date()
    monday = first - timedelta(days=first.weekday())
    while (week := days(monday, WEEK_DAYS, plan.zone)).starts < plan.span.ends:
        yield week
        monday += timedelta(days=WEEK_DAYS)


def _options(asking: _Asking) -> list[dict[str, int]]:
    """For each plan the company's live options by kind, earlier dates counted. One statement."""
    optional = any(plan.option for plan in asking.plans)
    kinds = asking.kinds_with("quota_options") if optional else set()
    if not kinds:
        return [{} for _ in asking.plans]
    held: dict[str, set[int]] = defaultdict(set)
    code_of = {f.id: f.kind_code for f in facilities.catalogue()}
    for row in connection().execute(_OPTIONS, asking.of_company(kinds)):
        held[code_of[row.facility_id]].add(row.occurrence_id)
    counts = {kind: len(found) for kind, found in held.items()}
    result = []
    for plan in asking.plans:
        result.append(dict(counts))
        for kind in {facility.kind_code for facility in plan.facilities}:
            counts[kind] = counts.get(kind, 0) + 1
    return result


def _licences(asking: _Asking) -> dict[str, date | None]:
    """The requester's licences, where one is asked for. One statement."""
    return licences.of_person(asking.actor.user_id) if asking.kinds_with("licence") else {}
