"""Lists of bookings: a person's, a company's, a production's, and what waits for a decision."""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlalchemy import BigInteger, Select, and_, func, or_, select, tuple_, type_coerce
from sqlalchemy.orm import aliased

from booking.core.access import Actor, allowed
from booking.core.lifecycle import LAPSES_TO, State
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.db import db
from booking.kernel.errors import Forbidden
from booking.members.models import Company, User
from booking.productions.models import Production
from booking.reservations import claims
from booking.reservations.holds import Hold
from booking.reservations.matching import matching
from booking.reservations.models import Allocation, Booking, Claim, Occurrence
from booking.reservations.values import Line

PAGE = 30
MOST_DATES = 400
"""On a page of the inbox, where that is not one series."""
WHOSE = ("mine", "company", "production")
WHEN = ("upcoming", "past")
BEYOND = 2**52
"""Larger than any instant or id, and small enough for both engines."""

_Given = list[tuple[FacilityFacts, int | None]]
"""Facilities with the amounts of pools."""
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
    text: str = "",
    cursor: str | None = None,
    size: int = PAGE,
) -> Page:
    """Bookings of the caller, their company or a production they see; with `text` those it finds.

    Upcoming ones (not over at `now`) soonest first, past ones latest first. At most 5 statements.
    Raises ValueError for a cursor that this list did not give.
    """
    statement = _LINES.where(_whose(actor, whose, production_id), _when(when, now))
    if text.strip():
        statement = statement.where(matching(actor, text))
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


@dataclass(frozen=True, slots=True)
class Request:
    """A booking of which dates wait for a decision, soonest first."""

    lines: tuple[Line, ...]

    @property
    def first(self) -> Line:
        """The next of them; all say the same of the booking."""
        return self.lines[0]

    @property
    def places(self) -> tuple[str, ...]:
        """The facilities of any date, with the amounts of pools."""
        return tuple(dict.fromkeys(name for line in self.lines for name in line.places))


@dataclass(frozen=True, slots=True)
class Inbox:
    """Some requests; `cursor` leads to the next ones, None at the end."""

    requests: list[Request]
    cursor: str | None


def inbox_by_booking(actor: Actor, now: int, *, cursor: str | None = None) -> Inbox:
    """The same, all dates of a booking together, as many bookings as have `MOST_DATES`.

    At most 6 statements. Raises Forbidden and ValueError as `inbox` does.
    """
    if not allowed(actor, "approval:see"):
        raise Forbidden
    first = func.min(Occurrence.starts)
    order = (first, Occurrence.booking_id)
    found = select(Occurrence.booking_id, first, func.count()).where(_awaiting(actor, now))
    found = found.group_by(Occurrence.booking_id).order_by(*order)
    if cursor:
        found = found.having(tuple_(*order) > _place(cursor))
    rows = db.session.execute(found.limit(PAGE + 1)).all()
    dates = list(accumulate(count for _, _, count in rows[:PAGE]))
    shown = rows[: max(1, bisect(dates, MOST_DATES))]
    ids = [booking_id for booking_id, _, _ in shown]
    statement = _LINES.where(_awaiting(actor, now), Occurrence.booking_id.in_(ids))
    grouped: dict[str, list[Line]] = defaultdict(list)
    for line in _lines(statement.order_by(Occurrence.starts, Occurrence.id), now):
        grouped[line.number].append(line)
    last = f"{shown[-1][1]}-{shown[-1][0]}" if len(shown) < len(rows) else None
    return Inbox([Request(tuple(lines)) for lines in grouped.values()], last)


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
    managed = [facility.id for facility in facilities.managed(actor)]
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
    lines = _lines(statement.limit(size + 1), now)
    more, lines = len(lines) > size, lines[:size]
    last = f"{lines[-1].starts}-{lines[-1].occurrence_id}" if more else None
    return Page(lines, last)


def _lines(statement: Select[*tuple[Any, ...]], now: int) -> list[Line]:
    rows = db.session.execute(statement).mappings().all()
    ids = [row["id"] for row in rows]
    given = _facilities(ids)
    standing = claims.standing_of(ids, now)
    behind = _waiting(ids, now)
    gone = [r["id"] for r in rows if r["state"] == State.REQUESTED and not standing[r["id"]]]
    missed = claims.missed(gone, now)
    return [
        line._replace(state=State.NO_SHOW.value) if line.occurrence_id in missed else line
        for line in (_line(row, given[row["id"]], standing[row["id"]], behind) for row in rows)
    ]


def _line(row: Any, given: _Given, holds: Sequence[Hold], behind: Counter[int]) -> Line:
    return Line(
        number=row["number"],
        title=row["title"],
        starts=row["starts"],
        ends=row["ends"],
        zone=given[0][0].time_zone,
        state=_state(row["state"], holds),
        rank=max((hold.rank for hold in holds), default=None),
        expires=holds[0].expires if holds else None,
        company_name=row["company_name"],
        requester_name=row["requester_name"],
        production_code=row["production_code"],
        facilities=tuple(facility.name for facility, _ in given),
        waiting=behind[row["id"]] if holds else 0,
        occurrence_id=row["id"],
        codes=tuple(facility.code for facility, _ in given),
        amounts=tuple(amount for _, amount in given),
    )


def _state(written: str, holds: Sequence[Hold]) -> str:
    """As it stands: what has a clock and holds nothing any more has lapsed."""
    if holds:
        return holds[0].state
    return LAPSES_TO.get(State(written), State(written)).value


def _facilities(ids: Collection[int]) -> dict[int, _Given]:
    """The facilities of occurrences, in planning order."""
    rows = db.session.execute(
        select(Allocation.occurrence_id, Allocation.facility_id, Allocation.amount).where(
            Allocation.occurrence_id.in_(ids)
        )
    )
    chosen: dict[int, dict[int, int | None]] = defaultdict(dict)
    for occurrence_id, facility_id, amount in rows:
        chosen[occurrence_id][facility_id] = amount
    catalogue = facilities.catalogue()
    return {
        key: [(f, wanted[f.id]) for f in catalogue if f.id in wanted]
        for key, wanted in chosen.items()
    }


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
