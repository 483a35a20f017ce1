"""Writing bundles: made, changed, retired."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import delete, insert, select, update

from booking.core import text
from booking.core.access import Actor, allowed
from booking.facilities import bundles, queries
from booking.facilities.actions import checks
from booking.facilities.actions.rows import inserted
from booking.facilities.bundles import BundleFacts, Item
from booking.facilities.events import about_bundle
from booking.facilities.models import Bundle, BundleItem
from booking.facilities.values import FacilityFacts
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from booking.kernel.transaction import transaction

MOST_ITEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleChange:
    """All that can be edited of a bundle: its name in every language and what it consists of."""

    names: Mapping[str, str]
    items: tuple[Item, ...]
    active: bool = True


@transaction
def create_bundle(actor: Actor, code: str, change: BundleChange, now: datetime) -> int:
    """A new bundle; its id. Raises Forbidden, or Invalid with every field at fault."""
    _authorize(actor)
    wrong = [*checks.code("code", code), *_objections(change)]
    if db.session.scalar(select(Bundle.id).where(Bundle.code == code)):
        wrong.append(FieldError("code", "taken"))
    if wrong:
        raise Invalid(*wrong)
    values = {"code": code, **_values(change)}
    bundle_id = inserted(Bundle, values)
    _write_items(bundle_id, change)
    _record(actor, "created", bundle_id, now, {}, {**values, "items": _said(change.items)})
    return bundle_id


@transaction
def edit_bundle(actor: Actor, code: str, change: BundleChange, now: datetime) -> None:
    """Change a bundle; bookings that were made with it stay.

    Raises Forbidden, NotFound, or Invalid with every field at fault.
    """
    _authorize(actor)
    found = bundles.by_code(code)
    if found is None:
        raise NotFound
    wrong = list(_objections(change))
    if wrong:
        raise Invalid(*wrong)
    values = _values(change)
    db.session.execute(update(Bundle).where(Bundle.id == found.id).values(**values))
    db.session.execute(delete(BundleItem).where(BundleItem.bundle_id == found.id))
    _write_items(found.id, change)
    after = {**values, "items": _said(change.items)}
    _record(actor, "edited", found.id, now, _before(found), after)


def _authorize(actor: Actor) -> None:
    if not allowed(actor, "bundle:edit"):
        raise Forbidden


def _values(change: BundleChange) -> dict[str, Any]:
    names = {locale: text.normal(name) for locale, name in change.names.items()}
    return {"names": names, "active": change.active}


def _write_items(bundle_id: int, change: BundleChange) -> None:
    facilities = {facility.code: facility.id for facility in queries.catalogue()}
    groups = {group.code: group.id for group in queries.groups()}
    rows = [
        {
            "bundle_id": bundle_id,
            "position": position,
            "facility_id": facilities.get(item.code),
            "group_id": None if item.code in facilities else groups[item.code],
            "amount": item.amount,
        }
        for position, item in enumerate(change.items)
    ]
    db.session.execute(insert(BundleItem), rows)


def _objections(change: BundleChange) -> Iterator[FieldError]:
    yield from checks.names("names", change.names, complete=True)
    if not change.items:
        yield FieldError("items", "required")
    if len(change.items) > MOST_ITEMS:
        yield FieldError("items", "too_many_facilities", {"max": MOST_ITEMS})
    facilities = {facility.code: facility for facility in queries.catalogue()}
    groups = {group.code for group in queries.groups()}
    for item in change.items:
        found = facilities.get(item.code)
        if found is None and item.code not in groups:
            yield FieldError("items", "unknown_facility", {"value": item.code[:60]})
        elif item.amount is not None and (found is None or not found.is_pool):
            yield FieldError("items", "not_a_pool", {"value": item.code})
        elif item.amount is not None and found and not 1 <= item.amount <= found.quantity:
            yield FieldError("items", "out_of_range", {"min": 1, "max": found.quantity})
    named = [item.code for item in change.items if item.code in facilities]
    if len(set(named)) < len(named):
        yield FieldError("items", "named_twice")
    else:
        yield from _apart([facilities[code] for code in named])


def _apart(named: Sequence[FacilityFacts]) -> Iterator[FieldError]:
    """What could never be booked together: over one space, or in two zones."""
    for one, other in combinations(named, 2):
        if one.shares_space_with(other):
            yield FieldError("items", "same_space", {"other": one.name})
            return
    if len({facility.time_zone for facility in named}) > 1:
        yield FieldError("items", "different_zones")


def _before(found: BundleFacts) -> dict[str, Any]:
    return {"names": dict(found.names), "active": found.active, "items": _said(found.items)}


def _said(items: tuple[Item, ...]) -> list[list[str | int | None]]:
    return [[item.code, item.amount] for item in items]


def _record(
    actor: Actor,
    name: str,
    bundle_id: int,
    now: datetime,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    event = about_bundle(name, bundle_id, before=before, after=after)
    record([event], actor_id=actor.user_id, at=now)
