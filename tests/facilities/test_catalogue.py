from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from booking.facilities import actions, queries
from booking.facilities.actions.facilities import FacilityChange, NewFacility
from booking.facilities.models import Closure, Facility, OpeningHours
from booking.facilities.values import ALWAYS_OPEN
from booking.kernel.db import db
from booking.kernel.remembered import forget_everything
from booking.kernel.transaction import memo, transaction
from tests.support.statements import statements

pytestmark = pytest.mark.usefixtures("context")

HOUR = 3600


@transaction
def add_closure(**values):
    db.session.execute(insert(Closure).values(reason="Entretien", **values))


def codes(facilities):
    return [facility.code for facility in facilities]


def test_the_order_is_site_kind_position():
    assert codes(queries.catalogue()) == [
        "M-ET1",
        "M-ET2",
        "M-PLA",
        "M-PLA1",
        "M-PLA2",
        "M-MI1",
        "M-MI2",
        "M-CIN",
        "N-PLD",
        "N-RE1",
    ]


def test_facts_say_all_that_rules_need(world):
    found = queries.by_codes(["M-MI1"])["M-MI1"]
    assert (found.site_code, found.site_name, found.time_zone) == (
        "M",
        "Médiacité",
        "Europe/Brussels",
    )
    assert (found.kind_code, found.kind_in("en"), found.kind_in("nl")) == (
        "editing",
        "Editing",
        "Montage image",
    )
    assert (found.group_code, found.approval, found.option_days) == ("M-MI", "automatic", 7)
    assert found.space_ids == (world.spaces["M-MI1"],)
    assert found.opening == (((480, 1320),),) * 7
    assert found.bookable
    assert not found.is_pool


def test_a_facility_without_hours_is_always_open():
    assert queries.by_codes(["M-PLA"])["M-PLA"].opening == ALWAYS_OPEN


def test_a_day_without_hours_is_closed(world):
    @transaction
    def shut_sundays():
        hours = OpeningHours.__table__
        db.session.execute(
            hours.delete().where(
                hours.c.weekday == 6, hours.c.facility_id == world.facilities["M-ET1"]
            )
        )

    shut_sundays()
    assert queries.by_codes(["M-ET1"])["M-ET1"].opening[5:] == (((480, 1320),), ())


def test_a_divided_room_shares_its_spaces(world):
    found = queries.by_codes(["M-PLA", "M-PLA1", "M-PLA2"])
    whole, first, second = (found[code] for code in ("M-PLA", "M-PLA1", "M-PLA2"))
    assert whole.space_ids == tuple(sorted((world.spaces["M-PLA1"], world.spaces["M-PLA2"])))
    assert whole.shares_space_with(first)
    assert second.shares_space_with(whole)
    assert not first.shares_space_with(second)


def test_unknown_codes_are_left_out():
    assert list(queries.by_codes(["M-ET1", "NOPE"])) == ["M-ET1"]
    assert queries.by_ids([999]) == {}


def test_the_catalogue_costs_one_statement_once_it_is_known(app):
    counts = []
    for _request in range(3):
        memo().clear()
        with statements(app) as sent:
            queries.catalogue()
            queries.catalogue()
        counts.append(len(sent))
    assert counts == [4, 1, 1]


def test_a_change_is_seen_at_once(clock, world):
    before = queries.by_codes(["M-ET1"])["M-ET1"]
    admin = world.actor("admin@pil.example")
    actions.set_active(admin, before.id, 1, False, clock.now)
    after = queries.by_codes(["M-ET1"])["M-ET1"]
    assert (after.active, after.bookable) == (False, False)
    assert replace(after, active=True, bookable=True) == before


def test_what_is_rolled_back_is_not_remembered(world):
    @transaction
    def change_and_fail():
        db.session.execute(update(Facility).values(name="Wrong"))
        forget_everything()
        memo().clear()
        assert queries.catalogue()[0].name == "Wrong"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert queries.catalogue()[0].name == "Étalonnage 1 (projection)"


def test_a_pool_is_bookable(clock, world):
    admin = world.actor("admin@pil.example")
    new = NewFacility(code="M-RND", site_id=world.sites["M"], kind_id=world.kinds["editing"])
    actions.create_facility(admin, new, FacilityChange(name="Rendu", quantity=24), clock.now)
    found = queries.by_codes(["M-RND"])["M-RND"]
    assert (found.is_pool, found.bookable, found.quantity) == (True, True, 24)


@pytest.mark.parametrize(
    ("starts", "ends", "found"),
    [(0, 10, 0), (0, 11, 1), (10, 20, 1), (19, 30, 1), (20, 30, 0)],
)
def test_closures_are_half_open(world, starts, ends, found):
    facility = world.facilities["M-ET1"]
    add_closure(facility_id=facility, starts=10, ends=20)
    assert len(queries.closures([facility], starts, ends)) == found


def test_closures_of_the_site_come_with_the_facilitys_own(world):
    facility, other = world.facilities["M-ET1"], world.facilities["M-ET2"]
    add_closure(facility_id=facility, starts=30, ends=40)
    add_closure(site_id=world.sites["M"], starts=10, ends=20)
    add_closure(facility_id=other, starts=10, ends=20)
    add_closure(site_id=world.sites["N"], starts=10, ends=20)
    found = queries.closures([facility], 0, 100)
    assert [(c.facility_id, c.site_id, c.starts) for c in found] == [
        (None, world.sites["M"], 10),
        (facility, None, 30),
    ]
    facts = queries.by_ids([facility])[facility]
    assert all(closure.concerns(facts) for closure in found)


def test_what_shuts_a_hall_shuts_its_halves(world):
    whole, first, second = (world.facilities[code] for code in ("M-PLA", "M-PLA1", "M-PLA2"))
    add_closure(facility_id=first, starts=10, ends=20)
    asked = queries.closures([whole, first, second], 0, 100)
    assert {(c.facility_id, c.via) for c in asked} == {
        (whole, "Plateau A, moitié nord"),
        (first, None),
    }


def test_closures_cost_the_same_for_one_room_and_for_all(app, world):
    queries.catalogue()
    with statements(app) as one:
        queries.closures([world.facilities["M-ET1"]], 0, 10)
    with statements(app) as every:
        queries.closures(world.facilities.values(), 0, 10)
    assert len(one) == len(every) == 1


def test_locking_spaces_asks_only_postgresql(app, world):
    @transaction
    def lock():
        with statements(app) as sent:
            queries.lock_spaces([3, 1, 2])
            queries.lock_spaces([5, 4], at_once=True)
        return sent

    sent = lock()
    if db.engine.dialect.name == "sqlite":
        assert sent == []
    else:
        assert [" ".join(s.split()).partition("ORDER BY ")[2] for s in sent] == [
            "space.id FOR NO KEY UPDATE",
            "space.id FOR NO KEY UPDATE NOWAIT",
        ]


def test_attributes_come_for_every_facility_asked_for(world):
    ids = [world.facilities["M-ET1"], world.facilities["M-ET2"]]
    assert queries.attributes(ids) == {ids[0]: (), ids[1]: ()}


def test_there_is_no_closure_of_that_number():
    assert queries.closure(1) is None
    assert db.session.scalar(select(Closure.id)) is None
