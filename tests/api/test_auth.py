"""Who may call: bearer tokens, sessions with their CSRF token, nobody else."""

import pytest

from booking.kernel import clock as product_clock
from booking.members.actions import deactivate, revoke_api_token, set_locale
from booking.members.queries import api_tokens
from tests.api.conftest import BASE, wish

PRODUCER = "producer@blf.example"


def test_stranger_is_asked_who_they_are(client):
    answer = client.get(f"{BASE}/me")
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="booking"'
    assert answer.json["code"] == "unauthorized"


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Bearer", "Bearer ", "Basic YTpi", "bearer " + "x" * 5000, "é", ""]
)
def test_wrong_token_is_nobody(client, sign_in, header):
    """Even in a browser that is signed in: what the header says counts."""
    sign_in(client, PRODUCER)
    answer = client.get(f"{BASE}/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_token_is_its_owner(producer):
    me = producer.get("/me").json
    assert (me["email"], me["company"]["code"], me["roles"]) == (PRODUCER, "BLF", ["requester"])
    assert me["productions"] == ["HERON"]


def test_token_ends_when_revoked(app, world, producer):
    assert producer.get("/me").status_code == 200
    with app.app_context():
        actor = world.actor(PRODUCER)
        revoke_api_token(actor, api_tokens(actor)[0].id, product_clock.now())
    assert producer.get("/me").status_code == 401


def test_token_ends_with_the_person(app, world, producer):
    with app.app_context():
        deactivate(world.actor("admin@blf.example"), world.users[PRODUCER], product_clock.now())
    assert producer.get("/me").status_code == 401


def test_use_of_a_token_is_noted(app, world, producer, clock):
    def used():
        with app.app_context():
            return api_tokens(world.actor(PRODUCER))[0].used_at

    producer.get("/me")
    first = used()
    clock.advance(seconds=30)
    producer.get("/me")
    assert used() == first
    clock.advance(seconds=31)
    producer.get("/me")
    assert used() == clock.now


def test_session_reads_without_and_writes_with_its_csrf_token(client, sign_in):
    sign_in(client, PRODUCER)
    assert client.get(f"{BASE}/me").json["email"] == PRODUCER
    without = client.post(f"{BASE}/bookings", json=wish())
    assert (without.status_code, without.json["code"]) == (400, "csrf")
    wrong = client.post(f"{BASE}/bookings", json=wish(), headers={"X-CSRFToken": "x"})
    assert (wrong.status_code, wrong.json["code"]) == (400, "csrf")
    headers = {"X-CSRFToken": client.csrf_token()}
    assert client.post(f"{BASE}/bookings", json=wish(), headers=headers).status_code == 201


def test_write_from_another_site_is_not_heard(client, sign_in):
    sign_in(client, PRODUCER)
    headers = {"X-CSRFToken": client.csrf_token(), "Sec-Fetch-Site": "cross-site"}
    answer = client.post(f"{BASE}/bookings", json=wish(), headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "foreign_origin")


def test_answers_speak_the_callers_language(app, world, producer):
    with app.app_context():
        set_locale(world.actor(PRODUCER), "en", product_clock.now())
    headers = {"Accept-Language": "fr"}
    assert producer.get("/bookings/PIL-2026-00999", headers=headers).json["detail"] == (
        "There is no such thing here, or it is not yours to see."
    )
    assert producer.get("/facilities/M-ET1").json["kind"]["name"] == "Grading"


def test_call_needs_its_permission(program):
    board = program("board@pil.example")
    answer = board.post("/bookings", wish())
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert board.get("/bookings?whose=to_decide").status_code == 403


def test_every_call_declares_its_permission(app):
    rules = [r for r in app.url_map.iter_rules() if r.endpoint.startswith("api.")]
    assert rules
    for rule in rules:
        assert app.view_functions[rule.endpoint].permission
