"""Writing sites and the rows of like units that stand in them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import delete, select, update

from booking.core import text
from booking.core.access import Actor, allowed
from booking.core.scheduling.holiday import COUNTRIES
from booking.facilities.actions import checks
from booking.facilities.actions.rows import inserted
from booking.facilities.events import about_group, about_site
from booking.facilities.models import Facility, FacilityGroup, Site
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from booking.kernel.transaction import transaction

ADDRESS_LENGTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChange:
    """All that can be edited of a site."""

    name: str
    address: str = ""
    area_m2: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSite:
    """What stays as it is: `time_zone` (IANA) says what nine o'clock is for all that was booked
    there, `country` (ISO 3166) which days are holidays.
    """

    code: str
    time_zone: str
    country: str


# ---- sites ----------------------------------------------------------------------------------


@transaction
def create_site(actor: Actor, new: NewSite, change: SiteChange, now: datetime) -> int:
    """A new site; its id. Raises Forbidden, or Invalid with every field at fault."""
    _authorize(actor)
    change = _normal(change)
    wrong = [*_place_objections(new), *_objections(change)]
    if wrong:
        raise Invalid(*wrong)
    values = {**asdict(new), **asdict(change)}
    site_id = inserted(Site, values)
    _record(actor, about_site("created", site_id, after=values), now)
    return site_id


@transaction
def edit_site(actor: Actor, site_id: int, change: SiteChange, now: datetime) -> None:
    """Change a site. Raises Forbidden, NotFound, or Invalid with every field at fault."""
    _authorize(actor)
    columns = (Site.name, Site.address, Site.area_m2)
    before = db.session.execute(select(*columns).where(Site.id == site_id)).mappings().first()
    if before is None:
        raise NotFound
    change = _normal(change)
    if wrong := list(_objections(change)):
        raise Invalid(*wrong)
    after = asdict(change)
    db.session.execute(update(Site).where(Site.id == site_id).values(**after))
    _record(actor, about_site("edited", site_id, before=dict(before), after=after), now)


def _normal(change: SiteChange) -> SiteChange:
    return replace(change, name=text.normal(change.name), address=text.normal(change.address))


def _place_objections(new: NewSite) -> Iterator[FieldError]:
    yield from checks.code("code", new.code)
    if db.session.scalar(select(Site.id).where(Site.code == new.code)):
        yield FieldError("code", "taken")
    if new.time_zone not in available_timezones():
        yield FieldError("time_zone", "unknown_choice")
    yield from checks.one_of("country", new.country, COUNTRIES)


def _objections(change: SiteChange) -> Iterator[FieldError]:
    yield from checks.line("name", change.name, checks.NAME_LENGTH)
    yield from checks.line("address", change.address, ADDRESS_LENGTH, required=False)
    yield from checks.whole("area_m2", change.area_m2, 1)


# ---- rows of like units ---------------------------------------------------------------------


@transaction
def create_group(actor: Actor, code: str, name: str, now: datetime) -> int:
    """A new row, which facilities join one by one; its id.

    Its code is booked like one: it may be no facility's. Raises Forbidden, or Invalid with every
    field at fault.
    """
    _authorize(actor)
    name = text.normal(name)
    wrong = [*checks.code("code", code), *checks.line("name", name, checks.NAME_LENGTH)]
    for taken in (FacilityGroup, Facility):
        if db.session.scalar(select(taken.id).where(taken.code == code)):
            wrong.append(FieldError("code", "taken"))
    if wrong:
        raise Invalid(*wrong)
    values = {"code": code, "name": name}
    group_id = inserted(FacilityGroup, values)
    _record(actor, about_group("created", group_id, after=values), now)
    return group_id


@transaction
def rename_group(actor: Actor, group_id: int, name: str, now: datetime) -> None:
    """Call a row otherwise. Raises Forbidden, NotFound, or Invalid at `name`."""
    _authorize(actor)
    before = _group(group_id)
    name = text.normal(name)
    if wrong := list(checks.line("name", name, checks.NAME_LENGTH)):
        raise Invalid(*wrong)
    changed = update(FacilityGroup).where(FacilityGroup.id == group_id)
    db.session.execute(changed.values(name=name))
    told = about_group("renamed", group_id, before={"name": before.name}, after={"name": name})
    _record(actor, told, now)


@transaction
def remove_group(actor: Actor, group_id: int, now: datetime) -> None:
    """Take a row away; its facilities stay, each for itself. Raises Forbidden or NotFound."""
    _authorize(actor)
    before = _group(group_id)
    freed = (
        update(Facility)
        .where(Facility.group_id == group_id)
        .values(group_id=None, revision=Facility.revision + 1)
        .returning(Facility.code)
    )
    was = {"code": before.code, "name": before.name}
    was["facilities"] = sorted(db.session.scalars(freed))
    db.session.execute(delete(FacilityGroup).where(FacilityGroup.id == group_id))
    _record(actor, about_group("removed", group_id, before=was), now)


def _group(group_id: int) -> Any:
    columns = (FacilityGroup.code, FacilityGroup.name)
    found = db.session.execute(select(*columns).where(FacilityGroup.id == group_id)).first()
    if found is None:
        raise NotFound
    return found


def _authorize(actor: Actor) -> None:
    if not allowed(actor, "facility:create"):
        raise Forbidden


def _record(actor: Actor, event: Event, now: datetime) -> None:
    record([event], actor_id=actor.user_id, at=now)
