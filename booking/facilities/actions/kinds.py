"""Writing kinds of facility and what facilities of a kind can say about themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from booking.core import text
from booking.core.access import Actor, allowed
from booking.facilities.actions import checks
from booking.facilities.actions.rows import inserted
from booking.facilities.events import about_kind
from booking.facilities.models import AttributeDefinition, AttributeValue, Kind
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel.db import db
from booking.kernel.errors import BookingError, FieldError, Forbidden, Invalid, NotFound
from booking.kernel.transaction import transaction

LONGEST_OPTION_DAYS = 365
CHOICE_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class KindChange:
    """All that can be edited of a kind: its name in every language, how long options live."""

    names: Mapping[str, str]
    option_days: int = 7
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A new attribute: its name in every language, its type, a unit, the choices to pick from."""

    code: str
    names: Mapping[str, str]
    value_type: str
    unit: str = ""
    choices: tuple[str, ...] = field(default=())


class InUse(BookingError):
    """Facilities say something for the attribute; params: `count`."""

    code = "attribute_in_use"


@transaction
def create_kind(actor: Actor, code: str, change: KindChange, now: datetime) -> int:
    """A new kind; its id. Raises Forbidden, or Invalid with every field at fault."""
    _authorize(actor)
    wrong = [*checks.word("code", code), *_objections(change)]
    if db.session.scalar(select(Kind.id).where(Kind.code == code)):
        wrong.append(FieldError("code", "taken"))
    if wrong:
        raise Invalid(*wrong)
    values = {"code": code, **_values(change)}
    kind_id = inserted(Kind, values)
    _record(actor, about_kind("created", kind_id, after=values), now)
    return kind_id


@transaction
def edit_kind(actor: Actor, kind_id: int, change: KindChange, now: datetime) -> None:
    """Change a kind. Raises Forbidden, NotFound, or Invalid with every field at fault."""
    _authorize(actor)
    columns = (Kind.names, Kind.option_days, Kind.position)
    before = db.session.execute(select(*columns).where(Kind.id == kind_id)).mappings().first()
    if before is None:
        raise NotFound
    wrong = list(_objections(change))
    if wrong:
        raise Invalid(*wrong)
    values = _values(change)
    db.session.execute(update(Kind).where(Kind.id == kind_id).values(**values))
    _record(actor, about_kind("edited", kind_id, before=dict(before), after=values), now)


@transaction
def add_attribute(actor: Actor, kind_id: int, new: Definition, now: datetime) -> int:
    """Let facilities of a kind say one thing more; the id of the definition.

    Raises Forbidden, NotFound, or Invalid with every field at fault.
    """
    _authorize(actor)
    if db.session.get(Kind, kind_id) is None:
        raise NotFound
    wrong = list(_definition_objections(kind_id, new))
    if wrong:
        raise Invalid(*wrong)
    last = select(func.max(AttributeDefinition.position)).where(
        AttributeDefinition.kind_id == kind_id
    )
    position = (db.session.scalar(last) or 0) + 1
    values = {**asdict(new), "names": _normal(new.names), "choices": list(new.choices)}
    row = {**values, "kind_id": kind_id, "position": position}
    definition_id = inserted(AttributeDefinition, row)
    _record(actor, about_kind("attribute_added", kind_id, after=values), now)
    return definition_id


@transaction
def remove_attribute(actor: Actor, kind_id: int, definition_id: int, now: datetime) -> None:
    """Take an attribute away that no facility uses. Raises Forbidden, NotFound or InUse."""
    _authorize(actor)
    found = db.session.get(AttributeDefinition, definition_id)
    if found is None or found.kind_id != kind_id:
        raise NotFound
    used = select(func.count()).where(AttributeValue.definition_id == definition_id)
    if count := db.session.scalar(used):
        raise InUse(count=count)
    db.session.execute(delete(AttributeDefinition).where(AttributeDefinition.id == definition_id))
    _record(actor, about_kind("attribute_removed", kind_id, before={"code": found.code}), now)


def _authorize(actor: Actor) -> None:
    if not allowed(actor, "facility:create"):
        raise Forbidden


def _values(change: KindChange) -> dict[str, Any]:
    return {**asdict(change), "names": _normal(change.names)}


def _normal(names: Mapping[str, str]) -> dict[str, str]:
    return {locale: text.normal(name) for locale, name in names.items()}


def _objections(change: KindChange) -> Iterator[FieldError]:
    yield from checks.names("names", _normal(change.names), complete=True)
    yield from checks.whole("option_days", change.option_days, 1, LONGEST_OPTION_DAYS)
    yield from checks.whole("position", change.position, 0)


def _definition_objections(kind_id: int, new: Definition) -> Iterator[FieldError]:
    yield from checks.word("code", new.code)
    same = select(AttributeDefinition.id).where(
        AttributeDefinition.kind_id == kind_id, AttributeDefinition.code == new.code
    )
    if db.session.scalar(same):
        yield FieldError("code", "taken")
    yield from checks.names("names", _normal(new.names), complete=True)
    yield from checks.one_of("value_type", new.value_type, checks.VALUE_TYPES)
    yield from checks.line("unit", new.unit, checks.UNIT_LENGTH, required=False)
    if new.value_type == "choice" and len(set(new.choices)) < 2:
        yield FieldError("choices", "too_few_choices")
    for choice in new.choices:
        yield from checks.line("choices", choice, CHOICE_LENGTH)


def _record(actor: Actor, event: Event, now: datetime) -> None:
    record([event], actor_id=actor.user_id, at=now)
