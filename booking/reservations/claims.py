"""Claims on spaces: reading them as they stand now, placing, removing, moving up.

Shares of pools are read with them: at rank 1 on the space that stands for the pool.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    true,
    type_coerce,
    union_all,
)

from booking.core.lifecycle import LAPSES_TO, State
from booking.core.scheduling import ranks
from booking.core.scheduling.interval import Interval, hull
from booking.core.scheduling.ranks import Held
from booking.facilities.values import FacilityFacts
from booking.kernel.db import connection, db, table_of
from booking.reservations import attendance, pools
from booking.reservations.models import (
    MAX_RANK,
    Allocation,
    Booking,
    Claim,
    Occurrence,
    PoolClaim,
)


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
    each = func.json_each(bindparam("windows")).table_valued("value").c.value
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


_HOLDS = {name: _in_windows(name) for name in ("sqlite", "postgresql")}
_SHARES = {name: _shares_in_windows(name) for name in ("sqlite", "postgresql")}
_GLIMPSES = {name: _in_windows(name, _glimpse_columns) for name in ("sqlite", "postgresql")}
_GLIMPSED_SHARES = {
    name: _shares_in_windows(name, lambda: _glimpse_columns(_SHARE))
    for name in ("sqlite", "postgresql")
}
_HOLDS_OF = (
    select(*_columns(_CLAIM))
    .join_from(_CLAIM, Occurrence, Occurrence.id == Claim.occurrence_id)
    .join(Booking, Booking.id == Occurrence.booking_id)
    .where(Claim.occurrence_id.in_(bindparam("occurrences", expanding=True)))
)
_SHARES_OF = (
    select(*_share_columns())
    .join_from(_SHARE, Occurrence, Occurrence.id == PoolClaim.occurrence_id)
    .join(Booking, Booking.id == Occurrence.booking_id)
    .where(PoolClaim.occurrence_id.in_(bindparam("occurrences", expanding=True)))
)
_ANY_LAPSED = (
    select(Occurrence.id)
    .where(
        type_coerce(Occurrence.expires_at, BigInteger) <= bindparam("now"),
        Occurrence.state.in_([state.value for state in LAPSES_TO]),
    )
    .limit(1)
)
_EXTENT = select(Claim.space_id, Claim.starts, Claim.ends).where(
    Claim.occurrence_id.in_(bindparam("occurrences", expanding=True))
)
_UNDECIDED = select(Allocation.occurrence_id).where(
    Allocation.occurrence_id.in_(bindparam("occurrences", expanding=True)),
    Allocation.decision == "undecided",
)
_PLACE = insert(_CLAIM)
_REMOVE = delete(_CLAIM).where(Claim.occurrence_id.in_(bindparam("occurrences", expanding=True)))
_REMOVE_ONE = delete(_CLAIM).where(
    Claim.space_id == bindparam("space"),
    Claim.rank == bindparam("old_rank"),
    Claim.starts == bindparam("old_starts"),
)


def stored(space_ids: Iterable[int], window: Interval) -> list[Hold]:
    """Claims on the spaces that overlap the window, as written. One statement."""
    return [hold for _, hold in stored_in([Window(0, space, *window) for space in space_ids])]


def stored_in(windows: Sequence[Window]) -> list[tuple[int, Hold]]:
    """Claims that overlap the windows, as written, each with its window's place.

    With the shares of pools for which a space stands. One statement, one more where there is one.
    """
    held = _asked(_HOLDS, windows)
    seats = pools.seats()
    if of_pools := _of_pools(windows, seats):
        held += [(place, _seated(hold, seats)) for place, hold in _asked(_SHARES, of_pools)]
    return held


def glimpsed(space_ids: Iterable[int], window: Interval) -> list[tuple[int, int, int]]:
    """What holds the spaces within a window, each occurrence once, in no order.

    Its id, its sequence and its booking's revision: enough to know whether it changed. Costs what
    `stored_in` does, for a fifth of the time.
    """
    windows = [Window(0, space, *window) for space in space_ids]
    found = _rows(_GLIMPSES, windows)
    if of_pools := _of_pools(windows, pools.seats()):
        found += _rows(_GLIMPSED_SHARES, of_pools)
    return list({(row[1], row[2], row[3]) for row in found})


def _asked(
    statements: Mapping[str, Select[Any]], windows: Sequence[Window]
) -> list[tuple[int, Hold]]:
    return [(row[0], Hold._make(row[1:])) for row in _rows(statements, windows)]


def _rows(statements: Mapping[str, Select[Any]], windows: Sequence[Window]) -> list[Any]:
    dialect = db.engine.dialect.name
    if dialect == "postgresql":
        columns = zip(*windows, strict=True) if windows else ((),) * len(Window._fields)
        asked: dict[str, Any] = dict(zip(Window._fields, map(list, columns), strict=True))
    else:
        asked = {"windows": json.dumps(windows)}
    return connection().execute(statements[dialect], asked).all()  # type: ignore[return-value]


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


def standing_in(windows: Sequence[Window], now: int) -> dict[int, list[Hold]]:
    """Claims that overlap the windows, as they stand at `now`, by place.

    Every place that was asked for is in the answer. Costs what `standing` does.
    """
    found = stored_in(windows)
    stands = {(h.space_id, h.occurrence_id): h for h in _as_they_stand([h for _, h in found], now)}
    by_place: dict[int, list[Hold]] = {window.place: [] for window in windows}
    for place, hold in found:
        if stand := stands.get((hold.space_id, hold.occurrence_id)):
            by_place[place].append(stand)
    return by_place


def standing(space_ids: Iterable[int], window: Interval, now: int) -> list[Hold]:
    """Claims on the spaces that overlap the window, as they stand at `now`.

    Holds whose clock has run out are left out and those behind them moved up, whether or not a
    worker wrote it down. One statement; one more where somebody waits, and three or so more when
    a clock has run out unnoticed.
    """
    return _as_they_stand(stored(space_ids, window), now)


def standing_of(
    occurrence_ids: Collection[int], now: int, *, shares: bool = True
) -> dict[int, list[Hold]]:
    """The claims of these occurrences as they stand at `now`; costs what `standing` does.

    With their `shares` of pools, for a statement more in a house that has any.

    Every occurrence asked for is in the answer, those that hold nothing with an empty list.
    """
    found: dict[int, list[Hold]] = {key: [] for key in occurrence_ids}
    asked, seats = {"occurrences": sorted(occurrence_ids)}, pools.seats() if shares else {}
    held = [Hold._make(row) for row in connection().execute(_HOLDS_OF, asked)]
    if seats:
        taken = connection().execute(_SHARES_OF, asked)
        held += [_seated(Hold._make(row), seats) for row in taken]
    for hold in _as_they_stand(held, now):
        found[hold.occurrence_id].append(hold)
    return found


def _as_they_stand(found: list[Hold], now: int) -> list[Hold]:
    moving = {hold.occurrence_id for hold in found if hold.moves(now)}
    somebody_left = moving and connection().scalar(_ANY_LAPSED, {"now": now})
    around = _concerned(moving, now) if somebody_left else []
    if not around:
        return [hold for hold in found if not hold.lapsed(now)]
    after, then = _later(around, now)
    rank_of = {(held.space_id, held.occurrence_id): held.rank for held in after.held}
    live = after.confirmed - after.ended
    return [
        hold.arrived(rank_of, confirmed=hold.occurrence_id in live, by=then.get(hold.occurrence_id))
        for hold in found
        if hold.occurrence_id in live or not (hold.lapsed(now) or hold.occurrence_id in after.ended)
    ]


class Fate(NamedTuple):
    """When (epoch seconds) it last moved up or ended unwritten; `confirmed` if it had its turn."""

    at: int
    confirmed: bool


def fates(occurrence_ids: Collection[int], now: int) -> dict[int, Fate]:
    """What became of those of them that moved up or ended. A few statements."""
    around = _concerned(occurrence_ids, now) if occurrence_ids else []
    if not around:
        return {}
    after, _ = _later(around, now)
    moved = {key: after.moved[key] for key in occurrence_ids if key in after.moved}
    return {key: Fate(at, key in after.confirmed) for key, at in moved.items()}


def missed(requests: Collection[int], now: int) -> set[int]:
    """Of requests that hold nothing any more those that had moved up and been confirmed: they
    lapsed since nobody checked in, not since nobody decided. A few statements.
    """
    return {key for key, fate in fates(requests, now).items() if fate.confirmed}


def _later(around: Sequence[Hold], now: int) -> tuple[ranks.Standing, dict[int, int]]:
    """How claims stand at `now`, and until when those are checked in who were confirmed."""
    clocks = {hold.occurrence_id: hold.expires for hold in around if hold.expires is not None}
    waiting = _only_waiting(around)
    then = attendance.once_confirmed(h for h in around if h.occurrence_id in waiting)
    return ranks.as_of(now, [hold.held for hold in around], clocks, waiting, then), then


def _concerned(moving: Iterable[int], now: int) -> list[Hold]:
    """Every claim that these occurrences, on leaving or moving up, can move or run into.

    Whoever moves makes room for others: looks on, over all their spaces, until nobody new moves.
    """
    around: list[Hold] = []
    known: set[int] = set()
    found = set(moving)
    while not found <= known:
        known |= found
        extents = connection().execute(_EXTENT, {"occurrences": sorted(known)}).all()
        if not extents:
            return []  # on PostgreSQL somebody may have written it down since we looked
        reach = hull(Interval(starts, ends) for _space, starts, ends in extents)
        held = stored({space for space, *_ in extents}, reach)
        around = [hold for hold in held if hold.amount is None]
        found = {hold.occurrence_id for hold in around if hold.moves(now)}
    return around


def _only_waiting(holds: Iterable[Hold]) -> set[int]:
    """Of firm requests those that nobody has to approve: they need their turn and nothing else."""
    requested = {hold.occurrence_id for hold in holds if hold.state == State.REQUESTED}
    undecided = connection().scalars(_UNDECIDED, {"occurrences": sorted(requested)})
    return requested.difference(undecided)


def place(rows: Sequence[dict[str, int]]) -> None:
    """Write claims; the caller has checked that their ranks are free."""
    if rows:
        connection().execute(_PLACE, rows)


def remove(occurrence_ids: Collection[int]) -> None:
    """Take every claim of these occurrences off the table, and give back their shares of pools."""
    connection().execute(_REMOVE, {"occurrences": list(occurrence_ids)})
    pools.remove(occurrence_ids)


def move_up(freed: Collection[tuple[int, Interval]], now: int) -> list[Hold]:
    """Promote claims behind what was `freed` on spaces; answers them with their new rank.

    Oldest first, on every space by itself. One statement when nobody waits.
    """
    spaces = sorted({space for space, _ in freed})
    near = [hold for _, hold in stored_in([Window(0, space, *span) for space, span in freed])]
    around = _concerned({hold.occurrence_id for hold in near if hold.rank > 1}, now)
    moved = []
    for space in spaces:
        moved += _promote_on(space, [hold for hold in around if hold.space_id == space])
    return moved


def _promote_on(space: int, holds: list[Hold]) -> list[Hold]:
    rank_of = {h.occurrence_id: h.rank for h in ranks.promoted([hold.held for hold in holds])}
    moved = [h._replace(rank=r) for h in holds if (r := rank_of[h.occurrence_id]) != h.rank]
    before = {hold.occurrence_id: hold.rank for hold in holds}
    for hold in sorted(moved, key=lambda h: (h.rank, h.starts)):
        old = {"space": space, "old_rank": before[hold.occurrence_id], "old_starts": hold.starts}
        connection().execute(_REMOVE_ONE, old)
    if moved:
        place([as_row(hold) for hold in moved])
    return moved


def as_row(hold: Hold) -> dict[str, int]:
    """The columns of the claim table."""
    return {
        "space_id": hold.space_id,
        "rank": hold.rank,
        "starts": hold.starts,
        "ends": hold.ends,
        "occurrence_id": hold.occurrence_id,
        "facility_id": hold.facility_id,
    }
