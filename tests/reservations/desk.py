"""A front desk for tests: people by their e-mail's first word, times in the wall clock of the site.

number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
desk.act("manager", number, "approve")
assert desk.where(number) == "confirmed 1"
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import select, text

from booking.core.access import Actor
from booking.core.lifecycle import Verb
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import local, resolve
from booking.facilities import queries as facilities
from booking.journal.models import Entry
from booking.kernel.db import db
from booking.reservations import actions, calendar, queries
from booking.reservations.models import Booking
from booking.reservations.values import Assessment, BookingView
from booking.reservations.values import Entry as Bar
from booking.reservations.wish import BookingRequest
from tests.support.statements import contents
from tests.support.time import StoppedClock
from tests.support.world import USERS, World

ZONE = "Europe/Brussels"
MONTH = "2026-11-"


def moment(words: str) -> datetime:
    """ "18T09:00" is in November 2026, where the tests live; whole dates are what they say."""
    return datetime.fromisoformat(words if words.count("-") else MONTH + words)


def instant(words: str) -> int:
    """The same in UTC epoch seconds."""
    return resolve(moment(words), ZONE)


def words(at: int) -> str:
    """An instant as tests write it: the inverse of `instant`."""
    return f"{local(at, ZONE):%Y-%m-%dT%H:%M}".removeprefix(MONTH)


class Claimed(NamedTuple):
    """A row of the claim table as a person would say it."""

    space: str
    rank: int
    starts: str
    ends: str
    number: str


class Desk:
    """Everything that stories about bookings do and look at."""

    def __init__(self, app: Flask, world: World, clock: StoppedClock) -> None:
        self.app = app
        self.world = world
        self.clock = clock
        self._actors: dict[str, Actor] = {}

    @property
    def now(self) -> int:
        return int(self.clock.now.timestamp())

    def actor(self, who: str) -> Actor:
        """ "producer", or "admin@pil.example" where the first word is not enough."""
        if who not in self._actors:
            found = [e for e in USERS if e == who or e.partition("@")[0] == who]
            assert len(found) == 1, f"{who!r} could be {found}"
            self._actors[who] = self.world.actor(found[0])
        return self._actors[who]

    # ---- what people do ---------------------------------------------------------------------

    def wish(self, codes: str, start: str, end: str, **more: Any) -> BookingRequest:
        """A wish; `codes` may name several facilities: "M-ET1 M-CIN"."""
        span = {"start": moment(start), "end": moment(end)}
        return BookingRequest(
            **{"facilities": tuple(codes.split()), "title": "Étalonnage", **span, **more}
        )

    def book(self, who: str, codes: str, start: str, end: str, **more: Any) -> str:
        """Ask for facilities now; the booking's number."""
        return actions.request(
            self.actor(who), self.wish(codes, start, end, **more), self.clock.now
        )

    def option(self, who: str, codes: str, start: str, end: str, **more: Any) -> str:
        """Take an option now, a second one where a first is there; its number."""
        more = {"hold": "option", "on_clash": "queue", **more}
        return self.book(who, codes, start, end, **more)

    def act(self, who: str, number: str, verb: str, reason: str = "", **more: Any) -> None:
        """Do a verb now."""
        actions.act(self.actor(who), number, Verb(verb), self.clock.now, reason=reason, **more)

    def work(self) -> int:
        """What the worker does when it comes by."""
        return actions.lapse_due(self.clock.now)

    # ---- what people see --------------------------------------------------------------------

    def preview(self, who: str, codes: str, start: str, end: str, **more: Any) -> Assessment:
        return queries.preview(self.actor(who), self.wish(codes, start, end, **more), self.now)

    def view(self, who: str, number: str) -> BookingView:
        return queries.booking(self.actor(who), number, self.now)

    def where(self, number: str) -> str:
        """State and worst rank as they stand now: "option 2", "expired"."""
        with_all_rights = self.actor("manager")
        (occurrence,) = queries.booking(with_all_rights, number, self.now).occurrences
        return f"{occurrence.state} {occurrence.rank or ''}".strip()

    def bars(self, who: str, codes: str, first: str, last: str) -> list[Bar]:
        """The planning of facilities over a stretch of time."""
        found = facilities.by_codes(codes.split())
        shown = [found[code] for code in codes.split()]
        window = Interval(instant(first), instant(last))
        return calendar.bars(self.actor(who), shown, window, self.now)

    def seen(self, codes: str = "M-ET1", day: str = "18") -> list[str]:
        """The manager's planning of one day in short: "PIL-2026-00001 option 2"."""
        bars = self.bars("manager", codes, f"{day}T00:00", f"{day}T23:59")
        return [f"{bar.booking} {bar.state} {bar.rank}" for bar in bars]

    # ---- what is written --------------------------------------------------------------------

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Hold that the block leaves the whole database as it was."""
        before = contents(self.app)
        yield
        assert contents(self.app) == before

    def claims(self) -> list[Claimed]:
        """The claim table."""
        rows = db.session.execute(
            text(
                "SELECT space.code, claim.rank, claim.starts, claim.ends, booking.number FROM claim"
                " JOIN space ON space.id = claim.space_id"
                " JOIN occurrence ON occurrence.id = claim.occurrence_id"
                " JOIN booking ON booking.id = occurrence.booking_id"
            )
        )
        return sorted(
            Claimed(space, rank, words(starts), words(ends), number)
            for space, rank, starts, ends, number in rows
        )

    def written(self, number: str) -> str:
        """The state in the database, whatever the clock says."""
        statement = "SELECT state FROM occurrence JOIN booking ON booking.id = booking_id"
        found = db.session.execute(text(f"{statement} WHERE number = :number"), {"number": number})
        return str(found.scalar_one())

    def journal(self, *numbers: str) -> list[str]:
        """What happened to bookings, oldest first: "PIL-2026-00001 booking:requested"."""
        found = db.session.execute(
            select(Booking.number, Entry.name)
            .join_from(Entry, Booking, Booking.id == Entry.booking_id)
            .where(Booking.number.in_(numbers))
            .order_by(Entry.id)
        )
        return [f"{number} {name}" for number, name in found]

    def story(self, number: str) -> list[str]:
        """What happened to one booking: "requested", "promoted" …"""
        return [line.partition(" booking:")[2] for line in self.journal(number)]


def ranks(claims: Sequence[Claimed]) -> dict[str, int]:
    """Rank by number, of claims on one space."""
    return {claim.number: claim.rank for claim in claims}
