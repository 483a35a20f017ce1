"""What a company usually books, and where it is at home."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, func, select

from booking.core.access import Actor
from booking.facilities.values import FacilityFacts
from booking.kernel.db import connection
from booking.members.models import Company
from booking.reservations.models import Allocation, Booking, Occurrence

OF_LATE_S = 90 * 24 * 3600
LAST = 60
"""Of the bookings of late only these are looked at: a search costs the same for the busiest."""


@dataclass(frozen=True, slots=True)
class Habits:
    """The company's site, None for none, and how often it booked facilities of late, by id."""

    site_id: int | None
    counts: Mapping[int, int]

    def count(self, facility: FacilityFacts) -> int:
        """How often it booked the facility of late."""
        return self.counts.get(facility.id, 0)

    def at_home(self, facility: FacilityFacts) -> bool:
        """Whether the facility is on the company's site; all are for a company without one."""
        return self.site_id in (None, facility.site_id)


_last = (
    select(Booking.id, Booking.company_id, Booking.created_at)
    .where(Booking.company_id == bindparam("company"))
    .order_by(Booking.id.desc())
    .limit(LAST)
    .subquery("last")
)
_HABITS = (
    select(Company.site_id, Allocation.facility_id, func.count(_last.c.id.distinct()))
    .select_from(Company)
    .outerjoin(
        _last,
        (_last.c.company_id == Company.id) & (_last.c.created_at >= bindparam("since")),
    )
    .outerjoin(Occurrence, Occurrence.booking_id == _last.c.id)
    .outerjoin(Allocation, Allocation.occurrence_id == Occurrence.id)
    .where(Company.id == bindparam("company"))
    .group_by(Company.site_id, Allocation.facility_id)
)


def of(actor: Actor, now: int) -> Habits:
    """The habits of the caller's company over the last 90 days. One statement.

    Bookings made at `now` (UTC epoch seconds) or before it; whatever became of them.
    """
    asked = {"company": actor.company_id, "since": datetime.fromtimestamp(now - OF_LATE_S, UTC)}
    rows = connection().execute(_HABITS, asked).all()
    counts = {facility: count for _, facility, count in rows if facility is not None}
    return Habits(rows[0][0] if rows else None, counts)
