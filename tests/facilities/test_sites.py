"""Sites and rows of like units, as the administrator writes them."""

import pytest

from booking.facilities import actions, queries
from booking.facilities.actions.facilities import FacilityChange, NewFacility
from booking.facilities.actions.sites import NewSite, SiteChange
from booking.kernel.errors import Forbidden, Invalid, NotFound
from tests.reservations.desk import Desk

pytestmark = pytest.mark.usefixtures("context")

LUX = NewSite(code="LUX", time_zone="Europe/Luxembourg", country="LU")


@pytest.fixture
def admin(world):
    return world.actor("admin@pil.example")


def wrong(refusal):
    return [(field.path, field.code) for field in refusal.value.fields]


def site(code):
    return next(site for site in queries.sites() if site.code == code)


def test_a_site_is_made_and_a_facility_stands_in_it(admin, clock):
    change = SiteChange(name=" Kirchberg ", address="1 rue de l’Écran, Luxembourg")
    site_id = actions.create_site(admin, LUX, change, clock.now)
    assert (site("LUX").name, site("LUX").time_zone) == ("Kirchberg", "Europe/Luxembourg")
    kind = queries.kinds()[0].id
    new = NewFacility(code="L-1", site_id=site_id, kind_id=kind)
    actions.create_facility(admin, new, FacilityChange(name="Salle"), clock.now)
    room = queries.by_codes(["L-1"])["L-1"]
    assert (room.site_name, room.country, room.time_zone) == (
        "Kirchberg",
        "LU",
        "Europe/Luxembourg",
    )
    actions.edit_site(admin, site_id, SiteChange(name="Cloche d’Or", area_m2=900), clock.now)
    assert queries.by_codes(["L-1"])["L-1"].site_name == "Cloche d’Or"
    assert (site("LUX").address, site("LUX").area_m2) == ("", 900)


@pytest.mark.parametrize(
    ("new", "change", "expected"),
    [
        (
            NewSite(code="lux!", time_zone="Europe/Atlantis", country="XX"),
            SiteChange(name="", area_m2=0),
            [
                ("code", "facility_code"),
                ("time_zone", "unknown_choice"),
                ("country", "unknown"),
                ("name", "required"),
                ("area_m2", "out_of_range"),
            ],
        ),
        (
            NewSite(code="M", time_zone="Europe/Brussels", country="BE"),
            SiteChange(name="Encore", address="a\nb"),
            [("code", "taken"), ("address", "control_characters")],
        ),
    ],
)
def test_every_fault_of_a_site_is_named_at_once(admin, clock, new, change, expected):
    with pytest.raises(Invalid) as refusal:
        actions.create_site(admin, new, change, clock.now)
    assert wrong(refusal) == expected


def test_a_row_is_made_joined_and_booked(app, admin, world, clock):
    actions.create_group(admin, "ANY-CIN", "Une projection, n’importe laquelle", clock.now)
    group = next(one for one in queries.groups() if one.code == "ANY-CIN")
    room = world.facilities["M-CIN"]
    seen = queries.details(room).revision
    change = FacilityChange(name="Salle de projection", group_id=group.id, capacity=62)
    actions.edit_facility(admin, room, seen, change, {}, clock.now)
    desk = Desk(app, world, clock)
    number = desk.book("producer", "ANY-CIN", "18T09:00", "18T13:00")
    assert desk.view("producer", number).occurrences[0].allocations[0].code == "M-CIN"
    actions.rename_group(admin, group.id, "Projections", clock.now)
    assert queries.by_codes(["M-CIN"])["M-CIN"].group_name == "Projections"
    actions.remove_group(admin, group.id, clock.now)
    assert queries.by_codes(["M-CIN"])["M-CIN"].group_code == ""
    assert queries.details(room).revision == seen + 2, "a form that was open then is stale"
    with pytest.raises(NotFound):
        actions.rename_group(admin, group.id, "Projections", clock.now)


def test_one_code_names_one_thing(admin, world, clock):
    with pytest.raises(Invalid) as refusal:
        actions.create_group(admin, "M-CIN", "", clock.now)
    assert wrong(refusal) == [("name", "required"), ("code", "taken")]
    actions.create_group(admin, "ANY-1", "Une", clock.now)
    new = NewFacility(code="ANY-1", site_id=world.sites["M"], kind_id=world.kinds["meeting"])
    with pytest.raises(Invalid) as refusal:
        actions.create_facility(admin, new, FacilityChange(name="Une"), clock.now)
    assert wrong(refusal) == [("code", "taken")]


def test_only_the_administrator_writes_them(world, clock):
    manager = world.actor("manager@pil.example")
    for work in (
        lambda: actions.create_site(manager, LUX, SiteChange(name="x"), clock.now),
        lambda: actions.edit_site(manager, world.sites["M"], SiteChange(name="x"), clock.now),
        lambda: actions.create_group(manager, "ANY-1", "x", clock.now),
        lambda: actions.rename_group(manager, 1, "x", clock.now),
        lambda: actions.remove_group(manager, 1, clock.now),
    ):
        with pytest.raises(Forbidden):
            work()
