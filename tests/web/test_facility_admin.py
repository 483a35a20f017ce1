"""Facilities as those see them who look after them."""

import pytest

from booking.facilities import queries
from booking.facilities.values import ALWAYS_OPEN

MANAGER, ADMIN = "manager@pil.example", "admin@pil.example"
ROOM = {
    "revision": "1",
    "name": "Étalonnage 1",
    "names_en": "Grading 1",
    "position": "0",
    "capacity": "8",
    "quantity": "1",
    "setup_min": "0",
    "turnaround_min": "15",
    "approval": "manager",
    "guests_allowed": "y",
    "staffing": "wet",
    "equipment": "Projecteur 4K",
}
KIND = {
    "names_fr": "Cabine",
    "names_en": "Booth",
    "names_nl": "Cabine",
    "names_de": "Kabine",
    "option_days": "3",
    "position": "5",
}


def facility(app, code="M-ET1"):
    with app.app_context():
        return queries.by_codes([code])[code]


def details(app, code="M-ET1"):
    with app.app_context():
        return queries.details(queries.by_codes([code])[code].id)


# ---- a facility -----------------------------------------------------------------------------


def test_a_manager_edits_a_facility(app, manager):
    answer = manager.submit("/facilities/M-ET1/edit", {**ROOM, "capacity_crew": "6"})
    assert (answer.status_code, answer.location) == (303, "/facilities/M-ET1")
    assert facility(app).name_in("en") == "Grading 1"
    found = details(app)
    assert (found.staffing, found.equipment, found.capacities, found.revision) == (
        "wet",
        "Projecteur 4K",
        {"crew": 6},
        2,
    )


def test_the_form_shows_what_is_there(manager):
    manager.submit("/facilities/M-ET1/edit", ROOM)
    text = manager.get("/facilities/M-ET1/edit").text
    for words in ('value="Étalonnage 1"', 'value="Grading 1"', "Projecteur 4K", 'value="15"'):
        assert words in text
    assert 'name="revision" type="hidden" value="2"' in text


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(app, manager):
    wrong = {**ROOM, "name": " ", "capacity": "0", "setup_min": "soon", "equipment": "Sonde neuve"}
    answer = manager.submit("/facilities/M-ET1/edit", wrong)
    assert answer.status_code == 400
    for words in ('value="soon"', "Sonde neuve", 'value="Grading 1"'):
        assert words in answer.text
    assert 'id="name-error"' in answer.text
    assert facility(app).name == "Étalonnage 1 (projection)"


def test_a_number_that_the_rules_refuse_is_named_too(manager):
    answer = manager.submit("/facilities/M-ET1/edit", {**ROOM, "turnaround_min": "1441"})
    assert answer.status_code == 400
    assert 'id="turnaround_min-error"' in answer.text


def test_two_who_edit_at_once_hear_of_each_other(app, manager):
    manager.submit("/facilities/M-ET1/edit", {**ROOM, "name": "First"})
    answer = manager.submit("/facilities/M-ET1/edit", {**ROOM, "name": "Second"})
    assert answer.status_code == 412
    assert 'value="Second"' in answer.text
    assert "data-form-errors" in answer.text
    assert facility(app).name == "First"


@pytest.mark.parametrize("revision", ["", "one", "-1", "99999999999"])
def test_an_edit_without_a_revision_is_not_taken_for_one_of_the_newest(app, manager, revision):
    answer = manager.submit("/facilities/M-ET1/edit", {**ROOM, "revision": revision})
    assert answer.status_code == 412
    assert manager.submit("/facilities/M-ET1/hours", hours(revision=revision)).status_code == 412
    assert details(app).revision == 1


def test_fields_that_are_not_in_the_form_change_nothing(app, manager):
    before = facility(app)
    manager.submit("/facilities/M-ET1/edit", {**ROOM, "code": "X", "site_id": "2", "active": ""})
    after = facility(app)
    assert (after.code, after.site_id, after.active) == (before.code, before.site_id, True)


@pytest.mark.parametrize("path", ["edit", "hours"])
@pytest.mark.parametrize(
    ("email", "status"),
    [
        ("producer@blf.example", 403),
        ("manager-n@pil.example", 403),
        ("board@pil.example", 403),
        (ADMIN, 200),
    ],
)
def test_others_do_not_edit(client, email, status, path):
    client.sign_in(email)
    assert client.get(f"/facilities/M-ET1/{path}").status_code == status


def test_an_administrator_makes_a_facility(app, admin, world):
    assert admin.get("/facilities/new").status_code == 200
    new = {
        **ROOM,
        "code": "m-et3",
        "site_id": str(world.sites["M"]),
        "kind_id": str(world.kinds["grading"]),
    }
    answer = admin.submit("/facilities/new", new)
    assert (answer.status_code, answer.location) == (303, "/facilities/M-ET3/hours")
    assert facility(app, "M-ET3").kind_code == "grading"
    again = admin.submit("/facilities/new", new)
    assert again.status_code == 400
    assert 'id="code-error"' in again.text


def test_a_facility_is_taken_out_of_service_and_put_back(app, manager):
    page = manager.get("/facilities/M-ET1").text
    assert 'action="/facilities/M-ET1/active"' in page
    manager.submit("/facilities/M-ET1/active", {"active": "0", "revision": "1"})
    assert not facility(app).active
    stale = manager.submit("/facilities/M-ET1/active", {"active": "1", "revision": "1"})
    assert stale.status_code == 412
    manager.submit("/facilities/M-ET1/active", {"active": "1", "revision": "2"})
    assert facility(app).active


# ---- hours ----------------------------------------------------------------------------------


def hours(**changed):
    week = {f"from_{day}": "08:00" for day in range(5)} | {f"to_{day}": "22:00" for day in range(5)}
    return {"revision": "1", **week, **changed}


def test_hours_are_typed_day_by_day(app, manager):
    answer = manager.submit(
        "/facilities/M-ET1/hours",
        hours(from2_0="22:30", to2_0="24:00", from_5="9:00", to_5="18:00"),
    )
    assert answer.location == "/facilities/M-ET1"
    day = ((480, 1320),)
    assert facility(app).opening == (
        ((480, 1320), (1350, 1440)),
        day,
        day,
        day,
        day,
        ((540, 1080),),
        (),
    )
    page = manager.get("/facilities/M-ET1/hours").text
    assert 'name="from2_0" id="from2_0" value="22:30"' in page
    assert 'name="to2_0" id="to2_0" value="24:00"' in page


def test_always_open_overrides_the_days(app, manager):
    manager.submit("/facilities/M-ET1/hours", hours(always="y"))
    assert facility(app).opening == ALWAYS_OPEN
    assert 'name="from_0" id="from_0" value=""' in manager.get("/facilities/M-ET1/hours").text


@pytest.mark.parametrize(
    ("changed", "day"),
    [
        ({"from_2": "eight"}, 2),
        ({"to_3": ""}, 3),
        ({"from_4": "23:00"}, 4),
        ({"to_0": "25:00"}, 0),
        ({"from2_1": "21:00", "to2_1": "23:00"}, 1),
    ],
)
def test_hours_that_make_no_sense_are_told_at_their_day(app, manager, changed, day):
    answer = manager.submit("/facilities/M-ET1/hours", hours(**changed))
    assert answer.status_code == 400
    assert f'id="day-{day}-error"' in answer.text
    assert all(f'value="{typed}"' in answer.text for typed in changed.values() if typed)
    assert facility(app).opening == (((480, 1320),),) * 7


def test_a_week_without_hours_is_told_above_the_form(manager):
    answer = manager.submit("/facilities/M-ET1/hours", {"revision": "1"})
    assert answer.status_code == 400
    assert "data-form-errors" in answer.text


# ---- closures -------------------------------------------------------------------------------


def closure(**changed):
    return {
        "what": "facility:M-ET1",
        "date": "2026-11-18",
        "start": "08:00",
        "end_date": "2026-11-18",
        "end": "18:00",
        "reason": "Calibration",
        **changed,
    }


def closures(app):
    with app.app_context():
        return queries.upcoming_closures(0)


def book(client, email="producer@blf.example"):
    client.sign_in(email)
    answer = client.submit(
        "/bookings",
        {
            "facility": "M-ET1",
            "title": "Bobine secrète",
            "date": "2026-11-18",
            "start": "09:00",
            "end_date": "2026-11-18",
            "end": "12:00",
            "hold": "firm",
        },
    )
    assert answer.status_code in (201, 303)


def test_a_closure_without_bookings_is_made_at_once(app, manager):
    page = manager.get("/facilities/closures/new?facility=M-ET1").text
    assert '<option value="facility:M-ET1" selected>' in " ".join(page.split())
    answer = manager.submit("/facilities/closures/new", closure())
    assert answer.location == "/facilities/closures"
    assert len(closures(app)) == 1
    assert "Calibration" in manager.get("/facilities/closures").text


def test_bookings_in_the_way_are_shown_before_anything_is_closed(app, client):
    book(client)
    client.sign_in(MANAGER)
    answer = client.submit("/facilities/closures/new", closure())
    assert answer.status_code == 409
    assert "Bobine secrète" in answer.text
    assert 'value="Calibration"' in answer.text
    assert closures(app) == []
    client.submit("/facilities/closures/new", closure(anyway="1"))
    assert len(closures(app)) == 1


def test_an_administrator_sees_that_and_no_more(client):
    book(client)
    client.sign_in(ADMIN)
    answer = client.submit("/facilities/closures/new", closure())
    assert answer.status_code == 409
    assert "Bobine secrète" not in answer.text


def test_a_whole_site_is_closed_by_whoever_manages_it(app, client):
    client.sign_in("manager-n@pil.example")
    page = client.get("/facilities/closures/new").text
    assert 'value="site:N"' in page
    assert 'value="site:M"' not in page
    assert 'value="facility:M-ET1"' not in page
    client.submit("/facilities/closures/new", closure(what="site:N"))
    assert [found.site_id is not None for found in closures(app)] == [True]
    forbidden = client.submit("/facilities/closures/new", closure(what="site:M"))
    assert forbidden.status_code == 403


def test_a_closure_is_taken_back(app, manager):
    manager.submit("/facilities/closures/new", closure())
    [made] = closures(app)
    answer = manager.submit(f"/facilities/closures/{made.id}/remove")
    assert answer.location == "/facilities/closures"
    assert closures(app) == []
    assert manager.submit(f"/facilities/closures/{made.id}/remove").status_code == 404
    assert 'class="empty"' in manager.get("/facilities/closures").text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"what": ""}, "what"),
        ({"what": "facility:NOPE"}, "what"),
        ({"date": "2026-02-30"}, "date"),
        ({"start": "late"}, "start"),
        ({"end": "07:00"}, "end"),
        ({"date": "2027-03-28", "start": "02:30", "end_date": "2027-03-28"}, "start"),
    ],
)
def test_errors_of_a_closure_stand_at_their_fields(app, manager, changed, field):
    answer = manager.submit("/facilities/closures/new", closure(**changed))
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text
    assert all(
        f'value="{typed}"' in answer.text or f">{typed}<" in answer.text
        for typed in changed.values()
        if typed and "NOPE" not in typed
    )
    assert closures(app) == []


def test_a_time_that_comes_twice_is_asked_about(app, manager):
    night = closure(date="2027-10-31", start="02:30", end_date="2027-10-31", end="12:00")
    answer = manager.submit("/facilities/closures/new", night)
    assert answer.status_code == 400
    assert 'name="start_fold"' in answer.text
    manager.submit("/facilities/closures/new", {**night, "start_fold": "1"})
    assert len(closures(app)) == 1


# ---- kinds ----------------------------------------------------------------------------------


def test_an_administrator_makes_a_kind_and_says_what_it_says(app, admin, world):
    assert admin.submit("/facilities/kinds/new", {**KIND, "code": "booth"}).location == (
        "/facilities/kinds/booth"
    )
    attribute = {f"new-{name}": value for name, value in KIND.items() if name.startswith("names")}
    more = {"new-code": "sound", "new-value_type": "choice", "new-choices": "5.1, 7.1"}
    admin.submit("/facilities/kinds/booth/attributes", {**attribute, **more})
    page = admin.get("/facilities/kinds/booth").text
    assert "5.1, 7.1" in page
    with app.app_context():
        kind = next(kind for kind in queries.kinds() if kind.code == "booth")
        [definition] = queries.definitions(kind.id)
    removed = admin.submit(f"/facilities/kinds/booth/attributes/{definition.definition_id}/remove")
    assert removed.status_code == 303
    with app.app_context():
        assert queries.definitions(kind.id) == ()


def test_a_kind_is_edited(app, admin):
    admin.submit("/facilities/kinds/grading", {**KIND, "names_en": "Colour"})
    assert facility(app).kind_in("en") == "Colour"
    assert facility(app).option_days == 3


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"names_de": ""}, "names_de"),
        ({"option_days": "0"}, "option_days"),
        ({"position": "x"}, "position"),
    ],
)
def test_errors_of_a_kind_stand_at_their_fields(admin, changed, field):
    answer = admin.submit("/facilities/kinds/grading", {**KIND, **changed})
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text


def test_attributes_are_typed_in_the_facilitys_form(app, admin):
    names = {f"new-{name}": value for name, value in KIND.items() if name.startswith("names")}
    for code, value_type in (("hdr", "boolean"), ("screen_m", "decimal"), ("nits", "integer")):
        more = {"new-code": code, "new-value_type": value_type, "new-unit": "m"}
        admin.submit("/facilities/kinds/grading/attributes", {**names, **more})
    typed = {"attribute_hdr": "no", "attribute_screen_m": "4.5", "attribute_nits": "0"}
    admin.submit("/facilities/M-ET1/edit", {**ROOM, **typed})
    with app.app_context():
        [said] = queries.attributes([facility(app).id]).values()
        assert {each.code: each.value for each in said} == {
            "hdr": False,
            "screen_m": 4.5,
            "nits": 0,
        }
    text = admin.get("/facilities/M-ET1/edit").text
    assert '<option selected value="no">' in text
    wrong = admin.submit(
        "/facilities/M-ET1/edit", {**ROOM, "revision": "2", "attribute_nits": "many"}
    )
    assert wrong.status_code == 400
    assert 'value="many"' in wrong.text


def test_an_attribute_in_use_is_not_removed(app, admin):
    names = {f"new-{name}": value for name, value in KIND.items() if name.startswith("names")}
    more = {"new-code": "hdr", "new-value_type": "boolean"}
    admin.submit("/facilities/kinds/grading/attributes", {**names, **more})
    admin.submit("/facilities/M-ET1/edit", {**ROOM, "attribute_hdr": "yes"})
    with app.app_context():
        [definition] = queries.definitions(facility(app).kind_id)
    path = f"/facilities/kinds/grading/attributes/{definition.definition_id}/remove"
    answer = admin.submit(path, follow_redirects=True)
    assert "toast is-bad" in answer.text
    with app.app_context():
        assert queries.definitions(facility(app).kind_id) != ()
