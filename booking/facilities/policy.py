"""Which rules are set for which facility, and what they say on a day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import cast

from sqlalchemy import select

from booking.core.access import Actor, allowed
from booking.core.rules import audience
from booking.facilities import queries
from booking.facilities.models import RuleSetting
from booking.facilities.values import FacilityFacts, RuleFacts
from booking.kernel.db import connection
from booking.kernel.remembered import Remembered
from booking.kernel.transaction import memo

Target = tuple[int | None, int | None]
"""Kind id and facility id, one of them None."""

_Settings = Mapping[Target, tuple[RuleFacts, ...]]
_MEMO = "facilities.settings"
_RULED = "facilities.ruled"
_remembered: Remembered[_Settings] = Remembered(2)
_SETTINGS = select(
    RuleSetting.id,
    RuleSetting.rule,
    RuleSetting.kind_id,
    RuleSetting.facility_id,
    RuleSetting.value,
    RuleSetting.valid_from,
    RuleSetting.valid_until,
    RuleSetting.revision,
).order_by(RuleSetting.id)


def of_kind(kind_id: int) -> tuple[RuleFacts, ...]:
    """What is set for a kind, past and future too; costs what `in_force` does."""
    return _settings().get((kind_id, None), ())


def of_facility(facility_id: int) -> tuple[RuleFacts, ...]:
    """What is set for a facility by itself, past and future too; costs what `in_force` does."""
    return _settings().get((None, facility_id), ())


def settings_of(facility: FacilityFacts) -> tuple[RuleFacts, ...]:
    """What is set for a facility and for its kind, past and future too."""
    return (*of_kind(facility.kind_id), *of_facility(facility.id))


def setting(setting_id: int) -> RuleFacts | None:
    """One setting; None if there is none."""
    every = (each for found in _settings().values() for each in found)
    return next((each for each in every if each.id == setting_id), None)


def ruled() -> frozenset[int]:
    """The ids of the facilities that any setting speaks of, on whatever days.

    By themselves, by their kind, or as somebody's noise neighbours. Costs what `in_force` does.
    """
    seen = memo()
    if _RULED not in seen:
        seen[_RULED] = frozenset(_ruled()) if _settings() else frozenset()
    return cast("frozenset[int]", seen[_RULED])


def turns(facility: FacilityFacts) -> set[date]:
    """The days on which something else may come to apply to a facility than the day before.

    Its noise neighbours' settings count with its own, for they keep each other out.
    """
    beside = (s for found in _settings().values() for s in found if s.rule == "noise")
    settings = [*settings_of(facility), *beside]
    begun = {each.valid_from for each in settings if each.valid_from}
    return begun | {each.valid_until + timedelta(days=1) for each in settings if each.valid_until}


def touched_by(rule: str) -> list[FacilityFacts]:
    """The facilities for which a rule is set, by themselves or by their kind, on whatever days."""
    targets = {key for key, found in _settings().items() if any(s.rule == rule for s in found)}
    if not targets:
        return []
    return [
        facility
        for facility in queries.catalogue()
        if (None, facility.id) in targets or (facility.kind_id, None) in targets
    ]


def asking_for(licence: str) -> list[FacilityFacts]:
    """The facilities with a setting that asks for a licence, on whatever days."""
    return [
        facility
        for facility in touched_by("licence")
        if any(s.rule == "licence" and s.value == licence for s in settings_of(facility))
    ]


def in_force(facility: FacilityFacts, day: date) -> dict[str, RuleFacts]:
    """What applies to a facility on a day of its site, by rule; no entry: no such rule.

    A facility's own setting beats its kind's; of several valid ones the latest `valid_from` wins,
    then the newest. No statement besides the revision of the facilities while they do not change,
    one after a change.
    """
    every = _settings()
    of_kind, own = every.get((facility.kind_id, None), ()), every.get((None, facility.id), ())
    return applying(of_kind, own, day) if of_kind or own else {}


def applying(
    of_kind: Iterable[RuleFacts], own: Iterable[RuleFacts], day: date
) -> dict[str, RuleFacts]:
    """What `in_force` answers where a facility's kind and the facility itself say these."""
    found: dict[str, RuleFacts] = {}
    for settings in (of_kind, own):
        found |= {each.rule: each for each in _ascending(settings) if each.holds_on(day)}
    return found


def editable_by(actor: Actor, kind_id: int | None, facility: FacilityFacts | None) -> bool:
    """Whether the caller decides about the rules of a kind, or of a facility."""
    if facility is None:
        return kind_id is not None and allowed(actor, "facility:create")
    return allowed(actor, "rule:edit", facility.subject)


def kept_for(actor: Actor, facility: FacilityFacts, day: date) -> str | None:
    """For whom a facility is kept on a day when the caller is not one of them, else None."""
    found = in_force(facility, day).get("audience")
    return audience.reserved(
        found.value if found else audience.EVERYONE,
        guests_allowed=facility.guests_allowed,
        guest=actor.guest,
        managed=actor.manages(facility.id, facility.site_id),
    )


def _ruled() -> Iterator[int]:
    targets = set(_settings())
    noise = (s.value for found in _settings().values() for s in found if s.rule == "noise")
    named = {code for codes in noise for code in codes}
    for facility in queries.catalogue():
        own = (facility.kind_id, None) in targets or (None, facility.id) in targets
        if own or facility.code in named:
            yield facility.id


def _ascending(settings: Iterable[RuleFacts]) -> list[RuleFacts]:
    """In the order in which a later one beats an earlier one."""
    return sorted(settings, key=lambda each: (each.valid_from or date.min, each.id))


def _settings() -> _Settings:
    seen = memo()
    if _MEMO not in seen:
        seen[_MEMO] = _remembered.recall(queries.current(), _load)
    return cast("_Settings", seen[_MEMO])


def _load() -> _Settings:
    found: dict[Target, list[RuleFacts]] = defaultdict(list)
    for row in connection().execute(_SETTINGS).mappings():
        found[row["kind_id"], row["facility_id"]].append(RuleFacts(**row))
    return {target: tuple(settings) for target, settings in found.items()}
