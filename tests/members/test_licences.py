"""What people were trained for, as facility managers write it down."""

from datetime import date

import pytest

from booking.facilities import actions as facilities
from booking.facilities.actions.rules import RuleChange
from booking.kernel.errors import Forbidden, Invalid, NotFound
from booking.members import actions, licences

pytestmark = pytest.mark.usefixtures("context")

PRODUCER = "producer@blf.example"
LAST = date(2027, 1, 31)


@pytest.fixture
def manager(world):
    return world.actor("manager@pil.example")


def held(world, email=PRODUCER):
    return licences.of_person(world.users[email])


def test_a_licence_is_given_renewed_and_taken(manager, world, clock):
    first = actions.give_licence(manager, PRODUCER.upper(), "grip", LAST, clock.now)
    actions.give_licence(manager, PRODUCER, "camera", None, clock.now)
    assert held(world) == {"grip": LAST, "camera": None}
    assert actions.give_licence(manager, PRODUCER, "grip", None, clock.now) == first
    assert [(x.code, x.name, x.valid_until) for x in licences.every()] == [
        ("camera", "Camille Laurent", None),
        ("grip", "Camille Laurent", None),
    ]
    actions.take_licence(manager, first, clock.now)
    assert held(world) == {"camera": None}
    with pytest.raises(NotFound):
        actions.take_licence(manager, first, clock.now)


def test_every_field_at_fault_is_named(manager, clock):
    with pytest.raises(Invalid) as refusal:
        actions.give_licence(manager, "nobody@blf.example", "Grip", None, clock.now)
    assert [(f.path, f.code) for f in refusal.value.fields] == [
        ("email", "nobody"),
        ("code", "kind_code"),
    ]


def test_only_who_looks_after_facilities_writes_licences(manager, world, clock):
    licence = actions.give_licence(manager, PRODUCER, "grip", None, clock.now)
    producer = world.actor(PRODUCER)
    with pytest.raises(Forbidden):
        actions.give_licence(producer, PRODUCER, "camera", None, clock.now)
    with pytest.raises(Forbidden):
        actions.take_licence(producer, licence, clock.now)


def test_what_opens_a_room_is_written_by_who_manages_it(manager, world, clock):
    other, admin = (world.actor(f"{who}@pil.example") for who in ("manager-n", "admin"))
    room = {"facility_id": world.facilities["M-ET1"]}
    facilities.add_rule(admin, "licence", RuleChange(value="grip"), clock.now, **room)
    licence = actions.give_licence(manager, PRODUCER, "grip", None, clock.now)
    with pytest.raises(Forbidden):
        actions.give_licence(other, PRODUCER, "grip", LAST, clock.now)
    with pytest.raises(Forbidden):
        actions.take_licence(other, licence, clock.now)
    actions.give_licence(other, PRODUCER, "projection", None, clock.now)  # nobody asks for it
    for_both = {"kind_id": world.kinds["stage"]}
    facilities.add_rule(admin, "licence", RuleChange(value="grip"), clock.now, **for_both)
    actions.give_licence(other, PRODUCER, "grip", LAST, clock.now)  # N-PLD is theirs
    actions.take_licence(admin, licence, clock.now)
    assert held(world) == {"projection": None}
