"""What a company has of what is limited: hours of a kind in a week, live options."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import BigInteger, bindparam, exists, or_, select, type_coerce

from booking.core.access import Actor
from booking.core.lifecycle import HOLDING, State
from booking.core.rules import Usage
from booking.core.scheduling.interval import Interval, hull
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.core.scheduling.wallclock import days, local
from booking.facilities import queries as facilities
from booking.kernel.db import connection, db
from booking.kernel.transaction import in_transaction
from booking.members.models import Company
from booking.reservations.models import Allocation, Booking, Claim, Occurrence
from booking.reservations.wish import Plan

WEEK_DAYS = 7
NOBODY = -1
COUNTED = HOLDING | {State.NO_SHOW}
"""States whose hours count against a quota: who did not come has used them up."""

EXPIRES = type_coerce(Occurrence.expires_at, BigInteger)
WAITS = exists().where(Claim.occurrence_id == Occurrence.id, Claim.rank > RANK_OF_RIGHT)
_OF_COMPANY = (
    select(Allocation.facility_id, Allocation.occurrence_id, Occurrence.starts, Occurrence.ends)
    .join_from(Booking, Occurrence, Occurrence.booking_id == Booking.id)
    .join(Allocation, Allocation.occurrence_id == Occurrence.id)
    .where(
        Booking.company_id == bindparam("company"),
        Allocation.facility_id.in_(bindparam("facilities", expanding=True)),
        or_(
            Occurrence.expires_at.is_(None),
            bindparam("now") < EXPIRES,
            Occurrence.state == State.CONFIRMED.value,
        ),
        Occurrence.id.not_in(bindparam("besides", expanding=True)),
        ~WAITS,
    )
)
"""What waits at rank 2 or 3 counts against no quota: nobody has the slot by it. A wish to wait is
judged as if it had come to its turn, for it gets there without being asked again."""
_HOURS = _OF_COMPANY.where(
    Occurrence.state.in_(sorted(COUNTED)),
    Occurrence.starts < bindparam("ends"),
    Occurrence.ends > bindparam("starts"),
)
_OPTIONS = _OF_COMPANY.where(Occurrence.state == State.OPTION.value)

_LOCK = select(Company.id).where(Company.id == bindparam("company")).with_for_update(key_share=True)


def _alone_with(actor: Actor) -> None:
    """Inside a transaction: let nobody else count what the company has until it ends.

    Two of its bookings in different rooms lock no space together; each would find the quota
    unspent. PostgreSQL: the company's row, always after the spaces; SQLite writes alone already.
    """
    if in_transaction() and db.engine.dialect.name == "postgresql":
        connection().execute(_LOCK, {"company": actor.company_id})


def _of_company(
    actor: Actor, kinds: Collection[int], now: int, besides: Collection[int]
) -> dict[str, object]:
    """The parameters of `_OF_COMPANY`, for the facilities of some kinds."""
    return {
        "company": actor.company_id,
        "facilities": [f.id for f in facilities.catalogue() if f.kind_id in kinds],
        "now": now,
        "besides": sorted(besides) or [NOBODY],
    }


class Hours:
    """What is booked of the `kinds` with a quota, date by date. One statement, none without."""

    def __init__(
        self,
        actor: Actor,
        plans: Sequence[Plan],
        kinds: Collection[int],
        now: int,
        besides: Collection[int],
    ) -> None:
        self._kinds = kinds
        self._used: dict[int, list[Interval]] = {}
        if kinds:
            reach = hull(week for plan in plans for week in weeks(plan.span, plan.zone))
            self._used = booked(actor, kinds, reach, now, besides)

    def of(self, plan: Plan) -> tuple[Usage, ...]:
        """In the weeks of a plan."""
        if not self._kinds:
            return ()
        return tuple(_used(plan, weeks(plan.span, plan.zone), self._used, self._kinds))

    def count(self, plan: Plan) -> None:
        """With a plan that will be booked."""
        for facility in plan.facilities if self._kinds else ():
            self._used[facility.kind_id].append(plan.span)


def booked(
    actor: Actor,
    kinds: Collection[int],
    window: Interval,
    now: int,
    besides: Collection[int] = (),
) -> dict[int, list[Interval]]:
    """What counts against a company's hours of these kinds in a window, by kind. One statement."""
    _alone_with(actor)
    asked = _of_company(actor, kinds, now, besides)
    kind_of = {f.id: f.kind_id for f in facilities.catalogue()}
    found: dict[int, list[Interval]] = defaultdict(list)
    bounds = {"starts": window.starts, "ends": window.ends}
    for row in connection().execute(_HOURS, {**asked, **bounds}):
        found[kind_of[row.facility_id]].append(Interval(row.starts, row.ends))
    return found


def weeks(span: Interval, zone: str) -> Iterator[Interval]:
    """The ISO weeks of a site that a span touches."""
    first = local(span.starts, zone).date()
    monday = first - timedelta(days=first.weekday())
    while (week := days(monday, WEEK_DAYS, zone)).starts < span.ends:
        yield week
        monday += timedelta(days=WEEK_DAYS)


def _used(
    plan: Plan,
    touched: Iterable[Interval],
    held: Mapping[int, list[Interval]],
    kinds: Collection[int],
) -> Iterator[Usage]:
    codes = {f.kind_id: f.kind_code for f in plan.facilities if f.kind_id in kinds}
    for week in touched:
        for kind_id, code in codes.items():
            shared = (week.intersection(span) for span in held.get(kind_id, ()))
            yield Usage(code, week, sum(part.seconds for part in shared if part))


class Options:
    """The company's live options of the `kinds` with a quota, by code, date by date.

    One statement, none without.
    """

    def __init__(
        self, actor: Actor, kinds: Collection[int], now: int, besides: Collection[int]
    ) -> None:
        self._kinds = kinds
        held: dict[str, set[int]] = defaultdict(set)
        if kinds:
            code_of = {f.id: f.kind_code for f in facilities.catalogue()}
            _alone_with(actor)
            for row in connection().execute(_OPTIONS, _of_company(actor, kinds, now, besides)):
                held[code_of[row.facility_id]].add(row.occurrence_id)
        self._counts = Counter({kind: len(found) for kind, found in held.items()})

    def so_far(self) -> dict[str, int]:
        """How many there are."""
        return dict(self._counts)

    def count(self, plan: Plan) -> None:
        """With a plan that will be booked."""
        self._counts.update({f.kind_code for f in plan.facilities if f.kind_id in self._kinds})
