"""What people were trained for, as facility managers write it down."""

from datetime import date

import pytest

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
