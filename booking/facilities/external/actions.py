"""Writing external calendars, and bringing what stands in them up to date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from booking.core import text
from booking.core.access import Actor, allowed
from booking.core.scheduling.interval import Interval
from booking.facilities import queries as facilities
from booking.facilities.actions.rows import inserted
from booking.facilities.events import about_closure, about_facility
from booking.facilities.external import queries
from booking.facilities.external.fetching import Fetched, checked_url, fetch
from booking.facilities.external.models import ExternalCalendar, ExternalEvent
from booking.facilities.external.reading import occurrences
from booking.facilities.external.values import EFFECTS, Found
from booking.facilities.models import Closure
from booking.facilities.values import FacilityFacts
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel.db import connection, db
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from booking.kernel.outside import PUBLIC, Limits, OutsideError
from booking.kernel.transaction import transaction

NAME_LENGTH = 80
EVERY = timedelta(hours=1)
LATEST = timedelta(days=1)
TAKEN_FOR = timedelta(minutes=5)
"""So long nobody else looks at a calendar that one worker looks at."""

DAY = 24 * 3600
DAYS_AHEAD = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCalendar:
    """An external calendar as typed; `effect` is one of EFFECTS."""

    facility: str
    name: str
    url: str
    effect: str = "closure"


@transaction
def add_calendar(actor: Actor, wish: NewCalendar, now: datetime, limits: Limits = PUBLIC) -> int:
    """Subscribe a facility to a calendar, which is read soon; its id.

    Raises Invalid with every field at fault, or Forbidden.
    """
    facility = _decided_by(actor, facilities.by_codes([wish.facility]).get(wish.facility))
    url = _checked(wish, limits)
    values = {
        "facility_id": facility.id,
        "name": text.normal(wish.name),
        "url": url,
        "effect": wish.effect,
        "next_at": now,
        "created_by": actor.user_id,
    }
    key = inserted(ExternalCalendar, values)
    after = {"calendar": key, "name": values["name"], "effect": wish.effect}
    _record([about_facility("calendar_added", facility.id, after=after)], actor.user_id, now)
    return key


@transaction
def remove_calendar(actor: Actor, calendar_id: int, now: datetime) -> None:
    """End a subscription; what it closed is open again. Raises NotFound or Forbidden."""
    row = _row(calendar_id)
    facility = _decided_by(actor, facilities.by_ids([row.facility_id]).get(row.facility_id))
    told = _Sync(row, facility, int(now.timestamp())).leave(_stored(calendar_id))
    db.session.execute(delete(ExternalCalendar).where(ExternalCalendar.id == calendar_id))
    before = {"calendar": calendar_id, "name": row.name}
    event = about_facility("calendar_removed", facility.id, before=before)
    _record([*told, event], actor.user_id, now)


@transaction
def look_soon(actor: Actor, calendar_id: int, now: datetime) -> None:
    """Let the worker look at a calendar at its next pass. Raises NotFound or Forbidden."""
    row = _row(calendar_id)
    _decided_by(actor, facilities.by_ids([row.facility_id]).get(row.facility_id))
    due = update(ExternalCalendar).where(ExternalCalendar.id == calendar_id)
    db.session.execute(due.values(next_at=now))


def refresh_due(now: datetime, limits: Limits = PUBLIC) -> int:
    """Look at every calendar that is due; how many were looked at.

    Fetches outside of transactions. Several workers may call it at once: each calendar is one's.
    What fails is written down, and tried again after one hour, two, four … a day at most.
    """
    looked = 0
    for calendar_id in queries.due(now):
        if _take(calendar_id, now):
            _refresh(calendar_id, now, limits)
            looked += 1
    return looked


def _refresh(calendar_id: int, now: datetime, limits: Limits) -> None:
    row = _row(calendar_id)
    db.session.rollback()  # no read stays open while somebody else's server takes its time
    try:
        known = (row.etag, row.last_modified) if _read_today(row, now) else ("", "")
        fetched = fetch(row.url, *known, limits)
        found = None if fetched.body is None else _read(row, fetched.body, now)
    except OutsideError as error:
        _fail(calendar_id, error.code, now)
        return
    _store(calendar_id, fetched, found, now)


def _read_today(row: "_Calendar", now: datetime) -> bool:
    """Whether the days that are looked at are still the same: what repeats goes on and on."""
    today = now.astimezone(UTC).date()
    return row.read_at is not None and row.read_at.astimezone(UTC).date() == today


def _read(row: "_Calendar", body: bytes, now: datetime) -> list[Found]:
    facility = facilities.by_ids([row.facility_id])[row.facility_id]
    return occurrences(body, _window(now), facility.time_zone, busy_only=row.effect == "closure")


def _window(now: datetime) -> Interval:
    today = int(now.timestamp()) // DAY * DAY
    return Interval(today - DAY, today + DAYS_AHEAD * DAY)


@transaction
def _take(calendar_id: int, now: datetime) -> bool:
    """Be the one who looks at it; False if another worker is."""
    taken = (
        update(ExternalCalendar)
        .where(ExternalCalendar.id == calendar_id, ExternalCalendar.next_at <= now)
        .values(next_at=now + TAKEN_FOR)
        .returning(ExternalCalendar.id)
    )
    return db.session.scalar(taken) is not None


@transaction
def _fail(calendar_id: int, code: str, now: datetime) -> None:
    row = _row(calendar_id)
    wait = min(EVERY * 2 ** min(row.failures, 10), LATEST)
    values = {"error": code[:40], "failures": row.failures + 1, "next_at": now + wait}
    db.session.execute(
        update(ExternalCalendar).where(ExternalCalendar.id == calendar_id).values(values)
    )


@transaction
def _store(calendar_id: int, fetched: Fetched, found: list[Found] | None, now: datetime) -> None:
    """Write what was found, None where nothing changed. Whoever books meanwhile waits."""
    row = _row(calendar_id)
    facility = facilities.by_ids([row.facility_id])[row.facility_id]
    if found is not None:
        facilities.lock_spaces(facility.space_ids)
        sync = _Sync(row, facility, int(now.timestamp()))
        ahead = [event for event in _stored(calendar_id) if event.ends > _window(now).starts]
        _record(sync.bring(found, ahead), None, now)
    values: dict[str, object] = {"error": "", "failures": 0, "read_at": now, "next_at": now + EVERY}
    if fetched.body is not None:
        values |= {"etag": fetched.etag, "last_modified": fetched.last_modified}
    db.session.execute(
        update(ExternalCalendar).where(ExternalCalendar.id == calendar_id).values(values)
    )


# ---- what differs ---------------------------------------------------------------------------


class _Calendar(NamedTuple):
    """A row of the table."""

    facility_id: int
    name: str
    url: str
    effect: str
    etag: str
    last_modified: str
    failures: int
    id: int
    read_at: datetime | None


class _Stored(NamedTuple):
    """An event as it was when the calendar was last read."""

    id: int
    key: str
    starts: int
    ends: int
    summary: str
    closure_id: int | None


@dataclass(frozen=True, slots=True)
class _Sync:
    """Brings the events of a calendar, and the closures made of them, to what was found."""

    calendar: _Calendar
    facility: FacilityFacts
    now: int

    def bring(self, found: Sequence[Found], stored: Sequence[_Stored]) -> list[Event]:
        """Add, move and remove; what is to be told. Closures opened by hand stay open."""
        before = {event.key: event for event in stored}
        now_there = {event.key for event in found}
        told = self.leave([event for event in stored if event.key not in now_there])
        for event in found:
            old = before.get(event.key)
            if old is None:
                told += self._add(event)
            elif (old.starts, old.ends) != (event.starts, event.ends):
                told += [*self.leave([old]), *self._add(event)]
            elif old.summary != event.summary:
                changed = update(ExternalEvent).where(ExternalEvent.id == old.id)
                db.session.execute(changed.values(summary=event.summary))
        return told

    def leave(self, gone: Sequence[_Stored]) -> list[Event]:
        """Remove events; what they closed is open again, but for what is over: that was so."""
        told = []
        for event in gone:
            db.session.execute(delete(ExternalEvent).where(ExternalEvent.id == event.id))
            if event.closure_id is not None and event.ends > self.now:
                db.session.execute(delete(Closure).where(Closure.id == event.closure_id))
                before = {"starts": event.starts, "ends": event.ends, "reason": self.calendar.name}
                told.append(self._tell("removed", event.closure_id, before=before))
        return told

    def _add(self, event: Found) -> list[Event]:
        """An event, and where it closes the facility a closure in the calendar's name.

        Its own words stay with the managers: they may be a competitor's.
        """
        values = {"starts": event.starts, "ends": event.ends, "reason": self.calendar.name}
        closure_id = None
        if self.calendar.effect == "closure":
            closure_id = inserted(Closure, {"facility_id": self.facility.id, **values})
        row = {**event._asdict(), "calendar_id": self.calendar.id, "closure_id": closure_id}
        db.session.execute(insert(ExternalEvent).values(row))
        return [self._tell("added", closure_id, after=values)] if closure_id else []

    def _tell(self, name: str, closure_id: int, **more: object) -> Event:
        spaces = set(self.facility.space_ids)
        near = [f.id for f in facilities.catalogue() if not spaces.isdisjoint(f.space_ids)]
        return about_closure(name, closure_id, {self.facility.id, *near}, **more)


def _row(calendar_id: int) -> _Calendar:
    """Raises NotFound."""
    columns = (getattr(ExternalCalendar, name) for name in _Calendar._fields)
    found = connection().execute(select(*columns).where(ExternalCalendar.id == calendar_id)).first()
    if found is None:
        raise NotFound
    return _Calendar(*found)


def _stored(calendar_id: int) -> list[_Stored]:
    columns = (getattr(ExternalEvent, name) for name in _Stored._fields)
    asked = select(*columns).where(ExternalEvent.calendar_id == calendar_id)
    return [_Stored(*row) for row in connection().execute(asked)]


def _decided_by(actor: Actor, facility: FacilityFacts | None) -> FacilityFacts:
    if facility is None:
        raise NotFound
    if not allowed(actor, "closure:edit", facility.subject):
        raise Forbidden
    return facility


def _checked(wish: NewCalendar, limits: Limits) -> str:
    wrong = []
    url = ""
    if code := text.problem(text.normal(wish.name), NAME_LENGTH):
        wrong.append(FieldError("name", code, {"max": NAME_LENGTH}))
    if wish.effect not in EFFECTS:
        wrong.append(FieldError("effect", "unknown"))
    try:
        url = checked_url(wish.url, limits)
    except OutsideError:
        wrong.append(FieldError("url", "bad_address"))
    if wrong:
        raise Invalid(*wrong)
    return url


def _record(events: Sequence[Event], actor_id: int | None, now: datetime) -> None:
    record(events, actor_id=actor_id, at=now)
