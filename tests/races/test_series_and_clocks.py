"""Eight processes at once over whole series, at the second of a deadline, while people leave."""

from collections import Counter
from datetime import datetime, timedelta

from booking.core.scheduling.recurrence import Recurrence
from booking.reservations import actions
from tests.races.conftest import Race
from tests.races.crew import Job
from tests.races.test_crowds import ask, codes, do, slot
from tests.reservations.desk import Desk, instant

ROUNDS = 30
DATES = 5
OF_A_SERIES = """
    SELECT occurrence.starts, occurrence.ends FROM occurrence
    JOIN booking ON booking.id = occurrence.booking_id WHERE booking.number = '{number}'
"""


def series(desk: Desk, turn: int, place: int, on_clash: str) -> tuple[Job, list[tuple[int, int]]]:
    """Five days in a row, beginning on another day and at another hour than the neighbours'."""
    first = datetime(2026, 12, 1, 8) + timedelta(days=7 * turn + place % 3, hours=place)
    spans = [(first + timedelta(days=n), first + timedelta(days=n, hours=3)) for n in range(DATES)]
    rule = Recurrence(rule=f"FREQ=DAILY;COUNT={DATES}")
    words = tuple(moment.isoformat() for moment in spans[0])
    job = ask(desk, "producer", "M-MI1", words, recurrence=rule, on_clash=on_clash)
    return job, [(instant(a.isoformat()), instant(b.isoformat())) for a, b in spans]


# ---- series ---------------------------------------------------------------------------------


def test_a_series_is_had_whole_or_not_at_all(desk: Desk, race: Race):
    won: Counter[int] = Counter()
    for turn in range(ROUNDS):
        wanted = [series(desk, turn, place, "reject") for place in range(race.size)]
        outcomes = race.run([job for job, _ in wanted])
        assert set(codes(outcomes)) == {None, "clash"}
        for outcome, (_, spans) in zip(outcomes, wanted, strict=True):
            if outcome.answer:
                stored = race.eyes.rows(OF_A_SERIES.format(number=outcome.answer))
                assert sorted(stored) == spans
            else:
                assert any(race.eyes.held("M-MI1", 1, *span) for span in spans)
        won[codes(outcomes)[None]] += 1
    race.tell(f"{ROUNDS} rounds of {race.size} series of {DATES}, had by {dict(won)}")


def test_of_a_series_exactly_the_dates_are_left_out_that_others_have(desk: Desk, race: Race):
    for turn in range(ROUNDS):
        wanted = [series(desk, turn, place, "skip") for place in range(race.size)]
        outcomes = race.run([job for job, _ in wanted])
        assert set(codes(outcomes)) <= {None, "clash"}
        for outcome, (_, spans) in zip(outcomes, wanted, strict=True):
            rows = race.eyes.rows(OF_A_SERIES.format(number=outcome.answer or ""))
            assert set(rows) <= set(spans)
            assert bool(rows) == bool(outcome.answer)
            for span in set(spans) - set(rows):
                assert race.eyes.held("M-MI1", 1, *span) >= 1, "left out, and nobody has it"
    race.tell(f"{ROUNDS} rounds of {race.size} series of {DATES} that leave out what is taken")


# ---- clocks ---------------------------------------------------------------------------------


def test_a_holder_confirms_in_the_second_of_the_deadline(desk: Desk, race: Race):
    """Processes whose clocks differ by that one second: somebody has it, and one alone."""
    won: Counter[str] = Counter()
    for turn in range(ROUNDS):
        holder = desk.option("producer", "M-MI1", *slot(turn))
        challenger = desk.option("post", "M-MI1", *slot(turn))
        desk.act("post", challenger, "challenge")
        began = desk.clock.now
        due = desk.view("producer", holder).occurrences[0].expires
        desk.clock.advance(seconds=(due or 0) - desk.now - 1)
        in_time = do(desk, "producer", holder, "confirm")
        desk.clock.advance(seconds=1)
        too_late = do(desk, "producer", holder, "confirm")
        worker: Job = (actions.lapse_due, (desk.clock.now,))
        other = ask(desk, "guest", "M-MI1", slot(turn))
        outcomes = race.run([in_time, too_late, worker, other])
        ends = desk.where(holder), desk.where(challenger)
        assert ends in {("confirmed 1", "requested 2"), ("expired", "confirmed 1")}
        assert (outcomes[0].refused is None) == (ends[0] == "confirmed 1")
        assert (outcomes[1].refused, outcomes[3].refused) == ("wrong_state", "clash")
        won[ends[0]] += 1
        desk.clock.now = began
    race.tell(f"{ROUNDS} rounds at the second of the deadline, the holder: {dict(won)}")


def test_who_waits_withdraws_while_the_holder_cancels(desk: Desk, race: Race):
    """Three in line, two leave at once and others ask: the third has it, whoever was first."""
    for turn in range(ROUNDS):
        line = [
            desk.book(who, "M-MI1", *slot(turn), on_clash="queue")
            for who in ("producer", "post", "colleague")
        ]
        other = ask(desk, "post", "M-MI1", slot(turn))
        leaving = [
            do(desk, "producer", line[0], "cancel"),
            do(desk, "post", line[1], "withdraw"),
            do(desk, "post", line[1], "cancel"),
        ]
        outcomes = race.run([*leaving, other, other])
        assert outcomes[0].answer == "done"
        assert codes(outcomes[1:3]) in ({None: 1, "wrong_state": 1}, {"wrong_state": 2})
        assert codes(outcomes[3:]) == {"clash": 2}
        if desk.written(line[1]) == "confirmed":  # asked to cancel too early, to withdraw too late
            desk.act("post", line[1], "cancel", "Changement")
        assert desk.written(line[2]) == "confirmed"
    race.tell(f"{ROUNDS} rounds in which the holder and the second leave at once")
