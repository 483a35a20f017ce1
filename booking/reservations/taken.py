"""When spaces are taken: the bare spans of rank 1, for searches that ask nothing else of them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)

from booking.core.lifecycle import LAPSES_TO
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.kernel.db import table_of
from booking.kernel.prepared import Prepared
from booking.reservations import claims
from booking.reservations.models import Claim, Occurrence

NOWHERE = 0
"""In place of a space: a clock has run out on one of them and nobody has written it down."""

_CLAIM = table_of(Claim)


def by_space(space_ids: Iterable[int], window: Interval, now: int) -> dict[int, list[Interval]]:
    """When each space is taken within the window, as it stands at `now`, in no order.

    With setup and turnaround; spaces without an entry are free. One statement that reads claims
    alone; what `claims.standing` costs more where a clock has run out unnoticed.
    """
    spaces = sorted(set(space_ids))
    found: dict[int, list[Interval]] = {space: [] for space in spaces}
    for space, starts, ends in _stored(spaces, window, now):
        if space == NOWHERE:
            return _standing(spaces, window, now)
        found[space].append(Interval(starts, ends))
    return found


def _stored(spaces: list[int], window: Interval, now: int) -> list[tuple[int, int, int]]:
    return _TAKEN.all(spaces=spaces, starts=window.starts, ends=window.ends, now=now)


def _standing(spaces: list[int], window: Interval, now: int) -> dict[int, list[Interval]]:
    found: dict[int, list[Interval]] = {space: [] for space in spaces}
    for hold in claims.standing(spaces, window, now):
        if hold.rank == RANK_OF_RIGHT and hold.amount is None:
            found[hold.space_id].append(hold.interval)
    return found


def _spaces(dialect: str) -> FromClause:
    """The spaces that a statement is given, as rows."""
    if dialect == "postgresql":
        array = bindparam("spaces", type_=ARRAY(BigInteger))
        return func.unnest(array).table_valued("id", name="asked").render_derived()
    each = func.json_each(bindparam("spaces", type_=JSON)).table_valued("value").c.value
    return select(type_coerce(each, Integer).label("id")).subquery("asked")


def _within(dialect: str) -> Select[*tuple[Any, ...]]:
    """Claims of rank 1 in the window: of those that begin before it only the last can reach in."""
    space, before = _spaces(dialect), _CLAIM.alias("before")
    last = (
        select(func.max(before.c.starts))
        .where(
            before.c.space_id == space.c.id,
            before.c.rank == RANK_OF_RIGHT,
            before.c.starts < bindparam("starts"),
        )
        .correlate(space)
        .scalar_subquery()
    )
    there: ColumnElement[bool] = (
        (_CLAIM.c.space_id == space.c.id)
        & (_CLAIM.c.rank == RANK_OF_RIGHT)
        & (_CLAIM.c.starts < bindparam("ends"))
        & (_CLAIM.c.starts >= func.coalesce(last, bindparam("starts", type_=BigInteger)))
        & (_CLAIM.c.ends > bindparam("starts"))
    )
    held: FromClause = _CLAIM
    if dialect == "postgresql":  # its planner would rather scan the table: OFFSET 0 forbids that
        held, there = select(_CLAIM).where(there).correlate(space).offset(0).lateral("held"), true()
    columns = (held.c.space_id, held.c.starts, held.c.ends)
    return select(*columns).select_from(space).join(held, there)


def _unnoticed(dialect: str) -> Select[*tuple[Any, ...]]:
    """A row where a clock has run out on one of the spaces."""
    space = _spaces(dialect)
    lapsed = (
        select(Occurrence.id)
        .where(
            type_coerce(Occurrence.expires_at, BigInteger) <= bindparam("now"),
            or_(*(Occurrence.state == state.value for state in LAPSES_TO)),
            exists().where(
                Claim.occurrence_id == Occurrence.id,
                Claim.rank == RANK_OF_RIGHT,
                Claim.space_id.in_(select(space.c.id)),
            ),
        )
        .limit(1)
        .subquery("lapsed")
    )
    nothing = literal_column(str(NOWHERE), Integer)
    return select(nothing, nothing.label("starts"), nothing.label("ends")).select_from(lapsed)


def _taken(dialect: str) -> CompoundSelect[Any]:
    return union_all(_unnoticed(dialect), _within(dialect))


_TAKEN = Prepared(_taken)
