"""Holds: claims on spaces as they are written, with what their bookings say of them.

Shares of pools are read with them: at rank 1 on the space that stands for the pool.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    FromClause,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    true,
    type_coerce,
    union_all,
)

from booking.core.lifecycle import LAPSES_TO, State
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.ranks import Held
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.db import db, listed, table_of
from booking.kernel.prepared import Answer, Prepared
from booking.reservations.models import MAX_RANK, Booking, Claim, Occurrence, PoolClaim


class Hold(NamedTuple):
    """A claim with what its occurrence and booking say; instants in UTC epoch seconds.

    `starts` and `ends` include setup and turnaround, `from_` and `until` are the booking's own.
    `amount` is a share of a pool, None for a claim: shares are in nobody's way by themselves.
    """

    space_id: int
    rank: int
    starts: int
    ends: int
    occurrence_id: int
    facility_id: int
    from_: int
    until: int
    state: str
    expires: int | None
    number: str
    title: str
    company_id: int
    requester_id: int
    production_id: int | None
    amount: int | None = None

    def lapsed(self, now: int) -> bool:
        """Whether its clock has run out: it counts as ended, written down or not."""
        return self.expires is not None and self.expires <= now and self.state in LAPSES_TO

    def moves(self, now: int) -> bool:
        """Whether it may leave or move up at `now` without anybody's doing."""
        return self.rank > 1 or self.lapsed(now)

    def arrived(
        self, rank_of: Mapping[tuple[int, int], int], *, confirmed: bool, by: int | None
    ) -> "Hold":
        """As it stands with the rank, by space and occurrence, to which it has moved up.

        When that has confirmed it, somebody checks in `by` then.
        """
        rank = rank_of.get((self.space_id, self.occurrence_id), self.rank)
        if confirmed:
            return self._replace(rank=rank, state=State.CONFIRMED.value, expires=by)
        return self._replace(rank=rank)

    @property
    def interval(self) -> Interval:
        """What it keeps others out of."""
        return Interval(self.starts, self.ends)

    @property
    def held(self) -> Held:
        """The bare claim."""
        return Held(self.space_id, self.rank, self.starts, self.ends, self.occurrence_id)


class Window(NamedTuple):
    """A stretch of time [starts, ends) of a space; `place` tells one window from another."""

    place: int
    space_id: int
    starts: int
    ends: int

    @property
    def interval(self) -> Interval:
        """The stretch of time alone."""
        return Interval(self.starts, self.ends)


_CLAIM = table_of(Claim)
_SHARE = table_of(PoolClaim)
_every_rank = union_all(*(select(literal(n).label("rank")) for n in range(1, MAX_RANK + 1)))
_RANKS = _every_rank.subquery("ranks")


def _columns(held: FromClause) -> Sequence[Any]:
    """What a Hold is made of, in its order; `held` is the claim table, or a part of it."""
    return (held.c.space_id, held.c.rank, *_details(held), cast(null(), Integer))


def _share_columns() -> Sequence[Any]:
    """The same of a share, with the pool's id in place of the space's."""
    first = literal(1, Integer, literal_execute=True)
    return (_SHARE.c.facility_id, first, *_details(_SHARE), _SHARE.c.amount)


def _glimpse_columns(held: FromClause) -> Sequence[Any]:
    """What says whether an occurrence changed: its id, its sequence, its booking's revision."""
    return (held.c.occurrence_id, Occurrence.sequence, Booking.revision)


def _details(held: FromClause) -> Sequence[Any]:
    return (
        held.c.starts,
        held.c.ends,
        held.c.occurrence_id,
        held.c.facility_id,
        Occurrence.starts,
        Occurrence.ends,
        Occurrence.state,
        type_coerce(Occurrence.expires_at, BigInteger),
        Booking.number,
        Booking.title,
        Booking.company_id,
        Booking.requester_id,
        Booking.production_id,
    )


def _windows(dialect: str) -> FromClause:
    """The windows that a statement is given, as rows: place, space_id, starts, ends."""
    if dialect == "postgresql":
        arrays = (bindparam(name, type_=ARRAY(BigInteger)) for name in Window._fields)
        return func.unnest(*arrays).table_valued(*Window._fields, name="w").render_derived()
    each = func.json_each(bindparam("windows", type_=JSON)).table_valued("value").c.value
    parts = (
        func.json_extract(each, f"$[{n}]", type_=BigInteger).label(name)
        for n, name in enumerate(Window._fields)
    )
    return select(*parts).subquery("w")


def _in_windows(
    dialect: str, columns: Callable[[FromClause], Sequence[Any]] = _columns
) -> Select[Any]:
    """Claims that overlap windows [starts, ends) on spaces, with the window's place.

    Claims of one space and rank never overlap: of those that begin before a window only the last
    can reach into it. So a window costs what it holds, whatever the table holds.
    """
    window, before = _windows(dialect), _CLAIM.alias("before")
    last = (
        select(func.max(before.c.starts))
        .where(
            before.c.space_id == window.c.space_id,
            before.c.rank == _RANKS.c.rank,
            before.c.starts < window.c.starts,
        )
        .correlate(window, _RANKS)
        .scalar_subquery()
    )
    there = and_(
        _CLAIM.c.space_id == window.c.space_id,
        _CLAIM.c.rank == _RANKS.c.rank,
        _CLAIM.c.starts < window.c.ends,
        _CLAIM.c.starts >= func.coalesce(last, window.c.starts),
        _CLAIM.c.ends > window.c.starts,
    )
    held: FromClause = _CLAIM
    if dialect == "postgresql":  # its planner would rather scan the table: OFFSET 0 forbids that
        one_by_one = select(_CLAIM).where(there).correlate(window, _RANKS).offset(0)
        held, there = one_by_one.lateral("held"), true()
    return (
        select(window.c.place, *columns(held))
        .select_from(window)
        .join(_RANKS, true())
        .join(held, there)
        .join(Occurrence, Occurrence.id == held.c.occurrence_id)
        .join(Booking, Booking.id == Occurrence.booking_id)
    )


def _shares_in_windows(
    dialect: str, columns: Callable[[], Sequence[Any]] = _share_columns
) -> Select[Any]:
    """Shares that overlap windows [starts, ends) of pools, with the window's place."""
    window = _windows(dialect)
    there = and_(
        _SHARE.c.facility_id == window.c.space_id,
        _SHARE.c.starts < window.c.ends,
        _SHARE.c.ends > window.c.starts,
    )
    return (
        select(window.c.place, *columns())
        .select_from(window)
        .join(_SHARE, there)
        .join(Occurrence, Occurrence.id == _SHARE.c.occurrence_id)
        .join(Booking, Booking.id == Occurrence.booking_id)
    )


def _of(held: Table, columns: Sequence[Any]) -> Prepared:
    """What occurrences hold, of claims or of shares."""
    joined = (
        select(*columns)
        .join_from(held, Occurrence, Occurrence.id == held.c.occurrence_id)
        .join(Booking, Booking.id == Occurrence.booking_id)
    )
    return Prepared(
        lambda dialect: joined.where(listed(held.c.occurrence_id, "occurrences", dialect))
    )


_HOLDS = Prepared(_in_windows)
_SHARES = Prepared(_shares_in_windows)
_GLIMPSES = Prepared(lambda dialect: _in_windows(dialect, _glimpse_columns))
_GLIMPSED_SHARES = Prepared(
    lambda dialect: _shares_in_windows(dialect, lambda: _glimpse_columns(_SHARE))
)
_HOLDS_OF = _of(_CLAIM, _columns(_CLAIM))
_SHARES_OF = _of(_SHARE, _share_columns())


def stored(space_ids: Iterable[int], window: Interval) -> list[Hold]:
    """Claims on the spaces that overlap the window, as written. One statement."""
    return [hold for _, hold in stored_in([Window(0, space, *window) for space in space_ids])]


def stored_in(windows: Sequence[Window]) -> list[tuple[int, Hold]]:
    """Claims that overlap the windows, as written, each with its window's place.

    With the shares of pools for which a space stands. One statement, one more where there is one.
    """
    return ask_in(windows)()


def ask_in(windows: Sequence[Window]) -> Callable[[], list[tuple[int, Hold]]]:
    """The same, waited for when it is called."""
    claims = _asked(_HOLDS, windows)
    seats = facilities.seats()
    of_pools = _of_pools(windows, seats)
    shares = _asked(_SHARES, of_pools) if of_pools else None

    def held() -> list[tuple[int, Hold]]:
        found = _placed(claims)
        if shares:
            found += [(place, _seated(hold, seats)) for place, hold in _placed(shares)]
        return found

    return held


def ask_of(occurrence_ids: Collection[int]) -> Callable[[], list[Hold]]:
    """The claims of these occurrences, as written, waited for when it is called. One statement."""
    asked = _HOLDS_OF.ask(occurrences=sorted(occurrence_ids))
    return lambda: [Hold._make(row) for row in asked.all()]


def shares_of(occurrence_ids: Collection[int]) -> list[Hold]:
    """What these occurrences take of pools. One statement, none in a house that has none."""
    seats = facilities.seats()
    if not seats:
        return []
    taken = _SHARES_OF.all(occurrences=sorted(occurrence_ids))
    return [_seated(Hold._make(row), seats) for row in taken]


def glimpsed(space_ids: Iterable[int], window: Interval) -> list[tuple[int, int, int]]:
    """What holds the spaces within a window, each occurrence once, in no order.

    Its id, its sequence and its booking's revision: enough to know whether it changed. Costs what
    `stored_in` does, for a fifth of the time.
    """
    windows = [Window(0, space, *window) for space in space_ids]
    found = _asked(_GLIMPSES, windows).all()
    if of_pools := _of_pools(windows, facilities.seats()):
        found += _asked(_GLIMPSED_SHARES, of_pools).all()
    return list({(row[1], row[2], row[3]) for row in found})


def _asked(statement: Prepared, windows: Sequence[Window]) -> Answer:
    if db.engine.dialect.name == "sqlite":
        return statement.ask(windows=windows)
    columns = zip(*windows, strict=True) if windows else ((),) * len(Window._fields)
    return statement.ask(**dict(zip(Window._fields, map(list, columns), strict=True)))


def _placed(found: Answer) -> list[tuple[int, Hold]]:
    return [(row[0], Hold._make(row[1:])) for row in found.all()]


def _of_pools(
    windows: Sequence[Window], seats: Mapping[int, Sequence[FacilityFacts]]
) -> list[Window]:
    """The same windows of the pools for which their spaces stand."""
    return [
        window._replace(space_id=pool.id)
        for window in windows
        for pool in seats.get(window.space_id, ())
    ]


def _seated(hold: Hold, seats: Mapping[int, Sequence[FacilityFacts]]) -> Hold:
    """A share with the space that stands for its pool."""
    found = (space for space, held in seats.items() for p in held if p.id == hold.facility_id)
    return hold._replace(space_id=next(found, 0))
