"""What calendar feeds are made of: the occurrences of a scope as they stand, masked for the reader.

A scope is what a feed address was made for: `me`, `company`, `facility:M-ET1`, `freebusy:M-ET1`.
Whether its holder may read it is asked anew each time, since rights come and go.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, and_, bindparam, func, or_, select, type_coerce

from booking.core.access import Actor, Subject, allowed
from booking.core.lifecycle import HOLDING, TENTATIVE, State
from booking.core.scheduling.interval import Interval
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.journal.models import Entry, Revision
from booking.kernel.db import db
from booking.members.models import Company, User
from booking.productions.models import Production
from booking.reservations import claims
from booking.reservations.calendar import masked
from booking.reservations.models import Allocation, Booking, Claim, Occurrence
from booking.reservations.values import OCCUPIED

DAY = 24 * 3600
DAYS_BACK = 30
DAYS_AHEAD = 366
RANK_OF_RIGHT = 1
_ENDED_STATES = frozenset(State) - HOLDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A scope that its reader may see; `revisions` are the journal's that change what it shows."""

    text: str
    kind: str
    facility: FacilityFacts | None = None
    revisions: frozenset[str]


class Version(NamedTuple):
    """`tag` is equal as long as the feed's bytes are; `changed` is when that last changed."""

    tag: str
    changed: int
    lapsed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """One occurrence as its reader may know it; instants in UTC epoch seconds.

    `state` is `occupied` or `option` and everything from `number` on None where it is masked;
    `rank` is None once it holds nothing. `uid` and `sequence` as in RFC 5545.
    """

    uid: str
    starts: int
    ends: int
    state: str
    rank: int | None
    changed: int
    sequence: int
    facilities: tuple[FacilityFacts, ...]
    created: int | None = None
    number: str | None = None
    title: str | None = None
    company: str | None = None
    requester: str | None = None
    production: str | None = None

    @property
    def ended(self) -> bool:
        """Whether it will not take place, or did not."""
        return self.state in _ENDED_STATES


def scope(actor: Actor, text: str) -> Scope | None:
    """The scope of that text; None if there is none such or the caller may not see it."""
    kind, _, argument = text.partition(":")
    make = SCOPES.get(kind)
    return make(actor, kind, argument) if make and allowed(actor, "feed:use") else None


def window(now: int) -> Interval:
    """What feeds show: whole days in UTC, 30 back and 366 ahead; equal all day long."""
    today = now - now % DAY
    return Interval(today - DAYS_BACK * DAY, today + DAYS_AHEAD * DAY)


def version(actor: Actor, shown: Scope, now: int) -> Version:
    """Whether a feed changed since it was last read, without reading it. Two statements."""
    lapsed = db.session.scalar(_LAST_LAPSE, {"now": now}) or 0
    newest = db.session.execute(_NEWEST, {"scopes": sorted(shown.revisions)}).first()
    entry, at = newest or (0, 0)
    span = window(now)
    rights = (
        actor.user_id,
        actor.company_id,
        actor.locale,
        sorted(actor.managed_sites),
        sorted(actor.managed_facilities),
        sorted(actor.productions),
    )
    known = repr((shown.text, entry, lapsed, span.starts, rights))
    tag = hashlib.sha256(known.encode()).hexdigest()[:32]
    return Version(tag, max(at, lapsed, span.starts + DAYS_BACK * DAY), lapsed)


def rows(actor: Actor, shown: Scope, now: int) -> list[FeedRow]:
    """Everything a feed shows at `now`, by start: what is on, and what ended in the last 30 days.

    Of what the caller may not know, only what holds the slot. As many statements for one booking
    as for a thousand; a few more when a clock has run out unnoticed.
    """
    span = window(now)
    found = _SOURCES[shown.kind](actor, shown, span, now)
    ids = [row.id for row in found]
    given = _facilities(ids)
    stands = _standing(ids, now)
    lapsed = db.session.scalar(_LAST_LAPSE, {"now": now}) or 0
    made = (_row(actor, shown, row, given[row.id], stands[row.id], lapsed, now) for row in found)
    seen = (row for row in made if row and (row.rank or row.changed > span.starts))
    return sorted(seen, key=lambda row: (row.starts, row.ends, row.uid))


# ---- scopes ---------------------------------------------------------------------------------


def _me(actor: Actor, kind: str, argument: str) -> Scope | None:
    revisions = frozenset({facilities.SCOPE, f"user:{actor.user_id}"})
    return None if argument else Scope(text=kind, kind=kind, revisions=revisions)


def _company(actor: Actor, kind: str, argument: str) -> Scope | None:
    revisions = frozenset({facilities.SCOPE, f"company:{actor.company_id}"})
    return None if argument else Scope(text=kind, kind=kind, revisions=revisions)


def _facility(actor: Actor, kind: str, argument: str) -> Scope | None:
    found = facilities.by_codes([argument]).get(argument)
    if found is None or not allowed(actor, "facility:see"):
        return None
    return Scope(
        text=f"{kind}:{argument}",
        kind=kind,
        facility=found,
        revisions=frozenset({facilities.SCOPE, f"facility:{found.id}"}),
    )


SCOPES: dict[str, Callable[[Actor, str, str], Scope | None]] = {
    "me": _me,
    "company": _company,
    "facility": _facility,
    "freebusy": _facility,
}


# ---- reading --------------------------------------------------------------------------------

_LAST_LAPSE = select(func.max(type_coerce(Occurrence.expires_at, BigInteger))).where(
    type_coerce(Occurrence.expires_at, BigInteger) <= bindparam("now"),
    Occurrence.state.in_([state.value for state in TENTATIVE]),
)
_newest_id = (
    select(func.max(Revision.entry_id))
    .where(Revision.scope.in_(bindparam("scopes", expanding=True)))
    .scalar_subquery()
)
_NEWEST = select(Entry.id, type_coerce(Entry.at, BigInteger)).where(Entry.id == _newest_id)
_changed = type_coerce(Occurrence.changed_at, BigInteger)
_DETAILS = (
    select(
        Occurrence.id,
        Occurrence.uid,
        Occurrence.starts,
        Occurrence.ends,
        Occurrence.state,
        type_coerce(Occurrence.expires_at, BigInteger).label("expires"),
        _changed.label("changed"),
        Occurrence.sequence,
        type_coerce(Booking.created_at, BigInteger).label("created"),
        Booking.number,
        Booking.title,
        Booking.company_id,
        Company.name.label("company"),
        Booking.requester_id,
        User.name.label("requester"),
        Booking.production_id,
        Production.code_name.label("production"),
    )
    .join_from(Occurrence, Booking, Booking.id == Occurrence.booking_id)
    .join(Company, Company.id == Booking.company_id)
    .join(User, User.id == Booking.requester_id)
    .outerjoin(Production, Production.id == Booking.production_id)
)
_holds = Occurrence.state.in_([state.value for state in HOLDING])
_in_window = and_(Occurrence.starts < bindparam("ends"), Occurrence.ends > bindparam("starts"))
_shown = and_(_in_window, or_(_holds, _changed > bindparam("starts")))
_OF_PERSON = _DETAILS.where(Booking.requester_id == bindparam("key"), _shown)
_OF_COMPANY = _DETAILS.where(Booking.company_id == bindparam("key"), _shown)
_STANDING = _DETAILS.where(Occurrence.id.in_(bindparam("ids", expanding=True)))
_ended_there = select(Allocation.occurrence_id).where(
    Allocation.facility_id == bindparam("facility"),
    Allocation.starts < bindparam("ends"),
)
_ENDED = _DETAILS.where(
    Occurrence.id.in_(_ended_there), _in_window, ~_holds, _changed > bindparam("starts")
)
_ALLOCATIONS = select(Allocation.occurrence_id, Allocation.facility_id).where(
    Allocation.occurrence_id.in_(bindparam("ids", expanding=True))
)
_CLAIMS = select(Claim.occurrence_id, Claim.rank).where(
    Claim.occurrence_id.in_(bindparam("ids", expanding=True))
)


def _found(statement: Select[*tuple[Any, ...]], **params: Any) -> list[Any]:
    return list(db.session.execute(statement, params))


def _by_person(actor: Actor, shown: Scope, span: Interval, now: int) -> list[Any]:
    return _found(_OF_PERSON, key=actor.user_id, starts=span.starts, ends=span.ends)


def _by_company(actor: Actor, shown: Scope, span: Interval, now: int) -> list[Any]:
    return _found(_OF_COMPANY, key=actor.company_id, starts=span.starts, ends=span.ends)


def _by_facility(actor: Actor, shown: Scope, span: Interval, now: int) -> list[Any]:
    """What holds its spaces, under whatever facility it was booked, then what ended on it."""
    ended = {"facility": _key(shown), "starts": span.starts, "ends": span.ends}
    return [*_by_claims(actor, shown, span, now), *_found(_ENDED, **ended)]


def _by_claims(actor: Actor, shown: Scope, span: Interval, now: int) -> list[Any]:
    assert shown.facility is not None
    holds = claims.standing(shown.facility.space_ids, span, now)
    return _found(_STANDING, ids=sorted({hold.occurrence_id for hold in holds}))


def _key(shown: Scope) -> int:
    assert shown.facility is not None
    return shown.facility.id


_SOURCES: dict[str, Callable[[Actor, Scope, Interval, int], list[Any]]] = {
    "me": _by_person,
    "company": _by_company,
    "facility": _by_facility,
    "freebusy": _by_claims,
}


def _facilities(ids: Collection[int]) -> dict[int, tuple[FacilityFacts, ...]]:
    chosen: dict[int, set[int]] = defaultdict(set)
    for occurrence_id, facility_id in db.session.execute(_ALLOCATIONS, {"ids": list(ids)}):
        chosen[occurrence_id].add(facility_id)
    every = facilities.catalogue()
    return {key: tuple(f for f in every if f.id in wanted) for key, wanted in chosen.items()}


class _Stand(NamedTuple):
    """How an occurrence stands; `moved` says that nobody wrote its rank down yet."""

    rank: int | None
    state: str | None
    moved: bool


def _standing(ids: Collection[int], now: int) -> dict[int, _Stand]:
    written: dict[int, int] = {}  # who has but shares of pools is not in it: they have rank 1
    for key, rank in db.session.execute(_CLAIMS, {"ids": list(ids)}):
        written[key] = max(written.get(key, 0), rank)
    stands = {}
    for key, holds in claims.standing_of(ids, now).items():
        worst = max((hold.rank for hold in holds), default=None)
        state = holds[0].state if holds else None
        stands[key] = _Stand(worst, state, moved=bool(holds) and worst != written.get(key, 1))
    return stands


# ---- masking --------------------------------------------------------------------------------


def _row(
    actor: Actor,
    shown: Scope,
    row: Any,
    given: tuple[FacilityFacts, ...],
    stand: _Stand,
    lapsed: int,
    now: int,
) -> FeedRow | None:
    made = _as_it_stands(row, given, stand, lapsed, now)
    if shown.kind != "freebusy" and _may_know(actor, row, given):
        return made
    if made.rank is None or shown.facility is None:
        return None
    if shown.kind == "freebusy" and made.rank != RANK_OF_RIGHT:
        return None
    state = OCCUPIED if shown.kind == "freebusy" else masked(made.state)
    return FeedRow(
        uid=str(uuid.uuid5(uuid.UUID(made.uid), shown.text)),
        starts=made.starts,
        ends=made.ends,
        state=state,
        rank=made.rank,
        changed=made.changed,
        sequence=made.sequence,
        facilities=(shown.facility,),
    )


def _as_it_stands(
    row: Any, given: tuple[FacilityFacts, ...], stand: _Stand, lapsed: int, now: int
) -> FeedRow:
    """What ran out or moved up unwritten counts as one more change, at the clock that did it."""
    over = row.state in TENTATIVE and row.expires is not None and row.expires <= now
    changed = row.changed
    if over or stand.moved:
        changed = max(row.changed, row.expires if over else lapsed)
    return FeedRow(
        uid=row.uid,
        starts=row.starts,
        ends=row.ends,
        state=State.EXPIRED.value if over else stand.state or row.state,
        rank=None if over else stand.rank,
        changed=changed,
        sequence=row.sequence + (over or stand.moved),
        facilities=given,
        created=row.created,
        number=row.number,
        title=row.title,
        company=row.company,
        requester=row.requester,
        production=row.production,
    )


def _may_know(actor: Actor, row: Any, given: tuple[FacilityFacts, ...]) -> bool:
    pairs = tuple((f.id, f.site_id) for f in given)
    subject = Subject(row.company_id, row.requester_id, row.production_id, pairs)
    return allowed(actor, "booking:see", subject)
