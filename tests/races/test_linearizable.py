"""Histories of operations at once are those that one clerk could have had, one after the other.

The final table would not tell: a cancel that was answered and lost leaves no trace in it.
"""

import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import combinations, permutations
from math import inf
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from booking.core.access import Actor
from booking.core.lifecycle import Verb
from booking.kernel.db import db
from booking.kernel.errors import BookingError
from booking.reservations import actions
from booking.reservations.actions import Change
from tests.model import faults
from tests.races.conftest import Eyes, Figures, Race
from tests.races.crew import Crew, Job
from tests.races.linearize import Book, Kept, Operation, clerk, linearizable
from tests.reservations.desk import Desk, instant, moment
from tests.support.houses import House

ROUNDS = 40
PEOPLE = 4
LONGEST_TALE = 4
ROOM = "M-MI1"
VERBS = ("request", "request", "option", "cancel", "confirm", "release", "move", "move")
SLOTS = ((9, 11), (10, 12), (11, 13), (9, 13))
LEFT = """
    SELECT occurrence.starts, occurrence.ends, occurrence.state FROM occurrence
    WHERE state IN ('confirmed', 'option') AND starts >= {first} AND ends <= {last}
"""


class _Cut(Exception):
    """The connection is gone in the middle of a write."""


# ---- histories ------------------------------------------------------------------------------


def test_every_history_could_be_one_clerks(desk: Desk, race: Race):
    told: Counter[str] = Counter()
    for turn in range(ROUNDS):
        history, first, last = _round(desk, race, turn)
        assert linearizable(history, first, last), (history, last)
        told += Counter(f"{op.verb} {op.answer or 'unknown'}" for op in history)
    happened = {"cancel done", "request clash", "confirm done", "request unknown"}
    moved = {"move done", "move clash", "move wrong_state", "move unknown"}
    assert happened | moved <= set(told)
    race.tell(f"{ROUNDS} histories, {sum(told.values())} operations linearizable: {dict(told)}")


@pytest.fixture
def forgetful(
    house: House, eyes: Eyes, request: pytest.FixtureRequest, engine_kind: str, tmp_path: Path
) -> Iterator[Race]:
    """A crew whose cancels are answered and not done."""
    with house.app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    with Crew(url, tmp_path, PEOPLE) as crew:
        crew.at_once([(faults.leaving_is_answered_and_not_done, (setattr,))] * PEOPLE)
        yield Race(crew, eyes, Figures(request, engine_kind))
        crew.let_go()


@pytest.mark.one_engine
def test_a_cancel_that_is_lost_is_noticed(desk: Desk, forgetful: Race):
    noticed = [not linearizable(*_round(desk, forgetful, turn)) for turn in range(10)]
    assert sum(noticed) >= 3


def _round(desk: Desk, race: Race, turn: int) -> tuple[list[Operation], Book, list[Kept]]:
    """What four people did at once on one day, what they found there and what they left."""
    rng = random.Random(turn)
    day = f"{date(2026, 12, 1) + timedelta(days=turn)}T"
    early, late = rng.choice(((9, 11), (9, 13))), (13, 14)
    known = {
        "old": desk.book("producer", ROOM, *_words(day, early)),
        "older": desk.option("producer", ROOM, *_words(day, late)),
    }
    first = frozenset({Kept("old", *early, "confirmed"), Kept("older", *late, "option")})
    tales = [_tale(rng, person) for person in range(PEOPLE)]
    arguments = (desk.actor("producer"), desk.clock.now, day, known)
    jobs: list[Job] = [(_live, (tale, n + turn, *arguments)) for n, tale in enumerate(tales)]
    history = [op for outcome in race.run(jobs) for op in outcome.answer]
    window = {"first": instant(f"{day}00:00"), "last": instant(f"{day}23:00")}
    left = race.eyes.rows(LEFT.format(**window))
    midnight = window["first"]
    last = [Kept("", (a - midnight) // 3600, (b - midnight) // 3600, s) for a, b, s in left]
    return history, first, last


def _tale(rng: random.Random, person: int) -> list[tuple[str, str, int, int, bool]]:
    """What a person does: verb, name of the booking, hours, whether the connection is cut."""
    tale = []
    for turn in range(LONGEST_TALE):
        mine = f"{person}.{turn}"
        before = [op[1] for op in tale if op[0] in ("request", "option")]
        verb = rng.choice(VERBS)
        asks = verb in ("request", "option")
        name = mine if asks else rng.choice(["old", "old", "older", *before])
        tale.append((verb, name, *rng.choice(SLOTS), rng.random() < 0.15))
    return tale


def _words(day: str, hours: tuple[int, int]) -> tuple[str, str]:
    return f"{day}{hours[0]:02d}:00", f"{day}{hours[1]:02d}:00"


def _live(
    tale: Sequence[tuple[str, str, int, int, bool]],
    seed: int,
    actor: Actor,
    now: datetime,
    day: str,
    known: dict[str, str],
) -> list[Operation]:
    """Do it, in a process of the crew; what was asked when, and answered when."""
    rng, numbers, done = random.Random(seed), dict(known), []
    desk = Desk(None, None, None)  # type: ignore[arg-type] - only to word wishes
    for verb, name, starts, ends, cut in tale:
        if verb not in ("request", "option") and name not in numbers:
            continue
        invoked = time.monotonic()
        try:
            with _cut_at(rng.randint(1, 60)) if cut else nullcontext():
                if verb == "move":
                    start, end = (moment(words) for words in _words(day, (starts, ends)))
                    actions.change(actor, numbers[name], Change(start=start, end=end), now)
                elif verb in ("request", "option"):
                    hold = "firm" if verb == "request" else "option"
                    wish = desk.wish(ROOM, *_words(day, (starts, ends)), hold=hold)
                    numbers[name] = actions.request(actor, wish, now)
                else:
                    actions.act(actor, numbers[name], Verb(verb), now, reason="Changement")
            answer: str | None = "done"
        except BookingError as refusal:
            answer = refusal.code
        except (_Cut, DBAPIError):
            if not cut:
                raise
        if cut:
            answer = None  # whatever it was, nobody heard it
            numbers.pop(name if name not in known else "", None)
        responded = inf if answer is None else time.monotonic()
        done.append(Operation(verb, name, starts, ends, invoked, responded, answer))
        db.session.remove()
    return done


@contextmanager
def _cut_at(place: int) -> Iterator[None]:
    """Lose the connection at the statement of that place, or the answer where it has fewer.

    SQLite has no connection that one could lose: there the write just stops.
    """
    left = itertools.count(place, -1)

    def cut(connection: Any, *_: Any) -> None:
        if next(left) == 0:
            if connection.dialect.name == "sqlite":
                raise _Cut
            connection.connection.driver_connection.close()

    event.listen(db.engine, "before_cursor_execute", cut)
    event.listen(db.engine, "commit", cut)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", cut)
        event.remove(db.engine, "commit", cut)
        db.session.remove()


# ---- the checker itself ---------------------------------------------------------------------


OLD = Kept("old", 9, 11, "confirmed")


def op(verb: str, name: str, answer: str | None, invoked: float, responded: float) -> Operation:
    return Operation(verb, name, 9, 11, invoked, responded, answer)


def test_a_cancel_before_a_clash_was_lost():
    history = [op("cancel", "old", "done", 1, 2), op("request", "new", "clash", 3, 4)]
    assert not linearizable(history, frozenset({OLD}), [])
    assert not linearizable(history, frozenset({OLD}), [OLD])


def test_a_cancel_at_the_same_time_as_a_clash_may_have_come_after_it():
    history = [op("cancel", "old", "done", 1, 4), op("request", "new", "clash", 2, 3)]
    assert linearizable(history, frozenset({OLD}), [])


def test_a_move_leaves_one_place_and_has_the_other():
    elsewhere = Operation("move", "old", 13, 14, 1, 2, "done")
    taken = op("request", "new", "done", 3, 4)
    both = [Kept("", 9, 11, "confirmed"), Kept("", 13, 14, "confirmed")]
    assert linearizable([elsewhere, taken], frozenset({OLD}), both)
    assert not linearizable([elsewhere], frozenset({OLD}), [OLD])
    assert not linearizable([taken, elsewhere], frozenset({OLD}), [both[1]])
    refused = replace(elsewhere, answer="clash")
    assert not linearizable([refused], frozenset({OLD}), [OLD])


def test_two_cannot_both_get_the_slot():
    history = [op("request", "one", "done", 1, 3), op("request", "other", "done", 2, 4)]
    assert not linearizable(history, frozenset(), [Kept("", 9, 11, "confirmed")] * 2)


def test_what_nobody_heard_of_may_have_happened_or_not():
    history = [op("request", "one", None, 1, inf), op("request", "other", "clash", 2, 3)]
    assert linearizable(history, frozenset(), [Kept("", 9, 11, "confirmed")])
    assert not linearizable(history, frozenset(), [])
    assert linearizable(history[:1], frozenset(), [])


def test_the_search_finds_what_trying_every_order_finds():
    found: Counter[bool] = Counter()
    for turn in range(300):
        history, last = _random_history(random.Random(turn))
        expected = _by_every_order(history, last)
        assert linearizable(history, frozenset({OLD}), last) == expected, (history, last)
        found[expected] += 1
    assert min(found[True], found[False]) > 25


ANSWERS = {
    "request": ("done", "clash"),
    "cancel": ("done", "wrong_state"),
    "move": ("done", "clash", "wrong_state"),
}


def _random_history(rng: random.Random) -> tuple[list[Operation], list[Kept]]:
    history = []
    for n in range(5):
        verb = rng.choice(("request", "cancel", "move"))
        name = f"new{n}" if verb == "request" else rng.choice(("old", "new0"))
        answer = rng.choice(ANSWERS[verb])
        invoked = rng.uniform(0, 4)
        unheard = rng.random() < 0.2
        responded = inf if unheard else invoked + rng.uniform(0, 4)
        history.append(op(verb, name, None if unheard else answer, invoked, responded))
    return history, rng.choice(([], [OLD]))


def _by_every_order(history: Sequence[Operation], last: Sequence[Kept]) -> bool:
    known = [op for op in history if op.known]
    unheard = [op for op in history if not op.known]
    return any(
        _possible(order, last)
        for size in range(len(unheard) + 1)
        for some in combinations(unheard, size)
        for order in permutations([*known, *some])
    )


def _possible(order: Sequence[Operation], last: Sequence[Kept]) -> bool:
    book: Book = frozenset({OLD})
    for place, each in enumerate(order):
        if any(later.responded < each.invoked for later in order[place + 1 :]):
            return False
        answer, book = clerk(book, each)
        if each.known and answer != each.answer:
            return False
    return len(book) == len(last)
