"""Whom requesters invite to their bookings: e-mail addresses, of people who need no account."""

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, delete, func, insert, select

from booking.core.text import is_address
from booking.kernel.db import connection, table_of
from booking.kernel.errors import FieldError
from booking.reservations.models import Booking, Participant

MOST = 50

JOINED = (
    select(func.aggregate_strings(Participant.address, " "))
    .where(Participant.booking_id == Booking.id)
    .correlate(Booking)
    .scalar_subquery()
    .label("participants")
)
"""The addresses of a booking as one text, with blanks between, in any order; None for none."""

_FORGET = delete(table_of(Participant)).where(Participant.booking_id == bindparam("booking"))
_PUT = insert(table_of(Participant))


def split(joined: str | None) -> tuple[str, ...]:
    """The addresses of `JOINED`, in the order of the alphabet."""
    return tuple(sorted((joined or "").split()))


def errors(addresses: Sequence[str]) -> Iterator[FieldError]:
    """What is wrong with them: too many, none at all, or twice the same."""
    if len(addresses) > MOST:
        yield FieldError("participants", "too_many_participants", {"max": MOST})
    seen: set[str] = set()
    for place, address in enumerate(addresses):
        told = {"value": address[:60]}
        if not is_address(address):
            yield FieldError(f"participants/{place}", "bad_participant", told)
        elif address.casefold() in seen:
            yield FieldError(f"participants/{place}", "participant_twice", told)
        seen.add(address.casefold())


def put(booking_id: int, addresses: Sequence[str]) -> None:
    """Invite exactly these, and none of those before. Two statements, part of a transaction."""
    connection().execute(_FORGET, {"booking": booking_id})
    if addresses:
        rows = [{"booking_id": booking_id, "address": address} for address in addresses]
        connection().execute(_PUT, rows)
