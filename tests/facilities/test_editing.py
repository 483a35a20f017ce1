import pytest
from sqlalchemy import select

from booking.core.access import Role
from booking.facilities import actions, queries
from booking.facilities.actions.facilities import FacilityChange, NewFacility
from booking.facilities.actions.kinds import Definition
from booking.facilities.values import ALWAYS_OPEN
from booking.journal.models import Entry
from booking.journal.queries import revision
from booking.kernel.db import db
from booking.kernel.errors import BookingError, Forbidden, Invalid, NotFound, Stale
from booking.members.actions import grant_role

pytestmark = pytest.mark.usefixtures("context")

NAMES = {"fr": "Hauteur", "en": "Height", "nl": "Hoogte", "de": "Höhe"}
SUITE = (((480, 1320),),) * 5 + (((540, 1080),), ())


@pytest.fixture
def admin(world):
    return world.actor("admin@pil.example")


@pytest.fixture
def room(world):
    return world.facilities["M-ET1"]


def wrong(refusal):
    return [(field.path, field.code) for field in refusal.value.fields]


def last_entry():
    return db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()


def edit(actor, room, clock, revision=1, attributes=None, **change):
    values = {"name": "Étalonnage 1", "capacity": 8, "turnaround_min": 15, **change}
    actions.edit_facility(
        actor, room, revision, FacilityChange(**values), attributes or {}, clock.now
    )


# ---- making ---------------------------------------------------------------------------------


def test_a_new_facility_gets_a_space_of_its_own(admin, clock, world):
    new = NewFacility(code="M-ET3", site_id=world.sites["M"], kind_id=world.kinds["grading"])
    change = FacilityChange(name="Étalonnage 3", names={"en": "Grading 3", "nl": " "}, capacity=6)
    facility_id = actions.create_facility(admin, new, change, clock.now)
    found = queries.by_codes(["M-ET3"])["M-ET3"]
    assert (found.id, found.capacity, found.approval) == (facility_id, 6, "manager")
    assert (found.name_in("en"), found.name_in("nl")) == ("Grading 3", "Étalonnage 3")
    assert found.opening == ALWAYS_OPEN
    assert len(found.space_ids) == 1
    assert not any(found.shares_space_with(f) for f in queries.catalogue() if f.id != found.id)
    assert last_entry().name == "facility:created"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("M-ET1", [("code", "taken")]),
        ("m-et3", [("code", "facility_code")]),
        ("", [("code", "facility_code")]),
        ("-X", [("code", "facility_code")]),
        ("X" * 21, [("code", "facility_code")]),
    ],
)
def test_a_code_is_new_and_readable(admin, clock, world, code, expected):
    new = NewFacility(code=code, site_id=world.sites["M"], kind_id=world.kinds["grading"])
    with pytest.raises(Invalid) as refusal:
        actions.create_facility(admin, new, FacilityChange(name="X"), clock.now)
    assert wrong(refusal) == expected


def test_a_manager_makes_no_facility(clock, world):
    new = NewFacility(code="M-X", site_id=world.sites["M"], kind_id=world.kinds["grading"])
    with pytest.raises(Forbidden):
        actions.create_facility(
            world.actor("manager@pil.example"), new, FacilityChange(name="X"), clock.now
        )


# ---- editing --------------------------------------------------------------------------------


def test_a_manager_edits_and_the_journal_keeps_what_changed(clock, room, world):
    manager = world.actor("manager@pil.example")
    edit(manager, room, clock, name="Étalonnage A", setup_min=30)
    found = queries.by_ids([room])[room]
    assert (found.name, found.setup_min, found.turnaround_min) == ("Étalonnage A", 30, 15)
    assert queries.details(room).revision == 2
    entry = last_entry()
    assert (entry.name, entry.actor_id) == ("facility:edited", manager.user_id)
    assert entry.before == {"name": "Étalonnage 1 (projection)", "setup_min": 0}
    assert entry.after == {"name": "Étalonnage A", "setup_min": 30}


def test_an_edit_moves_the_revisions_that_others_read(admin, clock, room):
    edit(admin, room, clock)
    entry = last_entry().id
    assert [revision((s,)) for s in ("facilities", "calendar", f"facility:{room}")] == [entry] * 3


def test_an_edit_of_an_older_revision_is_refused(admin, clock, room):
    edit(admin, room, clock, name="First")
    with pytest.raises(Stale) as refusal:
        edit(admin, room, clock, name="Second")
    assert refusal.value.params == {"current": 2}
    assert queries.by_ids([room])[room].name == "First"


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("producer@blf.example", Forbidden),
        ("manager-n@pil.example", Forbidden),
        ("board@pil.example", Forbidden),
    ],
)
def test_others_edit_nothing(clock, room, world, email, expected):
    with pytest.raises(BookingError) as refusal:
        edit(world.actor(email), room, clock)
    assert type(refusal.value) is expected


def test_a_manager_of_one_facility_edits_that_one_only(clock, room, world):
    email = "producer@blf.example"
    grant_role(None, world.users[email], Role.FACILITY_MANAGER, clock.now, facility_id=room)
    edit(world.actor(email), room, clock)
    with pytest.raises(Forbidden):
        edit(world.actor(email), world.facilities["M-ET2"], clock)


def test_what_is_not_there_is_not_found(admin, clock):
    with pytest.raises(NotFound):
        edit(admin, 999, clock)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "  "}, [("name", "required")]),
        ({"name": "x" * 121}, [("name", "too_long")]),
        ({"names": {"en": "a\x00b"}}, [("names_en", "control_characters")]),
        ({"capacity": 0}, [("capacity", "out_of_range")]),
        ({"capacities": {"seats": 0}}, [("capacity_seats", "out_of_range")]),
        ({"capacities": {"cats": 3}}, [("capacities", "unknown")]),
        ({"quantity": 0}, [("quantity", "out_of_range")]),
        ({"setup_min": -1}, [("setup_min", "out_of_range")]),
        ({"turnaround_min": 1441}, [("turnaround_min", "out_of_range")]),
        ({"approval": "never"}, [("approval", "unknown")]),
        ({"staffing": "robots"}, [("staffing", "unknown")]),
        ({"group_id": 99}, [("group_id", "unknown")]),
        ({"equipment": "x" * 2001}, [("equipment", "too_long")]),
        ({"name": "", "capacity": -3}, [("name", "required"), ("capacity", "out_of_range")]),
    ],
)
def test_every_field_at_fault_is_named(admin, clock, room, change, expected):
    with pytest.raises(Invalid) as refusal:
        edit(admin, room, clock, **change)
    assert wrong(refusal) == expected
    assert queries.details(room).revision == 1


# ---- attributes -----------------------------------------------------------------------------


def define(admin, clock, world, code, value_type, **more):
    new = Definition(code=code, names=NAMES, value_type=value_type, **more)
    return actions.add_attribute(admin, world.kinds["grading"], new, clock.now)


def test_a_facility_says_something_about_itself(admin, clock, room, world):
    define(admin, clock, world, "height_m", "decimal", unit="m")
    define(admin, clock, world, "hdr", "boolean")
    define(admin, clock, world, "sound", "choice", choices=("5.1", "7.1"))
    edit(admin, room, clock, attributes={"height_m": 4.5, "hdr": False, "sound": None})
    said = queries.attributes([room])[room]
    assert [(each.code, each.value, each.unit) for each in said] == [
        ("height_m", 4.5, "m"),
        ("hdr", False, ""),
    ]
    assert said[0].name_in("nl") == "Hoogte"
    assert last_entry().after["attributes"] == {"height_m": 4.5, "hdr": False}


@pytest.mark.parametrize(
    ("value_type", "value", "code"),
    [
        ("boolean", "yes", "bad_attribute"),
        ("integer", True, "bad_attribute"),
        ("integer", 1.5, "bad_attribute"),
        ("integer", 10**9, "bad_attribute"),
        ("decimal", "4", "bad_attribute"),
        ("decimal", float("inf"), "bad_attribute"),
        ("decimal", float("nan"), "bad_attribute"),
        ("choice", "9.1", "unknown"),
        ("text", "x" * 201, "too_long"),
    ],
)
def test_a_value_is_of_its_type(admin, clock, room, world, value_type, value, code):
    choices = ("5.1", "7.1") if value_type == "choice" else ()
    define(admin, clock, world, "it", value_type, choices=choices)
    with pytest.raises(Invalid) as refusal:
        edit(admin, room, clock, attributes={"it": value})
    assert wrong(refusal) == [("attribute_it", code)]


def test_attributes_of_other_kinds_are_refused(admin, clock, room):
    with pytest.raises(Invalid) as refusal:
        edit(admin, room, clock, attributes={"height_m": 4})
    assert wrong(refusal) == [("attribute_height_m", "unknown")]


# ---- hours and service ----------------------------------------------------------------------


def test_hours_are_set_for_each_day(admin, clock, room):
    week = (*SUITE[:4], ((480, 720), (780, 1440)), *SUITE[5:])
    actions.set_hours(admin, room, 1, week, clock.now)
    assert queries.by_ids([room])[room].opening == week
    assert last_entry().name == "facility:hours_set"


def test_always_open_needs_no_rows(admin, clock, room):
    actions.set_hours(admin, room, 1, ALWAYS_OPEN, clock.now)
    assert queries.by_ids([room])[room].opening == ALWAYS_OPEN


@pytest.mark.parametrize(
    ("week", "expected"),
    [
        (((),) * 7, [("hours", "never_open")]),
        ((((480, 480),), *SUITE[1:]), [("hours_0", "hours_backwards")]),
        ((*SUITE[:6], ((600, 700), (650, 800))), [("hours_6", "hours_backwards")]),
        ((*SUITE[:6], ((600, 1441),)), [("hours_6", "hours_backwards")]),
        (SUITE[:6], [("hours", "never_open")]),
    ],
)
def test_hours_that_make_no_sense_are_refused(admin, clock, room, week, expected):
    with pytest.raises(Invalid) as refusal:
        actions.set_hours(admin, room, 1, week, clock.now)
    assert wrong(refusal) == expected


def test_out_of_service_and_back(admin, clock, room):
    actions.set_active(admin, room, 1, False, clock.now)
    assert not queries.by_ids([room])[room].bookable
    with pytest.raises(Stale):
        actions.set_active(admin, room, 1, True, clock.now)
    actions.set_active(admin, room, 2, True, clock.now)
    assert queries.by_ids([room])[room].bookable
    assert last_entry().name == "facility:reactivated"
