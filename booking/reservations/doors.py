"""Displays at doors: who holds which address, and the day of a room as a passer-by may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select

from booking.core.lifecycle import State
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.db import db
from booking.kernel.tokens import digest
from booking.members.models import User
from booking.members.queries import company_names
from booking.reservations import attendance, claims
from booking.reservations.holds import Hold
from booking.reservations.models import DoorDisplay

LONGEST_EARLY_S = 4 * 3600
"""No booking can be checked in earlier before its start: `settable.SETTABLE`."""


class Shows(StrEnum):
    """What a passer-by reads about a booking besides its times."""

    NOTHING = "nothing"
    COMPANY = "company"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorFacts:
    """A display at the door of a facility; `opened_by` answers for what is done at it."""

    id: int
    facility_id: int
    name: str
    locale: str
    shows: Shows
    may_book: bool
    opened_by: int
    opened_by_name: str
    created_at: datetime
    seen_at: datetime | None

    @property
    def facility(self) -> FacilityFacts:
        """Where it hangs."""
        return facilities.by_ids([self.facility_id])[self.facility_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A booking that has the right to the room; UTC epoch seconds, `blocked_*` with buffers.

    `opens` is when it can be checked in, `expires` until when it must be, if it must.
    """

    occurrence_id: int
    number: str
    starts: int
    ends: int
    blocked_from: int
    blocked_until: int
    state: str
    opens: int
    expires: int | None
    here: bool
    """It is a booking of this facility, not of another one over the same space."""
    label: str | None
    """What a passer-by may read of it."""

    def stands(self, instant: int) -> bool:
        """Whether it has not lapsed by then, if nobody does anything."""
        return self.expires is None or instant < self.expires

    def runs(self, instant: int) -> bool:
        """Whether somebody is in the room by it; who checked in early is."""
        begun = self.starts <= instant or self.state == State.CHECKED_IN
        return begun and instant < self.ends and self.stands(instant)

    @property
    def waits_for_check_in(self) -> bool:
        """Whether it can be checked in at some time."""
        return self.here and self.state == State.CONFIRMED


def by_secret(secret: str) -> DoorFacts | None:
    """The display of an address; None where it is not one, or not any more."""
    return next(iter(_found(_DISPLAYS.where(DoorDisplay.secret_digest == digest(secret)))), None)


def of_facility(facility_id: int) -> list[DoorFacts]:
    """The displays of a facility, the oldest first."""
    statement = _DISPLAYS.where(DoorDisplay.facility_id == facility_id)
    return _found(statement.order_by(DoorDisplay.id))


def day(door: DoorFacts, window: Interval, now: int) -> list[Slot]:
    """What a passer-by may know of a window of the room's time, in order.

    As many statements for one booking as for all.
    """
    room = door.facility
    held = claims.standing(room.space_ids, window, now)
    worst = {hold.occurrence_id: hold for hold in sorted(held, key=lambda hold: hold.rank)}
    mine = [hold for hold in worst.values() if hold.rank == RANK_OF_RIGHT]
    names = _companies(door, mine)
    return sorted((_slot(door, room, h, names) for h in mine), key=lambda slot: slot.starts)


def slot(door: DoorFacts, occurrence_id: int, now: int) -> Slot | None:
    """A booking of this room that runs or is about to, else None. Costs what `day` does."""
    around = day(door, Interval(now, now + LONGEST_EARLY_S), now)
    return next((one for one in around if one.occurrence_id == occurrence_id and one.here), None)


_DISPLAYS = select(
    DoorDisplay.id,
    DoorDisplay.facility_id,
    DoorDisplay.name,
    DoorDisplay.locale,
    DoorDisplay.shows,
    DoorDisplay.may_book,
    DoorDisplay.opened_by,
    User.name.label("opened_by_name"),
    DoorDisplay.created_at,
    DoorDisplay.seen_at,
).join(User, User.id == DoorDisplay.opened_by)


def _found(statement: Select[*tuple[Any, ...]]) -> list[DoorFacts]:
    rows = db.session.execute(statement).mappings()
    return [DoorFacts(**{**row, "shows": Shows(row["shows"])}) for row in rows]


def _slot(door: DoorFacts, room: FacilityFacts, hold: Hold, names: dict[int, str]) -> Slot:
    return Slot(
        occurrence_id=hold.occurrence_id,
        number=hold.number,
        starts=hold.from_,
        ends=hold.until,
        blocked_from=hold.starts,
        blocked_until=hold.ends,
        state=hold.state,
        opens=attendance.opens([room], hold.from_),
        expires=hold.expires,
        here=hold.facility_id == room.id,
        label=hold.title if door.shows is Shows.TITLE else names.get(hold.company_id),
    )


def _companies(door: DoorFacts, held: Sequence[Hold]) -> dict[int, str]:
    return company_names(h.company_id for h in held) if door.shows is Shows.COMPANY else {}
