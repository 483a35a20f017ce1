"""From what happened to who is told: entries of the journal become occasions for mails.

Nobody is told what they did themselves, but for a written confirmation. Managers are asked when
they can decide: at once where a request is first in line, else when its turn comes.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam, or_, select, type_coerce

from booking.core.lifecycle import State
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import local
from booking.facilities import queries as facilities
from booking.journal import queries as journal
from booking.journal.queries import Recorded
from booking.kernel.db import connection
from booking.notices import facts
from booking.notices.facts import BookingFacts, DateFacts
from booking.notices.letters import FIRM, Told
from booking.notices.people import People
from booking.reservations.closing import overlapping
from booking.reservations.models import Challenge

_SETTLED = select(
    Challenge.challenger_id,
    Challenge.challenged_id,
    type_coerce(Challenge.settled_at, BigInteger),
    Challenge.outcome,
).where(
    Challenge.settled_at.in_(bindparam("moments", expanding=True)),
    or_(
        Challenge.challenger_id.in_(bindparam("ids", expanding=True)),
        Challenge.challenged_id.in_(bindparam("ids", expanding=True)),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Something to tell people, by id, in the templates of `event`.

    `booking` has the dates concerned only; `more` is what its template asks for. With `invites`
    calendars change: who keeps one by mail hears of their own doings, too, which are `silent` else.
    """

    event: str
    entry: Recorded
    booking: BookingFacts
    to: frozenset[int]
    more: Mapping[str, Any] = field(default_factory=dict)
    invites: bool = False
    silent: frozenset[int] = frozenset()


class _Settled(NamedTuple):
    """A challenge that came to an end, between two occurrences; `at` in UTC epoch seconds."""

    challenger: int
    challenged: int
    at: int
    outcome: str


class Batch:
    """Entries that are told together, with what was read about them at `now`."""

    def __init__(self, entries: Sequence[Recorded], now: int) -> None:
        self.entries = entries
        self.now = now
        self.people = People(now)
        self._bookings = facts.bookings({e.booking_id for e in entries if e.booking_id})
        self._names: dict[tuple[int | None, int], set[str]] = defaultdict(set)
        for entry in entries:
            self._names[entry.booking_id, entry.at].add(entry.name)
        self._settled = self._challenges()

    def booking(self, entry: Recorded) -> BookingFacts | None:
        """The booking of an entry, with the dates that it is about."""
        found = self._bookings.get(entry.booking_id or 0)
        return found and found.only(_concerned(found, entry))

    def came_with(self, entry: Recorded, name: str) -> bool:
        """Whether something else happened to the booking in the same act."""
        return name in self._names[entry.booking_id, entry.at]

    def answers(self, entry: Recorded) -> Iterator[tuple[int, str]]:
        """Challengers of the dates that an entry settled, by occurrence, and the outcome."""
        mine = self._ids(entry)
        for one in self._settled:
            if one.at == entry.at and one.challenged in mine:
                yield one.challenger, one.outcome

    def freed(self, entry: Recorded) -> Iterator[int]:
        """Who was challenged by dates that left with an entry, by occurrence."""
        mine = self._ids(entry)
        for one in self._settled:
            if one.at == entry.at and one.challenger in mine and one.challenged not in mine:
                yield one.challenged

    def was_answered(self, entry: Recorded) -> bool:
        """Whether an open challenge of the booking was settled in the same act."""
        mine = self._ids(entry)
        return any(one.at == entry.at and one.challenger in mine for one in self._settled)

    def _ids(self, entry: Recorded) -> set[int]:
        found = self._bookings.get(entry.booking_id or 0)
        return {date.id for date in found.dates} if found else set()

    def _challenges(self) -> list[_Settled]:
        ids = {date.id for found in self._bookings.values() for date in found.dates}
        if not ids:
            return []
        moments = {datetime.fromtimestamp(entry.at, UTC) for entry in self.entries}
        asked = {"ids": sorted(ids), "moments": sorted(moments)}
        return [_Settled._make(row) for row in connection().execute(_SETTLED, asked)]


def occasions(entries: Sequence[Recorded], now: int) -> tuple[list[Occasion], People]:
    """Everything that these entries tell, in order, as bookings stand now; and who is who.

    About ten statements, some more for each challenge, offer and closure.
    """
    batch = Batch(entries, now)
    found = [one for entry in entries for one in _of_entry(entry, batch)]
    return [one for one in found if one.to], batch.people


def _of_entry(entry: Recorded, batch: Batch) -> Iterator[Occasion]:
    if entry.name == "closure:added":
        yield from _closure(entry, batch)
        return
    told = _TOLD.get(entry.name)
    booking = batch.booking(entry)
    if told and booking and booking.dates:
        yield from told(entry, booking, batch)


def _concerned(booking: BookingFacts, entry: Recorded) -> Collection[DateFacts]:
    """The dates that an entry is about: those it names, else those that changed in the same act."""
    after = entry.after or {}
    if places := after.get("places"):
        ids = {place["occurrence"] for place in places}
        return [date for date in booking.dates if date.id in ids]
    if changed := [date for date in booking.dates if date.changed == entry.at]:
        return [date for date in changed if date.state == after.get("state")] or changed
    days = after.get("dates")
    if isinstance(days, list):
        return [d for d in booking.dates if local(d.starts, d.zone).date().isoformat() in days]
    return booking.dates


# ---- who -------------------------------------------------------------------------------------


def _others(entry: Recorded, people: Iterable[int]) -> frozenset[int]:
    """Without who did it."""
    return frozenset(people) - {entry.actor_id or 0}


def _requester(
    event: str, entry: Recorded, booking: BookingFacts, *, own: bool = False, **more: Any
) -> Occasion:
    """Tell whoever asked for the booking; also of their `own` act where people expect it."""
    to = frozenset({booking.requester_id})
    return Occasion(
        event=event,
        entry=entry,
        booking=booking,
        to=to if own else _others(entry, to),
        more=more,
    )


def _asked(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    """Ask those who decide, each for the dates they decide about."""
    waiting = [date for date in booking.dates if date.awaits_managers]
    every = [f for date in waiting for f in date.undecided]
    for manager in sorted(_others(entry, batch.people.managers_of(every))):
        theirs = [d for d in waiting if manager in batch.people.managers_of(d.undecided)]
        yield Occasion(
            event="requested", entry=entry, booking=booking.only(theirs), to=frozenset({manager})
        )


# ---- what ------------------------------------------------------------------------------------


def _requested(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    yield from _asked(entry, booking, batch)
    firm = [d for d in booking.dates if d.state == State.CONFIRMED and not d.sequence]
    if firm:  # at once; what was decided since tells itself
        yield _inviting(_requester("confirmed", entry, booking.only(firm), own=True))


def _approved(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    if not (entry.after or {}).get("missing"):
        yield _inviting(_requester("approved", entry, booking))


def _confirmed(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    """By the clock it is part of moving up, which is told already."""
    if entry.actor_id is None:
        return
    if (entry.after or {}).get("state") == State.CONFIRMED:
        yield _inviting(_requester("confirmed", entry, booking, own=True))
    else:
        yield from _asked(entry, booking, batch)
    yield from _answered(entry, batch)


def _declined(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    yield _requester("declined", entry, booking)
    yield from _freed(entry, batch)


def _given_back(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    """Withdrawn, released or cancelled; of what was certain the managers hear, too."""
    how = entry.name.partition(":")[2]
    was_firm = (entry.before or {}).get("state") == State.CONFIRMED
    told = _requester("cancelled", entry, booking, how=how)
    yield _inviting(told) if was_firm else told
    if was_firm:
        rooms = [f for date in booking.dates for f in date.facilities]
        to = _others(entry, batch.people.managers_of(rooms)) - {booking.requester_id}
        yield Occasion(event="given_up", entry=entry, booking=booking, to=to)
    yield from _answered(entry, batch)
    yield from _freed(entry, batch)


def _expired(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    yield _requester("expired", entry, booking, was=(entry.before or {}).get("state"))
    yield from _answered(entry, batch)
    yield from _freed(entry, batch)


def _missed(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    yield _inviting(_requester("missed", entry, booking))


def _promoted(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    if not batch.was_answered(entry):  # then the answer to the challenge tells it
        told = _requester("promoted", entry, booking, own=True)
        firm = booking.dates[0].state == State.CONFIRMED
        yield _inviting(told) if firm else told
    yield from _asked(entry, booking, batch)


def _challenged(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    """The requester may be on holiday: their company's administrators may answer as well."""
    after = entry.after or {}
    people = {booking.requester_id} | batch.people.administrators_of(booking.company_id)
    yield Occasion(
        event="challenged",
        entry=entry,
        booking=booking,
        to=_others(entry, people),
        more={"due": after["due"], "moved_by": after["moved_by"]},
    )


def _answered(entry: Recorded, batch: Batch) -> Iterator[Occasion]:
    """Tell challengers what became of the option ahead."""
    for challenger, outcome in batch.answers(entry):
        for booking in facts.of_dates({challenger}):
            told = _requester("challenge_answered", entry, booking, outcome=outcome)
            yield _inviting(told) if booking.dates[0].state == State.CONFIRMED else told


def _freed(entry: Recorded, batch: Batch) -> Iterator[Occasion]:
    """Tell holders that nobody asks them any more."""
    for booking in facts.of_dates(set(batch.freed(entry))):
        if booking.dates[0].state == State.OPTION:
            yield _requester("challenge_over", entry, booking, until=booking.dates[0].expires)


def _extended(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    yield _requester("extended", entry, booking, until=(entry.after or {})["until"])


def _moved(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    if not batch.came_with(entry, "booking:offer_accepted"):
        places = [_place(place) for place in (entry.before or {}).get("places", ())]
        told = _requester("moved", entry, booking, before=places)
        yield _inviting(told) if _was_certain(entry, booking) else told
    yield from _asked(entry, booking, batch)


def _reworded(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    """A new title is a mail to nobody but to who keeps the booking in a calendar by mail."""
    firm = [date for date in booking.dates if date.state in FIRM]
    if firm and (entry.after or {}).get("renamed"):
        requester = frozenset({booking.requester_id})
        yield Occasion(
            event="reworded",
            entry=entry,
            booking=booking.only(firm),
            to=requester,
            invites=True,
            silent=requester,
        )


def _offered(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    event = "offered" if entry.name == "booking:offered" else "swap_proposed"
    places = [_place(place) for place in (entry.after or {}).get("places", ())]
    yield _requester(event, entry, booking, offered=places)


def _offer_answered(entry: Recorded, booking: BookingFacts, batch: Batch) -> Iterator[Occasion]:
    """Told to both sides of a swap, and to the manager who offered."""
    event = entry.name.partition(":")[2]
    swap = bool((entry.after or {}).get("swap"))
    told = _requester(event, entry, booking, swap=swap)
    yield _inviting(told) if event == "offer_accepted" else told
    if not swap:
        maker = journal.last_done_by(booking.id, "booking:offered", entry.id)
        to = _others(entry, {maker or 0}) - {booking.requester_id}
        yield replace(told, to=to)


_Told = Callable[[Recorded, BookingFacts, Batch], Iterator[Occasion]]
_TOLD: dict[str, _Told] = {
    "booking:requested": _requested,
    "booking:approved": _approved,
    "booking:confirmed": _confirmed,
    "booking:declined": _declined,
    "booking:withdrawn": _given_back,
    "booking:released": _given_back,
    "booking:cancelled": _given_back,
    "booking:expired": _expired,
    "booking:no_show": _missed,
    "booking:promoted": _promoted,
    "booking:challenged": _challenged,
    "booking:extended": _extended,
    "booking:moved": _moved,
    "booking:reworded": _reworded,
    "booking:offered": _offered,
    "booking:swap_proposed": _offered,
    "booking:offer_accepted": _offer_answered,
    "booking:offer_refused": _offer_answered,
}


def _closure(entry: Recorded, batch: Batch) -> Iterator[Occasion]:
    """Whoever has a booking in what was shut, if it still is."""
    shut = facilities.closure(int(entry.subject.partition(":")[2]))
    if shut is None:
        return
    rooms = [f for f in facilities.catalogue() if shut.concerns(f)]
    window = Interval(shut.starts, shut.ends)
    hit = {hold.occurrence_id for hold in overlapping(rooms, window, batch.now)}
    told = {"starts": shut.starts, "ends": shut.ends, "why": shut.reason, "rooms": rooms}
    for booking in facts.of_dates(hit):
        yield _requester("closure", entry, booking, shut=told)


def _was_certain(entry: Recorded, booking: BookingFacts) -> bool:
    """Whether the booking stood in a calendar before something happened to it, or stands there."""
    before = (entry.before or {}).get("state")
    return before == State.CONFIRMED or any(date.state in FIRM for date in booking.every)


def _inviting(told: Occasion) -> Occasion:
    requester = frozenset({told.booking.requester_id})
    return replace(told, invites=True, to=told.to | requester, silent=requester - told.to)


def _place(place: Mapping[str, Any]) -> Told:
    """A place of the journal with its facilities."""
    rooms = list(facilities.by_codes(place["facilities"]).values())
    taken = place.get("amounts", {})
    amounts = {room.id: taken[room.code] for room in rooms if room.code in taken}
    return Told(place["starts"], place["ends"], rooms, amounts)
