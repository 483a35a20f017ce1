"""The subscriptions page: an address is made, shown once, renewed, ended."""

import re

import pytest

from booking.kernel.db import db
from booking.members.models import FeedToken
from tests.support.statements import contents, statements

PRODUCER = "producer@blf.example"
ADDRESS = re.compile(r"http://localhost(/feeds/[\w-]{43}/[a-z0-9-]+\.ics)")


@pytest.fixture
def me(client):
    client.sign_in(PRODUCER)
    return client


def shown(page):
    found = set(ADDRESS.findall(page.text))
    assert len(found) == 1
    return found.pop()


def feed_id(app):
    with app.app_context():
        return db.session.scalars(db.select(FeedToken.id)).one()


def test_page_is_for_people_who_signed_in(client):
    assert client.get("/subscriptions").status_code == 303


@pytest.mark.parametrize(
    ("what", "slug"),
    [
        ({"scope": "me"}, "my-bookings"),
        ({"scope": "company"}, "bookings-of-my-company"),
        ({"scope": "facility", "facility": "M-ET1"}, "etalonnage-1-projection"),
        ({"scope": "freebusy", "facility": "N-RE1"}, "salle-de-reunion-1-free-or-taken"),
    ],
)
def test_address_is_shown_once_and_works(me, what, slug):
    me.set_cookie("locale", "en")
    page = me.submit("/subscriptions", what)
    path = shown(page)
    assert path.endswith(f"/{slug}.ics")
    assert "webcal://localhost/feeds/" in page.text
    assert "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Flocalhost" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert len(f"http://localhost{path}") <= 256
    assert me.get(path).mimetype == "text/calendar"
    assert path.split("/")[2] not in me.get("/subscriptions").text


def test_use_is_shown(me):
    path = shown(me.submit("/subscriptions", {"scope": "me"}))
    me.get(path, headers={"User-Agent": "Thunderbird/153.0"})
    assert "Thunderbird" in me.get("/subscriptions").text


def test_renewing_ends_the_old_address(app, me):
    old = shown(me.submit("/subscriptions", {"scope": "me"}))
    new = shown(me.submit(f"/subscriptions/{feed_id(app)}/renew"))
    assert (me.get(old).status_code, me.get(new).status_code) == (410, 200)


def test_revoking_ends_it(app, me):
    path = shown(me.submit("/subscriptions", {"scope": "me"}))
    answer = me.submit(f"/subscriptions/{feed_id(app)}/revoke")
    assert (answer.status_code, answer.location) == (303, "/subscriptions")
    assert me.get(path).status_code == 410


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"scope": "site"},
        {"scope": "facility"},
        {"scope": "facility", "facility": "NOPE"},
        {"scope": "freebusy", "facility": "x:y"},
        {"scope": "me:x"},
    ],
)
def test_odd_choices_make_nothing(app, me, what):
    answer = me.submit("/subscriptions", what)
    assert answer.status_code == 400
    with app.app_context():
        assert db.session.scalars(db.select(FeedToken.id)).all() == []


@pytest.mark.parametrize("verb", ["renew", "revoke"])
def test_feeds_of_others_are_not_there(app, me, client, verb):
    me.submit("/subscriptions", {"scope": "me"})
    key = feed_id(app)
    client.sign_in("colleague@blf.example")
    assert client.submit(f"/subscriptions/{key}/{verb}").status_code == 404
    assert client.submit(f"/subscriptions/{key + 1}/{verb}").status_code == 404


def test_page_costs_the_same_for_one_and_for_many(app, me):
    me.submit("/subscriptions", {"scope": "me"})
    with statements(app) as one:
        me.get("/subscriptions")
    for _ in range(10):
        me.submit("/subscriptions", {"scope": "facility", "facility": "M-ET1"})
    with statements(app) as many:
        me.get("/subscriptions")
    assert len(many) == len(one)


def test_looking_changes_nothing(app, me):
    me.submit("/subscriptions", {"scope": "me"})
    before = contents(app)
    me.get("/subscriptions")
    assert contents(app) == before
