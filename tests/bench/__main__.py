"""Fill databases as years of use would, do the frequent things often, say how long they took.

Measures 10,000, 100,000 and 1,000,000 bookings on both engines unless told; that takes half an
hour. Exits with 1 where a limit is missed. `--json` prints figures alone, for programs.
"""

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from booking import create_app
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import days, local
from booking.demo.bulk import load_bulk
from booking.demo.load import load_cluster
from booking.demo.rooms import GROUP
from booking.facilities.queries import catalogue
from booking.facilities.values import FacilityFacts
from booking.kernel import clock, memory
from booking.kernel.db import db
from booking.kernel.remembered import forget_everything
from booking.reservations.claims import standing
from booking.reservations.holds import Hold
from tests.bench import driver, feeds
from tests.support import houses
from tests.support.client import Browser
from tests.support.postgres import TemporaryPostgres
from tests.support.statements import statements

PRODUCER = "producer@blf.example"
LIMITS_MS = {
    "planning page": 25.0,
    "create one booking": 3.0,
    "create one booking, answered in brief": 3.0,
    "refuse a clash, three ways out": 3.0,
    "create a weekly series of 52": 12.0,
    "create a series, answered in brief": 12.0,
    "preview it with 5 clashes": 12.0,
    "calendar JSON, week": 8.0,
    "calendar JSON, month": 25.0,
    "a 2-hour slot over 50 rooms": 5.0,
    "next 4-hour slot over 60 days": 12.0,
    **feeds.LIMITS_MS,
}
"""Milliseconds that the median may take through the application on SQLite with 100,000 bookings;
twice that on PostgreSQL."""
MOST_SPREAD = 2.0
"""How many times the median one in twenty may take."""
MOST_GROWTH = 1.5
"""From the smallest to the largest database."""
SIZES = (10_000, 100_000, 1_000_000)
ENGINES = {"sqlite": 1, "postgresql": 2}
"""And how many times the limit a thing may take there."""
FLOOR = "floor: an empty signed-in call"
WARM_UP = 5
BEYOND_THE_LOAD = timedelta(days=800)
"""The load ends two years ahead of us; there is room behind it."""

BEHIND_THE_LOAD = timedelta(days=737)
"""So near that a year of weeks still ends within three years."""

BRIEF = {"Prefer": "return=minimal"}

Deed = Callable[[], object]
Turns = Iterator[tuple[FacilityFacts, datetime]]


@dataclass(frozen=True)
class Figure:
    """What one frequent thing costs; times in milliseconds.

    `bare` is what its statements, fetches and commits take in the driver, `ratio` how often an
    empty signed-in call and that would fit into it.
    """

    what: str
    engine: str
    bookings: int
    p50: float
    p95: float
    statements: int
    bare: float
    ratio: float = 1.0

    @property
    def line(self) -> str:
        """For people."""
        times = f"p50 {self.p50:7.2f} ms   p95 {self.p95:7.2f} ms"
        sql = f"{self.statements:3} statements, {self.bare:6.2f} ms bare"
        return f"{self.what:44} {times}   {sql}   {self.ratio:5.1f} floors"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status."""
    asked = _parsed(arguments)
    say = (lambda line: None) if asked.json else print
    told = {engine: _on(engine, asked, say) for engine in asked.engines}
    if asked.json:
        print(json.dumps(told, indent=2))
    return 1 if any(found["missed"] for found in told.values()) else 0


def _on(engine: str, asked: argparse.Namespace, say: Callable[[str], object]) -> dict[str, Any]:
    """Measure every size on one engine."""
    figures: list[Figure] = []
    for bookings in asked.bookings:
        with _app(engine) as app:
            say(_load(app, asked.rooms, bookings, asked.seed))
            for figure in _figures(app, bookings, asked.repeat):
                say(figure.line)
                figures.append(figure)
    growth = _growth(figures)
    for what, times in growth.items():
        say(f"{what:44} grows {times:.2f} times")
    missed = [*_missed(figures, ENGINES[engine]), *_grown(growth)]
    for what in missed:
        say(f"Missed: {what}")
    return {"figures": [asdict(f) for f in figures], "growth": growth, "missed": missed}


def _grown(growth: Mapping[str, float]) -> list[str]:
    most = MOST_GROWTH
    return [f"{what}, grows {times:.1f} times" for what, times in growth.items() if times > most]


def _growth(figures: Sequence[Figure]) -> dict[str, float]:
    """How much longer things take in the largest database than in the smallest."""
    sizes = sorted({figure.bookings for figure in figures})
    by_size = {(figure.what, figure.bookings): figure.p50 for figure in figures}
    names = dict.fromkeys(figure.what for figure in figures)
    if len(sizes) == 1:
        return {}
    return {what: by_size[what, sizes[-1]] / by_size[what, sizes[0]] for what in names}


def _missed(figures: Sequence[Figure], times: int) -> list[str]:
    """What took longer than it may at 100,000 bookings, or at the largest size that was measured,
    and what now and then takes much longer than it does mostly.
    """
    sizes = {figure.bookings for figure in figures}
    size = 100_000 if 100_000 in sizes else max(sizes)
    judged = [figure for figure in figures if figure.bookings == size]
    limits = {f.what: LIMITS_MS.get(f.what, float("inf")) * times for f in judged}
    return [
        *(
            f"{f.what}, {f.p50:.1f} ms instead of {limits[f.what]:.0f}"
            for f in judged
            if f.p50 > limits[f.what]
        ),
        *(
            f"{f.what}, p95 {f.p95:.1f} ms where p50 is {f.p50:.1f}"
            for f in judged
            if f.what in LIMITS_MS and f.p95 > MOST_SPREAD * f.p50
        ),
    ]


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument(
        "--bookings", type=int, nargs="+", default=SIZES, help="sizes, one after the other"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=100, help="how often each thing is done")
    parser.add_argument("--engines", nargs="+", choices=[*ENGINES], default=[*ENGINES])
    parser.add_argument("--json", action="store_true", help="figures for programs")
    return parser.parse_args(arguments)


@contextmanager
def _app(engine: str) -> Iterator[Flask]:
    """An application over an empty database that keeps what it acknowledges, as in production."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench")))
        url = f"sqlite:///{folder / 'bench.sqlite3'}"
        if engine == "postgresql":
            server = stack.enter_context(TemporaryPostgres(durable=True))
            url = server.create_database("bench")
        app = create_app(houses.settings(url, folder))
        app.config["WTF_CSRF_ENABLED"] = False  # a session's token is no part of the cost
        app.test_client_class = Browser
        memory.settle()  # as `wsgi` does
        yield app
        gc.unfreeze()
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
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


# ---- what is measured -----------------------------------------------------------------------


def _figures(app: Flask, bookings: int, repeat: int) -> Iterator[Figure]:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.sign_in(PRODUCER)
    with app.app_context():
        rooms = [facility for facility in catalogue() if facility.group_code == GROUP]
        today = local(int(clock.now().timestamp()), rooms[0].time_zone).date()
        held = _held(rooms, today)
    ahead = today + BEYOND_THE_LOAD
    codes = "".join(f"&facility={room.code}" for room in rooms)
    free = f"{_span(today + timedelta(days=1), 1)}&duration=PT2H{codes}"
    week, month = (f"{_span(_monday(today), count)}{codes}" for count in (7, 31))
    next_free = f"{_span(today, 60)}&duration=PT4H&next=1{codes}"
    turns, series = _turns(rooms, ahead, 250), _series_turns(rooms, today)
    deeds = {
        FLOOR: _get(browser, "/api/v1/me"),
        "planning page": _get(browser, "/planning"),
        "planning page, nothing remembered": _forgotten(_get(browser, "/planning")),
        "calendar JSON, week": _get(browser, f"/api/v1/calendar?{week}"),
        "calendar JSON, nothing remembered": _forgotten(_get(browser, f"/api/v1/calendar?{week}")),
        "calendar JSON, month": _get(browser, f"/api/v1/calendar?{month}"),
        "a 2-hour slot over 50 rooms": _get(browser, f"/api/v1/availability?{free}"),
        "next 4-hour slot over 60 days": _get(browser, f"/api/v1/availability?{next_free}"),
        "create one booking": _creating(browser, turns),
        "create one booking, answered in brief": _creating(browser, turns, **BRIEF),
        "refuse a clash, three ways out": _clashing(browser, held),
        "create a weekly series of 52": _series(browser, series),
        "create a series, answered in brief": _series(browser, series, **BRIEF),
        "preview it with 5 clashes": _previewing(browser, rooms, ahead),
    }
    deeds |= feeds.deeds(app)
    floor = 0.0
    for what, deed in deeds.items():
        figure = _measured(app, what, bookings, deed, repeat)
        floor = floor or figure.p50 - figure.bare
        yield replace(figure, ratio=figure.p50 / (floor + figure.bare))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _span(first: date, count: int) -> str:
    return f"start={first}&end={first + timedelta(days=count)}"


def _get(browser: Browser, address: str) -> Deed:
    def deed() -> None:
        answer = browser.get(address)
        assert answer.status_code == 200, answer.text

    return deed


def _forgotten(page: Deed) -> Deed:
    """As the first person after a start sees it; after a booking the facilities are still known."""
    return feeds.After(forget_everything, page)


def _post(
    browser: Browser, path: str, status: int, headers: Mapping[str, str] | None = None, **wish: Any
) -> None:
    wish = {"title": "Mesure", **wish}
    answer = browser.post(f"/api/v1{path}", json=wish, headers=headers)
    assert answer.status_code == status, answer.text[:1000]


def _creating(browser: Browser, turns: Turns, **headers: str) -> Deed:
    """Books room after room, day after day."""

    def deed() -> None:
        room, start = next(turns)
        _post(browser, "/bookings", 201, headers, facilities=[room.code], **_hour(start))

    return deed


def _turns(rooms: Sequence[FacilityFacts], first: date, count: int) -> Turns:
    return (
        (room, _clock(day, opens))
        for day in (first + timedelta(days=n) for n in range(count))
        for room in rooms
        for opens, _closes in room.opening[day.weekday()]
    )


def _hour(start: datetime, hours: int = 1) -> dict[str, str]:
    return {"start": start.isoformat(), "end": (start + timedelta(hours=hours)).isoformat()}


def _series(browser: Browser, turns: Turns, **headers: str) -> Deed:
    """Every week for a year."""

    def deed() -> None:
        room, start = next(turns)
        wish = {"facilities": [room.code], "rrule": "FREQ=WEEKLY;COUNT=52", "on_clash": "skip"}
        _post(browser, "/bookings", 201, headers, **wish, **_hour(start))

    return deed


def _series_turns(rooms: Sequence[FacilityFacts], today: date) -> Turns:
    """Behind the load, each time another hour of another room, on all days of a week."""
    monday = _monday(today + BEHIND_THE_LOAD)
    return (
        (room, _clock(monday + timedelta(days=day), room.opening[day][0][0] + hour * 60))
        for hour in (3, 6, 9, 12)
        for day in range(2)
        for room in rooms
    )


def _previewing(browser: Browser, rooms: Sequence[FacilityFacts], first: date) -> Deed:
    """A year of Wednesdays of which five are taken."""
    room, day = rooms[0], _monday(first) + timedelta(days=2)
    start = _clock(day, room.opening[2][0][0] + 600)
    for week in (1, 3, 5, 7, 9):
        taken = start + timedelta(weeks=week)
        _post(browser, "/bookings", 201, facilities=[room.code], **_hour(taken))

    def deed() -> None:
        wish = {"facilities": [room.code], "rrule": "FREQ=WEEKLY;COUNT=20"}
        _post(browser, "/bookings/preview", 409, **wish, **_hour(start))

    return deed


def _clock(day: date, minutes: int) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)


def _held(rooms: Sequence[FacilityFacts], today: date) -> list[tuple[FacilityFacts, Interval]]:
    """What others have next week, of one day: what goes into the next may end too late."""
    now = int(clock.now().timestamp())
    next_week = days(today + timedelta(days=7), 7, rooms[0].time_zone)
    by_space = {space: room for room in rooms for space in room.space_ids}
    return [
        (by_space[hold.space_id], Interval(hold.from_, hold.until))
        for hold in standing(list(by_space), next_week, now)
        if hold.rank == 1 and hold.from_ > now and _is_of_one_day(hold, rooms[0].time_zone)
    ]


def _is_of_one_day(hold: Hold, zone: str) -> bool:
    return local(hold.from_, zone).date() == local(hold.until, zone).date()


def _clashing(browser: Browser, held: list[tuple[FacilityFacts, Interval]]) -> Deed:
    """Asks for what others have."""
    turns = cycle(held)

    def deed() -> None:
        room, span = next(turns)
        start, end = (local(at, room.time_zone).isoformat() for at in span)
        _post(browser, "/bookings", 409, facilities=[room.code], start=start, end=end)

    return deed


def _measured(app: Flask, what: str, bookings: int, deed: Deed, repeat: int) -> Figure:
    for _ in range(WARM_UP):
        _timed(deed)
    times = [_timed(deed) for _ in range(repeat)]
    feeds.prepare(deed)
    with statements(app) as sent:
        deed()
    bare = _bare(app, deed, repeat)
    cuts = quantiles(times, n=20, method="inclusive")
    with app.app_context():
        engine = db.engine.dialect.name
    return Figure(what, engine, bookings, cuts[9], cuts[18], len(sent), bare)


def _bare(app: Flask, deed: Deed, repeat: int) -> float:
    """The median of what the database alone takes for it, in milliseconds."""
    with driver.timed(app) as watch:
        spent = []
        for _ in range(WARM_UP + repeat // 4):
            feeds.prepare(deed)
            watch.read()
            deed()
            spent.append(watch.read())
    return median(spent[WARM_UP:])


def _timed(deed: Deed) -> float:
    feeds.prepare(deed)
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
