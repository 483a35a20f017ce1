"""Dry hire needs somebody who was trained: the requester holds the facility's licence."""

from collections.abc import Iterator, Mapping
from datetime import date

from booking.core.rules.facts import Facts, Finding
from booking.core.scheduling.wallclock import local


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility whose licence the requester has not, or not any more.

    A matter of safety: nobody waves it through, but a manager can write a licence down.
    """
    for room in facts.rooms:
        licence = room.settings.get("licence", "")
        day = local(facts.span.starts, room.zone).date()
        if not licence or held(facts.licences, licence, day):
            continue
        last = facts.licences.get(licence)
        params = {**room.named, "licence": licence, "expired": last.isoformat() if last else None}
        yield Finding("licence", params, overridable=False)


def held(licences: Mapping[str, date | None], licence: str, day: date) -> bool:
    """Whether a licence is among those held, by code with their last day, which counts."""
    if licence not in licences:
        return False
    last = licences[licence]
    return last is None or day <= last
