"""Offers of another place for an occurrence, as they are stored."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, or_, select, update

from booking.kernel.db import connection, table_of
from booking.reservations.models import Offer

_OPEN = (
    select(
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
    .where(
        Offer.settled_at.is_(None),
        or_(
            Offer.occurrence_id.in_(bindparam("ids", expanding=True)),
            Offer.with_id.in_(bindparam("ids", expanding=True)),
        ),
    )
    .order_by(Offer.starts, Offer.id)
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


def open_of(occurrence_ids: Collection[int]) -> list[OpenOffer]:
    """Those made to these occurrences, or with them, by time. One statement."""
    rows = connection().execute(_OPEN, {"ids": sorted(occurrence_ids)}).all()
    return [OpenOffer(*row) for row in rows]


def make(rows: Sequence[dict[str, object]]) -> None:
    """Write offers; those that were open for the occurrences must have been settled."""
    connection().execute(_MAKE, rows)


def settle(found: Sequence[OpenOffer], outcome: str, now: datetime) -> None:
    """End offers: accepted, refused, or replaced by what happened in between."""
    if found:
        rows = [{"offer": one.id, "to": outcome, "now": now} for one in found]
        connection().execute(_SETTLE, rows)
