"""Shares of pools: amounts that occurrences take of fibre, storage, render nodes.

A pool has no ranks: an amount fits or it does not. Whoever writes shares has locked the pool's
space before, as with claims; the database refuses a sum above the quantity.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Integer,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    type_coerce,
    union_all,
)

from booking.core.lifecycle import LAPSES_TO
from booking.core.scheduling import pools
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.pools import Share, Short
from booking.facilities import queries as facilities
from booking.facilities.models import FacilitySpace
from booking.facilities.values import FacilityFacts
from booking.kernel.db import connection, listed, table_of
from booking.reservations.models import Occurrence, PoolClaim

_SHARE = table_of(PoolClaim)
_PLACE = insert(_SHARE)
_REMOVE = delete(_SHARE).where(
    PoolClaim.occurrence_id.in_(bindparam("occurrences", expanding=True))
)
_AHEAD = select(_SHARE.c.starts, _SHARE.c.ends, _SHARE.c.amount).where(
    _SHARE.c.facility_id == bindparam("pool"), _SHARE.c.ends > bindparam("now")
)
_EXPIRED_ON = select(Occurrence.id).where(
    type_coerce(Occurrence.expires_at, BigInteger) <= bindparam("now"),
    Occurrence.state.in_([state.value for state in LAPSES_TO]),
    exists().where(
        PoolClaim.occurrence_id == Occurrence.id,
        PoolClaim.facility_id.in_(bindparam("pools", expanding=True)),
    ),
)


def with_shares(claims: Select[*tuple[Any, ...]], dialect: str) -> CompoundSelect[Any]:
    """A statement that selects occurrence, space, rank, starts and ends of the claims of the
    occurrences `ids`, with their shares of pools beside them: rank 1, on the pool's space.
    """
    seat = select(func.min(FacilitySpace.space_id)).where(
        FacilitySpace.facility_id == PoolClaim.facility_id
    )
    shares = select(
        PoolClaim.occurrence_id,
        seat.scalar_subquery(),
        literal(1, Integer, literal_execute=True),
        PoolClaim.starts,
        PoolClaim.ends,
    ).where(listed(PoolClaim.occurrence_id, "ids", dialect))
    return union_all(claims, shares)


class Held(Protocol):
    """What a hold on a pool says; `holds.Hold` does."""

    @property
    def facility_id(self) -> int: ...
    @property
    def starts(self) -> int: ...
    @property
    def ends(self) -> int: ...
    @property
    def amount(self) -> int | None: ...


def short(pool: FacilityFacts, holds: Iterable[Held], span: Interval, amount: int) -> list[Short]:
    """Where in the span the pool has less than `amount` left, among all that is held near it."""
    return pools.short(_shares(pool, holds), span, pool.quantity, amount)


def full(
    pool: FacilityFacts, holds: Iterable[Held], window: Interval, amount: int
) -> list[Interval]:
    """When in the window `amount` cannot be had of the pool."""
    return [Interval(one.starts, one.ends) for one in short(pool, holds, window, amount)]


def most_ahead(pool_id: int, now: int) -> int:
    """The highest sum that is taken of a pool from `now` (UTC epoch seconds) on. One statement."""
    rows = connection().execute(_AHEAD, {"pool": pool_id, "now": now})
    shares = [Share._make(row) for row in rows]
    if not shares:
        return 0
    return pools.most_taken(shares, Interval(now, max(share.ends for share in shares)))


def place(rows: Sequence[Mapping[str, int]]) -> None:
    """Write shares; the caller has checked that they fit. One statement, none for no rows."""
    if rows:
        connection().execute(_PLACE, rows)


def remove(occurrence_ids: Collection[int]) -> None:
    """Give back what these occurrences take. One statement, none in a house without pools."""
    if occurrence_ids and facilities.seats():
        connection().execute(_REMOVE, {"occurrences": list(occurrence_ids)})


def expired_on(space_ids: Iterable[int], now: int) -> set[int]:
    """Occurrences with a share of the pools on these spaces whose clock has run out at `now`.

    One statement, none where no space stands for a pool.
    """
    by_seat = facilities.seats()
    ids = sorted({pool.id for space in space_ids for pool in by_seat.get(space, ())})
    if not ids:
        return set()
    return set(connection().scalars(_EXPIRED_ON, {"pools": ids, "now": now}))


def _shares(pool: FacilityFacts, holds: Iterable[Held]) -> list[Share]:
    return [
        Share(hold.starts, hold.ends, hold.amount)
        for hold in holds
        if hold.amount is not None and hold.facility_id == pool.id
    ]
