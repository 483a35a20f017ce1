"""Sixteen processes, one slot, two hundred times: one gets it, the others are told why not."""

from collections import Counter
from datetime import datetime, timedelta

from booking.core.scheduling.wallclock import resolve
from booking.reservations import actions
from tests.races.conftest import Race
from tests.reservations.desk import ZONE, Desk

CREW = 16
ROUNDS = 200
PEOPLE = ("producer", "colleague", "post", "admin@blf.example")


def test_one_of_sixteen_gets_the_slot(desk: Desk, race: Race):
    actors = [desk.actor(PEOPLE[n % len(PEOPLE)]) for n in range(race.size)]
    numbers = set()
    for turn in range(ROUNDS):
        start = datetime(2026, 12, 1, 8) + timedelta(days=turn // 7, hours=turn % 7 * 2)
        end = start + timedelta(hours=2)
        wish = desk.wish("M-MI1", start.isoformat(), end.isoformat())
        outcomes = race.run([(actions.request, (a, wish, desk.clock.now)) for a in actors])
        assert Counter(o.refused for o in outcomes) == {None: 1, "clash": race.size - 1}
        numbers |= {outcome.answer for outcome in outcomes if outcome.answer}
        assert race.eyes.held("M-MI1", 1, resolve(start, ZONE), resolve(end, ZONE)) == 1
    assert len(numbers) == race.eyes.number("SELECT count(*) FROM booking") == ROUNDS
    assert race.eyes.number("SELECT count(*) FROM claim") == ROUNDS
    race.tell(f"{ROUNDS} rounds of {race.size} for one slot, {len(numbers)} winners")
