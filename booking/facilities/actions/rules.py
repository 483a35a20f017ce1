"""Writing what the rules say for a kind or a facility, and from when until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from booking.core.access import Actor
from booking.core.rules.settable import SETTABLE, Settable, Shape
from booking.facilities import policy, queries
from booking.facilities.actions import checks
from booking.facilities.actions.rows import inserted
from booking.facilities.events import about_rule
from booking.facilities.models import Kind, RuleSetting
from booking.facilities.values import RuleFacts
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from booking.kernel.transaction import transaction

MOST_CODES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """What a rule shall say, from when until when: days, inclusive, None leaves the side open.

    `value` as `core.rules.settable` has it: a whole number, one of the choices, True or False, a
    list of codes of facilities, a word.
    """

    value: Any
    valid_from: date | None = None
    valid_until: date | None = None


@transaction
def add_rule(
    actor: Actor,
    rule: str,
    change: RuleChange,
    now: datetime,
    *,
    kind_id: int | None = None,
    facility_id: int | None = None,
) -> int:
    """Let a rule apply to a kind or to a facility, exactly one of them; the id of the setting.

    Bookings that exist stay. Raises NotFound, Forbidden, or Invalid with every field at fault.
    """
    _authorize(actor, kind_id, facility_id)
    wrong = list(_objections(rule, change, facility_id))
    if wrong:
        raise Invalid(*wrong)
    values = _values(change)
    target = {"rule": rule, "kind_id": kind_id, "facility_id": facility_id}
    setting_id = inserted(RuleSetting, {**target, **values})
    _record(actor, "added", setting_id, facility_id, now, after={**target, **_said(values)})
    return setting_id


@transaction
def change_rule(actor: Actor, setting_id: int, change: RuleChange, now: datetime) -> None:
    """Change what a setting says. Raises NotFound, Forbidden, or Invalid with every field."""
    found = editable(actor, setting_id)
    wrong = list(_objections(found.rule, change, found.facility_id))
    if wrong:
        raise Invalid(*wrong)
    _write(actor, "changed", found, change, now)


@transaction
def end_rule(actor: Actor, setting_id: int, today: date, now: datetime) -> None:
    """Let a setting apply no longer, from `today` on; one that never applied goes for good.

    Raises NotFound or Forbidden.
    """
    found = editable(actor, setting_id)
    last = today - timedelta(days=1)
    if found.valid_from is not None and found.valid_from > last:
        db.session.execute(delete(RuleSetting).where(RuleSetting.id == found.id))
        _record(actor, "removed", found.id, found.facility_id, now, before=_said(_values(found)))
    elif found.valid_until is None or found.valid_until > last:
        ended = RuleChange(value=found.value, valid_from=found.valid_from, valid_until=last)
        _write(actor, "ended", found, ended, now)


def editable(actor: Actor, setting_id: int) -> RuleFacts:
    """The setting, for whoever may change it. Raises NotFound or Forbidden."""
    found = policy.setting(setting_id)
    if found is None:
        raise NotFound
    _authorize(actor, found.kind_id, found.facility_id)
    return found


def _authorize(actor: Actor, kind_id: int | None, facility_id: int | None) -> None:
    facility = queries.by_ids(() if facility_id is None else (facility_id,)).get(facility_id or 0)
    if facility is None and (kind_id is None or not _is_kind(kind_id)):
        raise NotFound
    if not policy.editable_by(actor, kind_id, facility):
        raise Forbidden


def _is_kind(kind_id: int) -> bool:
    return db.session.scalar(select(Kind.id).where(Kind.id == kind_id)) is not None


def _objections(rule: str, change: RuleChange, facility_id: int | None) -> Iterator[FieldError]:
    known = SETTABLE.get(rule)
    if known is None or (known.kinds_only and facility_id is not None):
        yield FieldError("rule", "unknown")
        return
    yield from _SHAPES[known.shape](known, change.value, facility_id)
    if change.valid_from and change.valid_until and change.valid_from > change.valid_until:
        yield FieldError("valid_until", "rule_backwards")


def _number(known: Settable, given: Any, _facility_id: int | None) -> Iterator[FieldError]:
    if not isinstance(given, int) or isinstance(given, bool):
        yield FieldError("value", "not_a_number")
    else:
        yield from checks.whole("value", given, known.least, known.most)


def _choice(known: Settable, given: Any, _facility_id: int | None) -> Iterator[FieldError]:
    yield from checks.one_of("value", given, known.choices)


def _yes_no(_known: Settable, given: Any, _facility_id: int | None) -> Iterator[FieldError]:
    if not isinstance(given, bool):
        yield FieldError("value", "unknown")


def _codes(_known: Settable, given: Any, facility_id: int | None) -> Iterator[FieldError]:
    others = {f.code for f in queries.catalogue() if f.id != facility_id}
    if not isinstance(given, list) or not all(code in others for code in given):
        yield FieldError("value", "unknown")
    elif len(given) > MOST_CODES:
        yield FieldError("value", "too_many_facilities", {"max": MOST_CODES})


def _word(_known: Settable, given: Any, _facility_id: int | None) -> Iterator[FieldError]:
    if given != "":
        yield from checks.word("value", given if isinstance(given, str) else "?")


_SHAPES = {
    Shape.NUMBER: _number,
    Shape.CHOICE: _choice,
    Shape.YES_NO: _yes_no,
    Shape.FACILITIES: _codes,
    Shape.WORD: _word,
}


def _write(actor: Actor, name: str, found: RuleFacts, change: RuleChange, now: datetime) -> None:
    values = _values(change)
    db.session.execute(update(RuleSetting).where(RuleSetting.id == found.id).values(**values))
    before, after = _said(_values(found)), _said(values)
    _record(actor, name, found.id, found.facility_id, now, before=before, after=after)


def _values(said: RuleChange | RuleFacts) -> dict[str, Any]:
    return {name: getattr(said, name) for name in RuleChange.__dataclass_fields__}


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """As the journal keeps it."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def _record(
    actor: Actor,
    name: str,
    setting_id: int,
    facility_id: int | None,
    now: datetime,
    **told: dict[str, Any],
) -> None:
    event = about_rule(name, setting_id, facility_id, **told)
    record([event], actor_id=actor.user_id, at=now)
