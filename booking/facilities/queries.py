"""Reading facilities: the catalogue that every page needs, closures, attributes, and the lock."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import BindParameter, RowMapping, bindparam, func, or_, select

from booking.core.access import Actor
from booking.facilities.models import (
    AttributeDefinition,
    AttributeValue,
    Closure,
    Facility,
    FacilityGroup,
    FacilitySpace,
    Kind,
    OpeningHours,
    Site,
    Space,
)
from booking.facilities.values import (
    ALWAYS_OPEN,
    AttributeFacts,
    ClosureFacts,
    FacilityDetails,
    FacilityFacts,
    GroupFacts,
    KindFacts,
    SiteFacts,
    Span,
    Week,
)
from booking.journal.queries import newest
from booking.kernel.db import connection, db, listed
from booking.kernel.prepared import Prepared
from booking.kernel.remembered import Remembered
from booking.kernel.transaction import memo

Key = TypeVar("Key", int, str)

SCOPE = "facilities"
"""The revision that every change to facilities, kinds, sites and opening hours moves."""

_REVISION = "facilities.revision"


class _Catalogue(NamedTuple):
    facilities: tuple[FacilityFacts, ...]
    """In planning order."""
    places_of_ids: Mapping[int, int]
    places_of_codes: Mapping[str, int]
    seats: Mapping[int, Sequence[FacilityFacts]]


# By pool of connections: a new one may lead to another database under the same name.
_catalogues: Remembered[_Catalogue] = Remembered(2)

_FACILITIES = (
    select(
        Facility.id,
        Facility.code,
        Facility.name,
        Facility.names,
        Facility.site_id,
        Site.code.label("site_code"),
        Site.name.label("site_name"),
        Site.time_zone,
        Site.country,
        Facility.kind_id,
        Kind.code.label("kind_code"),
        Kind.names.label("kind_names"),
        Kind.option_days,
        func.coalesce(FacilityGroup.code, "").label("group_code"),
        func.coalesce(FacilityGroup.name, "").label("group_name"),
        Facility.position,
        Facility.capacity,
        Facility.quantity,
        Facility.active,
        Facility.setup_min,
        Facility.turnaround_min,
        Facility.approval,
        Facility.guests_allowed,
    )
    .join_from(Facility, Site, Site.id == Facility.site_id)
    .join(Kind, Kind.id == Facility.kind_id)
    .outerjoin(FacilityGroup, FacilityGroup.id == Facility.group_id)
    .order_by(Site.code, Kind.position, Kind.code, Facility.position, Facility.code)
)
_SPACES = select(FacilitySpace.facility_id, FacilitySpace.space_id).order_by(FacilitySpace.space_id)
_HOURS = select(
    OpeningHours.facility_id,
    OpeningHours.weekday,
    OpeningHours.opens_min,
    OpeningHours.closes_min,
).order_by(OpeningHours.opens_min)
_DETAILS = (
    select(
        Facility.group_id,
        Facility.area_m2,
        Facility.capacities,
        Facility.staffing,
        Facility.equipment,
        Site.address,
        Facility.revision,
    )
    .join_from(Facility, Site, Site.id == Facility.site_id)
    .where(Facility.id == bindparam("id"))
)
_KINDS = select(Kind.id, Kind.code, Kind.names, Kind.position, Kind.option_days).order_by(
    Kind.position, Kind.code
)
_GROUPS = select(FacilityGroup.id, FacilityGroup.code, FacilityGroup.name).order_by(
    FacilityGroup.code
)
_SITES = select(
    Site.id, Site.code, Site.name, Site.time_zone, Site.country, Site.address, Site.area_m2
).order_by(Site.code)
_ids: BindParameter[int] = bindparam("ids", expanding=True)
_CLOSURE_COLUMNS = (
    Closure.id,
    Closure.facility_id,
    Closure.site_id,
    Closure.starts,
    Closure.ends,
    Closure.reason,
)
_CLOSURE = select(*_CLOSURE_COLUMNS).where(Closure.id == bindparam("id"))
_UPCOMING = (
    select(*_CLOSURE_COLUMNS)
    .where(Closure.ends > bindparam("now"))
    .order_by(Closure.starts, Closure.id)
)
_CLOSURES = Prepared(
    lambda dialect: (
        select(*_CLOSURE_COLUMNS)
        .where(
            Closure.starts < bindparam("ends"),
            Closure.ends > bindparam("starts"),
            or_(
                listed(Closure.facility_id, "ids", dialect),
                listed(Closure.site_id, "sites", dialect),
            ),
        )
        .order_by(Closure.starts, Closure.id)
    )
)
_DEFINITION = (
    AttributeDefinition.id.label("definition_id"),
    AttributeDefinition.code,
    AttributeDefinition.names,
    AttributeDefinition.value_type,
    AttributeDefinition.unit,
    AttributeDefinition.choices,
)
_ATTRIBUTES = (
    select(AttributeValue.facility_id, *_DEFINITION, AttributeValue.value)
    .join_from(
        AttributeValue,
        AttributeDefinition,
        AttributeDefinition.id == AttributeValue.definition_id,
    )
    .where(AttributeValue.facility_id.in_(_ids))
    .order_by(AttributeDefinition.position, AttributeDefinition.code)
)
_DEFINITIONS = (
    select(*_DEFINITION)
    .where(AttributeDefinition.kind_id == bindparam("kind_id"))
    .order_by(AttributeDefinition.position, AttributeDefinition.code)
)


def _lock(*, nowait: bool) -> Prepared:
    return Prepared(
        lambda dialect: (
            select(Space.id)
            .where(listed(Space.id, "ids", dialect))
            .order_by(Space.id)
            .with_for_update(key_share=True, nowait=nowait)
        )
    )


_LOCK = _lock(nowait=False)
_LOCK_AT_ONCE = _lock(nowait=True)


def catalogue() -> tuple[FacilityFacts, ...]:
    """Every facility, inactive ones too, in planning order: site, kind, position, code.

    One statement a request while no facility changed, four after a change, however many there
    are. Inside a transaction that changes facilities it may show them as before that change.
    """
    return _index().facilities


def managed(actor: Actor) -> list[FacilityFacts]:
    """The facilities that a person decides about, in planning order; costs as `catalogue`."""
    return [one for one in catalogue() if actor.manages(one.id, one.site_id)]


def expect() -> None:
    """Ask already for the revision that whatever is said about facilities needs to know."""
    seen = memo()
    if _REVISION not in seen:
        seen[_REVISION] = newest(SCOPE)


def current() -> int:
    """The revision of all that is said about facilities. One statement a request."""
    expect()
    return cast("Callable[[], int]", memo()[_REVISION])()


def by_codes(codes: Iterable[str]) -> dict[str, FacilityFacts]:
    """The facilities with these codes, in planning order; unknown codes are left out.

    Costs what `catalogue` does.
    """
    return {facility.code: facility for facility in _some(codes, _index().places_of_codes)}


def by_ids(ids: Iterable[int]) -> dict[int, FacilityFacts]:
    """The facilities with these ids, in planning order; unknown ids are left out.

    Costs what `catalogue` does.
    """
    return {facility.id: facility for facility in _some(ids, _index().places_of_ids)}


def seats() -> Mapping[int, Sequence[FacilityFacts]]:
    """The pools by the space that stands for them; costs what `catalogue` does."""
    return _index().seats


def closures(facility_ids: Iterable[int], starts: int, ends: int) -> list[ClosureFacts]:
    """Closures of these facilities and of their sites that overlap [starts, ends), by start.

    What shuts a space shuts every facility over it: such a closure comes once for each facility
    that was asked for. Times are UTC epoch seconds. One statement besides the catalogue.
    """
    return ask_closures(facility_ids, starts, ends)()


def ask_closures(
    facility_ids: Iterable[int], starts: int, ends: int
) -> Callable[[], list[ClosureFacts]]:
    """The same, waited for when it is called."""
    asked = list(by_ids(facility_ids).values())
    spaces = {space for facility in asked for space in facility.space_ids}
    near = [f.id for f in catalogue() if not spaces.isdisjoint(f.space_ids)]
    sites = sorted({f.site_id for f in asked})
    found = _CLOSURES.ask(starts=starts, ends=ends, ids=near, sites=sites)
    return lambda: [closure for row in found.mappings() for closure in _closures(row, asked)]


def upcoming_closures(now: int) -> list[ClosureFacts]:
    """Every closure that is not over at `now` (UTC epoch seconds), by start. One statement."""
    rows = connection().execute(_UPCOMING, {"now": now}).mappings()
    return [ClosureFacts(**row) for row in rows]


def closure(closure_id: int) -> ClosureFacts | None:
    """One closure as it was entered; None if there is none. One statement."""
    row = connection().execute(_CLOSURE, {"id": closure_id}).mappings().one_or_none()
    return None if row is None else ClosureFacts(**row)


def details(facility_id: int) -> FacilityDetails:
    """What the facility's own page shows besides its facts. One statement.

    Raises sqlalchemy.exc.NoResultFound for an unknown id.
    """
    return FacilityDetails(**connection().execute(_DETAILS, {"id": facility_id}).mappings().one())


def attributes(facility_ids: Iterable[int]) -> dict[int, tuple[AttributeFacts, ...]]:
    """What each facility says about itself, in the order of its kind's definitions.

    Every id asked for is in the answer. One statement.
    """
    ids = sorted(facility_ids)
    found: dict[int, list[AttributeFacts]] = {facility_id: [] for facility_id in ids}
    for row in connection().execute(_ATTRIBUTES, {"ids": ids}).mappings():
        found[row["facility_id"]].append(_attribute(row, row["value"]))
    return {facility_id: tuple(said) for facility_id, said in found.items()}


def definitions(kind_id: int) -> tuple[AttributeFacts, ...]:
    """What facilities of a kind can say about themselves, without values. One statement."""
    rows = connection().execute(_DEFINITIONS, {"kind_id": kind_id}).mappings()
    return tuple(_attribute(row, None) for row in rows)


def kinds() -> tuple[KindFacts, ...]:
    """Every kind of facility, in planning order. One statement."""
    return tuple(KindFacts(**row) for row in connection().execute(_KINDS).mappings())


def sites() -> tuple[SiteFacts, ...]:
    """Every site, by code. One statement."""
    return tuple(SiteFacts(**row) for row in connection().execute(_SITES).mappings())


def groups() -> tuple[GroupFacts, ...]:
    """Every row of like units, by code. One statement."""
    return tuple(GroupFacts(**row) for row in connection().execute(_GROUPS).mappings())


def lock_spaces(space_ids: Iterable[int], *, at_once: bool = False) -> None:
    """Let this transaction alone decide about these spaces until it ends.

    PostgreSQL: locks their rows in ascending order, so that writers queue instead of deadlocking;
    FOR NO KEY UPDATE, because FOR UPDATE would also block inserts that refer to them. Who has some
    already and needs others asks for them `at_once`: where somebody has them the whole work is
    done again instead of waiting out of turn. SQLite: the whole transaction writes alone already.
    Call it before the reads that decide.
    """
    if db.engine.dialect.name == "postgresql":
        lock = _LOCK_AT_ONCE if at_once else _LOCK
        lock.ask(ids=sorted(set(space_ids)))


def _index() -> _Catalogue:
    seen = memo()
    if SCOPE not in seen:
        seen[SCOPE] = _catalogues.recall(current(), _load_catalogue)
    return cast("_Catalogue", seen[SCOPE])


def _some(keys: Iterable[Key], places: Mapping[Key, int]) -> Iterator[FacilityFacts]:
    """Those with these keys, in planning order."""
    everything = catalogue()
    for place in sorted({places[key] for key in keys if key in places}):
        yield everything[place]


def _load_catalogue() -> _Catalogue:
    spaces = _spaces()
    hours = _hours()
    found = tuple(
        _facts(row, spaces[row["id"]], hours.get(row["id"], ALWAYS_OPEN))
        for row in connection().execute(_FACILITIES).mappings()
    )
    seated: dict[int, list[FacilityFacts]] = {}
    for facility in found:
        if facility.is_pool and facility.space_ids:
            seated.setdefault(facility.space_ids[0], []).append(facility)
    return _Catalogue(
        facilities=found,
        places_of_ids={facility.id: place for place, facility in enumerate(found)},
        places_of_codes={facility.code: place for place, facility in enumerate(found)},
        seats=seated,
    )


def _facts(row: RowMapping, space_ids: Sequence[int], opening: Week) -> FacilityFacts:
    return FacilityFacts(
        **row,
        bookable=row["active"] and (row["quantity"] == 1 or bool(space_ids)),
        space_ids=tuple(space_ids),
        opening=opening,
    )


def _closures(row: Mapping[str, Any], asked: Sequence[FacilityFacts]) -> Iterator[ClosureFacts]:
    """The closure for each facility that was asked for; that of a site just once."""
    if row["facility_id"] is None:
        yield ClosureFacts(**row)
        return
    [closed] = by_ids((row["facility_id"],)).values()
    for facility in asked:
        if facility is closed or facility.shares_space_with(closed):
            via = None if facility is closed else closed.name
            yield ClosureFacts(**{**row, "facility_id": facility.id}, via=via)


def _spaces() -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for facility_id, space_id in connection().execute(_SPACES):
        found[facility_id].append(space_id)
    return found


def _hours() -> dict[int, Week]:
    """The week of every facility that has hours; the others are always open."""
    found: dict[int, list[list[Span]]] = defaultdict(lambda: [[] for _ in range(7)])
    for facility_id, weekday, opens, closes in connection().execute(_HOURS):
        found[facility_id][weekday].append((opens, closes))
    return {key: tuple(tuple(spans) for spans in week) for key, week in found.items()}


def _attribute(row: RowMapping, value: Any) -> AttributeFacts:
    return AttributeFacts(
        definition_id=row["definition_id"],
        code=row["code"],
        names=row["names"],
        value_type=row["value_type"],
        unit=row["unit"],
        choices=tuple(row["choices"]),
        value=value,
    )
