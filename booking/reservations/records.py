"""Bookings as rows, one for each facility of each date: for files that people keep."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, select, type_coerce

from booking.core.access import Actor, allowed
from booking.core.lifecycle import LAPSES_TO, State, as_of
from booking.core.scheduling.interval import Interval
from booking.facilities import queries as facilities
from booking.kernel.db import connection
from booking.kernel.errors import Forbidden
from booking.members.models import Company, User
from booking.productions.models import Production
from booking.reservations import claims
from booking.reservations.holds import Hold
from booking.reservations.models import Allocation, Booking, Claim, Occurrence

Whose = Literal["company", "managed"]
MOST = 50_000
AT_ONCE = 5_000
"""Occurrences whose claims are looked at in one statement."""

_RANK = (
    select(func.max(Claim.rank))
    .where(
        Claim.occurrence_id == Allocation.occurrence_id,
        Claim.facility_id == Allocation.facility_id,
    )
    .scalar_subquery()
)
_WITHIN = (Occurrence.starts < bindparam("ends"), Occurrence.ends > bindparam("starts"))
_ROWS = (
    select(
        Occurrence.id,
        Booking.number,
        Occurrence.uid,
        Occurrence.state,
        type_coerce(Occurrence.expires_at, BigInteger),
        Occurrence.starts,
        Occurrence.ends,
        Allocation.facility_id,
        Allocation.amount,
        Allocation.decision,
        _RANK,
        Booking.title,
        Company.code,
        Company.name,
        User.name,
        Production.code_name,
        Booking.attendees,
        Booking.note,
        type_coerce(Booking.created_at, BigInteger),
    )
    .join_from(Occurrence, Booking, Booking.id == Occurrence.booking_id)
    .join(Allocation, Allocation.occurrence_id == Occurrence.id)
    .join(Company, Company.id == Booking.company_id)
    .join(User, User.id == Booking.requester_id)
    .outerjoin(Production, Production.id == Booking.production_id)
    .where(*_WITHIN)
    .order_by(Occurrence.starts, Occurrence.id, Allocation.facility_id)
    .limit(MOST + 1)
)
_WHOSE: dict[Whose, ColumnElement[bool]] = {
    "company": Booking.company_id == bindparam("company"),
    "managed": Allocation.facility_id.in_(bindparam("facilities", expanding=True)),
}
_BOOKINGS = (
    select(Occurrence.booking_id)
    .join_from(Occurrence, Booking, Booking.id == Occurrence.booking_id)
    .join(Allocation, Allocation.occurrence_id == Occurrence.id)
    .where(*_WITHIN)
)


class Record(NamedTuple):
    """A facility of a date of a booking; instants in UTC epoch seconds, `rank` while it holds."""

    occurrence_id: int
    number: str
    uid: str
    state: str
    expires: int | None
    starts: int
    ends: int
    facility_id: int
    amount: int | None
    decision: str
    rank: int | None
    title: str
    company_code: str
    company_name: str
    requester_name: str
    production_code: str | None
    attendees: int | None
    note: str
    created: int


def records(actor: Actor, whose: Whose, window: Interval, now: int) -> list[Record]:
    """What overlaps the window, of the caller's company or in what they manage, by start.

    As it stands at `now`; `MOST` + 1 rows mean that there are more. One statement, and what
    `claims.standing_of` costs where a clock has run out unnoticed or somebody waits. Raises
    Forbidden for "managed" where the caller decides about nothing.
    """
    asked = _asked(actor, whose, window)
    found = [Record._make(row) for row in connection().execute(_ROWS.where(_WHOSE[whose]), asked)]
    moving = sorted({one.occurrence_id for one in found if _may_have_moved(one, now)})
    stands: dict[int, list[Hold]] = {}
    for first in range(0, len(moving), AT_ONCE):
        stands |= claims.standing_of(moving[first : first + AT_ONCE], now, shares=False)
    missed = claims.missed([key for key, holds in stands.items() if not holds], now)
    return [_as_it_stands(one, stands, missed, now) for one in found]


def bookings_of(actor: Actor, whose: Whose, window: Interval) -> tuple[Select[int], dict[str, Any]]:
    """The ids of the bookings of `records` as a statement, and its parameters.

    Raises Forbidden as it does.
    """
    return _BOOKINGS.where(_WHOSE[whose]), _asked(actor, whose, window)


def _asked(actor: Actor, whose: Whose, window: Interval) -> dict[str, Any]:
    asked: dict[str, Any] = {"starts": window.starts, "ends": window.ends}
    if whose == "company":
        return {**asked, "company": actor.company_id}
    if not allowed(actor, "approval:see"):
        raise Forbidden
    return {**asked, "facilities": [facility.id for facility in facilities.managed(actor)]}


def _may_have_moved(record: Record, now: int) -> bool:
    """Whether it is not as it is written: its clock has run out, or that of one before it."""
    lapsed = record.expires is not None and record.expires <= now
    return (record.rank or 1) > 1 or (lapsed and record.state in LAPSES_TO)


def _as_it_stands(
    record: Record, stands: Mapping[int, Sequence[Hold]], missed: Collection[int], now: int
) -> Record:
    state = as_of(State(record.state), record.expires, now)
    if record.occurrence_id in missed:
        state = State.NO_SHOW
    holds = stands.get(record.occurrence_id)
    if holds:
        ranks = [hold.rank for hold in holds if hold.facility_id == record.facility_id]
        return record._replace(state=holds[0].state, rank=max(ranks, default=record.rank))
    gone = holds is not None and record.amount is None
    return record._replace(state=state.value, rank=None if gone else record.rank)
