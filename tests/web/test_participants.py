"""Participants of a booking, in the form, and who may learn of them."""

import pytest

from tests.support.client import Browser

ANNA, BO = "anna@distri.example", "bo@vfx.example"
FORM = {
    "title": "Visionnage",
    "facility": "M-MI1",
    "date": "2026-11-18",
    "start": "09:00",
    "end_date": "2026-11-18",
    "end": "13:00",
}


@pytest.fixture
def producer(client: Browser) -> Browser:
    client.sign_in("producer@blf.example")
    return client


def test_addresses_are_taken_however_they_are_pasted(producer: Browser):
    typed = f" {BO};\r\n{ANNA} , "
    answer = producer.submit("/bookings", data={**FORM, "participants": typed})
    page = producer.get(answer.headers["Location"]).text
    assert f"{ANNA}, {BO}" in page
    change = producer.get(f"{answer.headers['Location']}/change").text
    assert f"{ANNA}\n{BO}</textarea>" in change


def test_what_is_no_address_is_named_and_stays_in_the_form(producer: Browser):
    answer = producer.submit("/bookings", data={**FORM, "participants": f"{ANNA} anna.example"})
    assert answer.status_code == 400
    assert "anna.example\xa0» n’est pas une adresse e-mail." in answer.text
    assert f"{ANNA} anna.example</textarea>" in answer.text


def test_the_change_form_changes_them(producer: Browser):
    answer = producer.submit("/bookings", data={**FORM, "participants": ANNA})
    place = answer.headers["Location"]
    changed = {**FORM, "participants": BO, "revision": "1", "scope": "all"}
    assert producer.submit(f"{place}/change", data=changed).status_code == 303
    page = producer.get(place).text
    assert BO in page
    assert ANNA not in page


def test_a_form_without_the_field_leaves_them_alone(producer: Browser):
    """As one has it that was opened before there were participants."""
    answer = producer.submit("/bookings", data={**FORM, "participants": ANNA})
    place = answer.headers["Location"]
    changed = {**FORM, "title": "Montage", "revision": "1", "scope": "all"}
    producer.submit(f"{place}/change", data=changed)
    assert ANNA in producer.get(place).text
    producer.submit(f"{place}/change", data={**changed, "participants": "", "revision": "2"})
    assert ANNA not in producer.get(place).text


@pytest.mark.parametrize(
    "reader", ["post@gfe.example", "guest@mosel.example", "board@pil.example", "admin@blf.example"]
)
def test_only_who_may_see_the_booking_learns_of_them(producer: Browser, app, reader: str):
    answer = producer.submit("/bookings", data={**FORM, "participants": ANNA})
    number = answer.headers["Location"].rpartition("/")[2]
    other = app.test_client()
    other.sign_in(reader)
    said = "".join(
        other.get(path).text
        for path in (
            f"/bookings/{number}",
            f"/api/v1/bookings/{number}",
            "/planning?date=2026-11-16",
            "/today?date=2026-11-18",
            "/bookings?whose=company",
            "/exports/bookings.csv?first=2026-11-16&last=2026-11-22",
            "/api/v1/calendar?start=2026-11-16T00:00&end=2026-11-23T00:00",
        )
    )
    assert (ANNA in said) is (reader == "admin@blf.example")
