"""Settings of rules: written, valid for a while, a facility's before its kind's."""

from datetime import date

import pytest
from sqlalchemy import insert, select

from booking.facilities import actions, policy, queries
from booking.facilities.actions.rules import RuleChange
from booking.facilities.models import RuleSetting
from booking.journal.models import Entry
from booking.kernel.db import db
from booking.kernel.errors import Forbidden, Invalid, NotFound, Stale
from booking.kernel.transaction import transaction
from tests.support.statements import statements

pytestmark = pytest.mark.usefixtures("context")

TODAY = date(2026, 11, 16)


@pytest.fixture
def manager(world):
    return world.actor("manager@pil.example")


@pytest.fixture
def admin(world):
    return world.actor("admin@pil.example")


@pytest.fixture
def setting(world, clock, admin):
    """`setting("M-ET1", "notice", 24, "2026-12-01")`: set for a facility, or a kind by its code."""

    def add(place, rule, value, first=None, last=None):
        change = RuleChange(value=value, valid_from=day(first), valid_until=day(last))
        ids = (
            {"kind_id": world.kinds[place]}
            if place in world.kinds
            else {"facility_id": world.facilities[place]}
        )
        return actions.add_rule(admin, rule, change, clock.now, **ids)

    return add


def day(text):
    return date.fromisoformat(text) if text else None


def in_force(code="M-ET1", on="2026-11-16"):
    found = policy.in_force(queries.by_codes([code])[code], day(on))
    return {rule: said.value for rule, said in found.items()}


def wrong(refusal):
    return [(field.path, field.code) for field in refusal.value.fields]


def test_without_settings_there_are_no_rules():
    assert [in_force(f.code) for f in queries.catalogue()] == [{}] * len(queries.catalogue())


def test_a_facility_goes_before_its_kind(setting):
    setting("grading", "notice", 24)
    setting("grading", "step", 30)
    setting("M-ET1", "notice", 0)
    assert in_force("M-ET1") == {"notice": 0, "step": 30}
    assert in_force("M-ET2") == {"notice": 24, "step": 30}
    assert in_force("M-CIN") == {}


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-11-30", {"notice": 1}),
        ("2026-12-01", {"notice": 2}),
        ("2026-12-31", {"notice": 2}),
        ("2027-01-01", {"notice": 1}),
    ],
)
def test_the_latest_of_the_valid_ones_wins_and_both_days_count(setting, on, expected):
    setting("M-ET1", "notice", 2, "2026-12-01", "2026-12-31")
    setting("M-ET1", "notice", 1)
    assert in_force(on=on) == expected


def test_what_is_over_lets_the_kind_speak_again(setting):
    setting("grading", "notice", 24)
    setting("M-ET1", "notice", 1, last="2026-11-16")
    assert [in_force(on=on) for on in ("2026-11-16", "2026-11-17")] == [
        {"notice": 1},
        {"notice": 24},
    ]


def test_of_two_from_the_same_day_the_newer_wins(setting):
    setting("M-ET1", "notice", 1, "2026-11-01")
    setting("M-ET1", "notice", 2, "2026-11-01")
    assert in_force() == {"notice": 2}


def test_a_setting_is_changed_and_ended(setting, manager, clock):
    setting_id = setting("M-ET1", "step", 30)
    actions.change_rule(manager, setting_id, RuleChange(value=60), clock.now)
    assert in_force() == {"step": 60}
    actions.end_rule(manager, setting_id, TODAY, clock.now)
    assert (in_force(), in_force(on="2026-11-15")) == ({}, {"step": 60})
    names = select(Entry.name).where(Entry.name.like("rule:%")).order_by(Entry.id)
    assert db.session.scalars(names).all() == ["rule:added", "rule:changed", "rule:ended"]


def test_what_never_applied_goes_for_good(setting, manager, clock):
    setting_id = setting("M-ET1", "step", 30, "2026-11-16")
    actions.end_rule(manager, setting_id, TODAY, clock.now)
    assert policy.setting(setting_id) is None


def test_ending_twice_changes_nothing(setting, manager, clock):
    setting_id = setting("M-ET1", "step", 30, last="2026-11-10")
    actions.end_rule(manager, setting_id, TODAY, clock.now)
    found = policy.setting(setting_id)
    assert found is not None
    assert found.valid_until == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [
        ("nothing", {"value": 1}, [("rule", "unknown")]),
        ("capacity", {"value": 1}, [("rule", "unknown")]),
        ("quota_hours", {"value": 1}, [("rule", "unknown")]),
        ("notice", {"value": -1}, [("value", "out_of_range")]),
        ("notice", {"value": 8761}, [("value", "out_of_range")]),
        ("notice", {"value": None}, [("value", "not_a_number")]),
        ("notice", {"value": True}, [("value", "not_a_number")]),
        ("step", {"value": 0}, [("value", "out_of_range")]),
        ("audience", {"value": "friends"}, [("value", "unknown")]),
        ("holidays", {"value": 1}, [("value", "unknown")]),
        ("noise", {"value": ["M-XXX"]}, [("value", "unknown")]),
        ("noise", {"value": ["M-ET1"]}, [("value", "unknown")]),
        ("equipment", {"value": "M-CIN"}, [("value", "unknown")]),
        ("equipment", {"value": ["M-CIN"] * 21}, [("value", "too_many_facilities")]),
        ("licence", {"value": "Grip!"}, [("value", "kind_code")]),
        (
            "step",
            {"value": 0, "valid_from": TODAY, "valid_until": date(2026, 11, 15)},
            [("value", "out_of_range"), ("valid_until", "rule_backwards")],
        ),
    ],
)
def test_every_field_at_fault_is_named(manager, clock, world, rule, change, expected):
    with pytest.raises(Invalid) as refusal:
        actions.add_rule(
            manager, rule, RuleChange(**change), clock.now, facility_id=world.facilities["M-ET1"]
        )
    assert wrong(refusal) == expected


@pytest.mark.parametrize(
    ("said", "then", "expected"),
    [
        (("M-ET1", "longest", 60), ("M-ET1", "shortest", 61), "over_longest"),
        (("M-ET1", "longest", 60), ("M-ET1", "shortest", 60), None),
        (("M-ET1", "shortest", 61), ("M-ET1", "longest", 60), "under_shortest"),
        (("grading", "longest", 60), ("M-ET1", "shortest", 61), "over_longest"),
        (("M-ET1", "longest", 60), ("grading", "shortest", 61), "over_longest"),
        (("grading", "longest", 60), ("grading", "shortest", 61), "over_longest"),
        (("stage", "longest", 60), ("grading", "shortest", 61), None),
        (("M-ET1", "longest", 60, "2026-12-01"), ("M-ET1", "shortest", 61), "over_longest"),
        (("M-ET1", "longest", 60, None, "2026-11-15"), ("M-ET1", "shortest", 61), None),
        (
            ("M-ET1", "longest", 60, "2026-12-01", "2026-12-31"),
            ("M-ET1", "shortest", 61, "2027-01-01"),
            None,
        ),
        (
            ("M-ET1", "longest", 60, "2026-12-01", "2026-12-31"),
            ("M-ET1", "shortest", 61, "2026-12-31", "2027-02-01"),
            "over_longest",
        ),
    ],
)
def test_the_shortest_booking_is_not_longer_than_the_longest(setting, said, then, expected):
    setting(*said)
    if expected is None:
        setting(*then)
        return
    with pytest.raises(Invalid) as refusal:
        setting(*then)
    assert wrong(refusal) == [("value", expected)]


def test_a_setting_may_take_the_place_of_what_contradicts_it(setting, manager, clock):
    setting("M-ET1", "longest", 60)
    setting_id = setting("M-ET1", "shortest", 30)
    with pytest.raises(Invalid):
        actions.change_rule(manager, setting_id, RuleChange(value=90), clock.now)
    actions.change_rule(manager, setting_id, RuleChange(value=60), clock.now)


def test_a_change_names_the_revision_it_saw(setting, manager, clock):
    setting_id = setting("M-ET1", "step", 30)
    actions.change_rule(manager, setting_id, RuleChange(value=60), clock.now, revision=1)
    with pytest.raises(Stale) as refusal:
        actions.change_rule(manager, setting_id, RuleChange(value=15), clock.now, revision=1)
    assert refusal.value.params == {"current": 2}
    with pytest.raises(Stale):
        actions.end_rule(manager, setting_id, TODAY, clock.now, revision=1)
    assert in_force() == {"step": 60}
    actions.end_rule(manager, setting_id, TODAY, clock.now, revision=2)
    assert in_force() == {}


def test_managers_rule_over_their_facilities_administrators_over_kinds(world, clock, setting):
    other = world.actor("manager-n@pil.example")
    room, kind = world.facilities["M-ET1"], world.kinds["grading"]
    on_room, on_kind = setting("M-ET1", "step", 30), setting("grading", "step", 30)
    change = RuleChange(value=15)
    with pytest.raises(Forbidden):
        actions.add_rule(other, "step", change, clock.now, facility_id=room)
    with pytest.raises(Forbidden):
        actions.change_rule(other, on_room, change, clock.now)
    manager = world.actor("manager@pil.example")
    actions.change_rule(manager, on_room, change, clock.now)
    with pytest.raises(Forbidden):
        actions.add_rule(manager, "step", change, clock.now, kind_id=kind)
    with pytest.raises(Forbidden):
        actions.end_rule(manager, on_kind, TODAY, clock.now)
    for nowhere in ({}, {"kind_id": 999}, {"facility_id": 999}):
        with pytest.raises(NotFound):
            actions.add_rule(manager, "step", change, clock.now, **nowhere)
    with pytest.raises(NotFound):
        actions.change_rule(manager, 999, change, clock.now)


@pytest.mark.parametrize(
    "values",
    [
        {"value": 1},
        {"value": 1, "kind_id": 1, "facility_id": 1},
        {"value": 1, "kind_id": 1, "valid_from": TODAY, "valid_until": date(2026, 11, 15)},
    ],
)
def test_the_database_refuses_what_makes_no_sense(values):
    @transaction
    def write():
        db.session.execute(insert(RuleSetting).values(rule="step", **values))

    with pytest.raises(Exception, match="ck_rule_setting_"):
        write()


def test_settings_are_remembered_until_facilities_change(app, setting):
    setting("M-ET1", "notice", 24)
    for cost in (2, 0):  # the revision and the settings; then nothing more in one request
        with statements(app) as sent:
            policy.in_force(queries.catalogue()[0], TODAY)
        if cost == 0:
            assert sent == []
    db.session.remove()
    with statements(app) as sent:
        queries.catalogue()
        in_force()
    assert len(sent) == 1, sent


def test_for_whom_a_facility_is_kept(world, setting, manager):
    guest = world.actor("guest@mosel.example")
    member = world.actor("producer@blf.example")
    room = queries.by_codes(["M-ET1"])["M-ET1"]

    def kept():
        return [policy.kept_for(actor, room, TODAY) for actor in (guest, member, manager)]

    assert kept() == [None, None, None]
    setting("grading", "audience", "members")
    assert kept() == ["members", None, None]
    setting("M-ET1", "audience", "staff")
    assert kept() == ["staff", "staff", None]
    setting("M-ET1", "audience", "everyone")
    assert kept() == [None, None, None]
