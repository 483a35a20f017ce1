"""Fill a database as four years of use would, do the frequent things often, say how long they took.

Exits with 1 where a limit is missed. `--json` prints figures alone, for programs.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import cycle
from pathlib import Path
from statistics import quantiles

from flask import Flask
from flask_migrate import upgrade

from booking import create_app
from booking.core.access import Actor
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import days, local
from booking.demo.bulk import load_bulk
from booking.demo.load import load_cluster
from booking.demo.rooms import GROUP
from booking.facilities.queries import catalogue
from booking.facilities.values import FacilityFacts
from booking.kernel import clock
from booking.kernel.db import db
from booking.kernel.errors import Clash
from booking.kernel.remembered import forget_everything
from booking.members.queries import actor_by_email
from booking.reservations import actions
from booking.reservations.claims import standing
from booking.reservations.wish import BookingRequest
from tests.support import houses
from tests.support.client import Browser
from tests.support.postgres import TemporaryPostgres
from tests.support.statements import statements

PRODUCER = "producer@blf.example"
PLANNING = "planning page"
LIMITS_MS = {PLANNING: 25.0}
"""Milliseconds that the median may take on the server."""
WARM_UP = 5
BEYOND_THE_LOAD = timedelta(days=800)
"""The load ends two years ahead of us; there is room behind it."""

Deed = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """What one frequent thing costs; times in milliseconds."""

    what: str
    p50: float
    p95: float
    statements: int

    @property
    def line(self) -> str:
        """For people."""
        times = f"p50 {self.p50:7.2f} ms   p95 {self.p95:7.2f} ms"
        return f"{self.what:34} {times}   {self.statements:3} statements"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status."""
    asked = _parsed(arguments)
    say = (lambda line: None) if asked.json else print
    with _app(postgres=asked.postgres) as app:
        say(_load(app, asked.rooms, asked.bookings, asked.seed))
        figures = list(_figures(app, asked.repeat))
    missed = [f.what for f in figures if f.p50 > LIMITS_MS.get(f.what, float("inf"))]
    if asked.json:
        print(json.dumps({"figures": [asdict(f) for f in figures], "missed": missed}, indent=2))
    for figure in figures:
        say(figure.line)
    for what in missed:
        say(f"Too slow: {what}, more than {LIMITS_MS[what]:.0f} ms.")
    return 1 if missed else 0


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument("--bookings", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=100, help="how often each thing is done")
    parser.add_argument("--postgres", action="store_true", help="instead of SQLite")
    parser.add_argument("--json", action="store_true", help="figures for programs")
    return parser.parse_args(arguments)


@contextmanager
def _app(*, postgres: bool) -> Iterator[Flask]:
    """An application over an empty database that keeps what it acknowledges, as in production."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench")))
        url = f"sqlite:///{folder / 'bench.sqlite3'}"
        if postgres:
            server = stack.enter_context(TemporaryPostgres(durable=True))
            url = server.create_database("bench")
        app = create_app(houses.settings(url, folder))
        app.test_client_class = Browser
        yield app
        with app.app_context():
            db.engine.dispose()


def _load(app: Flask, rooms: int, bookings: int, seed: int) -> str:
    """Fill the database; in words what is in it now."""
    began = time.perf_counter()
    with app.app_context():
        upgrade()
        load_cluster(clock.now())
        load_bulk(rooms, bookings, seed, clock.now())
        kind = db.engine.dialect.name
        if kind == "postgresql":
            _analyze()
    took = time.perf_counter() - began
    return f"{bookings:,} bookings in {rooms} rooms, {kind}, loaded in {took:.0f} s"


def _analyze() -> None:
    """As the server does by itself within minutes."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


# ---- what is measured -----------------------------------------------------------------------


def _figures(app: Flask, repeat: int) -> Iterator[Figure]:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.sign_in(PRODUCER)
    with app.app_context():
        actor = actor_by_email(PRODUCER)
        assert actor is not None
        rooms = [facility for facility in catalogue() if facility.group_code == GROUP]
        today = local(int(clock.now().timestamp()), rooms[0].time_zone).date()
        held = _held(rooms, today)
    deeds = {
        PLANNING: _page(browser, "/planning"),
        "planning page, nothing remembered": _changed(_page(browser, "/planning")),
        "calendar as JSON": _page(browser, _calendar(today, rooms)),
        "create one booking": _creating(app, actor, rooms, today + BEYOND_THE_LOAD),
        "refuse a clash with ways out": _clashing(app, actor, held),
    }
    for what, deed in deeds.items():
        yield _measured(app, what, deed, repeat)


def _page(browser: Browser, address: str) -> Deed:
    def deed() -> None:
        answer = browser.get(address)
        assert answer.status_code == 200, answer.text

    return deed


def _changed(page: Deed) -> Deed:
    """As the first person after a start sees it; after a booking the facilities are still known."""

    def deed() -> None:
        forget_everything()
        page()

    return deed


def _calendar(today: date, rooms: Sequence[FacilityFacts]) -> str:
    monday = today - timedelta(days=today.weekday())
    codes = "".join(f"&facility={room.code}" for room in rooms)
    return f"/api/v1/calendar?start={monday}&end={monday + timedelta(days=7)}{codes}"


def _creating(app: Flask, actor: Actor, rooms: Sequence[FacilityFacts], first: date) -> Deed:
    """Books room after room, day after day."""
    turns = (
        (room, _clock(day, opens))
        for day in (first + timedelta(days=n) for n in range(250))
        for room in rooms
        for opens, _closes in room.opening[day.weekday()]
    )

    def deed() -> None:
        room, start = next(turns)
        _ask(app, actor, room, start, start + timedelta(hours=1))

    return deed


def _clock(day: date, minutes: int) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)


def _held(rooms: Sequence[FacilityFacts], today: date) -> list[tuple[FacilityFacts, Interval]]:
    """What others have next week."""
    now = int(clock.now().timestamp())
    next_week = days(today + timedelta(days=7), 7, rooms[0].time_zone)
    by_space = {space: room for room in rooms for space in room.space_ids}
    return [
        (by_space[hold.space_id], Interval(hold.from_, hold.until))
        for hold in standing(list(by_space), next_week, now)
        if hold.rank == 1
    ]


def _clashing(app: Flask, actor: Actor, held: list[tuple[FacilityFacts, Interval]]) -> Deed:
    """Asks for what others have."""
    turns = cycle(held)

    def deed() -> None:
        room, span = next(turns)
        try:
            _ask(app, actor, room, *(local(at, room.time_zone) for at in span))
        except Clash:
            return
        raise AssertionError("nobody was in the way")

    return deed


def _ask(app: Flask, actor: Actor, room: FacilityFacts, start: datetime, end: datetime) -> None:
    wish = BookingRequest(facilities=(room.code,), title="Mesure", start=start, end=end)
    with app.app_context():
        actions.request(actor, wish, clock.now())


def _measured(app: Flask, what: str, deed: Deed, repeat: int) -> Figure:
    for _ in range(WARM_UP):
        deed()
    times = [_timed(deed) for _ in range(repeat)]
    with statements(app) as sent:
        deed()
    cuts = quantiles(times, n=20, method="inclusive")
    return Figure(what, cuts[9], cuts[18], len(sent))


def _timed(deed: Deed) -> float:
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
