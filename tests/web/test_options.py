"""The option desk as a page: every button does what it says and leads back."""

import re

import pytest

from tests.reservations.desk import Desk
from tests.support.client import Browser


@pytest.fixture
def held(app, world, clock):
    """An option of each of two companies on the same evening, one behind the other."""
    with app.app_context():
        desk = Desk(app, world, clock)
        first = desk.option("post", "M-CIN", "25T19:00", "25T22:00", title="Avant-première")
        second = desk.option("producer", "M-CIN", "25T19:00", "25T22:00", title="Projection")
    return first, second


def sent(browser: Browser, number: str, verb: str, whose: str = "company", **more: str):
    """Press a button of the desk, with what its form holds."""
    page = browser.get(f"/options?whose={whose}").text
    form = re.search(rf'action="(/options/{number}/{verb}[^"]*)".*?</form>', page, re.DOTALL)
    assert form, verb
    fields = dict(re.findall(r'name="(revision|occurrence)" value="(\d+)"', form[0]))
    return browser.submit(form[1].replace("&amp;", "&"), {**fields, **more})


def test_challenge_and_answer_from_the_desk(held, client: Browser):
    first, second = held
    client.sign_in("producer@blf.example")
    assert "Avant-première" not in client.get("/options").text
    answer = sent(client, second, "challenge")
    assert (answer.status_code, answer.location) == (303, "/options?whose=company")
    page = client.get("/options").text
    assert "17 novembre 2026, 09:00 (24 heures)" in page
    client.sign_in("post@gfe.example")
    assert sent(client, first, "release").status_code == 303
    assert first not in client.get("/options").text
    client.sign_in("producer@blf.example")
    assert second not in client.get("/options").text  # it is a firm request now


def test_a_manager_gives_more_time_with_a_reason(held, client: Browser):
    first, _ = held
    client.sign_in("manager@pil.example")
    assert "Avant-première" in client.get("/options?whose=managed").text
    refused = sent(client, first, "extend", "managed", reason="")
    assert refused.status_code in (400, 422)
    assert 'aria-invalid="true"' in refused.text
    answer = sent(client, first, "extend", "managed", reason="Le financement se décide lundi")
    assert (answer.status_code, answer.location) == (303, "/options?whose=managed")


def test_somebody_was_faster(held, client: Browser):
    first, _ = held
    client.sign_in("post@gfe.example")
    page = client.get("/options").text
    fields = dict(re.findall(r'name="(revision|occurrence)" value="(\d+)"', page))
    assert client.submit(f"/options/{first}/confirm", fields).status_code == 303
    stale = client.submit(f"/options/{first}/release", fields)
    assert stale.status_code in (409, 412)
    assert 'role="alert"' in stale.text


def test_an_empty_desk_says_what_an_option_is(client: Browser):
    client.sign_in("producer@blf.example")
    page = client.get("/options").text
    assert "/bookings/new?hold=option" in page
    assert client.submit("/options/PIL-2026-00001/approve").status_code == 404
