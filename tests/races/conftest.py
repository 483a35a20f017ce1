"""A crew of eight for each kind of database, and a pair of eyes outside of the application."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from booking.kernel.db import db
from tests.races.crew import Crew, Job, Outcome
from tests.reservations.desk import Desk
from tests.support.houses import House
from tests.support.time import StoppedClock

SIZE = 8
"""On two cores more only wait longer: a round costs what its refusals cost, one after another. A
module that wants another crew says so in `CREW`."""

OVERLAPS = """
    SELECT count(*) FROM (
        SELECT ends, lead(starts) OVER (PARTITION BY space_id, rank ORDER BY starts) AS next
        FROM claim
    ) AS line WHERE next < ends
"""
HELD = """
    SELECT count(*) FROM claim JOIN space ON space.id = claim.space_id
    WHERE space.code = '{space}' AND rank = {rank} AND starts < {ends} AND ends > {starts}
"""


class Eyes:
    """Reads the database with a bare driver, as nobody's application does."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def number(self, statement: str) -> int:
        """What a statement counts."""
        (found,) = self._connection.execute(statement).fetchone()
        return int(found)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement finds."""
        return [tuple(row) for row in self._connection.execute(statement).fetchall()]

    def do(self, statement: str) -> None:
        """Change something that only an administrator of the database could."""
        self._connection.execute(statement)

    def overlaps(self) -> int:
        """How often the invariant is broken."""
        return self.number(OVERLAPS)

    def held(self, space: str, rank: int, starts: int, ends: int) -> int:
        """How many claims of a rank there are on a space at some time."""
        return self.number(HELD.format(space=space, rank=rank, starts=starts, ends=ends))


class Figures:
    """What a race has measured; told in the last lines of the test run."""

    def __init__(self, request: pytest.FixtureRequest, engine_kind: str) -> None:
        self._node = request.node
        self._kind = engine_kind
        self._seconds: list[float] = []

    def note(self, outcomes: list[Outcome]) -> None:
        """Remember how long everybody waited."""
        self._seconds += [outcome.seconds for outcome in outcomes]

    def tell(self, what: str) -> None:
        """Say it, with the median and the worst latency."""
        ordered = sorted(self._seconds)
        median, worst = ordered[len(ordered) // 2], ordered[-1]
        times = f"median {median * 1000:.0f} ms, worst {worst * 1000:.0f} ms"
        self._node.user_properties.append(("figure", f"{self._kind}: {what}; {times}"))


@pytest.fixture(scope="module")
def _crews() -> Iterator[dict[str, Any]]:
    with ExitStack() as running:
        yield {"running": running}


@pytest.fixture
def crew(
    request: pytest.FixtureRequest,
    house: House,
    engine_kind: str,
    _crews: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Crew]:
    """Processes over the small world."""
    if engine_kind not in _crews:
        folder: Path = tmp_path_factory.mktemp("crew")
        size = getattr(request.module, "CREW", SIZE)
        with house.app.app_context():
            url = db.engine.url.render_as_string(hide_password=False)
        _crews[engine_kind] = _crews["running"].enter_context(Crew(url, folder, size))
    found: Crew = _crews[engine_kind]
    yield found
    found.let_go()  # before the next test puts another database in this one's place


@contextmanager
def open_eyes(house: House) -> Iterator[Eyes]:
    """A look from outside into the database of a house."""
    with house.app.app_context():
        url = db.engine.url
    if url.get_backend_name() == "sqlite":
        connection: Any = sqlite3.connect(str(url.database), isolation_level=None)
    else:
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(plain, autocommit=True)
    yield Eyes(connection)
    connection.close()


@pytest.fixture
def eyes(house: House) -> Iterator[Eyes]:
    """A look from outside."""
    with open_eyes(house) as found:
        yield found


@pytest.fixture
def desk(house: House, context: None, clock: StoppedClock) -> Desk:
    """The front desk, to set scenes and to look at what became of them."""
    return Desk(house.app, house.world, clock)


class Race:
    """Rounds in which the crew does things at once, each looked at from outside."""

    def __init__(self, crew: Crew, eyes: Eyes, figures: Figures) -> None:
        self.eyes = eyes
        self.size = crew.size
        self.tell = figures.tell
        self._crew = crew
        self._figures = figures

    def run(self, jobs: Sequence[Job]) -> list[Outcome]:
        """One round; whoever is left over idles. Holds that the invariant stands afterwards."""
        outcomes = self._crew.at_once(jobs)
        self._figures.note(outcomes)
        db.session.remove()  # what this process has read is out of date
        assert self.eyes.overlaps() == 0, "two of one rank on one space overlap"
        return outcomes


@pytest.fixture
def race(request: pytest.FixtureRequest, engine_kind: str, crew: Crew, eyes: Eyes) -> Race:
    """The crew at the start."""
    return Race(crew, eyes, Figures(request, engine_kind))
