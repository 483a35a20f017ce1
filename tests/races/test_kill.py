"""kill -9 in the middle of two hundred writes: nothing half-stored, nothing lost that was answered.

One process writes through the same actions as every door, with the settings as shipped; it tells
what it was answered. It is killed twenty-five times: by turns from outside at a random moment, and
from inside just before a statement chosen by lot, COMMIT included. The next one goes on.
"""

import multiprocessing
import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import event

from booking import create_app
from booking.core.access import Actor
from booking.core.lifecycle import Verb
from booking.core.scheduling.recurrence import Recurrence
from booking.kernel.db import db
from booking.reservations import actions
from booking.reservations.wish import BookingRequest
from tests.races.conftest import Eyes
from tests.races.crew import PATIENCE_S
from tests.reservations.desk import Desk
from tests.support import houses

WRITES = 200
KILLS = 25
STATEMENTS = 60
"""Of two or three writes."""

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
        SELECT count(*) FROM booking WHERE (SELECT count(*) FROM journal_entry
            WHERE booking_id = booking.id AND name = 'booking:requested') <> 1""",
    "cancelled, or not, against the journal": """
        SELECT count(*) FROM booking WHERE (SELECT count(*) FROM journal_entry
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
    desk: Desk, eyes: Eyes, tmp_path: Path, engine_kind: str, request: Any
):
    rng = random.Random(1)
    url = _url(desk)
    booked, cancelled, kills = set(), set(), 0
    turn = 0
    while len(booked) < WRITES or kills < KILLS:
        inside = kills % 2 == 0 and kills < KILLS
        fuse = rng.randint(1, STATEMENTS) if inside else 0
        most = WRITES if kills >= KILLS else turn + rng.randint(4, WRITES // KILLS * 2)
        with _writer(url, tmp_path, desk, turn, most, fuse) as (pipe, pid):
            for what, number in _told(pipe, most - turn, forever=inside):
                (booked if what == "booked" else cancelled).add(number)
            if kills < KILLS:
                pipe.poll(rng.uniform(0, 0.03))  # a random moment of the next write
                os.kill(pid, signal.SIGKILL)
                kills += 1
        _hold(eyes, booked, cancelled)
        turn = eyes.number("SELECT count(*) FROM booking") + kills
    unanswered = eyes.number("SELECT count(*) FROM booking") - len(booked)
    assert unanswered <= KILLS
    words = f"{len(booked)} bookings and {len(cancelled)} cancellations answered, {kills} kills"
    figure = f"{engine_kind}: {words}, {unanswered} stored and not answered, none lost or halved"
    request.node.user_properties.append(("figure", figure))
