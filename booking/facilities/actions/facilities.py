"""Writing facilities: made, described, opened, taken out of service."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from booking.core import text
from booking.core.access import Actor, allowed
from booking.facilities import queries
from booking.facilities.actions import checks
from booking.facilities.actions.rows import inserted
from booking.facilities.events import about_facility
from booking.facilities.models import (
    AttributeValue,
    Facility,
    FacilityGroup,
    FacilitySpace,
    Kind,
    OpeningHours,
    Site,
    Space,
)
from booking.facilities.values import ALWAYS_OPEN, AttributeFacts, FacilityFacts, Week
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound, Stale
from booking.kernel.transaction import transaction

DAY_MIN = 1440
_BEAR_CODES: tuple[type[Facility] | type[Space] | type[FacilityGroup], ...] = (
    Facility,
    Space,
    FacilityGroup,
)
"""Whatever can be named in a booking, and what stands behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityChange:
    """All that can be edited of a facility.

    `names` are those in other languages, `capacities` people by use, `capacity` the fire figure.
    """

    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    group_id: int | None = None
    position: int = 0
    quantity: int = 1
    capacity: int | None = None
    capacities: Mapping[str, int] = field(default_factory=dict)
    area_m2: int | None = None
    setup_min: int = 0
    turnaround_min: int = 0
    approval: str = "manager"
    guests_allowed: bool = True
    staffing: str = "dry"
    equipment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFacility:
    """What stays as it is once a facility was made."""

    code: str
    site_id: int
    kind_id: int


@transaction
def create_facility(actor: Actor, new: NewFacility, change: FacilityChange, now: datetime) -> int:
    """A new facility over a space of its own, open all the time; its id.

    Raises Forbidden, or Invalid with every field at fault.
    """
    if not allowed(actor, "facility:create"):
        raise Forbidden
    change = _normal(change)
    wrong = [*_place_objections(new), *_objections(change)]
    if wrong:
        raise Invalid(*wrong)
    values = {**asdict(new), **asdict(change)}
    facility_id = inserted(Facility, values)
    space_id = inserted(Space, {"site_id": new.site_id, "code": new.code})
    db.session.execute(insert(FacilitySpace).values(facility_id=facility_id, space_id=space_id))
    event = about_facility("created", facility_id, after=values)
    record([event], actor_id=actor.user_id, at=now)
    return facility_id


@transaction
def edit_facility(
    actor: Actor,
    facility_id: int,
    revision: int,
    change: FacilityChange,
    attributes: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change a facility that was seen at `revision`, and what it says about itself.

    `attributes` are values by code; those left out, and None, say nothing. Bookings that exist
    keep the setup and turnaround they were made with.

    Raises NotFound, Forbidden, Stale, or Invalid with every field at fault.
    """
    facility = editable(actor, facility_id)
    change = _normal(change)
    definitions = queries.definitions(facility.kind_id)
    wrong = [*_objections(change), *_attribute_objections(definitions, attributes)]
    if wrong:
        raise Invalid(*wrong)
    before = _described(facility)
    _step(facility_id, revision, asdict(change))
    _write_attributes(facility_id, definitions, attributes)
    said = {code: value for code, value in attributes.items() if value is not None}
    after = {**asdict(change), "attributes": said}
    changed = {name for name, value in after.items() if before[name] != value}
    _record(
        actor,
        "edited",
        facility_id,
        now,
        {name: before[name] for name in sorted(changed)},
        {name: after[name] for name in sorted(changed)},
    )


@transaction
def set_hours(actor: Actor, facility_id: int, revision: int, week: Week, now: datetime) -> None:
    """Set the weekly opening hours of a facility that was seen at `revision`.

    Raises NotFound, Forbidden, Stale, or Invalid for hours that overlap or that never open.
    """
    facility = editable(actor, facility_id)
    wrong = list(checks.week("hours", week))
    if wrong:
        raise Invalid(*wrong)
    _step(facility_id, revision, {})
    db.session.execute(delete(OpeningHours).where(OpeningHours.facility_id == facility_id))
    rows = [] if week == ALWAYS_OPEN else list(_hours_rows(facility_id, week))
    if rows:
        db.session.execute(insert(OpeningHours), rows)
    _record(actor, "hours_set", facility_id, now, {"hours": facility.opening}, {"hours": week})


@transaction
def set_active(actor: Actor, facility_id: int, revision: int, active: bool, now: datetime) -> None:
    """Take a facility out of service, or put it back; bookings that exist stay.

    Raises NotFound, Forbidden or Stale.
    """
    facility = editable(actor, facility_id)
    _step(facility_id, revision, {"active": active})
    name = "reactivated" if active else "deactivated"
    _record(actor, name, facility_id, now, {"active": facility.active}, {"active": active})


def editable(actor: Actor, facility_id: int) -> FacilityFacts:
    """The facility, for whoever may edit it. Raises NotFound or Forbidden."""
    facility = queries.by_ids((facility_id,)).get(facility_id)
    if facility is None:
        raise NotFound
    if not allowed(actor, "facility:edit", facility.subject):
        raise Forbidden
    return facility


def _normal(change: FacilityChange) -> FacilityChange:
    """With texts in their composed form, and without the names that were left empty."""
    names = {locale: text.normal(name) for locale, name in change.names.items()}
    return replace(
        change,
        name=text.normal(change.name),
        names={locale: name for locale, name in names.items() if name},
        equipment=text.normal(change.equipment),
    )


def _place_objections(new: NewFacility) -> Iterator[FieldError]:
    yield from checks.code("code", new.code)
    others = (select(table.id).where(table.code == new.code) for table in _BEAR_CODES)
    if any(db.session.scalar(taken) for taken in others):
        yield FieldError("code", "taken")
    for path, table, key in (("site_id", Site, new.site_id), ("kind_id", Kind, new.kind_id)):
        if db.session.get(table, key) is None:
            yield FieldError(path, "unknown")


def _objections(change: FacilityChange) -> Iterator[FieldError]:
    yield from checks.line("name", change.name, checks.NAME_LENGTH)
    yield from checks.names("names", change.names, complete=False)
    if change.group_id is not None and db.session.get(FacilityGroup, change.group_id) is None:
        yield FieldError("group_id", "unknown")
    yield from checks.whole("position", change.position, 0)
    yield from checks.whole("quantity", change.quantity, 1)
    yield from checks.whole("capacity", change.capacity, 1)
    for use, people in change.capacities.items():
        yield from checks.one_of("capacities", use, checks.USES)
        yield from checks.whole(f"capacity_{use}", people, 1)
    yield from checks.whole("area_m2", change.area_m2, 1)
    yield from checks.whole("setup_min", change.setup_min, 0, DAY_MIN)
    yield from checks.whole("turnaround_min", change.turnaround_min, 0, DAY_MIN)
    yield from checks.one_of("approval", change.approval, checks.APPROVALS)
    yield from checks.one_of("staffing", change.staffing, checks.STAFFINGS)
    yield from checks.paragraph("equipment", change.equipment, checks.EQUIPMENT_LENGTH)


def _attribute_objections(
    definitions: Iterable[AttributeFacts], attributes: Mapping[str, Any]
) -> Iterator[FieldError]:
    known = {definition.code: definition for definition in definitions}
    for code, value in attributes.items():
        path = f"attribute_{code}"
        if code in known:
            yield from checks.value(path, value, known[code])
        else:
            yield FieldError(path, "unknown")


def _described(facility: FacilityFacts) -> dict[str, Any]:
    """The facility as it is, under the names of `FacilityChange`."""
    details = queries.details(facility.id)
    said = queries.attributes((facility.id,))[facility.id]
    change = {
        name: getattr(facility if hasattr(facility, name) else details, name)
        for name in FacilityChange.__dataclass_fields__
    }
    return {**change, "attributes": {attribute.code: attribute.value for attribute in said}}


def _step(facility_id: int, revision: int, values: dict[str, Any]) -> None:
    """Write the row one revision further, if it still is at `revision`. Raises Stale."""
    found = db.session.scalar(
        update(Facility)
        .where(Facility.id == facility_id, Facility.revision == revision)
        .values(**values, revision=revision + 1)
        .returning(Facility.id)
    )
    if found is None:
        current = select(Facility.revision).where(Facility.id == facility_id)
        raise Stale(current=db.session.scalar(current))


def _write_attributes(
    facility_id: int, definitions: Iterable[AttributeFacts], attributes: Mapping[str, Any]
) -> None:
    db.session.execute(delete(AttributeValue).where(AttributeValue.facility_id == facility_id))
    rows = [
        {
            "facility_id": facility_id,
            "definition_id": definition.definition_id,
            "value": attributes[definition.code],
        }
        for definition in definitions
        if attributes.get(definition.code) is not None
    ]
    if rows:
        db.session.execute(insert(AttributeValue), rows)


def _hours_rows(facility_id: int, week: Week) -> Iterator[dict[str, int]]:
    for weekday, spans in enumerate(week):
        for opens, closes in spans:
            yield {
                "facility_id": facility_id,
                "weekday": weekday,
                "opens_min": opens,
                "closes_min": closes,
            }


def _record(
    actor: Actor,
    name: str,
    facility_id: int,
    now: datetime,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    event = about_facility(name, facility_id, before=before, after=after)
    record([event], actor_id=actor.user_id, at=now)
