"""Bookings as rows, one for each facility of each date: for files that people keep."""

from typing import Any, Literal, NamedTuple

from sqlalchemy import BigInteger, bindparam, func, select, type_coerce

from booking.core.access import Actor, allowed
from booking.core.lifecycle import State, as_of
from booking.core.scheduling.interval import Interval
from booking.facilities import queries as facilities
from booking.kernel.db import connection
from booking.kernel.errors import Forbidden
from booking.members.models import Company, User
from booking.productions.models import Production
from booking.reservations.models import Allocation, Booking, Claim, Occurrence

Whose = Literal["company", "managed"]
MOST = 50_000

_RANK = (
    select(func.max(Claim.rank))
    .where(
        Claim.occurrence_id == Allocation.occurrence_id,
        Claim.facility_id == Allocation.facility_id,
    )
    .scalar_subquery()
)
_ROWS = (
    select(
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
    .where(Occurrence.starts < bindparam("ends"), Occurrence.ends > bindparam("starts"))
    .order_by(Occurrence.starts, Occurrence.id, Allocation.facility_id)
    .limit(MOST + 1)
)
_OF_COMPANY = _ROWS.where(Booking.company_id == bindparam("company"))
_MANAGED = _ROWS.where(Allocation.facility_id.in_(bindparam("facilities", expanding=True)))


class Record(NamedTuple):
    """A facility of a date of a booking; instants in UTC epoch seconds, `rank` while it holds."""

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

    In the state it has at `now`; `MOST` + 1 rows mean that there are more. One statement. Raises
    Forbidden for "managed" where the caller decides about nothing.
    """
    asked: dict[str, Any] = {"starts": window.starts, "ends": window.ends}
    if whose == "company":
        rows = connection().execute(_OF_COMPANY, {**asked, "company": actor.company_id})
    elif allowed(actor, "approval:see"):
        managed = [facility.id for facility in facilities.managed(actor)]
        rows = connection().execute(_MANAGED, {**asked, "facilities": managed})
    else:
        raise Forbidden
    return [_as_it_stands(Record(*row), now) for row in rows]


def _as_it_stands(record: Record, now: int) -> Record:
    state = as_of(State(record.state), record.expires, now)
    return record._replace(state=state.value)
