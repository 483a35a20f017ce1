"""The planning's bars, masked for whoever looks."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, bindparam, func, select, type_coerce

from booking.core.access import Actor
from booking.core.lifecycle import State
from booking.core.scheduling.interval import Interval
from booking.facilities import policy
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.journal.queries import revision
from booking.kernel.db import connection
from booking.kernel.remembered import Remembered
from booking.members.models import Company
from booking.productions.models import Production
from booking.reservations import attendance, claims
from booking.reservations.events import CALENDAR
from booking.reservations.holds import Hold
from booking.reservations.judgement import may_know
from booking.reservations.models import Occurrence
from booking.reservations.values import OCCUPIED, Entry

_EXPIRES = type_coerce(Occurrence.expires_at, BigInteger)
_LAST_LAPSE = select(func.max(_EXPIRES)).where(bindparam("now") >= _EXPIRES)
_COMPANIES = select(Company.id, Company.code, Company.name)
_PRODUCTIONS = select(Production.id, Production.code_name).where(
    Production.id.in_(bindparam("ids", expanding=True))
)


_remembered: Remembered[tuple[Entry, ...]] = Remembered(32)
"""Weeks that people look at; an entry of 50 rooms is some 200 kB."""


class _Sight(NamedTuple):
    """What a caller sees: the names of things, and whose bookings they may know."""

    actor: Actor
    facilities: dict[int, FacilityFacts]
    companies: dict[int, tuple[str, str]]
    productions: dict[int, str]
    known: dict[tuple[int, int, int | None, int], bool]
    """By whose booking it is and of what: asked once, however many they have."""

    def knows(self, hold: Hold) -> bool:
        whose = hold.company_id, hold.requester_id, hold.production_id, hold.facility_id
        if whose not in self.known:
            self.known[whose] = may_know(self.actor, hold, self.facilities[hold.facility_id])
        return self.known[whose]


def bars(
    actor: Actor, shown: Sequence[FacilityFacts], window: Interval, now: int
) -> tuple[Entry, ...]:
    """The bars of the planning on these facilities over [starts, ends), as they stand at `now`.

    Facility by facility in the order given, then by start and rank. What the caller may not know
    is None, its state `occupied` or `option`. Two statements while nothing changed since somebody
    with the same rights looked; after a change three more, whatever there is to show, and one
    more yet when an option has just lapsed.
    """
    ids = tuple(row.id for row in shown)
    seen = (calendar_revision(now), _rights(actor), ids, window)
    return _remembered.recall(seen, lambda: _bars(actor, shown, window, now))


def calendar_revision(now: int) -> str:
    """Equal as long as the planning is: the last change, and the last clock that ran out.

    Until somebody writes that down, whoever moved up may have to check in by a clock that stands
    nowhere: where rooms ask for it, every second counts as another planning.
    """
    lapsed = connection().scalar(_LAST_LAPSE, {"now": now}) or 0
    unseen = now if lapsed and policy.touched_by(attendance.RULE) else 0
    return f"{revision((CALENDAR, facilities.SCOPE))}-{lapsed}-{unseen}"


def calendar_tag(actor: Actor, shown: Sequence[FacilityFacts], window: Interval, now: int) -> str:
    """Equal as long as this person would see the same of the same window; fit for an ETag."""
    known = (calendar_revision(now), window, [row.id for row in shown], _rights(actor))
    return hashlib.sha256(repr(known).encode()).hexdigest()[:32]


def _rights(actor: Actor) -> tuple[object, ...]:
    """All of a person that decides what bars look like to them."""
    return (
        actor.user_id,
        actor.company_id,
        *(tuple(sorted(ids)) for ids in (actor.managed_sites, actor.managed_facilities)),
        tuple(sorted(actor.productions)),
    )


def _bars(
    actor: Actor, shown: Sequence[FacilityFacts], window: Interval, now: int
) -> tuple[Entry, ...]:
    spaces = sorted({space for facility in shown for space in facility.space_ids})
    holds = claims.standing(spaces, window, now)
    sight = _sight(actor, holds)
    on_space: dict[int, list[Hold]] = {space: [] for space in spaces}
    for hold in holds:
        on_space[hold.space_id].append(hold)
    return tuple(bar for row in shown for bar in _row(row, on_space, sight))


def _sight(actor: Actor, holds: Iterable[Hold]) -> _Sight:
    productions = {hold.production_id for hold in holds if hold.production_id is not None}
    companies = {key: (code, name) for key, code, name in connection().execute(_COMPANIES)}
    codes = dict(connection().execute(_PRODUCTIONS, {"ids": [*productions]}).all())
    booked = {facility.id: facility for facility in facilities.catalogue()}
    return _Sight(actor, booked, companies, codes, {})


def _row(row: FacilityFacts, on_space: dict[int, list[Hold]], sight: _Sight) -> list[Entry]:
    """One bar for each occurrence: of several spaces the worst rank counts."""
    worst: dict[int, Hold] = {}
    for space in row.space_ids:
        for hold in on_space[space]:
            other = worst.get(hold.occurrence_id)
            if other is None or hold.rank > other.rank:
                worst[hold.occurrence_id] = hold
    entries = [_bar(row, hold, sight) for hold in worst.values()]
    return sorted(entries, key=lambda entry: (entry.starts, entry.rank))


def _bar(row: FacilityFacts, hold: Hold, sight: _Sight) -> Entry:
    booked = sight.facilities[hold.facility_id]
    known = sight.knows(hold)
    code, company = sight.companies[hold.company_id] if known else (None, None)
    return Entry(
        facility=row.code,
        starts=hold.from_,
        ends=hold.until,
        blocked_from=hold.starts,
        blocked_until=hold.ends,
        state=hold.state if known else masked(hold.state),
        rank=hold.rank,
        mine=hold.company_id == sight.actor.company_id,
        via=None if booked.id == row.id else booked.code,
        booking=hold.number if known else None,
        title=hold.title if known else None,
        company=code,
        company_name=company,
        production=sight.productions.get(hold.production_id or 0) if known else None,
        amount=hold.amount,
        expires=hold.expires if known else None,
    )


def masked(state: str) -> str:
    """What others may know of a state: an option can be challenged, everything else is taken."""
    return State.OPTION.value if state == State.OPTION else OCCUPIED
