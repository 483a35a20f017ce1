"""A test of the tests: a fault planted into the engine is noticed, or the suite is worth nothing.

The database's own guard is taken away first, so that it cannot notice in their stead. What it does
when it is there is shown too: the fault ends in an error, never in two holders of one slot.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from booking.kernel.db import db
from booking.kernel.errors import Busy
from booking.reservations.models import CLAIM_OVERLAP
from tests.model import faults
from tests.model.clocks import DAY, HOUR
from tests.model.engine import GUARDS, Engine
from tests.model.faults import Fault
from tests.model.machine import MONDAY_NINE, tell
from tests.races.conftest import Eyes, Figures, Race, open_eyes
from tests.races.crew import Crew, Job
from tests.races.test_crowds import ask, codes
from tests.reservations.desk import Desk
from tests.support.houses import House
from tests.support.time import StoppedClock

HISTORIES = 400
CREW = 8
ROUNDS = 10


# ---- one person at a time -------------------------------------------------------------------


@pytest.mark.one_engine
@pytest.mark.parametrize("plant", faults.SEQUENTIAL, ids=lambda fault: fault.__name__)
def test_the_histories_notice(engine: Engine, plant: Fault, monkeypatch: pytest.MonkeyPatch):
    engine.without_guards()
    plant(monkeypatch.setattr)
    with pytest.raises((AssertionError, IntegrityError)):
        tell(engine, 0, HISTORIES, shrink=False)


@pytest.mark.one_engine
def test_the_guard_stops_who_moves_up_into_a_taken_slot(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    faults.everybody_moves_up(monkeypatch.setattr)
    starts = MONDAY_NINE + DAY
    how = {"hold": "option", "on_clash": "queue"}
    early, late = (starts, starts + 2 * HOUR), (starts + HOUR, starts + 3 * HOUR)
    leaving = engine.request("producer", ["M-PLA1"], early, 1, MONDAY_NINE, **how)
    engine.request("post", ["M-PLA1"], (early[1], early[1] + HOUR), 1, MONDAY_NINE, **how)
    engine.request("guest", ["M-PLA1"], late, 1, MONDAY_NINE, **how)
    before = engine.claims()
    with pytest.raises(Busy) as refused:
        engine.act("producer", leaving, "release", MONDAY_NINE)
    assert CLAIM_OVERLAP in str(refused.value.__cause__)
    assert engine.claims() == before
    assert engine.broken() == []


# ---- many at once ---------------------------------------------------------------------------


@pytest.fixture
def desk(house: House, context: None, clock: StoppedClock) -> Desk:
    return Desk(house.app, house.world, clock)


@pytest.fixture
def eyes(house: House) -> Iterator[Eyes]:
    with open_eyes(house) as found:
        yield found


@pytest.fixture
def hurried(
    house: House, eyes: Eyes, request: pytest.FixtureRequest, engine_kind: str, tmp_path: Path
) -> Iterator[Race]:
    """A crew that looks before it waits for its turn."""
    with house.app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    with Crew(url, tmp_path, CREW) as crew:
        crew.at_once([(faults.check_without_lock, (setattr,))] * CREW)
        yield Race(crew, eyes, Figures(request, engine_kind))
        crew.let_go()


def test_the_races_notice_who_checks_without_the_lock(desk: Desk, hurried: Race, house: House):
    with _guards_gone(house, hurried.eyes), pytest.raises(AssertionError, match="two of one rank"):
        _race(desk, hurried)


def test_the_guard_stops_who_checks_without_the_lock(desk: Desk, hurried: Race):
    for turn in range(ROUNDS):
        outcomes = hurried.run(_wishes(desk, turn, hurried.size))
        assert set(codes(outcomes)) <= {None, "clash", "busy"}


def _race(desk: Desk, hurried: Race) -> None:
    for turn in range(ROUNDS):
        hurried.run(_wishes(desk, turn, hurried.size))


def _wishes(desk: Desk, turn: int, size: int) -> list[Job]:
    """All in each other's way, and no two alike: the primary key is not on trial."""
    return [ask(desk, "producer", "M-MI1", _slot(turn, minutes)) for minutes in range(size)]


def _slot(turn: int, minutes: int) -> tuple[str, str]:
    day = f"2026-12-{turn + 1:02d}"
    return f"{day}T09:{minutes:02d}", f"{day}T13:{minutes:02d}"


@contextmanager
def _guards_gone(house: House, eyes: Eyes) -> Iterator[None]:
    """Nothing but the code keeps claims apart; on PostgreSQL the house is not made anew."""
    if house.template is not None:
        for name in GUARDS:
            eyes.do(f"DROP TRIGGER {name}")
        yield
        return
    found = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{}'"
    ((definition,),) = eyes.rows(found.format(CLAIM_OVERLAP))
    eyes.do(f"ALTER TABLE claim DROP CONSTRAINT {CLAIM_OVERLAP}")
    try:
        yield
    finally:
        eyes.do("TRUNCATE claim")
        eyes.do(f"ALTER TABLE claim ADD CONSTRAINT {CLAIM_OVERLAP} {definition}")
