"""Letters: a mail before it is written in its reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from booking.core.ical import Event, Status
from booking.core.ical.series import series_uid
from booking.core.lifecycle import State
from booking.facilities.queries import sites
from booking.facilities.values import FacilityFacts
from booking.kernel.catalog import translations
from booking.kernel.dates import span
from booking.notices.facts import BookingFacts, DateFacts
from booking.notices.invitations import Invitation, calendar_text
from booking.notices.values import Letterhead

FIRM = frozenset({State.CONFIRMED, State.CHECKED_IN, State.COMPLETED})
"""What stands in a calendar."""
MOST_DATES = 10
"""Of a series, so many dates are named."""


class Reader(Protocol):
    """Whom a letter goes to, with an account here or without."""

    @property
    def email(self) -> str:
        """Their bare address."""

    @property
    def name(self) -> str:
        """What they are called."""

    @property
    def locale(self) -> str:
        """The language they read."""


@dataclass(frozen=True, slots=True)
class Place:
    """[starts, ends) in UTC epoch seconds, the wall clock of `zone`, where, in words."""

    starts: int
    ends: int
    zone: str
    rooms: str
    site: str


@dataclass(frozen=True, slots=True)
class Told:
    """A place as the journal tells it; `amounts` of pools by facility id."""

    starts: int
    ends: int
    rooms: Sequence[FacilityFacts]
    amounts: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A booking in a letter; `more` is what the templates of its event ask for."""

    booking_id: int
    number: str
    title: str
    company: str
    requester: str
    attendees: int | None
    note: str
    url: str
    places: tuple[Place, ...]
    left_out: int
    """How many dates are not named."""
    state: str
    rank: int
    reason: str
    more: Mapping[str, Any]
    decide: str = ""
    """A way to decide about it, for managers."""

    def linked(self, address: str) -> "Item":
        """The same with a way to decide."""
        return replace(self, decide=address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail about bookings; `key` names what it tells to whom, `links` are rows to write."""

    event: str
    to: Reader
    key: str
    items: tuple[Item, ...]
    context: Mapping[str, Any] = field(default_factory=dict)
    calendar: str | None = None
    links: tuple[dict[str, object], ...] = ()

    @property
    def about(self) -> frozenset[int]:
        """The bookings that it tells of."""
        return frozenset(item.booking_id for item in self.items)


def item(
    booking: BookingFacts, reader: Reader, head: Letterhead, *, reason: str = "", **more: Any
) -> Item:
    """A booking as a letter names it, places in the reader's language."""
    named = booking.dates[:MOST_DATES]
    return Item(
        booking_id=booking.id,
        number=booking.number,
        title=booking.title,
        company=booking.company,
        requester=booking.requester,
        attendees=booking.attendees,
        note=booking.note,
        url=f"{head.site_url}/bookings/{booking.number}",
        places=tuple(_place(date, reader) for date in named),
        left_out=len(booking.dates) - len(named),
        state=booking.dates[0].state,
        rank=booking.dates[0].rank,
        reason=reason,
        more={name: _shown(value, reader) for name, value in more.items()},
    )


def places(found: Iterable[Told], reader: Reader) -> list[Place]:
    """Places of the journal, in the reader's language."""
    return [
        Place(
            told.starts,
            told.ends,
            told.rooms[0].time_zone,
            _rooms(told.rooms, reader, told.amounts),
            told.rooms[0].site_name,
        )
        for told in found
        if told.rooms
    ]


def invitation_to(reader: Reader, booking: BookingFacts, head: Letterhead) -> str | None:
    """A booking for the calendar of who asked for it, as iCalendar; None as `calendar_text` has it.

    Its dates are in it while they are firm, and out of it as soon as they are not.
    """
    stamp = max(date.changed for date in booking.every)
    sequence = sum(date.sequence for date in booking.every)
    url = f"{head.site_url}/bookings/{booking.number}"
    made = invitation(booking, reader, head, sequence=sequence, stamp=stamp, url=url)
    return calendar_text(replace(made, accepted=True))


def invitation(
    booking: BookingFacts,
    reader: Reader,
    head: Letterhead,
    *,
    sequence: int,
    stamp: int,
    url: str = "",
    contact: str = "",
) -> Invitation:
    """A booking for somebody's calendar, in their language.

    `stamp` in UTC epoch seconds is its DTSTAMP; `url` its page, for who may open it; `contact` whom
    to ask.
    """
    standing = [date for date in booking.every if date.state in FIRM]
    shown = standing or booking.every[:1]
    alone = len(booking.every) == 1
    return Invitation(
        uid=booking.every[0].uid if alone else series_uid(booking.number),
        sequence=sequence,
        events=tuple(_event(booking, date, reader, stamp, url, contact) for date in shown),
        rule=booking.rule,
        zone=booking.every[0].zone,
        organizer=head.organizer,
        house=translations(reader.locale).gettext("The booking desk of the Pôle Image"),
        guest=reader.email,
        guest_name=reader.name,
        accepted=False,
        cancelled=not standing,
    )


def _event(
    booking: BookingFacts, date: DateFacts, reader: Reader, stamp: int, url: str, contact: str
) -> Event:
    """One date. What it says is the same for all dates of a series in the same rooms."""
    rooms = _rooms(date.facilities, reader, date.amounts)
    when = span(date.starts, date.ends, date.zone, reader.locale)
    lines = [f"{booking.number} · {rooms}", when if len(booking.every) == 1 else "", contact, url]
    firm = date.state in FIRM
    return Event(
        uid=date.uid,
        starts=date.starts,
        ends=date.ends,
        changed=stamp,
        sequence=date.sequence,
        summary=f"{booking.title} · {rooms}",
        status=Status.CONFIRMED if firm else Status.CANCELLED,
        transparent=not firm,
        location=_location(date, rooms),
        description="\n".join(filter(None, lines)),
        url=url,
    )


def _location(date: DateFacts, rooms: str) -> str:
    site = next(site for site in sites() if site.id == date.facilities[0].site_id)
    return site.place(rooms)


def _place(date: DateFacts, reader: Reader) -> Place:
    rooms = _rooms(date.facilities, reader, date.amounts)
    return Place(date.starts, date.ends, date.zone, rooms, date.facilities[0].site_name)


def _rooms(found: Iterable[FacilityFacts], reader: Reader, amounts: Mapping[int, int]) -> str:
    return ", ".join(_room(facility, reader, amounts.get(facility.id)) for facility in found)


def _room(facility: FacilityFacts, reader: Reader, amount: int | None) -> str:
    """A facility, and of a pool how much of it: "Fibre (4 sur 10)"."""
    name = facility.name_in(reader.locale)
    if amount is None:
        return name
    share = translations(reader.locale).gettext("%(amount)s of %(quantity)s")
    return f"{name} ({share % {'amount': amount, 'quantity': facility.quantity}})"


def _shown(value: Any, reader: Reader) -> Any:
    """What a template gets: facilities as names, places in words."""
    if isinstance(value, list):
        return places(value, reader)
    if isinstance(value, dict) and "rooms" in value:
        rooms = value["rooms"]
        return {**value, "rooms": _rooms(rooms, reader, {}), "zone": rooms[0].time_zone}
    return value
