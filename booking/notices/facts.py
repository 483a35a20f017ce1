"""Bookings as mails tell of them, read for many at once; who may read which, the teller asks."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, func, select, type_coerce

from booking.core.access import Subject
from booking.core.lifecycle import State
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.db import connection
from booking.members.models import Company, User
from booking.reservations.models import Allocation, Booking, Claim, Occurrence

_DATES = (
    select(
        Booking.id.label("booking_id"),
        Booking.number,
        Booking.title,
        Booking.note,
        Booking.attendees,
        Booking.company_id,
        Company.name.label("company"),
        Booking.requester_id,
        User.name.label("requester"),
        User.email.label("requester_email"),
        Booking.production_id,
        Booking.rule,
        Booking.revision,
        type_coerce(Booking.created_at, BigInteger).label("created"),
        Occurrence.id.label("id"),
        Occurrence.uid,
        Occurrence.starts,
        Occurrence.ends,
        Occurrence.state,
        type_coerce(Occurrence.expires_at, BigInteger).label("expires"),
        Occurrence.sequence,
        type_coerce(Occurrence.changed_at, BigInteger).label("changed"),
    )
    .join_from(Occurrence, Booking, Booking.id == Occurrence.booking_id)
    .join(Company, Company.id == Booking.company_id)
    .join(User, User.id == Booking.requester_id)
    .order_by(Occurrence.starts, Occurrence.id)
)
_OF_BOOKINGS = _DATES.where(Booking.id.in_(bindparam("ids", expanding=True)))
_OF_DATES = select(Occurrence.booking_id).where(Occurrence.id.in_(bindparam("ids", expanding=True)))
_ALLOCATIONS = select(
    Allocation.occurrence_id, Allocation.facility_id, Allocation.decision, Allocation.amount
).where(Allocation.occurrence_id.in_(bindparam("ids", expanding=True)))
_RANKS = (
    select(Claim.occurrence_id, func.max(Claim.rank))
    .where(Claim.occurrence_id.in_(bindparam("ids", expanding=True)))
    .group_by(Claim.occurrence_id)
)
_BOOKING = (
    "number",
    "title",
    "note",
    "attendees",
    "company_id",
    "company",
    "requester_id",
    "requester",
    "requester_email",
    "production_id",
    "rule",
    "revision",
    "created",
)
_DATE = ("id", "uid", "starts", "ends", "state", "expires", "sequence", "changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class DateFacts:
    """One date of a booking as it is written; instants in UTC epoch seconds.

    `undecided` are facilities whose managers have to say yes; `amounts` what is taken of pools, by
    facility id; `rank` is 1 where it holds nothing.
    """

    id: int
    uid: str
    starts: int
    ends: int
    state: str
    expires: int | None
    sequence: int
    changed: int
    facilities: tuple[FacilityFacts, ...] = ()
    undecided: tuple[FacilityFacts, ...] = ()
    amounts: Mapping[int, int] = field(default_factory=dict)
    rank: int = 1

    @property
    def zone(self) -> str:
        """The zone of its site."""
        return self.facilities[0].time_zone

    @property
    def awaits_managers(self) -> bool:
        """Whether it could be approved now."""
        return self.state == State.REQUESTED and self.rank == 1 and bool(self.undecided)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingFacts:
    """A booking with those of its dates that matter, by start; `created` in UTC epoch seconds."""

    id: int
    number: str
    title: str
    note: str
    attendees: int | None
    company_id: int
    company: str
    requester_id: int
    requester: str
    requester_email: str
    production_id: int | None
    rule: str
    revision: int
    created: int
    dates: tuple[DateFacts, ...]
    every: tuple[DateFacts, ...]
    """All of its dates."""

    @property
    def subject(self) -> Subject:
        """What permissions look at."""
        pairs = {(f.id, f.site_id) for date in self.dates for f in date.facilities}
        return Subject(self.company_id, self.requester_id, self.production_id, tuple(pairs))

    @property
    def last(self) -> int:
        """When all of it is over, in UTC epoch seconds."""
        return max(date.ends for date in self.every)

    def only(self, dates: Iterable[DateFacts]) -> "BookingFacts":
        """The same booking, of which some dates matter."""
        return replace(self, dates=tuple(dates))


def bookings(ids: Collection[int]) -> dict[int, BookingFacts]:
    """Bookings by id, none for ids that are gone. Three statements and the catalogue's."""
    if not ids:
        return {}
    rows = connection().execute(_OF_BOOKINGS, {"ids": sorted(ids)}).mappings().all()
    dates = _dates(rows)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row["booking_id"]].append(row)
    return {
        key: BookingFacts(
            id=key,
            dates=every,
            every=every,
            **{name: of_it[0][name] for name in _BOOKING},
        )
        for key, of_it in found.items()
        for every in [tuple(dates[row["id"]] for row in of_it)]
    }


def of_dates(occurrence_ids: Collection[int]) -> list[BookingFacts]:
    """Bookings with but those of their dates, the soonest first. Four statements."""
    wanted = set(occurrence_ids)
    keys = set(connection().scalars(_OF_DATES, {"ids": sorted(wanted)})) if wanted else set()
    found = (
        booking.only(date for date in booking.dates if date.id in wanted)
        for booking in bookings(keys).values()
    )
    return sorted(found, key=lambda booking: (booking.dates[0].starts, booking.id))


def _dates(rows: Collection[Any]) -> dict[int, DateFacts]:
    ids = [row["id"] for row in rows]
    given: dict[int, dict[int, int | None]] = defaultdict(dict)
    undecided: dict[int, set[int]] = defaultdict(set)
    for occurrence_id, facility_id, decision, amount in _found(_ALLOCATIONS, ids):
        given[occurrence_id][facility_id] = amount
        if decision == "undecided":
            undecided[occurrence_id].add(facility_id)
    ranks: dict[int, int] = dict(_found(_RANKS, ids))
    every = facilities.catalogue()
    return {
        row["id"]: DateFacts(
            facilities=tuple(f for f in every if f.id in given[row["id"]]),
            undecided=tuple(f for f in every if f.id in undecided[row["id"]]),
            amounts={f: taken for f, taken in given[row["id"]].items() if taken is not None},
            rank=ranks.get(row["id"], 1),
            **{name: row[name] for name in _DATE},
        )
        for row in rows
    }


def _found(statement: Select[*tuple[Any, ...]], ids: Collection[int]) -> list[Any]:
    return list(connection().execute(statement, {"ids": sorted(ids)}))
