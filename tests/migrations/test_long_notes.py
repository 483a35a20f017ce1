"""Notes keep what they say when there is room for more, and are not cut where there was less."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from booking.kernel.db import db
from booking.reservations import actions
from booking.reservations.actions import Change
from tests.reservations.desk import Desk
from tests.support import world
from tests.support.time import StoppedClock

BEFORE = "0025"


def test_a_note_is_kept_there_and_back_and_never_cut(
    empty: Callable[[], Flask], clock: StoppedClock
):
    app = empty()
    with app.app_context():
        upgrade()
        desk = Desk(app, world.build(), clock)
        number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00", note="Bobine 7\nHDR")
        desk.book("producer", "M-ET1", "19T09:00", "19T13:00")
        db.session.remove()
        downgrade(revision=BEFORE)
        upgrade()
        assert notes() == ["Bobine 7\nHDR", ""]
        long = Change(note="é" * 10_000)
        actions.change(desk.actor("producer"), number, long, clock.now)
        assert notes() == ["é" * 10_000, ""]
        with pytest.raises(ValueError, match="more than 4000 characters"):
            downgrade(revision=BEFORE)
        assert notes() == ["é" * 10_000, ""]


def notes() -> list[str]:
    """Of the bookings, in the order in which they were asked for."""
    found = db.session.scalars(text("SELECT note FROM booking ORDER BY id"))
    told = [str(note) for note in found]
    db.session.remove()
    return told
