"""A power cut: what was answered is on the disk, with the settings as shipped.

`doctor` says it of the file in words; here the connections that write bookings are asked. The
application leaves PostgreSQL's own settings alone, which are durable unless somebody turned them.
"""

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from booking import create_app
from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.reservations import actions, queries
from tests.races.conftest import open_eyes
from tests.reservations.desk import Desk
from tests.support import houses, world
from tests.support.houses import House
from tests.support.postgres import TemporaryPostgres, Unavailable
from tests.support.time import StoppedClock

FULL = 2
SLOT = ("M-MI1", "2026-12-01T09:00", "2026-12-01T13:00")


@transaction
def written_with(setting: str) -> str:
    """What a setting is for the connection that a write uses."""
    return str(db.session.scalar(text(setting)))


@pytest.mark.one_engine
def test_sqlite_waits_for_the_disk_at_every_commit(house: House, tmp_path: Path):
    with house.app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    shipped = create_app(houses.settings(url, tmp_path))
    with shipped.app_context():
        assert written_with("PRAGMA synchronous") == str(FULL)
        assert written_with("PRAGMA journal_mode") == "wal"
        db.session.remove()
        db.engine.dispose()


@pytest.mark.one_engine
def test_what_sqlite_has_answered_is_in_its_two_files_alone(
    house: House, desk: Desk, tmp_path: Path
):
    """As after a cut: no process closed anything, the next one finds the file and its log."""
    number = desk.book("producer", *SLOT)
    assert house.template is not None
    live = house.template.with_name("live.sqlite3")
    for end in ("", "-wal"):
        left = live.with_name(live.name + end)
        (tmp_path / f"after{end}").write_bytes(left.read_bytes())
    after = House(houses.make_app(f"sqlite:///{tmp_path / 'after'}", tmp_path), house.world, int)
    with open_eyes(after) as eyes:
        assert eyes.rows("SELECT number FROM booking") == [(number,)]
        assert eyes.rows("PRAGMA integrity_check") == [("ok",)]
    after.leave()


@pytest.fixture
def durable(clock: StoppedClock):
    """A PostgreSQL server as it comes, without what makes the tests' own fast."""
    try:
        with TemporaryPostgres(durable=True) as server:
            yield server
    except Unavailable as reason:
        if houses.required("POSTGRES"):
            raise
        pytest.skip(f"PostgreSQL tests were left out: {reason}")


@pytest.mark.postgres
def test_postgresql_keeps_what_was_answered_when_it_crashes(
    durable: TemporaryPostgres, clock: StoppedClock, tmp_path: Path
):
    app = houses.make_app(durable.create_database("durable"), tmp_path)
    with app.app_context():
        upgrade()
        people = world.build()
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert written_with(f"SHOW {setting}") == "on"
        desk = Desk(app, people, clock)
        numbers = [_book(app, desk, day) for day in (1, 2, 3)]
        durable.kill()
        db.session.remove()
        db.engine.dispose()
        durable.start()
        for number in numbers:
            shown = queries.booking(desk.actor("producer"), number, desk.now)
            assert shown.occurrences[0].state == "confirmed"
        db.session.remove()
        db.engine.dispose()


def _book(app: Flask, desk: Desk, day: int) -> str:
    words = (f"2026-12-{day:02d}T09:00", f"2026-12-{day:02d}T13:00")
    return actions.request(desk.actor("producer"), desk.wish("M-MI1", *words), desk.clock.now)
