"""What the rules of the house leave to somebody who looks for a slot, worked out once a search.

The rules themselves judge a wish; here are the same ones the other way round. Whatever is found
on these terms is accepted when it is asked for: tests hold that rule by rule.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from booking.core.access import Actor
from booking.core.rules import audience, horizon, licence
from booking.core.scheduling.holiday import holiday
from booking.core.scheduling.interval import Interval, merged
from booking.core.scheduling.terms import Allowance, Terms
from booking.core.scheduling.wallclock import days, local, midnight
from booking.facilities import policy
from booking.facilities.values import FacilityFacts
from booking.members import licences
from booking.reservations import facts, granting, quotas

HOUR, MINUTE = 3600, 60


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who looks where and when, and what was read for it."""

    actor: Actor
    window: Interval
    now: int
    licences: Mapping[str, date | None]
    booked: Mapping[int, Sequence[Interval]]
    """What counts against quotas, by kind."""
    noise: Mapping[int, Sequence[tuple[str, Interval]]]
    """By facility, what is in use beside it that may disturb: code and span."""
    allowed: dict[tuple[int, str, int], tuple[Allowance, ...]] = field(default_factory=dict)


def of(
    actor: Actor, among: Sequence[FacilityFacts], window: Interval, now: int
) -> dict[int, tuple[Terms, ...]]:
    """By facility id the terms on which the caller could book it for themselves, by time.

    Not two of them begin at one instant; where none begins nothing is given at all. No statement
    where no rule is set for any of them; else one each where some rule asks for licences, hours
    of the company, noise neighbours (two for those), however many facilities there are.
    """
    found: dict[int, tuple[Terms, ...]] = {}
    at_once, on_approval = _usual(window, now, now), _usual(window, now + 1, now)
    for facility in among:
        waits = granting.decision(actor, facility) == granting.UNDECIDED
        found[facility.id] = (on_approval if waits else at_once,)
    ruled = policy.ruled()
    concerned = [facility for facility in among if facility.id in ruled]
    if concerned:
        asking = _asking(actor, concerned, window, now)
        found |= {f.id: tuple(_joined(_each(asking, f, found[f.id][0]))) for f in concerned}
    return found


def _usual(window: Interval, earliest: int, now: int) -> Terms:
    """What holds where no rule is set."""
    begins = Interval(max(window.starts, earliest), window.ends)
    return Terms(begins=begins, ends_by=horizon.last(now))


def _asking(
    actor: Actor, concerned: Sequence[FacilityFacts], window: Interval, now: int
) -> _Asking:
    known = {s.rule for f in concerned for s in policy.settings_of(f)}
    limited = {f.kind_id for f in concerned if _has(f, "quota_hours")}
    weeks = Interval(window.starts - 7 * 24 * HOUR, window.ends + 7 * 24 * HOUR)
    return _Asking(
        actor,
        window,
        now,
        licences.of_person(actor.user_id) if "licence" in known else {},
        quotas.booked(actor, limited, weeks, now) if limited else {},
        facts.in_use_beside(concerned, window, now),
    )


def _has(facility: FacilityFacts, rule: str) -> bool:
    return any(each.rule == rule for each in policy.settings_of(facility))


def _each(asking: _Asking, facility: FacilityFacts, usual: Terms) -> Iterator[Terms]:
    """The terms of a facility from turn to turn; a day on which nobody gets it has none."""
    turns = {midnight(day, facility.time_zone) for day in _turns(asking, facility)}
    inner = sorted(turn for turn in turns if usual.begins.starts < turn < usual.begins.ends)
    for begins in pairwise([usual.begins.starts, *inner, usual.begins.ends]):
        terms = _terms(asking, facility, replace(usual, begins=Interval(*begins)))
        if terms is not None and terms.begins.starts < terms.begins.ends:
            yield terms


def _turns(asking: _Asking, facility: FacilityFacts) -> set[date]:
    last_days = (day for day in asking.licences.values() if day)
    return policy.turns(facility) | {day + timedelta(days=1) for day in last_days}


def _joined(found: Iterable[Terms]) -> Iterator[Terms]:
    """Without turns on which nothing changed."""
    held: Terms | None = None
    for terms in found:
        if held and held.begins.ends == terms.begins.starts and _same(held, terms):
            held = replace(held, begins=Interval(held.begins.starts, terms.begins.ends))
            continue
        if held:
            yield held
        held = terms
    if held:
        yield held


def _same(one: Terms, other: Terms) -> bool:
    return replace(one, begins=other.begins) == other


def _terms(asking: _Asking, facility: FacilityFacts, usual: Terms) -> Terms | None:
    """What holds on the days of `usual.begins`; None where the caller does not get it at all."""
    day = local(usual.begins.starts, facility.time_zone).date()
    said = {rule: each.value for rule, each in policy.in_force(facility, day).items()}
    if not _admitted(asking, facility, said, day):
        return None
    notice = asking.now + said.get("notice", 0) * HOUR
    minutes = said.get("longest")
    return replace(
        usual,
        begins=Interval(max(usual.begins.starts, notice), usual.begins.ends),
        ends_by=min(usual.ends_by, _furthest(asking, facility, said)),
        zone=facility.time_zone,
        shortest_s=said.get("shortest", 0) * MINUTE,
        longest_s=None if minutes is None else minutes * MINUTE,
        step_min=said.get("step", 0),
        shut=tuple(merged(_shut(asking, facility, said, day))),
        allowances=_allowances(asking, facility, said.get("quota_hours")),
    )


def _admitted(asking: _Asking, facility: FacilityFacts, said: Mapping[str, Any], day: date) -> bool:
    """Whether the rules let the caller have it that day, at whatever time, and by itself."""
    actor, needed = asking.actor, said.get("equipment", ())
    kept_for = audience.reserved(
        said.get("audience", audience.EVERYONE),
        guests_allowed=facility.guests_allowed,
        guest=actor.guest,
        managed=actor.manages(facility.id, facility.site_id),
    )
    trained = not said.get("licence") or licence.held(asking.licences, said["licence"], day)
    return kept_for is None and trained and (not needed or facility.code in needed)


def _furthest(asking: _Asking, facility: FacilityFacts, said: Mapping[str, Any]) -> int:
    if "furthest" not in said:
        return horizon.last(asking.now)
    today = local(asking.now, facility.time_zone).date()
    return midnight(today + timedelta(days=said["furthest"] + 1), facility.time_zone)


def _shut(
    asking: _Asking, facility: FacilityFacts, said: Mapping[str, Any], day: date
) -> Iterator[Interval]:
    """Holidays on which it is not booked, and what is in use beside it."""
    if said.get("holidays"):
        first, last = (local(at, facility.time_zone).date() for at in asking.window)
        for number in range((last - first).days + 1):
            there = first + timedelta(days=number)
            if holiday(there, facility.country):
                yield days(there, 1, facility.time_zone)
    if beside := asking.noise.get(facility.id):
        codes = facts.disturbing(facility, day)
        yield from (span for code, span in beside if code in codes)


def _allowances(
    asking: _Asking, facility: FacilityFacts, hours: int | None
) -> tuple[Allowance, ...]:
    """What is left of the hours of the kind in each week, once for all facilities of it."""
    if hours is None:
        return ()
    key = (facility.kind_id, facility.time_zone, hours)
    if key not in asking.allowed:
        booked = asking.booked.get(facility.kind_id, ())
        asking.allowed[key] = tuple(
            Allowance(week, max(hours * HOUR - _within(week, booked), 0))
            for week in quotas.weeks(asking.window, facility.time_zone)
        )
    return asking.allowed[key]


def _within(week: Interval, booked: Collection[Interval]) -> int:
    return sum(part.seconds for span in booked if (part := week.intersection(span)))
