"""Pages of sites and rows of like units."""

import pytest

from booking.facilities import queries
from tests.support.client import Browser

SITE = {
    "name": "Kirchberg",
    "code": "LUX",
    "time_zone": "Europe/Luxembourg",
    "country": "LU",
    "address": "1 rue de l’Écran",
    "area_m2": "",
}


@pytest.fixture
def admin(client: Browser) -> Browser:
    client.sign_in("admin@pil.example")
    return client


def test_a_site_is_made_then_edited(app, admin):
    assert 'value="Europe/Brussels"' in admin.get("/facilities/sites/new").text
    answer = admin.submit("/facilities/sites/new", SITE)
    assert (answer.status_code, answer.location) == (303, "/facilities/sites")
    page = admin.get("/facilities/sites").text
    assert "Kirchberg" in page
    assert "1 rue de l’Écran" in page
    answer = admin.submit("/facilities/sites/LUX", {**SITE, "name": "Cloche d’Or", "code": "X"})
    assert answer.status_code == 303
    with app.app_context():
        (found,) = [site for site in queries.sites() if site.code == "LUX"]
    assert (found.name, found.time_zone) == ("Cloche d’Or", "Europe/Luxembourg")


def test_what_is_wrong_stands_at_its_field(admin):
    answer = admin.submit("/facilities/sites/new", {**SITE, "code": "m", "country": "XX"})
    assert answer.status_code == 400
    assert 'id="country-error"' in answer.text
    answer = admin.submit("/facilities/sites/new", {**SITE, "code": "M"})
    assert 'id="code-error"' in answer.text
    assert "1 rue de l’Écran" in answer.text
    assert admin.get("/facilities/sites/NOWHERE").status_code == 404


def test_a_row_is_made_renamed_and_removed(app, admin):
    assert admin.submit("/facilities/groups/new", {"name": "", "code": "ANY"}).status_code == 400
    new = {"name": "Une salle", "code": "ANY"}
    assert admin.submit("/facilities/groups/new", new).status_code == 303
    assert "Une salle" in admin.get("/facilities/sites").text
    assert admin.submit("/facilities/groups/ANY", {"name": "Toute salle"}).status_code == 303
    assert "Toute salle" in admin.get("/facilities/groups/ANY").text
    assert admin.submit("/facilities/groups/ANY/remove").status_code == 303
    assert admin.get("/facilities/groups/ANY").status_code == 404
