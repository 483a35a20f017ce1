"""One company asks in eight rooms at the same moment: its quotas are counted one by one."""

from datetime import date, timedelta

import pytest

from booking.facilities import actions as facility_actions
from booking.facilities.actions import create_facility
from booking.facilities.actions.facilities import FacilityChange, NewFacility
from booking.facilities.actions.rules import RuleChange
from tests.races.conftest import Race
from tests.races.crew import Job
from tests.races.test_crowds import ask, codes
from tests.reservations.desk import Desk

ROUNDS = 12
MONDAY = date(2026, 12, 7)
PEOPLE = ("producer", "colleague")
HOURS = """
    SELECT coalesce(sum(occurrence.ends - occurrence.starts), 0) / 3600 FROM occurrence
    WHERE state = 'confirmed'
"""
OPTIONS = "SELECT count(*) FROM occurrence WHERE state = 'option'"


@pytest.fixture
def rooms(desk: Desk, race: Race) -> list[str]:
    """As many rooms of a kind as there are processes; nobody approves."""
    admin, world = desk.actor("admin@pil.example"), desk.world
    codes_ = [f"M-S{number}" for number in range(race.size)]
    for code in codes_:
        change = FacilityChange(name=code, quantity=1, approval="automatic")
        new = NewFacility(code=code, site_id=world.sites["M"], kind_id=world.kinds["meeting"])
        create_facility(admin, new, change, desk.clock.now)
    return codes_


def limit(desk: Desk, rule: str, value: int) -> None:
    """Set a quota for the kind."""
    kind = {"kind_id": desk.world.kinds["meeting"]}
    admin = desk.actor("admin@pil.example")
    facility_actions.add_rule(admin, rule, RuleChange(value=value), desk.clock.now, **kind)


def wishes(desk: Desk, rooms: list[str], turn: int, **more: str) -> list[Job]:
    """Each in a room of its own, in the week of the round: no two of them lock a space together."""
    day = MONDAY + timedelta(weeks=turn)
    span = (f"{day}T09:00", f"{day}T13:00")
    return [ask(desk, PEOPLE[n % 2], room, span, **more) for n, room in enumerate(rooms)]


def test_hours_of_a_company_in_eight_rooms(desk: Desk, race: Race, rooms: list[str]):
    limit(desk, "quota_hours", 8)
    for turn in range(ROUNDS):
        outcomes = race.run(wishes(desk, rooms, turn))
        assert codes(outcomes) == {None: 2, "refused": race.size - 2}
        assert race.eyes.number(HOURS) == 8 * (turn + 1)
    race.tell(f"{ROUNDS} rounds of {race.size} of one company for its hours of the week")


def test_options_of_a_company_in_eight_rooms(desk: Desk, race: Race, rooms: list[str]):
    limit(desk, "quota_options", 3)
    for turn in range(ROUNDS):
        outcomes = race.run(wishes(desk, rooms, turn, hold="option"))
        assert codes(outcomes) == {None: 3, "refused": race.size - 3}
        assert race.eyes.number(OPTIONS) == 3
        for number in (outcome.answer for outcome in outcomes if outcome.answer):
            desk.act("manager", number, "release")
    race.tell(f"{ROUNDS} rounds of {race.size} of one company for its live options")
