"""Offers of another place for an occurrence, as they are stored."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, or_, select, update

from booking.core.lifecycle import State
from booking.core.scheduling.interval import Interval
from booking.facilities import queries as facilities
from booking.kernel.db import connection, listed, table_of
from booking.kernel.prepared import Prepared
from booking.reservations import targets
from booking.reservations.models import Offer
from booking.reservations.targets import Target

SWAPPED = frozenset({State.CONFIRMED.value})
"""Only what both have for certain is swapped."""

_COLUMNS = (
    Offer.id,
    Offer.occurrence_id,
    Offer.with_id,
    Offer.starts,
    Offer.ends,
    Offer.facility_ids,
    Offer.message,
    Offer.made_by,
    Offer.amounts,
    Offer.asked,
    Offer.override,
)
_OPEN = Prepared(
    lambda dialect: (
        select(*_COLUMNS)
        .where(
            Offer.settled_at.is_(None),
            or_(listed(Offer.occurrence_id, "ids", dialect), listed(Offer.with_id, "ids", dialect)),
        )
        .order_by(Offer.starts, Offer.id)
    )
)
_MAKE = insert(table_of(Offer))
_SETTLE = (
    update(table_of(Offer))
    .where(Offer.id == bindparam("offer"))
    .values(settled_at=bindparam("now"), outcome=bindparam("to"))
)


class OpenOffer(NamedTuple):
    """An offer that nobody has answered: [starts, ends) in UTC epoch seconds."""

    id: int
    occurrence_id: int
    with_id: int | None
    starts: int
    ends: int
    facility_ids: list[int]
    message: str
    made_by: int
    amounts: dict[str, int]
    """Of the pools among them, by code."""
    asked: dict[str, Any] | None
    """Of a swap, the place that is wanted for it, as it was then; None of one made before 0027."""
    override: str
    """Why whoever made it sets rules aside, empty where they do not."""

    @property
    def is_swap(self) -> bool:
        """Whether somebody gives their own place for it."""
        return self.with_id is not None


class Place(NamedTuple):
    """A stretch of time, and what is taken then: facilities by code, with the amounts of pools."""

    span: Interval
    taken: Mapping[str, int | None]


def place_of(target: Target) -> Place:
    """What an occurrence has."""
    rooms = facilities.by_ids([given.facility_id for given in target.given])
    taken = {rooms[given.facility_id].code: given.amount for given in target.given}
    return Place(Interval(target.starts, target.ends), taken)


def offered(one: OpenOffer) -> Place:
    """What is offered."""
    rooms = facilities.by_ids(one.facility_ids).values()
    taken = {room.code: one.amounts.get(room.code) for room in rooms}
    return Place(Interval(one.starts, one.ends), taken)


def asked_for(target: Target) -> dict[str, Any]:
    """What an occurrence has, as the offer of a swap keeps it."""
    given = sorted([one.facility_id, one.amount] for one in target.given)
    return {"starts": target.starts, "ends": target.ends, "given": given}


def is_off(swap: OpenOffer, mine: Target, theirs: Target, now: int) -> bool:
    """Whether a side of a swap has something else than when it was proposed, or has begun."""
    as_it_was = place_of(theirs) == offered(swap) and asked_for(mine) == swap.asked
    return not as_it_was or theirs.state not in SWAPPED or theirs.starts <= now


def off(made: Sequence[OpenOffer], asked: Mapping[int, Target], now: int) -> set[int]:
    """The ids of those that cannot be taken any more; `asked` are whom they were made to.

    Three statements where there is a swap among them.
    """
    sides = {target.id: target for target in targets.by_ids({o.with_id for o in made if o.with_id})}
    return {
        one.id
        for one in made
        if one.with_id and is_off(one, asked[one.occurrence_id], sides[one.with_id], now)
    }


def open_of(occurrence_ids: Collection[int]) -> list[OpenOffer]:
    """Those made to these occurrences, or with them, by time. One statement."""
    return [OpenOffer(*row) for row in _OPEN.all(ids=sorted(occurrence_ids))]


def make(rows: Sequence[dict[str, object]]) -> None:
    """Write offers; those that were open for the occurrences must have been settled."""
    connection().execute(_MAKE, rows)


def settle(found: Sequence[OpenOffer], outcome: str, now: datetime) -> None:
    """End offers: accepted, refused, or replaced by what happened in between."""
    if found:
        rows = [{"offer": one.id, "to": outcome, "now": now} for one in found]
        connection().execute(_SETTLE, rows)
