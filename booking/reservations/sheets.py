"""What happens in the house on a day: for those who prepare rooms and those who look for people."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, select

from booking.core.access import Actor
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.facilities.values import FacilityFacts
from booking.kernel.db import connection
from booking.members.models import User
from booking.reservations.calendar import bars
from booking.reservations.models import Booking
from booking.reservations.values import Entry

_CONTACTS = (
    select(Booking.number, User.name, User.email, Booking.attendees, Booking.note)
    .join(User, User.id == Booking.requester_id)
    .where(Booking.number.in_(bindparam("numbers", expanding=True)))
)


class Contact(NamedTuple):
    """Whom to ask about a booking, how many come and what they wrote."""

    name: str
    email: str
    attendees: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Use:
    """A booking that has the right to a facility; `contact` is None where it must not be known."""

    entry: Entry
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class Presence:
    """A facility at one instant: who is in it, and who comes next within what was looked at.

    While it is `prepared` for who comes next, or put in order after somebody, nobody is in it.
    """

    facility: FacilityFacts
    here: tuple[Entry, ...]
    prepared: bool
    coming: Entry | None


def uses(
    actor: Actor, rooms: Sequence[FacilityFacts], window: Interval, now: int
) -> dict[str, list[Use]]:
    """Who has the right to these facilities over a window, by code and in order of time.

    Masked for the caller. Every facility asked for is in the answer. A statement more than `bars`.
    """
    entries = [e for e in bars(actor, rooms, window, now) if e.rank == RANK_OF_RIGHT]
    contacts = _contacts({entry.booking for entry in entries if entry.booking})
    found: dict[str, list[Use]] = {room.code: [] for room in rooms}
    for entry in entries:
        found[entry.facility].append(Use(entry, contacts.get(entry.booking or "")))
    return found


def presences(actor: Actor, rooms: Sequence[FacilityFacts], until: int, now: int) -> list[Presence]:
    """Who is where at `now`, and who comes next before `until`; masked. Costs what `bars` does."""
    if not rooms:
        return []
    by_room: dict[str, list[Entry]] = {room.code: [] for room in rooms}
    for entry in bars(actor, rooms, Interval(now, max(until, now + 1)), now):
        if entry.rank == RANK_OF_RIGHT:
            by_room[entry.facility].append(entry)
    return [_presence(room, by_room[room.code], now) for room in rooms]


def _presence(room: FacilityFacts, entries: Iterable[Entry], now: int) -> Presence:
    ahead = sorted(entries, key=lambda entry: entry.starts)
    return Presence(
        room,
        tuple(e for e in ahead if e.starts <= now < e.ends),
        any(e.blocked_from <= now < e.blocked_until for e in ahead),
        next((e for e in ahead if e.starts > now), None),
    )


def _contacts(numbers: Collection[str]) -> dict[str, Contact]:
    if not numbers:
        return {}
    rows = connection().execute(_CONTACTS, {"numbers": sorted(numbers)})
    return {number: Contact._make(said) for number, *said in rows}
