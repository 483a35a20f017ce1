"""Writing what the rules say for a kind or a facility, and from when until when."""

import sys
from collections.abc import Iterable, Iterator
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
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound, Stale
from booking.kernel.transaction import transaction

MOST_CODES = 20
OPPOSITE = {"shortest": "over_longest", "longest": "under_shortest"}
"""Rules that can leave no length at all between them, and what is wrong then."""


@dataclass(frozen=True, slots=True)
class Place:
    """A kind or a facility, by id: one of the two."""

    kind_id: int | None
    facility_id: int | None


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
    place = Place(kind_id, facility_id)
    wrong = list(_objections(rule, change, place, now))
    if wrong:
        raise Invalid(*wrong)
    values = _values(change)
    target = {"rule": rule, "kind_id": kind_id, "facility_id": facility_id}
    setting_id = inserted(RuleSetting, {**target, **values})
    _record(actor, "added", setting_id, facility_id, now, after={**target, **_said(values)})
    return setting_id


@transaction
def change_rule(
    actor: Actor,
    setting_id: int,
    change: RuleChange,
    now: datetime,
    *,
    revision: int | None = None,
) -> None:
    """Change what a setting says. `revision` is the one the caller saw, None if they do not say.

    Raises NotFound, Forbidden, Stale, or Invalid with every field.
    """
    found = _seen(editable(actor, setting_id), revision)
    place = Place(found.kind_id, found.facility_id)
    wrong = list(_objections(found.rule, change, place, now, besides=found.id))
    if wrong:
        raise Invalid(*wrong)
    _write(actor, "changed", found, change, now)


@transaction
def end_rule(
    actor: Actor,
    setting_id: int,
    today: date,
    now: datetime,
    *,
    revision: int | None = None,
) -> None:
    """Let a setting apply no longer, from `today` on; one that never applied goes for good.

    Raises NotFound, Forbidden, or Stale where it is not at `revision` any more.
    """
    found = _seen(editable(actor, setting_id), revision)
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


def _seen(found: RuleFacts, revision: int | None) -> RuleFacts:
    if revision is not None and found.revision != revision:
        raise Stale(current=found.revision)
    return found


def _authorize(actor: Actor, kind_id: int | None, facility_id: int | None) -> None:
    facility = queries.by_ids(() if facility_id is None else (facility_id,)).get(facility_id or 0)
    if facility is None and (kind_id is None or not _is_kind(kind_id)):
        raise NotFound
    if not policy.editable_by(actor, kind_id, facility):
        raise Forbidden


def _is_kind(kind_id: int) -> bool:
    return db.session.scalar(select(Kind.id).where(Kind.id == kind_id)) is not None


def _objections(
    rule: str, change: RuleChange, place: Place, now: datetime, *, besides: int | None = None
) -> Iterator[FieldError]:
    """What is wrong with a setting; `besides` is the id of the one that it takes the place of."""
    known = SETTABLE.get(rule)
    if known is None or (known.kinds_only and place.facility_id is not None):
        yield FieldError("rule", "unknown")
        return
    wrong = list(_SHAPES[known.shape](known, change.value, place.facility_id))
    yield from wrong
    if not wrong and rule in OPPOSITE:
        yield from _contradictions(rule, change, place, now.date(), besides)
    if change.valid_from and change.valid_until and change.valid_from > change.valid_until:
        yield FieldError("valid_until", "rule_backwards")


def _contradictions(
    rule: str, change: RuleChange, place: Place, today: date, besides: int | None
) -> Iterator[FieldError]:
    """The first place, and day from today on, that would be left no length at all."""
    values = {"kind_id": place.kind_id, "facility_id": place.facility_id, **_values(change)}
    wanted = RuleFacts(id=besides or sys.maxsize, rule=rule, **values)
    for code, of_kind, own in _concerned(wanted):
        for day in _days(wanted, [*of_kind, *own], today):
            said = policy.applying(of_kind, own, day)
            shortest, longest = (said.get(name) for name in ("shortest", "longest"))
            if shortest and longest and shortest.value > longest.value:
                params = {"shortest": shortest.value, "longest": longest.value}
                yield FieldError("value", OPPOSITE[rule], {"code": code, **params})
                return


def _concerned(wanted: RuleFacts) -> Iterator[tuple[str, list[RuleFacts], list[RuleFacts]]]:
    """The kind, and each facility, to which a setting speaks: its code, what both then say."""
    if wanted.kind_id is not None:
        code = next(kind.code for kind in queries.kinds() if kind.id == wanted.kind_id)
        yield code, _with(policy.of_kind(wanted.kind_id), wanted), []
    for facility in queries.catalogue():
        of_kind, own = policy.of_kind(facility.kind_id), policy.of_facility(facility.id)
        if wanted.kind_id == facility.kind_id:
            yield facility.code, _with(of_kind, wanted), list(own)
        elif wanted.facility_id == facility.id:
            yield facility.code, list(of_kind), _with(own, wanted)


def _with(settings: Iterable[RuleFacts], wanted: RuleFacts) -> list[RuleFacts]:
    return [*(each for each in settings if each.id != wanted.id), wanted]


def _days(wanted: RuleFacts, settings: Iterable[RuleFacts], today: date) -> list[date]:
    """The days from today on, while a setting holds, on which what applies may turn."""
    turns = {each.valid_from or today for each in settings}
    turns |= {each.valid_until + timedelta(days=1) for each in settings if each.valid_until}
    return sorted(day for day in {today, *turns} if day >= today and wanted.holds_on(day))


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
    written = db.session.scalar(
        update(RuleSetting)
        .where(RuleSetting.id == found.id, RuleSetting.revision == found.revision)
        .values(**values, revision=found.revision + 1)
        .returning(RuleSetting.id)
    )
    if written is None:
        current = select(RuleSetting.revision).where(RuleSetting.id == found.id)
        raise Stale(current=db.session.scalar(current))
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
