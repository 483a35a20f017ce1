"""Bookings by what permissions look at, read for many at once."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import bindparam, select

from booking.core.access import Subject
from booking.facilities.queries import catalogue
from booking.kernel.db import connection
from booking.reservations.models import Allocation, Booking, Occurrence

_BOOKINGS = select(
    Booking.id, Booking.number, Booking.company_id, Booking.requester_id, Booking.production_id
).where(Booking.id.in_(bindparam("ids", expanding=True)))
_FACILITIES = (
    select(Occurrence.booking_id, Allocation.facility_id)
    .join_from(Occurrence, Allocation, Allocation.occurrence_id == Occurrence.id)
    .where(Occurrence.booking_id.in_(bindparam("ids", expanding=True)))
    .distinct()
)


class Told(NamedTuple):
    """A booking by its number, and what says who may see it."""

    number: str
    subject: Subject


def told(booking_ids: Collection[int]) -> dict[int, Told]:
    """Bookings by id, with the facilities of all their dates. Two statements."""
    asked = {"ids": sorted(booking_ids)}
    sites = {facility.id: facility.site_id for facility in catalogue()}
    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for booking, facility in connection().execute(_FACILITIES, asked):
        places[booking].append((facility, sites[facility]))
    return {
        key: Told(number, Subject(company, requester, production, tuple(sorted(places[key]))))
        for key, number, company, requester, production in connection().execute(_BOOKINGS, asked)
    }
