"""Rules as managers set them, and licences as they write them down."""

import pytest

from booking.facilities import policy, queries
from booking.members import licences

NEW = "/facilities/M-ET1/rules/new"


def settings(app, code="M-ET1"):
    with app.app_context():
        return policy.of_facility(queries.by_codes([code])[code].id)


def said(app, code="M-ET1"):
    return [(each.rule, each.value) for each in settings(app, code)]


@pytest.mark.parametrize(
    ("rule", "typed", "value"),
    [
        ("notice", "24", 24),
        ("rolling", "24", 24),
        ("furthest", "90", 90),
        ("shortest", "60", 60),
        ("longest", "600", 600),
        ("step", "30", 30),
        ("audience", "members", "members"),
        ("holidays", "yes", True),
        ("holidays", "no", False),
        ("noise", ["M-CIN", "M-MI1"], ["M-CIN", "M-MI1"]),
        ("equipment", [], []),
        ("licence", "grip", "grip"),
        ("licence", "", ""),
    ],
)
def test_a_manager_sets_each_rule(app, manager, rule, typed, value):
    answer = manager.submit(f"{NEW}/{rule}", {"value": typed, "valid_from": "", "valid_until": ""})
    assert (answer.status_code, answer.location) == (303, "/facilities/M-ET1/rules")
    assert said(app) == [(rule, value)]
    setting_id = settings(app)[0].id
    assert manager.get("/facilities/M-ET1/rules").status_code == 200
    again = manager.submit(f"/facilities/rules/{setting_id}", {"value": typed})
    assert again.status_code == 303
    assert said(app) == [(rule, value)]


def test_a_rule_is_listed_in_words_changed_and_ended(app, manager):
    typed = {"value": "24", "valid_from": "2026-11-01", "valid_until": "2026-12-31"}
    manager.submit(f"{NEW}/notice", typed)
    setting_id = settings(app)[0].id
    text = manager.get("/facilities/M-ET1/rules").text
    assert "Au moins 24 heures avant le début" in text
    assert "31 décembre 2026" in text
    form = manager.get(f"/facilities/rules/{setting_id}").text
    assert 'value="24"' in form
    assert 'value="2026-12-31"' in form
    manager.submit(f"/facilities/rules/{setting_id}", {**typed, "value": "48"})
    assert said(app) == [("notice", 48)]
    assert "Au moins 48 heures" in manager.get("/facilities/M-ET1").text
    answer = manager.submit(f"/facilities/rules/{setting_id}/end")
    assert (answer.status_code, answer.location) == (303, "/facilities/M-ET1/rules")
    assert "terminée" in manager.get("/facilities/M-ET1/rules").text
    assert "Au moins 48 heures" not in manager.get("/facilities/M-ET1").text


@pytest.mark.parametrize(
    ("rule", "typed", "at_fault"),
    [
        ("notice", {"value": "soon"}, "value"),
        ("notice", {"value": ""}, "value"),
        ("notice", {"value": "9999"}, "value"),
        ("step", {"value": "30", "valid_from": "1er mai"}, "valid_from"),
        (
            "step",
            {"value": "30", "valid_from": "2026-12-01", "valid_until": "2026-11-01"},
            "valid_until",
        ),
        ("licence", {"value": "GRIP", "valid_until": "2027-01-01"}, "value"),
        ("noise", {"value": ["M-XXX", "M-CIN"]}, "value"),
        ("audience", {"value": "friends"}, "value"),
    ],
)
def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(
    app, manager, rule, typed, at_fault
):
    answer = manager.submit(f"{NEW}/{rule}", typed)
    assert answer.status_code == 400
    assert f'id="{at_fault}-error"' in answer.text
    for name, value in typed.items():
        if isinstance(value, str) and rule != "audience":
            assert f'value="{value}"' in answer.text, name
    if rule == "noise":
        assert 'value="M-CIN" checked' in " ".join(answer.text.split())
    assert settings(app) == ()


def test_a_change_in_between_is_shown_and_nothing_typed_is_lost(app, manager):
    manager.submit(f"{NEW}/notice", {"value": "24"})
    (setting,) = settings(app)
    page = f"/facilities/rules/{setting.id}"
    first, late = {"value": "48", "revision": "1"}, {"value": "72", "revision": "1"}
    assert manager.submit(page, first).status_code == 303
    answer = manager.submit(page, {**late, "valid_until": "2027-01-31"})
    assert answer.status_code == 412
    text = " ".join(answer.text.split())
    assert "Au moins 48 heures avant le début (toujours)" in text
    for kept in ('value="72"', 'value="2027-01-31"', 'name="revision" type="hidden" value="2"'):
        assert kept in text
    assert said(app) == [("notice", 48)]
    assert manager.submit(page, {**late, "revision": "2"}).status_code == 303
    assert said(app) == [("notice", 72)]
    assert manager.submit(f"{page}/end", {"revision": "2"}).status_code == 303
    assert settings(app)[0].valid_until is None
    assert "entre-temps" in manager.get("/facilities/M-ET1/rules").text
    manager.submit(f"{page}/end", {"revision": "3"})
    assert settings(app)[0].valid_until is not None


def test_what_would_leave_no_length_at_all_is_said_at_the_value(app, manager):
    manager.submit(f"{NEW}/longest", {"value": "120"})
    answer = manager.submit(f"{NEW}/shortest", {"value": "121"})
    assert answer.status_code == 400
    assert 'id="value-error"' in answer.text
    assert "120 minutes" in answer.text
    assert manager.submit(f"{NEW}/shortest", {"value": "120"}).status_code == 303


def test_the_rules_of_a_kind_show_on_its_facilities(app, admin):
    answer = admin.submit("/facilities/kinds/grading/rules/new/quota_hours", {"value": "20"})
    assert (answer.status_code, answer.location) == (303, "/facilities/kinds/grading/rules")
    words = "Au plus 20 heures par semaine et par société"
    for page in ("/facilities/kinds/grading/rules", "/facilities/M-ET2/rules", "/facilities/M-ET1"):
        assert words in admin.get(page).text
    assert "/facilities/kinds/grading/rules" in admin.get("/facilities/kinds/grading").text


@pytest.mark.parametrize("rule", ["quota_hours", "capacity", "nothing"])
def test_what_cannot_be_set_for_a_facility_has_no_form(manager, rule):
    assert manager.get(f"{NEW}/{rule}").status_code == 404
    assert manager.submit(f"{NEW}/{rule}", {"value": "1"}).status_code == 404


def test_the_way_there(manager):
    assert "/facilities/M-ET1/rules" in manager.get("/facilities/M-ET1").text
    text = manager.get("/facilities/M-ET1/rules").text
    assert "/facilities/M-ET1/rules/new/notice" in text
    assert "quota_hours" not in text


def test_a_refusal_is_said_beside_the_form(manager, client):
    manager.submit(f"{NEW}/audience", {"value": "staff"})
    client.sign_in("producer@blf.example")
    text = client.get("/facilities/M-ET1").text
    assert "Ses gestionnaires seulement" in text
    assert "/bookings/new?facility=M-ET1" not in text


def test_the_api_shows_the_policy_as_it_applies(manager, client):
    manager.submit(f"{NEW}/notice", {"value": "24", "valid_until": "2026-12-31"})
    manager.submit(f"{NEW}/step", {"value": "30", "valid_from": "2027-01-01"})
    manager.submit(f"{NEW}/audience", {"value": "staff"})
    client.sign_in("producer@blf.example")
    policy_told = client.get("/api/v1/facilities/M-ET1").json["policy"]
    assert policy_told["bookable"] is False
    assert policy_told["rules"][0] == {
        "rule": "notice",
        "value": 24,
        "text": "Au moins 24 heures avant le début",
        "set_for": "facility",
        "valid_from": None,
        "valid_until": "2026-12-31",
    }
    assert [told["rule"] for told in policy_told["rules"]] == ["notice", "audience"]


# ---- licences -------------------------------------------------------------------------------

GIVEN = {"email": "producer@blf.example", "code": "grip", "valid_until": "2027-01-31"}


def test_a_manager_gives_and_takes_a_licence(app, manager):
    answer = manager.submit("/facilities/licences", GIVEN)
    assert (answer.status_code, answer.location) == (303, "/facilities/licences")
    text = manager.get("/facilities/licences").text
    assert "Camille Laurent" in text
    assert "31 janvier 2027" in text
    with app.app_context():
        (licence,) = licences.every()
    manager.submit(f"/facilities/licences/{licence.id}/take")
    assert "Camille Laurent" not in manager.get("/facilities/licences").text


@pytest.mark.parametrize(
    ("changed", "at_fault"),
    [
        ({"email": "nobody@blf.example"}, "email"),
        ({"email": ""}, "email"),
        ({"code": "Grip"}, "code"),
        ({"valid_until": "soon"}, "valid_until"),
    ],
)
def test_errors_of_a_licence_stand_at_their_fields(manager, changed, at_fault):
    answer = manager.submit("/facilities/licences", {**GIVEN, **changed})
    assert answer.status_code == 400
    assert f'id="{at_fault}-error"' in answer.text
    for value in {**GIVEN, **changed}.values():
        assert f'value="{value}"' in answer.text


def test_the_list_of_facilities_leads_to_the_licences(manager, client):
    assert "/facilities/licences" in manager.get("/facilities").text
    client.sign_in("producer@blf.example")
    assert "/facilities/licences" not in client.get("/facilities").text
