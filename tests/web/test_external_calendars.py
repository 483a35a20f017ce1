"""The page of other people's calendars: subscribe, see faults and whom it hits, remove."""

import pytest

from booking.facilities.external import queries
from booking.facilities.external.models import ExternalCalendar, ExternalEvent
from booking.facilities.models import Closure
from booking.kernel.db import db
from booking.kernel.transaction import transaction
from tests.support.forms import booking
from tests.support.statements import contents

PATH = "/facilities/M-ET1/calendars"
WISH = {"name": "Festival", "url": "webcal://festival.example/a.ics", "effect": "closure"}
START = 1796115600  # 1 December 2026, 09:00 in Brussels


@pytest.fixture
def manager(client):
    client.sign_in("manager@pil.example")
    client.set_cookie("locale", "en")
    return client


@pytest.fixture
def calendar_id(app, manager):
    manager.submit(PATH, WISH)
    with app.app_context():
        return db.session.scalars(db.select(ExternalCalendar.id)).one()


@transaction
def _fill(world, calendar_id, error=""):
    """As the worker leaves it: a closure made of an event, and perhaps a fault after it."""
    room = world.facilities["M-ET1"]
    shut = Closure(facility_id=room, starts=START, ends=START + 7200, reason="Festival")
    db.session.add(shut)
    db.session.flush()
    event = ExternalEvent(
        calendar_id=calendar_id,
        key="k",
        starts=START,
        ends=START + 7200,
        summary="Projection privée",
        closure_id=shut.id,
    )
    db.session.add(event)
    changed = db.update(ExternalCalendar).where(ExternalCalendar.id == calendar_id)
    db.session.execute(changed.values(error=error, failures=1 if error else 0))


def test_calendar_is_subscribed(app, world, manager):
    answer = manager.submit(PATH, WISH)
    assert (answer.status_code, answer.location) == (303, PATH)
    page = manager.get(PATH).text
    assert "festival.example" in page
    assert "a.ics" not in page, "the address may be a secret"
    with app.app_context():
        (facts,) = queries.calendars(world.facilities["M-ET1"])
    assert (facts.name, facts.effect, facts.read_at) == ("Festival", "closure", None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "http://127.0.0.1:22/a.ics"}, "no address of a calendar"),
        ({"url": "file:///etc/passwd"}, "no address of a calendar"),
        ({"name": ""}, "cannot stay empty"),
        ({"effect": "x"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said(app, manager, wrong, said):
    answer = manager.submit(PATH, {**WISH, **wrong})
    assert answer.status_code == 400
    assert said in answer.text or "field-error" in answer.text
    with app.app_context():
        assert db.session.scalars(db.select(ExternalCalendar.id)).all() == []


def test_bookings_in_the_way_are_shown_and_stay(app, world, manager, calendar_id):
    manager.submit("/bookings", booking(date="2026-12-01", end_date="2026-12-01", title="Tournage"))
    with app.app_context():
        _fill(world, calendar_id)
    page = manager.get(PATH).text
    assert "Projection privée" in page
    assert "Tournage" in page
    assert "stay where they are" in page


def test_fault_is_said_in_words(app, world, manager, calendar_id):
    with app.app_context():
        _fill(world, calendar_id, "http_404")
    assert "The server refuses: 404." in manager.get(PATH).text
    with app.app_context():
        changed = db.update(ExternalCalendar).values(error="refused_address")
        db.session.execute(changed)
        db.session.commit()
    assert "private network" in manager.get(PATH).text


def test_removing_it_opens_the_room(app, world, manager, calendar_id):
    with app.app_context():
        _fill(world, calendar_id)
    answer = manager.submit(f"{PATH}/{calendar_id}/remove")
    assert (answer.status_code, answer.location) == (303, PATH)
    with app.app_context():
        assert db.session.scalars(db.select(Closure.id)).all() == []


def test_reading_is_left_to_the_worker(app, manager, calendar_id, clock):
    with app.app_context():
        later = db.update(ExternalCalendar).values(next_at=clock.now.replace(year=2027))
        db.session.execute(later)
        db.session.commit()
    assert manager.submit(f"{PATH}/{calendar_id}/look").status_code == 303
    with app.app_context():
        assert queries.due(clock.now) == [calendar_id]


@pytest.mark.parametrize("verb", ["remove", "look"])
def test_who_does_not_decide_changes_nothing(app, client, calendar_id, verb):
    for email in ("producer@blf.example", "manager-n@pil.example", "board@pil.example"):
        client.sign_in(email)
        before = contents(app)["external_calendar"]
        assert client.submit(f"{PATH}/{calendar_id}/{verb}").status_code == 403
        assert client.get(PATH).status_code == 403
        assert contents(app)["external_calendar"] == before
