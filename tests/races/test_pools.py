"""Sixteen processes ask for parts of a pool at its limit."""

import random
from datetime import datetime

import pytest

from booking.core.access import Actor
from booking.facilities.actions import create_facility
from booking.facilities.actions.facilities import FacilityChange, NewFacility
from booking.reservations import actions
from booking.reservations.actions import Change
from tests.races.conftest import Race
from tests.races.crew import Job
from tests.races.test_crowds import ask, codes, do, slot
from tests.reservations.desk import Desk, instant

ROUNDS = 25
QUANTITY = 10
MOST = 4
"""The largest request: what is left over is less than that."""

SUM = """
    SELECT coalesce(sum(amount), 0) FROM pool_claim
    WHERE facility_id = {pool} AND starts < {ends} AND ends > {starts}
"""
HIGHEST = """
    SELECT coalesce(max(taken), 0) FROM (
        SELECT sum(held.amount) AS taken FROM pool_claim AS edge
        JOIN pool_claim AS held ON held.facility_id = edge.facility_id
            AND held.starts <= edge.starts AND held.ends > edge.starts
        GROUP BY edge.facility_id, edge.occurrence_id
    ) AS sums
"""


@pytest.fixture
def pools(desk: Desk) -> dict[str, int]:
    """M-FIB, M-RND and M-STO: ten of each, that nobody approves."""
    admin, world = desk.actor("admin@pil.example"), desk.world
    made = {}
    for code in ("M-FIB", "M-RND", "M-STO"):
        change = FacilityChange(name=code, quantity=QUANTITY, approval="automatic")
        new = NewFacility(code=code, site_id=world.sites["M"], kind_id=world.kinds["editing"])
        made[code] = create_facility(admin, new, change, desk.clock.now)
    return made


def part(desk: Desk, who: str, rooms: str, span: tuple[str, str], amount: int) -> Job:
    amounts = {code: amount for code in rooms.split() if code in ("M-FIB", "M-RND", "M-STO")}
    return ask(desk, who, rooms, span, amounts=amounts)


def more(desk: Desk, who: str, number: str, amount: int) -> Job:
    """Let a booking take another amount of M-FIB."""
    change = Change(amounts={"M-FIB": amount})
    return _change, (desk.actor(who), number, change, desk.clock.now)


def _change(actor: Actor, number: str, change: Change, now: datetime) -> str:
    actions.change(actor, number, change, now)
    return "done"


def taken(race: Race, pool: int, span: tuple[str, str]) -> int:
    starts, ends = (instant(words) for words in span)
    return race.eyes.number(SUM.format(pool=pool, starts=starts, ends=ends))


def test_a_pool_at_its_limit(desk: Desk, race: Race, pools: dict[str, int]):
    rng = random.Random(1)
    for turn in range(ROUNDS):
        span = slot(turn)
        amounts = [rng.randint(1, MOST) for _ in range(race.size)]
        outcomes = race.run([part(desk, "producer", "M-FIB", span, n) for n in amounts])
        assert set(codes(outcomes)) <= {None, "clash"}
        won = sum(n for n, o in zip(amounts, outcomes, strict=True) if o.answer)
        lost = [n for n, o in zip(amounts, outcomes, strict=True) if o.refused]
        assert won == taken(race, pools["M-FIB"], span)
        assert QUANTITY - won < min(lost)  # whoever was refused would not have fitted
    assert race.eyes.number(HIGHEST) <= QUANTITY
    race.tell(f"{ROUNDS} rounds of {race.size} for parts of a pool")


def test_pools_and_rooms_in_any_order(
    desk: Desk, race: Race, pools: dict[str, int], engine_kind: str
):
    every = ["M-ET1", "M-MI1", "M-MI2", "M-CIN", *pools]
    rng = random.Random(2)
    for turn in range(ROUNDS):
        wishes = [" ".join(rng.sample(every, k=3)) for _ in range(race.size)]
        span = slot(turn)
        outcomes = race.run([part(desk, "post", w, span, rng.randint(1, MOST)) for w in wishes])
        assert set(codes(outcomes)) <= {None, "clash"}
    assert race.eyes.number(HIGHEST) <= QUANTITY
    if engine_kind == "postgresql":
        found = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert race.eyes.number(found) == 0
    race.tell(f"{ROUNDS} rounds of {race.size} for pools and rooms in any order, no deadlock")


def test_who_leaves_makes_room_for_as_much(desk: Desk, race: Race, pools: dict[str, int]):
    for turn in range(ROUNDS):
        span = slot(turn)
        amounts = {"amounts": {"M-FIB": 8}}
        first = desk.book("producer", "M-FIB", *span, **amounts)
        others = [part(desk, "post", "M-FIB", span, 3)] * (race.size - 1)
        outcomes = race.run([do(desk, "producer", first, "cancel"), *others])
        assert outcomes[0].answer == "done"
        assert taken(race, pools["M-FIB"], span) in (0, 3, 6, 9)
        assert codes(outcomes[1:])["clash"] >= race.size - 1 - 3
    assert race.eyes.number(HIGHEST) <= QUANTITY


def test_shares_that_grow_at_the_limit(desk: Desk, race: Race, pools: dict[str, int]):
    for turn in range(ROUNDS):
        span = slot(turn)
        held = [desk.book("producer", "M-FIB", *span, amounts={"M-FIB": 2}) for _ in range(3)]
        growing = [more(desk, "producer", number, 4) for number in held]
        others = [part(desk, "post", "M-FIB", span, 2)] * (race.size - len(held))
        outcomes = race.run([*growing, *others])
        assert codes(outcomes) == {None: 2, "clash": race.size - 2}
        assert taken(race, pools["M-FIB"], span) == QUANTITY
    assert race.eyes.number(HIGHEST) <= QUANTITY
    race.tell(f"{ROUNDS} rounds of {race.size} for what is left, by growing and by asking")


def test_as_many_get_a_unit_of_a_row_as_there_are(desk: Desk, race: Race):
    for turn in range(ROUNDS):
        outcomes = race.run([ask(desk, "producer", "M-MI", slot(turn))] * race.size)
        assert codes(outcomes) == {None: 2, "clash": race.size - 2}
    race.tell(f"{ROUNDS} rounds of {race.size} for any of two suites")
