"""Invitations of participants: what their calendars say is compared with what they should say.

Not events decide but how things stand: whoever is invited to a certain booking, and was not told
so, is told; whose calendar says something else gets it anew; who is no longer invited, or to
nothing certain, gets it taken out. Nothing is told twice, and nothing of what is over.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, delete, insert, select

from booking.journal.queries import Recorded
from booking.kernel.db import connection, table_of
from booking.members.models import User
from booking.notices import facts
from booking.notices.facts import BookingFacts
from booking.notices.invitations import Invitation, calendar_text
from booking.notices.letters import FIRM, Letter, invitation, item
from booking.notices.models import Invited
from booking.notices.values import Letterhead, Recipient
from booking.reservations.models import Participant

EVENT = "participation"

_WANTED = select(Participant.booking_id, Participant.address).where(
    Participant.booking_id.in_(bindparam("ids", expanding=True))
)
_SAID = select(Invited.booking_id, Invited.address, Invited.said).where(
    Invited.booking_id.in_(bindparam("ids", expanding=True))
)
_KNOWN = select(User.email, User.name, User.locale).where(
    User.active, User.email.in_(bindparam("addresses", expanding=True))
)
_LOCALES = select(User.id, User.locale).where(User.id.in_(bindparam("ids", expanding=True)))
_FORGET = delete(table_of(Invited)).where(
    and_(Invited.booking_id == bindparam("booking"), Invited.address == bindparam("who"))
)
_REMEMBER = insert(table_of(Invited))


class Calendar(NamedTuple):
    """What a participant's calendar says of a booking, once its letter is read: a digest.

    None where the booking is not in it.
    """

    booking_id: int
    address: str
    said: str | None


def letters(
    entries: Iterable[Recorded], head: Letterhead, now: datetime
) -> Iterator[tuple[Letter, Calendar]]:
    """What participants have to be told of the bookings that entries are about, as at `now`.

    Two statements; some seven where somebody is invited to one of them.
    """
    newest = {entry.booking_id: entry.id for entry in entries if entry.booking_id}
    wanted, said = _invited(newest)
    found = facts.bookings(wanted.keys() | said.keys())
    running = {key: b for key, b in found.items() if b.last > now.timestamp()}
    people = _people(running.values(), {a for of in (*wanted.values(), *said.values()) for a in of})
    for key, booking in sorted(running.items()):
        guests = wanted[key] if any(date.state in FIRM for date in booking.every) else set()
        for address in sorted(guests | said[key].keys()):
            reader, before = people(booking, address), said[key].get(address)
            made = _made(booking, reader, head, now, cancelled=address not in guests)
            after = None if made.cancelled else _digest(made)
            if after != before:
                how = "cancelled" if made.cancelled else "changed" if before else "new"
                letter = _letter(booking, reader, head, made, how, newest[key])
                yield letter, Calendar(key, address, after)


def remember(calendars: Iterable[Calendar]) -> None:
    """Write down what calendars say. Part of the transaction that writes the letters."""
    for one in calendars:
        connection().execute(_FORGET, {"booking": one.booking_id, "who": one.address})
        if one.said is not None:
            connection().execute(_REMEMBER, one._asdict())


def _invited(
    booking_ids: Collection[int],
) -> tuple[dict[int, set[str]], dict[int, dict[str, str]]]:
    """Who is invited to bookings, and who was told what of them."""
    wanted: dict[int, set[str]] = defaultdict(set)
    said: dict[int, dict[str, str]] = defaultdict(dict)
    asked = {"ids": sorted(booking_ids)}
    for key, address in connection().execute(_WANTED, asked) if booking_ids else ():
        wanted[key].add(address)
    for key, address, digest in connection().execute(_SAID, asked) if booking_ids else ():
        said[key][address] = digest
    return wanted, said


class _People:
    """Participants as readers: under their own name and in their own language where they are
    known, else in the language of whoever invites them."""

    def __init__(self, known: Mapping[str, Recipient], locales: Mapping[int, str]) -> None:
        self._known, self._locales = known, locales

    def __call__(self, booking: BookingFacts, address: str) -> Recipient:
        stranger = Recipient(address, address, self._locales[booking.requester_id])
        return replace(self._known.get(address.lower(), stranger), email=address)


def _people(bookings: Collection[BookingFacts], addresses: Collection[str]) -> _People:
    if not bookings:
        return _People({}, {})
    asked = {"addresses": sorted({address.lower() for address in addresses})}
    known = {row.email: Recipient(*row) for row in connection().execute(_KNOWN, asked)}
    requesters = {"ids": sorted({booking.requester_id for booking in bookings})}
    return _People(known, dict(connection().execute(_LOCALES, requesters).all()))


def _made(
    booking: BookingFacts,
    reader: Recipient,
    head: Letterhead,
    now: datetime,
    *,
    cancelled: bool,
) -> Invitation:
    """SEQUENCE is the revision, which also rises where but the participants change."""
    contact = f"{booking.requester}, {booking.company} <{booking.requester_email}>"
    stamp = int(now.timestamp())
    made = invitation(
        booking, reader, head, sequence=booking.revision, stamp=stamp, contact=contact
    )
    return made.withdrawn() if cancelled else made


def _digest(made: Invitation) -> str:
    """Of all that a person reads, not of when and how often it was written."""
    events = tuple(event._replace(changed=0, sequence=0) for event in made.events)
    return hashlib.sha256(repr((made.uid, made.rule, events)).encode()).hexdigest()


def _letter(
    booking: BookingFacts,
    reader: Recipient,
    head: Letterhead,
    made: Invitation,
    how: str,
    entry_id: int,
) -> Letter:
    standing = [date for date in booking.every if date.state in FIRM]
    told = item(booking.only(standing or booking.every), reader, head)
    who = hashlib.sha256(reader.email.encode()).hexdigest()[:16]
    return Letter(
        event=EVENT,
        to=reader,
        key=f"{EVENT}:{entry_id}:{booking.id}:{who}",
        items=(told,),
        context={"how": how, "email": booking.requester_email},
        calendar=calendar_text(made),
    )
