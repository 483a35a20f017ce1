"""Nothing is written without a token, nor by looking at a page."""

import pytest

from tests.support.client import Browser
from tests.support.routes import routes
from tests.support.statements import contents

SEEN = frozenset({"session.seen_at"})
EXEMPT_DOORS = {"api", "feeds"}

pytestmark = pytest.mark.one_engine


@pytest.mark.parametrize("email", [None, "producer@blf.example", "admin@pil.example"])
def test_every_post_without_a_token_is_refused_and_changes_nothing(app, client, world, email):
    if email:
        client.sign_in(email)
    before = contents(app, besides=SEEN)
    for route in routes(app, world):
        for method in sorted(route.methods - {"GET"}):
            answer = client.open(route.path, method=method, data={})
            if route.door in EXEMPT_DOORS:
                assert answer.status_code in (400, 401), route
            elif route.door == "door":  # only who knows the secret of its address gets further
                assert answer.status_code == 410, route
            else:
                assert answer.status_code == 400, route
    assert contents(app, besides=SEEN) == before


def test_a_token_of_another_browser_is_refused(app, client):
    other = app.test_client()
    client.sign_in("producer@blf.example")
    other.sign_in("colleague@blf.example")
    with other.session_transaction() as cookie:
        cookie["csrf_token"] = "a" * 40
    stolen = other.csrf_token()
    answer = client.post("/account/tokens", data={"csrf_token": stolen, "name": "x"})
    assert answer.status_code == 400


@pytest.mark.parametrize("token", ["", "x", "null", "a.b.c", "\u00e9"])
def test_invented_tokens_are_refused(client, token):
    client.sign_in("producer@blf.example")
    answer = client.post("/account/tokens", data={"csrf_token": token, "name": "x"})
    assert answer.status_code == 400
    assert "<h1>" in answer.text


def test_looking_at_pages_changes_nothing(app, client, world):
    client.sign_in("admin@pil.example")
    visited: list[str] = [r.path for r in routes(app, world) if "GET" in r.methods]
    for path in visited:  # the first visit may fill caches
        client.get(path)
    before = contents(app, besides=SEEN)
    for path in visited:
        client.get(path)
        client.head(path)
    assert contents(app, besides=SEEN) == before


def test_reset_and_invitation_links_are_not_used_up_by_looking(app, client, clock, world):
    from booking.members import actions

    with app.app_context():
        ticket = actions.issue_reset("producer@blf.example", clock.now)
    before = contents(app)
    for _ in range(3):
        assert client.get(f"/reset/{ticket.secret}").status_code == 200
    assert contents(app) == before


def test_the_token_of_a_stranger_ends_with_the_sign_in(client: Browser):
    early = client.csrf_token()
    client.submit("/login", {"email": "producer@blf.example", "password": "demo"})
    answer = client.post("/account/tokens", data={"csrf_token": early, "name": "x"})
    assert answer.status_code == 400
