"""Checking in at the second of the deadline, while a worker and others come by."""

from collections import Counter

from booking.facilities.actions.rules import RuleChange
from booking.reservations import actions
from booking.reservations.actions import ruling
from tests.races.conftest import Race
from tests.races.crew import Job
from tests.races.test_crowds import do, slot
from tests.reservations.desk import Desk

ROUNDS = 20


def test_who_checks_in_at_the_deadline_has_the_room_or_somebody_else_has(desk: Desk, race: Race):
    """Processes whose clocks differ by that one second: somebody has it, and one alone."""
    ruling.add_rule(
        desk.actor("admin@pil.example"),
        "check_in",
        RuleChange(value=15),
        desk.clock.now,
        facility_id=desk.world.facilities["M-MI1"],
    )
    won: Counter[str] = Counter()
    for turn in range(ROUNDS):
        number = desk.book("producer", "M-MI1", *slot(turn))
        began = desk.clock.now
        (date,) = desk.view("producer", number).occurrences
        desk.clock.advance(seconds=(date.expires or 0) - desk.now - 1)
        in_time = do(desk, "colleague", number, "check-in")
        desk.clock.advance(seconds=1)
        too_late = do(desk, "producer", number, "check-in")
        worker: Job = (actions.lapse_due, (desk.clock.now,))
        outcomes = race.run([in_time, too_late, worker, too_late])
        end = desk.written(number)
        assert end in ("checked_in", "no_show")
        assert (outcomes[0].refused is None) == (end == "checked_in")
        assert (outcomes[1].refused, outcomes[3].refused) == ("wrong_state", "wrong_state")
        held = race.eyes.held("M-MI1", 1, date.starts, date.ends)
        assert held == (end == "checked_in")
        won[end] += 1
        desk.clock.now = began
    race.tell(f"{ROUNDS} rounds at the second of the check-in deadline: {dict(won)}")
