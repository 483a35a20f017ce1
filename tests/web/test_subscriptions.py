"""The subscriptions page: an address is made, shown once, renewed, ended."""

import re
from urllib.parse import quote

import pytest
import segno

from booking.kernel import clock
from booking.kernel.db import db
from booking.members.actions.keys import MOST_ADDRESSES
from booking.members.models import FeedToken
from booking.productions.actions import ProductionChange, edit, uninvite
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
        ({"scope": "kind", "kind": "grading"}, "all-of-the-kind-grading"),
        ({"scope": "site", "site": "M"}, "all-of-mediacite"),
        ({"scope": "production", "production": "HERON"}, "production-heron"),
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


def test_every_program_has_its_way_in(me):
    page = me.submit("/subscriptions", {"scope": "me"}).text
    path = ADDRESS.findall(page)[0]
    address = quote(f"http://localhost{path}", safe="")
    assert page.count(f'href="webcal://localhost{path}"') == 2, "Apple, and Outlook on a computer"
    assert f"https://outlook.office.com/calendar/0/addfromweb?url={address}" in page
    assert f"https://outlook.live.com/calendar/0/addfromweb?url={address}" in page
    assert f'data-copy="http://localhost{path}"' in page
    assert page.count('rel="noreferrer"') == 5


def test_phone_reads_the_address_from_the_screen(me):
    """The path of the picture, drawn, is the code of the webcal address; nothing else is dark."""
    page = me.submit("/subscriptions", {"scope": "me"}).text
    code = segno.make(f"webcal://localhost{ADDRESS.findall(page)[0]}", error="m", micro=False)
    side = int(re.search(r'viewBox="0 0 (\d+) \d+"[^>]*role="img"', page)[1])
    assert side == len(code.matrix) + 8
    dark = {(x, y) for y, row in enumerate(code.matrix) for x, bit in enumerate(row) if bit & 1}
    drawn = set()
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", page):
        drawn |= {(int(x) - 4 + n, int(y) - 4) for n in range(int(length))}
    assert drawn == dark


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Thunderbird/153.0", "Thunderb"),
        ("Google-Calendar-Importer", "Google Calendar"),
        ("iOS/19.1 (23B74) dataaccessd/1.0", "Calendar (iPhone, iPad)"),
        ("macOS/15.1 (24B83) CalendarAgent/990", "Calendar (Mac)"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.1)", "Outlook"),
        ("Microsoft.Exchange/15.20 (15.20.8)", "Outlook (web)"),
        ("Evolution/3.46.4", "Evolution"),
        ("khal/0.11 something", "khal"),
        ("", "–"),
    ],
)
def test_use_is_shown_in_words(me, clock, program, said):
    me.set_cookie("locale", "en")
    path = shown(me.submit("/subscriptions", {"scope": "me"}))
    assert "Not read by any program yet" in me.get("/subscriptions").text
    me.get(path, headers={"User-Agent": program})
    assert f"{said}" in me.get("/subscriptions").text
    assert "just now" in me.get("/subscriptions").text
    clock.advance(hours=2)
    assert "2 hours ago" in me.get("/subscriptions").text


def test_only_managers_are_offered_what_waits(me, client):
    assert 'value="approvals"' not in me.get("/subscriptions").text
    assert me.submit("/subscriptions", {"scope": "approvals"}).status_code == 400
    client.sign_in("manager@pil.example")
    assert 'value="approvals"' in client.get("/subscriptions").text
    path = shown(client.submit("/subscriptions", {"scope": "approvals"}))
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("deed", ["renew", "revoke"])
def test_ending_an_address_is_asked_first(app, me, deed):
    path = shown(me.submit("/subscriptions", {"scope": "me"}))
    key = feed_id(app)
    assert f"/subscriptions/{key}/{deed}" in me.get("/subscriptions").text
    page = me.get(f"/subscriptions/{key}/{deed}")
    assert page.status_code == 200
    assert f'action="/subscriptions/{key}/{deed}"' in page.text
    assert me.get(path).status_code == 200, "asking ends nothing"
    assert me.get(f"/subscriptions/{key + 1}/{deed}").status_code == 404


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


def test_there_are_ten_addresses_of_a_calendar_at_most(me):
    """One for each program; a lost one can be made anew."""
    me.set_cookie("locale", "en")
    paths = [shown(me.submit("/subscriptions", {"scope": "me"})) for _ in range(MOST_ADDRESSES)]
    refused = me.submit("/subscriptions", {"scope": "me"})
    assert refused.status_code == 400
    assert "10 addresses of this calendar: revoke one first" in refused.text
    assert [me.get(path).status_code for path in paths] == [200] * MOST_ADDRESSES
    assert shown(me.submit("/subscriptions", {"scope": "company"}))
    revoke = re.search(r"/subscriptions/\d+/revoke", me.get("/subscriptions").text)[0]
    me.submit(revoke)  # the newest, of the company's
    assert me.submit("/subscriptions", {"scope": "me"}).status_code == 400
    oldest = re.findall(r"/subscriptions/\d+/revoke", me.get("/subscriptions").text)[-1]
    me.submit(oldest)
    assert shown(me.submit("/subscriptions", {"scope": "me"})), "what is revoked does not count"
    me.sign_in("colleague@blf.example")
    assert shown(me.submit("/subscriptions", {"scope": "me"})), "nor what is others'"


def test_a_production_is_listed_under_its_present_name(app, me, world):
    me.set_cookie("locale", "en")
    path = shown(me.submit("/subscriptions", {"scope": "production", "production": "HERON"}))
    with app.app_context():
        change = ProductionChange(code_name="CIGOGNE", title="Le héron")
        heron = world.productions["HERON"]
        edit(world.actor("producer@blf.example"), heron, change, 1, clock.now())
    assert "Production CIGOGNE" in me.get("/subscriptions").text
    assert "Production CIGOGNE" in me.get(f"/subscriptions/{feed_id(app)}/renew").text
    assert me.get(path).status_code == 200


def test_a_production_that_one_sees_no_more_is_not_named(app, client, world):
    client.set_cookie("locale", "en")
    client.sign_in("guest@mosel.example")
    path = shown(client.submit("/subscriptions", {"scope": "production", "production": "HERON"}))
    with app.app_context():
        guest, heron = world.users["guest@mosel.example"], world.productions["HERON"]
        uninvite(world.actor("producer@blf.example"), heron, guest, clock.now())
    page = client.get("/subscriptions").text
    assert "A production that you do not see any more" in page
    assert "HERON" not in page
    assert client.get(path).status_code == 410


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
