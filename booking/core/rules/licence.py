"""Dry hire needs somebody who was trained: the requester holds the facility's licence."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding
from booking.core.scheduling.wallclock import local


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility whose licence the requester has not, or not any more.

    A matter of safety: nobody waves it through, but a manager can write a licence down.
    """
    for room in facts.rooms:
        licence = room.settings.get("licence", "")
        day = local(facts.span.starts, room.zone).date()
        if not licence or _holds(facts, licence, day.isoformat()):
            continue
        last = facts.licences.get(licence)
        params = {**room.named, "licence": licence, "expired": last.isoformat() if last else None}
        yield Finding("licence", params, overridable=False)


def _holds(facts: Facts, licence: str, day: str) -> bool:
    """Whether the requester holds the licence on a day (ISO); its last day counts."""
    if licence not in facts.licences:
        return False
    last = facts.licences[licence]
    return last is None or day <= last.isoformat()
