"""What happened to bookings, told to those who may see them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, bindparam, select, type_coerce

from booking.core.access import Actor
from booking.core.scheduling.interval import Interval
from booking.journal.models import Entry
from booking.kernel.db import connection
from booking.kernel.prepared import Prepared
from booking.members.models import User
from booking.reservations import records
from booking.reservations.models import Booking
from booking.reservations.values import BookingView, HistoryView

ANONYMOUS = frozenset({"booking:challenged", "booking:swap_proposed", "booking:offer_accepted"})
"""Events that somebody else caused, who may be of another company."""
OF_SWAPS = frozenset({"booking:offer_refused", "booking:moved"})
"""Such events where they belong to a swap."""

_LINES = select(
    type_coerce(Entry.at, BigInteger),
    User.id,
    User.name,
    Entry.name,
    Entry.reason,
    Entry.before,
    Entry.after,
).outerjoin_from(Entry, User, User.id == Entry.actor_id)
_ID = select(Booking.id).where(Booking.number == bindparam("number")).scalar_subquery()
_OF_ONE = Prepared(_LINES.where(Entry.booking_id == _ID).order_by(Entry.id))
_OF_MANY = (
    _LINES.add_columns(Booking.number)
    .join(Booking, Booking.id == Entry.booking_id)
    .order_by(Entry.id)
    .limit(records.MOST + 1)
)


def of_booking(view: BookingView) -> list[HistoryView]:
    """What happened to a booking that the caller was shown, oldest first. One statement."""
    return ask(view.number)()


def ask(number: str) -> Callable[[], list[HistoryView]]:
    """What happened to a booking, to be called once the caller may see it. One statement."""
    asked = _OF_ONE.ask(number=number)
    return lambda: [_told(*row) for row in asked.all()]


def of_records(
    actor: Actor, whose: records.Whose, window: Interval
) -> list[tuple[str, HistoryView]]:
    """All that happened to the bookings of `records`, by their numbers, oldest first.

    `records.MOST` + 1 lines mean that there are more. One statement. Raises Forbidden as it does.
    """
    bookings, asked = records.bookings_of(actor, whose, window)
    lines = _OF_MANY.where(Booking.id.in_(bookings))
    return [(number, _told(*line)) for *line, number in connection().execute(lines, asked)]


def _told(
    at: int,
    actor_id: int | None,
    who: str | None,
    name: str,
    reason: str | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> HistoryView:
    named = _who(actor_id, who, name, after)
    return HistoryView(at, named, name, reason, _without_approvals(before), after or {})


def _without_approvals(before: dict[str, Any] | None) -> dict[str, Any]:
    """Who had approved a place only taking a move back needs."""
    said = dict(before or {})
    if "places" in said:
        said["places"] = [
            {key: value for key, value in place.items() if key != "approved"}
            for place in said["places"]
        ]
    return said


def _who(
    actor_id: int | None, who: str | None, event: str, after: dict[str, Any] | None
) -> str | None:
    """None is the clock; who challenged is nobody's business, for members compete.

    At the display of a door nobody knows who it was.
    """
    if actor_id is None:
        return None
    told = after or {}
    others = event in ANONYMOUS or (event in OF_SWAPS and bool(told.get("swap")))
    return "" if others or "door" in told else who
