"""The option desk as a page: every button does what it says and leads back."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.kernel.db import db
from booking.notices.models import OutboxMessage
from booking.notices.telling import tell
from tests.notices.conftest import HEAD
from tests.reservations.desk import Desk
from tests.support.client import Browser
from tests.support.statements import statements


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


def notices(page: str) -> list[str]:
    """Who was told what, newest first, tags left out."""
    found = re.search(r"Who was told.*?<ol[^>]*>(.*?)</ol>", page, re.DOTALL)
    assert found
    items = re.findall(r"<li[^>]*>(.*?)</li>", found[1], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", item).split()) for item in items]


def test_the_ladder_says_since_when_and_names_nobody(held, client: Browser, clock):
    client.sign_in("producer@blf.example")
    page = client.get("/options").text
    rungs = re.search(r'<ol class="ladder".*?</ol>', page, re.DOTALL)[0]
    assert rungs.count("lundi 16 novembre 2026, 09:00") == 2
    assert "Grain Fin" not in rungs
    assert held[0] not in rungs


def test_who_was_told_of_a_challenge(app, held, world, clock, client: Browser):
    with app.app_context():
        Desk(app, world, clock).act("producer", held[1], "challenge")
        tell(clock.now, HEAD)
    client.sign_in("post@gfe.example")
    client.submit("/language", {"locale": "en"})
    (told,) = notices(client.get("/options").text)
    assert told == "Jonas Peeters challenged: confirm or release Waiting"
    with app.app_context():
        mail = db.session.scalars(select(OutboxMessage)).one()
        mail.sent_at = clock.now + timedelta(minutes=2)
        db.session.commit()
    (told,) = notices(client.get("/options").text)
    assert told.endswith("Monday 16 November 2026, 09:02")
    client.sign_in("producer@blf.example")
    client.submit("/language", {"locale": "en"})
    page = client.get("/options").text
    assert notices(page) == ["Nobody yet."]
    assert "Jonas" not in page
    client.sign_in("manager@pil.example")
    client.submit("/language", {"locale": "en"})
    (told,) = notices(client.get("/options?whose=managed").text)
    assert told.startswith("Jonas Peeters challenged")


def test_it_costs_the_same_for_one_option_and_for_ten(app, world, clock, client: Browser):
    def cost() -> int:
        with app.app_context():
            tell(clock.now, HEAD)
        client.get("/options")
        with statements(app) as sent:
            assert client.get("/options").status_code == 200
        return len(sent)

    client.sign_in("producer@blf.example")
    with app.app_context():
        desk = Desk(app, world, clock)
        for who in ("post", "producer"):
            desk.option(who, "M-CIN", "25T08:00", "25T09:00")
    one = cost()
    with app.app_context():
        for hour in range(9, 18):
            for who in ("post", "producer"):
                desk.option(who, "M-CIN", f"25T{hour:02}:00", f"25T{hour + 1:02}:00")
    assert cost() == one


def test_an_empty_desk_says_what_an_option_is(client: Browser):
    client.sign_in("producer@blf.example")
    page = client.get("/options").text
    assert "/bookings/new?hold=option" in page
    assert client.submit("/options/PIL-2026-00001/approve").status_code == 404
