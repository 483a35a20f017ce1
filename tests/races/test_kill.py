"""kill -9 in the middle of two hundred writes: nothing half-stored, nothing lost that was answered.

One process writes through the same actions as every door, with the settings as shipped; it tells
what it was answered. Again and again it is killed: by turns from outside at a random moment, and
from inside just before a statement chosen by lot, COMMIT included. The next one goes on.
"""

import itertools
import multiprocessing
import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from booking import create_app
from booking.core.access import Actor
from booking.core.lifecycle import Verb
from booking.core.scheduling.recurrence import Recurrence
from booking.kernel.db import db
from booking.reservations import actions
from booking.reservations.wish import BookingRequest
from tests.races import fuse as fuse_
from tests.races.conftest import Eyes
from tests.races.crew import PATIENCE_S, Crew
from tests.reservations.desk import Desk
from tests.support import houses

WRITES = 200
KILLS = 15
"""At least."""
LIFE = 8
"""Answers that a process gives on average before it is killed."""
STATEMENTS = 25
"""Of one write, about."""

BROKEN = {
    "booking without a date": """
        SELECT count(*) FROM booking
        WHERE (SELECT count(*) FROM occurrence WHERE booking_id = booking.id) <> 2""",
    "date without a facility": """
        SELECT count(*) FROM occurrence WHERE id NOT IN (SELECT occurrence_id FROM allocation)""",
    "claims that do not fit the state": """
        SELECT count(*) FROM occurrence
        WHERE (SELECT count(*) FROM claim WHERE occurrence_id = occurrence.id)
            <> CASE WHEN state = 'cancelled' THEN 0 ELSE 1 END""",
    "booking that the journal does not know": """
        SELECT count(*) FROM booking WHERE (SELECT count(*) FROM journal
            WHERE booking_id = booking.id AND name = 'booking:requested') <> 1""",
    "cancelled, or not, against the journal": """
        SELECT count(*) FROM booking WHERE (SELECT count(*) FROM journal
            WHERE booking_id = booking.id AND name = 'booking:cancelled')
            <> (SELECT count(DISTINCT state) FROM occurrence
                WHERE booking_id = booking.id AND state = 'cancelled')""",
    "number left out or used twice": """
        SELECT count(*) - coalesce((SELECT last FROM booking_counter), 0) FROM booking""",
}
NUMBERS = "SELECT number FROM booking"
CANCELLED = """
    SELECT DISTINCT number FROM booking JOIN occurrence ON booking_id = booking.id
    WHERE state = 'cancelled'
"""


def test_what_was_answered_is_there_and_nothing_is_half_there(
    desk: Desk, eyes: Eyes, tmp_path: Path, engine_kind: str, request: pytest.FixtureRequest
):
    rng = random.Random(1)
    told: dict[str, set[str]] = {"booked": set(), "cancelled": set()}
    kills = turn = 0
    while len(told["booked"]) < WRITES:
        from_inside = kills % 2 == 0
        fuse = rng.randint(1, 2 * LIFE * STATEMENTS) if from_inside else 0
        with _writer(desk, tmp_path, turn, fuse) as writer:
            if not from_inside:
                writer.hear(rng.randint(1, 2 * LIFE))
                writer.kill(after=rng.uniform(0, 0.03))
            for what, number in writer.last_words():
                told[what].add(number)
        kills += 1
        turn += LIFE * 10  # wherever the last one was, nobody has been there
        _hold(eyes, told)
    stored = eyes.number("SELECT count(*) FROM booking")
    assert kills >= KILLS
    assert stored - len(told["booked"]) <= kills
    figure = (
        f"{engine_kind}: {kills} kills during {stored} bookings and {len(told['cancelled'])}"
        f" cancellations, {stored - len(told['booked'])} stored and not answered; none lost or half"
    )
    request.node.user_properties.append(("figure", figure))


def _hold(eyes: Eyes, told: dict[str, set[str]]) -> None:
    assert {what: eyes.number(sql) for what, sql in BROKEN.items() if eyes.number(sql)} == {}
    assert told["booked"] <= {number for (number,) in eyes.rows(NUMBERS)}
    assert told["cancelled"] <= {number for (number,) in eyes.rows(CANCELLED)}
    assert eyes.overlaps() == 0


# ---- the process ----------------------------------------------------------------------------


class Writer:
    """A process that writes, seen from outside."""

    def __init__(self, process: Any, pipe: Connection) -> None:
        self._process = process
        self._pipe = pipe
        self._heard: list[tuple[str, str]] = []

    def hear(self, answers: int) -> None:
        """Wait until it was answered as often."""
        for _ in range(answers):
            assert self._pipe.poll(PATIENCE_S)
            self._heard.append(self._pipe.recv())

    def kill(self, after: float) -> None:
        """kill -9, so many seconds after what was heard last or at the next answer."""
        self._pipe.poll(after)
        os.kill(self._process.pid, signal.SIGKILL)

    def last_words(self) -> list[tuple[str, str]]:
        """All that it was answered until it died."""
        try:
            while self._pipe.poll(PATIENCE_S):
                self._heard.append(self._pipe.recv())
        except EOFError:
            self._process.join(PATIENCE_S)
        assert self._process.exitcode == -signal.SIGKILL, "it died of something else"
        return self._heard


@contextmanager
def _writer(desk: Desk, folder: Path, turn: int, fuse: int) -> Iterator[Writer]:
    url = db.engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([Crew.__module__])
    ours, theirs = context.Pipe(duplex=False)
    arguments = (url, folder, desk.actor("producer"), desk.clock.now, turn, fuse, theirs)
    process = context.Process(target=_write, args=arguments, daemon=True)
    process.start()
    theirs.close()
    yield Writer(process, ours)
    ours.close()
    process.close()


def _write(
    url: str, folder: Path, actor: Actor, now: datetime, turn: int, fuse: int, pipe: Connection
) -> None:
    app = create_app(houses.settings(url, folder))  # durable as shipped
    with app.app_context():
        if fuse:
            fuse_.light(fuse)
        for place in itertools.count(turn):
            number = actions.request(actor, _wish(place), now)
            pipe.send(("booked", number))
            if place % 3 == 0:
                actions.act(actor, number, Verb.CANCEL, now, reason="Changement")
                pipe.send(("cancelled", number))
            db.session.remove()


def _wish(place: int) -> BookingRequest:
    """Two dates, a year apart, that no other place wants."""
    start = datetime(2026, 12, 1, 8) + timedelta(hours=place % 13, days=place // 13)
    return BookingRequest(
        facilities=("M-MI1",),
        title="Montage",
        start=start,
        end=start + timedelta(hours=1),
        recurrence=Recurrence(rule="FREQ=DAILY;INTERVAL=365;COUNT=2"),
    )
