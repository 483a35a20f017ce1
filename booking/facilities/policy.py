"""Which rules are set for which facility, and what they say on a day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from sqlalchemy import select

from booking.core.access import Actor, Subject, allowed
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
_remembered: Remembered[_Settings] = Remembered(2)
_SETTINGS = select(
    RuleSetting.id,
    RuleSetting.rule,
    RuleSetting.kind_id,
    RuleSetting.facility_id,
    RuleSetting.value,
    RuleSetting.valid_from,
    RuleSetting.valid_until,
).order_by(RuleSetting.id)


def of_kind(kind_id: int) -> tuple[RuleFacts, ...]:
    """What is set for a kind, past and future too; costs what `in_force` does."""
    return _settings().get((kind_id, None), ())


def of_facility(facility_id: int) -> tuple[RuleFacts, ...]:
    """What is set for a facility by itself, past and future too; costs what `in_force` does."""
    return _settings().get((None, facility_id), ())


def setting(setting_id: int) -> RuleFacts | None:
    """One setting; None if there is none."""
    every = (each for found in _settings().values() for each in found)
    return next((each for each in every if each.id == setting_id), None)


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


def in_force(facility: FacilityFacts, day: date) -> dict[str, RuleFacts]:
    """What applies to a facility on a day of its site, by rule; no entry: no such rule.

    A facility's own setting beats its kind's; of several valid ones the latest `valid_from` wins,
    then the newest. No statement besides the revision of the facilities while they do not change,
    one after a change.
    """
    found: dict[str, RuleFacts] = {}
    every = _settings()
    for key in ((facility.kind_id, None), (None, facility.id)):
        if settings := every.get(key):
            found |= {each.rule: each for each in _ascending(settings) if each.holds_on(day)}
    return found


def editable_by(actor: Actor, kind_id: int | None, facility: FacilityFacts | None) -> bool:
    """Whether the caller decides about the rules of a kind, or of a facility."""
    if facility is None:
        return kind_id is not None and allowed(actor, "facility:create")
    return allowed(actor, "rule:edit", Subject(facilities=((facility.id, facility.site_id),)))


def kept_for(actor: Actor, facility: FacilityFacts, day: date) -> str | None:
    """For whom a facility is kept on a day when the caller is not one of them, else None."""
    found = in_force(facility, day).get("audience")
    return audience.reserved(
        found.value if found else audience.EVERYONE,
        guests_allowed=facility.guests_allowed,
        guest=actor.guest,
        managed=actor.manages(facility.id, facility.site_id),
    )


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
