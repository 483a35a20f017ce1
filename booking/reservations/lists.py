"""Lists of bookings: a person's, a company's, a production's, and what waits for a decision."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, and_, func, or_, select, tuple_, type_coerce
from sqlalchemy.orm import aliased

from booking.core.access import Actor, allowed
from booking.core.lifecycle import TENTATIVE, State
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.db import db
from booking.kernel.errors import Forbidden
from booking.members.models import Company, User
from booking.productions.models import Production
from booking.reservations import claims
from booking.reservations.claims import Hold
from booking.reservations.models import Allocation, Booking, Claim, Occurrence
from booking.reservations.values import Line

PAGE = 30
WHOSE = ("mine", "company", "production")
WHEN = ("upcoming", "past")
BEYOND = 2**52
"""Larger than any instant or id, and small enough for both engines."""

_LINES = (
    select(
        Occurrence.id,
        Occurrence.starts,
        Occurrence.ends,
        Occurrence.state,
        Booking.number,
        Booking.title,
        Company.name.label("company_name"),
        User.name.label("requester_name"),
        Production.code_name.label("production_code"),
    )
    .join_from(Occurrence, Booking, Booking.id == Occurrence.booking_id)
    .join(Company, Company.id == Booking.company_id)
    .join(User, User.id == Booking.requester_id)
    .outerjoin(Production, Production.id == Booking.production_id)
)


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a list; `cursor` leads to the next ones, None at the end."""

    lines: list[Line]
    cursor: str | None


def bookings(
    actor: Actor,
    *,
    whose: str = "mine",
    when: str = "upcoming",
    now: int,
    production_id: int | None = None,
    cursor: str | None = None,
    size: int = PAGE,
) -> Page:
    """Bookings of the caller, their company or a production they see.

    Upcoming ones (not over at `now`) soonest first, past ones latest first. At most 5 statements.
    Raises ValueError for a cursor that this list did not give.
    """
    statement = _LINES.where(_whose(actor, whose, production_id), _when(when, now))
    order = (Occurrence.starts, Occurrence.id)
    if when == "past":
        statement = statement.order_by(*(column.desc() for column in order))
    else:
        statement = statement.order_by(*order)
    if cursor:
        after = (
            tuple_(*order) < _place(cursor) if when == "past" else tuple_(*order) > _place(cursor)
        )
        statement = statement.where(after)
    return _page(statement, now, size)


def inbox(actor: Actor, now: int, *, cursor: str | None = None, size: int = PAGE) -> Page:
    """Requests that wait for the caller's decision, soonest first, with how many compete.

    Raises Forbidden for people who decide about nothing. At most 5 statements.
    """
    if not allowed(actor, "approval:see"):
        raise Forbidden
    statement = _LINES.where(_awaiting(actor, now)).order_by(Occurrence.starts, Occurrence.id)
    if cursor:
        statement = statement.where(tuple_(Occurrence.starts, Occurrence.id) > _place(cursor))
    return _page(statement, now, size)


def inbox_count(actor: Actor, now: int) -> int:
    """How many requests wait for the caller. One statement, none for people who decide nothing."""
    if not allowed(actor, "approval:see"):
        return 0
    waiting = select(func.count()).select_from(Occurrence).where(_awaiting(actor, now))
    return db.session.scalar(waiting) or 0


def _whose(actor: Actor, whose: str, production_id: int | None) -> Any:
    if whose == "mine":
        return Booking.requester_id == actor.user_id
    if whose == "company":
        return Booking.company_id == actor.company_id
    seen = or_(
        Booking.company_id == actor.company_id,
        Booking.production_id.in_(sorted(actor.productions)),
    )
    return and_(Booking.production_id == production_id, seen)


def _when(when: str, now: int) -> Any:
    return Occurrence.ends <= now if when == "past" else Occurrence.ends > now


def _awaiting(actor: Actor, now: int) -> Any:
    """Driven by the partial index on undecided allocations."""
    managed = [f.id for f in facilities.catalogue() if actor.manages(f.id, f.site_id)]
    undecided = select(Allocation.occurrence_id).where(
        Allocation.decision == "undecided",
        Allocation.facility_id.in_(managed),
        Allocation.starts > now,
    )
    return and_(Occurrence.id.in_(undecided), Occurrence.state == State.REQUESTED.value)


def _place(cursor: str) -> Any:
    starts, occurrence_id = (int(part) for part in cursor.split("-"))
    if not (starts < BEYOND and occurrence_id < BEYOND):
        raise ValueError(cursor)
    return tuple_(starts, occurrence_id)


def _page(statement: Select[*tuple[Any, ...]], now: int, size: int) -> Page:
    rows = db.session.execute(statement.limit(size + 1)).mappings().all()
    more, rows = len(rows) > size, rows[:size]
    ids = [row["id"] for row in rows]
    given = _facilities(ids)
    standing = claims.standing_of(ids, now)
    behind = _waiting(ids, now)
    lines = [_line(row, given[row["id"]], standing[row["id"]], behind) for row in rows]
    last = f"{rows[-1]['starts']}-{rows[-1]['id']}" if more else None
    return Page(lines, last)


def _line(
    row: Any, given: list[FacilityFacts], holds: Sequence[Hold], behind: Counter[int]
) -> Line:
    return Line(
        number=row["number"],
        title=row["title"],
        starts=row["starts"],
        ends=row["ends"],
        zone=given[0].time_zone,
        state=_state(row["state"], holds),
        rank=max((hold.rank for hold in holds), default=None),
        expires=holds[0].expires if holds else None,
        company_name=row["company_name"],
        requester_name=row["requester_name"],
        production_code=row["production_code"],
        facilities=tuple(facility.name for facility in given),
        waiting=behind[row["id"]] if holds else 0,
        occurrence_id=row["id"],
        codes=tuple(facility.code for facility in given),
    )


def _state(written: str, holds: Sequence[Hold]) -> str:
    """As it stands: what has a clock and holds nothing any more has expired."""
    if holds:
        return holds[0].state
    return State.EXPIRED.value if written in TENTATIVE else written


def _facilities(ids: Collection[int]) -> dict[int, list[FacilityFacts]]:
    """The facilities of occurrences, in planning order."""
    rows = db.session.execute(
        select(Allocation.occurrence_id, Allocation.facility_id).where(
            Allocation.occurrence_id.in_(ids)
        )
    )
    chosen: dict[int, set[int]] = defaultdict(set)
    for occurrence_id, facility_id in rows:
        chosen[occurrence_id].add(facility_id)
    catalogue = facilities.catalogue()
    return {key: [f for f in catalogue if f.id in wanted] for key, wanted in chosen.items()}


def _waiting(ids: Collection[int], now: int) -> Counter[int]:
    """How many others of a lower rank overlap each occurrence; lapsed ones do not count."""
    mine, other, theirs = aliased(Claim), aliased(Claim), aliased(Occurrence)
    expires = type_coerce(theirs.expires_at, BigInteger)
    rows = db.session.execute(
        select(mine.occurrence_id, func.count(func.distinct(other.occurrence_id)))
        .join(
            other,
            and_(
                other.space_id == mine.space_id,
                other.rank.in_((2, 3)),
                other.starts < mine.ends,
                other.ends > mine.starts,
                other.occurrence_id != mine.occurrence_id,
            ),
        )
        .join(theirs, theirs.id == other.occurrence_id)
        .where(mine.occurrence_id.in_(ids), or_(expires.is_(None), expires > now))
        .group_by(mine.occurrence_id)
    )
    return Counter(dict(rows.all()))
