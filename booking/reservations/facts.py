"""What the rules look at: gathered for all dates of a series at once."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, func, or_, select, type_coerce

from booking.core import rules
from booking.core.access import Actor
from booking.core.lifecycle import State
from booking.core.rules import Neighbour, Room
from booking.core.scheduling.interval import Interval, hull
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.core.scheduling.wallclock import local
from booking.facilities import policy
from booking.facilities import queries as facilities
from booking.facilities.values import ClosureFacts, FacilityFacts, RuleFacts
from booking.kernel.db import connection
from booking.members import licences
from booking.reservations import claims, granting, quotas
from booking.reservations.holds import Hold
from booking.reservations.models import Allocation, Booking, Occurrence
from booking.reservations.quotas import EXPIRES, WAITS
from booking.reservations.wish import Plan

_LAPSED = func.coalesce(type_coerce(Occurrence.lapsed_at, BigInteger), EXPIRES).label("lapsed")
_LAPSED_BY = bindparam("now") >= EXPIRES
_UNNOTICED = and_(Occurrence.state == State.OPTION.value, _LAPSED_BY, ~WAITS)
_LAPSES = (
    select(
        Allocation.facility_id,
        Booking.company_id,
        Booking.production_id,
        Occurrence.starts,
        Occurrence.ends,
        _LAPSED,
    )
    .join_from(Allocation, Occurrence, Occurrence.id == Allocation.occurrence_id)
    .join(Booking, Booking.id == Occurrence.booking_id)
    .where(
        Allocation.facility_id.in_(bindparam("facilities", expanding=True)),
        Occurrence.starts < bindparam("ends"),
        Occurrence.ends > bindparam("starts"),
        or_(Occurrence.lapsed_at.is_not(None), _UNNOTICED),
        or_(
            Booking.company_id == bindparam("company"),
            Booking.production_id == bindparam("production"),
        ),
    )
    .order_by(_LAPSED)
)
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


Counts = Callable[[int, rules.Facts], bool]
"""Whether a date, by its place and facts, would use up what the company may have."""


def everything(_place: int, _facts: rules.Facts) -> bool:
    """Every date would be booked."""
    return True


def nothing(_place: int, _facts: rules.Facts) -> bool:
    """Each date by itself: only one of them will be chosen."""
    return False


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
    actor: Actor,
    plans: Sequence[Plan],
    now: int,
    *,
    besides: Collection[int] = (),
    counts: Counts = everything,
) -> list[rules.Facts]:
    """The facts of each plan of one wish, in the order given, as `actor` asks at `now`.

    Who asks counts: `actor` is the requester, whose company has the quotas, whose licences are
    looked at. Against the quotas of later dates those are counted that `counts` says so of, which
    gets their place and facts. `besides` are ids of occurrences that do not count, nor disturb,
    such as the one that is being moved.

    At most six statements besides the catalogue, however many plans: closures, and only where a
    setting asks for it hours of the company, its live options, options that have lapsed, claims
    of noise neighbours, and licences. Claims cost what `claims.standing` does. Inside a
    transaction hours and options are those of a company that nobody else books for meanwhile.
    """
    if not plans:
        return []
    asking = _Asking(actor, plans, [_in_force(plan) for plan in plans], now, besides)
    hours = quotas.Hours(actor, plans, asking.kinds_with("quota_hours"), now, besides)
    optional = asking.kinds_with("quota_options") if any(p.option for p in plans) else set()
    options = quotas.Options(actor, optional, now, besides)
    held, rooms = _licences(asking), _rooms(asking)
    lapsed = _lapsed(asking)
    found = []
    for place, plan in enumerate(plans):
        facts = rules.Facts(
            span=plan.span,
            now=now,
            rooms=rooms[place],
            option=plan.option,
            guest=actor.guest,
            attendees=plan.attendees,
            usage=hours.of(plan),
            options=options.so_far(),
            licences=held,
            lapsed=lapsed[place],
        )
        found.append(facts)
        if counts(place, facts):
            hours.count(plan)
            options.count(plan)
    return found


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
    return facilities.closures(sorted(ids), *hull(plan.span for plan in plans))


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
        waits=granting.decision(actor, facility) == granting.UNDECIDED,
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
    reach = hull(plan.span for plan in asking.plans)
    holds = sorted(
        (
            hold
            for hold in claims.standing(sorted(spaces), reach, asking.now)
            if hold.rank == RANK_OF_RIGHT and hold.occurrence_id not in asking.besides
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
    return _disturbed_by(facility, _day(instant, facility))


def _disturbed_by(facility: FacilityFacts, day: date) -> Collection[str]:
    found = policy.in_force(facility, day).get("noise")
    return found.value if found else ()


def disturbing(facility: FacilityFacts, day: date) -> set[str]:
    """The codes of its noise neighbours on a day, whoever of the two says so."""
    others = policy.touched_by("noise")
    named = {other.code for other in others if facility.code in _disturbed_by(other, day)}
    return named | set(_disturbed_by(facility, day))


def in_use_beside(
    among: Sequence[FacilityFacts], window: Interval, now: int
) -> dict[int, list[tuple[str, Interval]]]:
    """By facility what is in use in a window beside it, on whatever day it disturbs.

    The code of the neighbour and when. What `claims.standing` costs, nothing where no setting
    speaks of noise.
    """
    noisy = policy.touched_by("noise")
    if not noisy:
        return {}
    listens = {f.id: _ever_named(f) for f in noisy}
    near = {
        own.id: {
            other.id: other
            for other in facilities.catalogue()
            if other.code in listens.get(own.id, ()) or own.code in listens.get(other.id, ())
        }
        for own in among
    }
    spaces = {s for others in near.values() for f in others.values() for s in f.space_ids}
    holds = [h for h in claims.standing(sorted(spaces), window, now) if h.rank == RANK_OF_RIGHT]
    return {
        own: [
            (others[h.facility_id].code, Interval(h.from_, h.until))
            for h in holds
            if h.facility_id in others
        ]
        for own, others in near.items()
    }


def _ever_named(facility: FacilityFacts) -> set[str]:
    return {c for s in policy.settings_of(facility) if s.rule == "noise" for c in s.value}


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


def _licences(asking: _Asking) -> dict[str, date | None]:
    """The requester's licences, where one is asked for. One statement."""
    return licences.of_person(asking.actor.user_id) if asking.kinds_with("licence") else {}


def _lapsed(asking: _Asking) -> list[dict[str, int]]:
    """For each plan when a first option of theirs on its time lapsed, by facility. One statement.

    Theirs are those of the plan's production; of one without a production, or for a plan without
    one, those of the company.
    """
    optional = [plan for plan in asking.plans if plan.option]
    rooms = {f.id: f.code for plan in optional for f in plan.facilities if _rolls(asking, f)}
    if not rooms:
        return [{} for _ in asking.plans]
    reach = hull(plan.span for plan in optional)
    asked = {
        "facilities": sorted(rooms),
        "company": asking.actor.company_id,
        "production": optional[0].production_id,
        "starts": reach.starts,
        "ends": reach.ends,
        "now": asking.now,
    }
    rows = connection().execute(_LAPSES, asked).all()
    return [
        {
            rooms[row.facility_id]: row.lapsed
            for row in rows
            if _is_theirs(asking.actor, plan, row)
            and plan.span.overlaps(Interval(row.starts, row.ends))
        }
        for plan in asking.plans
    ]


def _rolls(asking: _Asking, facility: FacilityFacts) -> bool:
    return any("rolling" in in_force.get(facility.id, ()) for in_force in asking.in_force)


def _is_theirs(actor: Actor, plan: Plan, row: Any) -> bool:
    if plan.production_id and row.production_id:
        return bool(plan.production_id == row.production_id)
    return bool(row.company_id == actor.company_id)
