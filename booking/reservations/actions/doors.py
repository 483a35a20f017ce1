"""Displays at doors: opening and ending them, and what is done at one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, update

from booking.core import text
from booking.core.access import Actor
from booking.core.lifecycle import Verb
from booking.facilities.actions.facilities import editable
from booking.facilities.events import about_facility
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from booking.kernel.i18n import LOCALES
from booking.kernel.tokens import digest, new_secret
from booking.kernel.transaction import transaction
from booking.members import queries as members
from booking.reservations import doors, queries
from booking.reservations.actions.deciding import Reach, act
from booking.reservations.actions.prolonging import prolong
from booking.reservations.actions.requesting import request
from booking.reservations.doors import DoorFacts, Shows
from booking.reservations.models import DoorDisplay
from booking.reservations.wish import BookingRequest

NAME_LENGTH = 80
SEEN_EVERY = timedelta(minutes=5)
MINUTE_S = 60
GRID = frozenset({"notice", "step"})
"""Rules that nobody who stands at the door could keep: they are set aside there, visibly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorChange:
    """What a display is called, its language, and what it shows and lets people do."""

    name: str
    locale: str = "fr"
    shows: str = Shows.NOTHING.value
    may_book: bool = True


# ---- their addresses ------------------------------------------------------------------------


@transaction
def open_door(actor: Actor, facility_id: int, change: DoorChange, now: datetime) -> tuple[int, str]:
    """A secret address for a display at the door of a facility; its id and secret, shown once.

    Raises NotFound, Forbidden, or Invalid with every field at fault.
    """
    room = editable(actor, facility_id)
    if not actor.manages(room.id, room.site_id):
        raise Forbidden  # whoever opens it answers for what is done at it
    values = _checked(change)
    secret = new_secret()
    door_id = db.session.scalar(
        insert(DoorDisplay)
        .values(
            **values,
            secret_digest=digest(secret),
            facility_id=facility_id,
            opened_by=members.in_charge(actor, room.id, room.site_id),
            created_at=now,
        )
        .returning(DoorDisplay.id)
    )
    assert door_id is not None
    _record(actor, "door_opened", facility_id, now, {"door": door_id, **values})
    return door_id, secret


@transaction
def renew_door(actor: Actor, facility_id: int, door_id: int, now: datetime) -> str:
    """Give a display another address; the old one stops. Raises NotFound or Forbidden.

    A manager who does so answers for it from now on.
    """
    room, secret = editable(actor, facility_id), new_secret()
    by: Any = DoorDisplay.opened_by
    if actor.manages(room.id, room.site_id):
        by = members.in_charge(actor, room.id, room.site_id)
    renewed = db.session.scalar(
        update(DoorDisplay)
        .where(DoorDisplay.id == door_id, DoorDisplay.facility_id == facility_id)
        .values(secret_digest=digest(secret), opened_by=by, created_at=now, seen_at=None)
        .returning(DoorDisplay.id)
    )
    if renewed is None:
        raise NotFound
    _record(actor, "door_renewed", facility_id, now, {"door": door_id})
    return secret


@transaction
def close_door(actor: Actor, facility_id: int, door_id: int, now: datetime) -> None:
    """End a display: its address shows nothing any more. Raises NotFound or Forbidden."""
    editable(actor, facility_id)
    gone = db.session.scalar(
        delete(DoorDisplay)
        .where(DoorDisplay.id == door_id, DoorDisplay.facility_id == facility_id)
        .returning(DoorDisplay.id)
    )
    if gone is None:
        raise NotFound
    _record(actor, "door_closed", facility_id, now, {"door": door_id})


@transaction
def see_door(door_id: int, now: datetime) -> None:
    """Note that a display is alive, at most every five minutes."""
    db.session.execute(
        update(DoorDisplay)
        .where(
            DoorDisplay.id == door_id,
            or_(DoorDisplay.seen_at.is_(None), DoorDisplay.seen_at <= now - SEEN_EVERY),
        )
        .values(seen_at=now)
    )


# ---- what is done at one --------------------------------------------------------------------


def check_in(door: DoorFacts, occurrence_id: int, now: datetime) -> None:
    """Somebody is there. Raises what `act` raises, NotFound for what is not at this door."""
    _act(door, occurrence_id, Verb.CHECK_IN, now)


def end_early(door: DoorFacts, occurrence_id: int, now: datetime) -> None:
    """They leave. Raises what `act` raises, NotFound for what is not at this door."""
    _act(door, occurrence_id, Verb.END_EARLY, now)


def stay_longer(door: DoorFacts, occurrence_id: int, until: int, now: datetime) -> None:
    """They stay until then, UTC epoch seconds. Raises what `prolong` raises, and NotFound."""
    end = datetime.fromtimestamp(until, UTC)
    reach = Reach(scope="this", occurrence=occurrence_id)
    _at(door, occurrence_id, now, lambda who, n: prolong(who, n, end, now, reach=reach))


@transaction
def book_now(door: DoorFacts, title: str, until: int, now: datetime) -> str:
    """Take the free room from the next minute on, in the name of who opened the display.

    Whoever takes it is there. Raises Forbidden where the display does not let them, and what
    `request` raises.
    """
    if not door.may_book:
        raise Forbidden
    actor, at = _actor(door), int(now.timestamp())
    starts = at - at % MINUTE_S + MINUTE_S
    wish = BookingRequest(
        facilities=(door.facility.code,),
        title=title,
        start=datetime.fromtimestamp(starts, UTC),
        end=datetime.fromtimestamp(max(until, starts + MINUTE_S), UTC),
    )
    against = {found.rule for found in queries.preview(actor, wish, at).findings}
    if against and against <= GRID:
        wish = replace(wish, override=door.name)
    number = request(actor, wish, now)
    act(actor, number, Verb.CHECK_IN, now)
    return number


def _act(door: DoorFacts, occurrence_id: int, verb: Verb, now: datetime) -> None:
    reach = Reach(scope="this", occurrence=occurrence_id)
    _at(door, occurrence_id, now, lambda who, n: act(who, n, verb, now, reach=reach))


def _at(
    door: DoorFacts, occurrence_id: int, now: datetime, do: Callable[[Actor, str], Any]
) -> None:
    """Do something to a booking that is at this door, today."""
    slot = doors.slot(door, occurrence_id, int(now.timestamp()))
    if slot is None:
        raise NotFound
    do(_actor(door), slot.number)


def _actor(door: DoorFacts) -> Actor:
    """Who answers for it, as long as they decide about the facility. Raises Forbidden."""
    room, found = door.facility, members.actor(door.opened_by)
    if found is None or not found.manages(room.id, room.site_id):
        raise Forbidden
    return replace(found, door=room.code)


def _checked(change: DoorChange) -> dict[str, object]:
    name = text.normal(change.name)
    wrong = []
    if code := text.problem(name, NAME_LENGTH):
        wrong.append(FieldError("name", code, {"max": NAME_LENGTH}))
    if change.locale not in LOCALES:
        wrong.append(FieldError("locale", "unknown_choice"))
    if change.shows not in set(Shows):
        wrong.append(FieldError("shows", "unknown_choice"))
    if wrong:
        raise Invalid(*wrong)
    return {
        "name": name,
        "locale": change.locale,
        "shows": change.shows,
        "may_book": change.may_book,
    }


def _record(
    actor: Actor, name: str, facility_id: int, now: datetime, after: dict[str, Any]
) -> None:
    record([about_facility(name, facility_id, after=after)], actor_id=actor.user_id, at=now)
