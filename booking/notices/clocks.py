"""Mails that the clock writes: options about to lapse, challenges, reminders, the daily digest.

Each has a key that names what it tells to whom; the outbox takes a key once. So it does not matter
how often the worker comes by, how many of them there are, or whether they were away for a while.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import BigInteger, bindparam, select, type_coerce

from booking.core.access import Actor, allowed
from booking.core.lifecycle import State
from booking.core.scheduling.holiday import working
from booking.core.scheduling.wallclock import local, reached
from booking.core.scheduling.warning import warned_at
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.db import connection
from booking.kernel.transaction import transaction
from booking.notices import choices, facts, outbox
from booking.notices.catalog import CATALOG
from booking.notices.facts import BookingFacts, DateFacts
from booking.notices.letters import Letter, item
from booking.notices.people import People
from booking.notices.values import Letterhead
from booking.reservations import lists
from booking.reservations.models import Challenge, Occurrence

_log = logging.getLogger(__name__)

HOUR = 3600
DAY = 24 * HOUR
LOOK_AHEAD_S = 12 * DAY
"""No warning comes earlier: the last working day before may be a while before."""
LAST_HOURS_S = 4 * HOUR
"""So long before its deadline a challenge is told once more."""
REMINDS_AT = time(16)
DIGEST_AT = time(7, 30)
MOST_IN_DIGEST = 50

_EXPIRING = select(Occurrence.id).where(
    type_coerce(Occurrence.expires_at, BigInteger) > bindparam("now"),
    type_coerce(Occurrence.expires_at, BigInteger) <= bindparam("until"),
    Occurrence.state == State.OPTION.value,
)
_DUE = select(
    Challenge.id,
    Challenge.challenged_id,
    type_coerce(Challenge.made_at, BigInteger),
    type_coerce(Challenge.due_at, BigInteger),
).where(Challenge.settled_at.is_(None))
_STARTING = select(Occurrence.id).where(
    Occurrence.starts >= bindparam("first"),
    Occurrence.starts < bindparam("last"),
    Occurrence.state == State.CONFIRMED.value,
)


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of a pass, and who is who."""

    at: datetime
    head: Letterhead
    people: People

    @property
    def seconds(self) -> int:
        """UTC epoch seconds."""
        return int(self.at.timestamp())


def remind(now: datetime, head: Letterhead) -> int:
    """Write the mails whose time has come and that nobody wrote yet; how many.

    A few statements where there are none.
    """
    moment = Now(now, head, People(int(now.timestamp())))
    mails = [mail for due in _CLOCKS for mail in _written(due, moment)]
    return _send(mails) if mails else 0


def _written(due: Callable[[Now], Iterator[Letter]], now: Now) -> list[dict[str, object]]:
    """What a clock has to tell. A fault of ours in one letter does not hold up the others: those
    that cannot be written are in the log, and tried again at the next pass.
    """
    mails = []
    for letter in due(now):
        try:
            mails += outbox.rows_of([letter], now.head, now.at)
        except Exception:
            _log.exception("%s was not written", letter.key)
    return mails


@transaction
def _send(mails: Sequence[dict[str, object]]) -> int:
    return outbox.put(mails)


# ---- options ---------------------------------------------------------------------------------


def _expiring(now: Now) -> Iterator[Letter]:
    asked = {"now": now.seconds, "until": now.seconds + LOOK_AHEAD_S}
    ids = set(connection().scalars(_EXPIRING, asked))
    challenged = {row.challenged_id for row in connection().execute(_DUE)}
    due: dict[str, BookingFacts] = {}
    for booking in facts.of_dates(ids - challenged):
        for expires, dates in _by_expiry(booking.dates):
            mark = _mark(booking, dates[0], now.seconds)
            if mark is not None:
                due[f"expiring:{booking.id}:{expires}:{mark}"] = booking.only(dates)
    yield from _to_requesters("expiring", due, now)


def _by_expiry(dates: Iterable[DateFacts]) -> list[tuple[int, list[DateFacts]]]:
    found: dict[int, list[DateFacts]] = defaultdict(list)
    for each in dates:
        found[each.expires or 0].append(each)
    return sorted(found.items())


def _mark(booking: BookingFacts, first: DateFacts, now: int) -> int | None:
    """The latest warning whose time has come; none that was over when the option was taken."""
    room = first.facilities[0]
    marks = warned_at(first.expires or 0, room.time_zone, room.country)
    return max((mark for mark in marks if booking.created < mark <= now), default=None)


def _to_requesters(event: str, due: dict[str, BookingFacts], now: Now) -> Iterator[Letter]:
    """One letter a booking, to whoever asked for it; `until` is its clock."""
    fresh = due.keys() - outbox.known(due)
    wanted = choices.of({due[key].requester_id for key in fresh})
    for key, booking in due.items():
        if key in fresh and wanted[booking.requester_id].want(CATALOG[event]):
            reader = now.people.get(booking.requester_id)
            if reader and allowed(reader, "booking:see", booking.subject):
                until = booking.dates[0].expires
                told = item(booking, reader, now.head, until=until, due=until)
                yield Letter(event=event, to=reader, key=key, items=(told,))


def _challenge_due(now: Now) -> Iterator[Letter]:
    open_ones = connection().execute(_DUE).all()
    late = {
        row.challenged_id: row
        for row in open_ones
        if row.made_at < row.due_at - LAST_HOURS_S <= now.seconds < row.due_at
    }
    due = {
        f"challenge_due:{row.id}:{row.due_at}": booking
        for booking in facts.of_dates(late)
        if (row := late[booking.dates[0].id]) and booking.dates[0].state == State.OPTION
    }
    yield from _to_requesters("challenge_due", due, now)


# ---- every day -------------------------------------------------------------------------------


def _reminders(now: Now) -> Iterator[Letter]:
    """In the afternoon, what somebody has booked for the next day of the house."""
    zones = {facility.time_zone for facility in facilities.catalogue()}
    if not any(local(now.seconds, zone).time() >= REMINDS_AT for zone in zones):
        return
    asked = {"first": now.seconds, "last": now.seconds + 2 * DAY}
    found = facts.of_dates(set(connection().scalars(_STARTING, asked)))
    due: dict[tuple[int, date], list[BookingFacts]] = defaultdict(list)
    for booking in found:
        for tomorrow, dates in _tomorrows(booking, now):
            due[booking.requester_id, tomorrow].append(booking.only(dates))
    keys = {f"reminder:{user}:{day}": (user, day) for user, day in due}
    fresh = keys.keys() - outbox.known(keys)
    wanted = choices.of({keys[key][0] for key in fresh})
    for key in sorted(fresh):
        user, day = keys[key]
        reader = now.people.get(user)
        if reader and wanted[user].want(CATALOG["reminder"]):
            yield from _listing("reminder", key, reader, due[user, day], now)


def _tomorrows(booking: BookingFacts, now: Now) -> Iterator[tuple[date, list[DateFacts]]]:
    """The dates of a booking on the day after today, once the hour of reminders has come."""
    here = local(now.seconds, booking.dates[0].zone)
    tomorrow = here.date() + timedelta(days=1)
    dates = [d for d in booking.dates if local(d.starts, d.zone).date() == tomorrow]
    if dates and here.time() >= REMINDS_AT:
        yield tomorrow, dates


def _digests(now: Now) -> Iterator[Letter]:
    """In the morning of a working day, what waits for a manager: as it stood at that hour."""
    for user in sorted(choices.with_digest() & now.people.managers()):
        reader = now.people.get(user)
        rooms = facilities.managed(reader) if reader else []
        if reader and rooms:
            yield from _digest(reader, rooms[0], now)


def _digest(reader: Actor, room: FacilityFacts, now: Now) -> Iterator[Letter]:
    """By the clock and the holidays of a facility that they look after."""
    today = local(now.seconds, room.time_zone).date()
    hour = reached(datetime.combine(today, DIGEST_AT), room.time_zone)
    key = f"digest:{reader.user_id}:{today}"
    if now.seconds < hour or not working(today, room.country) or outbox.known({key}):
        return
    waiting, more = _waiting(reader, now)
    then = [booking for booking in waiting if booking.created < hour]
    yield from _listing("digest", key, reader, then, now, more=more)


def _waiting(reader: Actor, now: Now) -> tuple[list[BookingFacts], int]:
    """The bookings that wait, soonest first, with all dates that do; how many more there are."""
    page = lists.inbox_by_booking(reader, now.seconds)
    requests = [*page.requests]
    while page.cursor:
        page = lists.inbox_by_booking(reader, now.seconds, cursor=page.cursor)
        requests += page.requests
    shown = requests[:MOST_IN_DIGEST]
    ids = {line.occurrence_id for request in shown for line in request.lines}
    return facts.of_dates(ids), len(requests) - len(shown)


def _listing(
    event: str, key: str, reader: Actor, found: Iterable[BookingFacts], now: Now, more: int = 0
) -> Iterator[Letter]:
    """One letter with all of them that its reader may see, and how many `more` there are."""
    seen = [one for one in found if allowed(reader, "booking:see", one.subject)]
    items = tuple(item(booking, reader, now.head) for booking in seen)
    if items:
        yield Letter(event=event, to=reader, key=key, items=items, context={"more": more})


_CLOCKS: tuple[Callable[[Now], Iterator[Letter]], ...] = (
    _expiring,
    _challenge_due,
    _reminders,
    _digests,
)
