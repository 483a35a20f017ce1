"""Webhooks on the pages: made, tried, looked at, taken away; nothing of it where they are off."""

import re

import pytest

from booking.kernel.outside import Limits
from booking.reservations.events import BOOKING_EVENTS
from booking.webhooks import actions
from booking.webhooks.delivery import Caller, deliver_due
from tests.support.client import Browser
from tests.support.statements import statements

URL = "https://program.example/bookings?source=liege"


@pytest.fixture
def producer(client: Browser) -> Browser:
    client.sign_in("producer@blf.example")
    return client


def _secrets(page: str) -> list[str]:
    return re.findall(r"whsec_[A-Za-z0-9+/=]+", page)


def test_add_one_and_read_its_secret_once(producer):
    assert 'href="/webhooks"' in producer.get("/account").text
    assert "Aucun webhook" in producer.get("/webhooks", headers={"Accept-Language": "fr"}).text
    page = producer.submit("/webhooks", {"url": f" {URL} "})
    assert page.status_code == 200
    [secret, *_] = _secrets(page.text)
    assert len(secret) == len("whsec_") + 44
    assert page.headers["Cache-Control"] == "no-store"
    for path in ("/webhooks", "/webhooks/1"):
        again = producer.get(path).text
        assert "program.example" in again
        assert _secrets(again) == []
    renewed = _secrets(producer.submit("/webhooks/1/renew").text)
    assert renewed[0] != secret


def test_what_cannot_be_called_stays_in_the_form(producer):
    answer = producer.submit("/webhooks", {"url": "http://10.0.0.1/"})
    assert answer.status_code == 400
    assert 'value="http://10.0.0.1/"' in answer.text
    assert 'id="url-error"' in answer.text


def test_a_trial_its_answer_and_once_more(app, producer, clock):
    producer.submit("/webhooks", {"url": URL})
    assert producer.submit("/webhooks/1/try").status_code == 303
    with app.app_context():
        deliver_due(clock.now, Caller(("key",), Limits(ports=frozenset())))
    page = producer.get("/webhooks/1").text
    assert "webhook.trial" in page
    assert "/webhooks/1/messages/1/again" in page
    assert producer.submit("/webhooks/1/messages/1/again").status_code == 303
    assert "/webhooks/1/messages/1/again" not in producer.get("/webhooks/1").text, "it leaves now"


def test_a_stopped_one_says_why_and_is_called_again(app, world, producer, clock):
    producer.submit("/webhooks", {"url": URL})
    with app.app_context():
        actor = world.actor("producer@blf.example")
        actions._change(actor, 1, stopped_at=clock.now, stopped_by="receiver")
        actions.db.session.commit()
    page = producer.get("/webhooks/1").text
    assert "410" in page
    assert "/webhooks/1/resume" in page
    producer.submit("/webhooks/1/resume")
    assert "/webhooks/1/resume" not in producer.get("/webhooks/1").text


def test_what_it_is_called_for_is_chosen(producer):
    producer.submit("/webhooks", {"url": URL})
    french = {"Accept-Language": "fr"}
    page = producer.get("/webhooks/1", headers=french).text
    assert "Tout ce qui arrive aux réservations" in page
    assert page.count('name="events"') == page.count(" checked>") == len(BOOKING_EVENTS)
    answer = producer.submit("/webhooks/1/events", {"events": []})
    assert (answer.status_code, "Choisissez-en au moins un" in answer.text) == (400, True)
    chosen = ["booking:moved", "booking:cancelled"]
    assert producer.submit("/webhooks/1/events", {"events": chosen}).status_code == 303
    page = producer.get("/webhooks/1", headers=french).text
    assert "<p>Annulée · Déplacée</p>" in page
    assert page.count(" checked>") == 2


def test_removed_it_is_gone(producer):
    producer.submit("/webhooks", {"url": URL})
    assert producer.submit("/webhooks/1/remove").location == "/webhooks"
    assert producer.get("/webhooks/1").status_code == 404


def test_others_see_and_change_nothing(app, producer):
    producer.submit("/webhooks", {"url": URL})
    producer.submit("/webhooks/1/try")
    rival = app.test_client()
    rival.sign_in("post@gfe.example")
    assert "program.example" not in rival.get("/webhooks").text
    assert rival.get("/webhooks/1").status_code == 404
    for deed in ("try", "renew", "resume", "events", "remove", "messages/1/again"):
        assert rival.submit(f"/webhooks/1/{deed}").status_code == 404


def test_off_there_are_none(app, producer, monkeypatch):
    monkeypatch.setitem(app.config, "WEBHOOKS", False)
    assert "/webhooks" not in producer.get("/account").text
    assert producer.get("/webhooks").status_code == 404
    assert producer.submit("/webhooks", {"url": URL}).status_code == 404


def test_off_unless_told(make_app):
    assert make_app(WEBHOOKS="").config["WEBHOOKS"] is False


def test_as_many_statements_for_twenty_calls_as_for_one(app, producer):
    producer.submit("/webhooks", {"url": URL})
    counts = []
    for more in (1, 19):
        for _ in range(more):
            producer.submit("/webhooks/1/try")
        with statements(app) as sent:
            producer.get("/webhooks/1")
        counts.append(len(sent))
    assert counts[0] == counts[1]
