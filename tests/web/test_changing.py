"""The page on which a booking is changed."""

import re

import pytest
from flask import Flask

from booking.core.scheduling.recurrence import Recurrence
from booking.reservations import actions
from tests.reservations.desk import Desk, moment
from tests.support.client import Browser
from tests.support.forms import booking
from tests.support.time import StoppedClock
from tests.support.world import World

pytestmark = pytest.mark.one_engine
SLOT = ("2026-11-17T09:00", "2026-11-17T13:00")


@pytest.fixture
def desk(app: Flask, world: World, clock: StoppedClock) -> Desk:
    return Desk(app, world, clock)


def at_desk(app: Flask, desk: Desk, **more) -> str:
    with app.app_context():
        return desk.book("producer", "M-MI1", *SLOT, **more)


def seen(app: Flask, desk: Desk, number: str) -> list[tuple[str, ...]]:
    with app.app_context():
        view = desk.view("producer", number)
        return [tuple(a.code for a in o.allocations) for o in view.occurrences]


def browser(app: Flask, who: str = "producer@blf.example") -> Browser:
    made = app.test_client()
    assert isinstance(made, Browser)
    made.sign_in(who)
    return made


def test_the_form_comes_filled_in_and_saves_what_is_different(app: Flask, desk: Desk):
    number = at_desk(app, desk)
    client = browser(app)
    page = client.get(f"/bookings/{number}/change").text
    assert 'value="Étalonnage"' in page
    assert re.search(r'value="M-MI1"\s+selected', page)
    changed = {"facility": "M-MI2", "title": "Montage", "revision": "1"}
    span = {"date": "2026-11-18", "end_date": "2026-11-18", "start": "10:00", "end": "12:00"}
    answer = client.submit(f"/bookings/{number}/change", booking(**span, **changed))
    assert answer.status_code == 303
    shown = client.get(f"/bookings/{number}").text
    assert ("Montage" in shown, seen(app, desk, number)) == (True, [("M-MI2",)])


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(app: Flask, desk: Desk):
    number = at_desk(app, desk)
    client = browser(app)
    wrong = booking(facility="M-MI1", title="Gardé", date="2026-02-30", end_date="2026-11-17")
    answer = client.submit(f"/bookings/{number}/change", wrong)
    assert answer.status_code == 400
    assert 'value="2026-02-30"' in answer.text
    assert 'value="Gardé"' in answer.text


def test_a_clash_is_told_with_ways_out_and_changes_nothing(app: Flask, desk: Desk):
    number = at_desk(app, desk)
    with app.app_context():
        desk.book("post", "M-MI2", *SLOT)
    wish = booking(
        facility="M-MI2", date="2026-11-17", end_date="2026-11-17", start="09:00", end="13:00"
    )
    client = browser(app)
    checked = client.submit(f"/bookings/{number}/change/check", wish)
    assert "alternatives" in checked.text
    answer = client.submit(f"/bookings/{number}/change", wish)
    assert (answer.status_code, seen(app, desk, number)) == (409, [("M-MI1",)])


def test_somebody_elses_change_in_between_is_told(app: Flask, desk: Desk):
    number = at_desk(app, desk)
    client = browser(app)
    wish = booking(facility="M-MI1", date="2026-11-17", end_date="2026-11-17", revision="7")
    answer = client.submit(f"/bookings/{number}/change", wish)
    assert answer.status_code == 412
    assert 'name="revision" value="1"' in answer.text


def test_one_date_of_a_series_goes_to_another_room(app: Flask, desk: Desk):
    number = at_desk(app, desk, recurrence=Recurrence(rule="FREQ=WEEKLY;COUNT=3"))
    with app.app_context():
        second = desk.view("producer", number).occurrences[1].id
    client = browser(app)
    page = client.get(f"/bookings/{number}/change?occurrence={second}").text
    assert 'value="2026-11-24"' in page
    day = {"date": "2026-11-24", "end_date": "2026-11-24", "start": "09:00", "end": "13:00"}
    chosen = {"facility": "M-MI2", "scope": "this", "occurrence": str(second)}
    answer = client.submit(f"/bookings/{number}/change", booking(**day, **chosen))
    assert answer.status_code == 303
    assert seen(app, desk, number) == [("M-MI1",), ("M-MI2",), ("M-MI1",)]


def test_a_swap_that_is_off_can_only_be_refused(app: Flask, desk: Desk):
    theirs = at_desk(app, desk)
    with app.app_context():
        mine = desk.book("post", "M-MI2", *SLOT)
        at = moment(SLOT[0])
        actions.propose_swap(desk.actor("post"), mine, "M-MI1", at, desk.clock.now)
    asked = browser(app)
    page = asked.get(f"/bookings/{theirs}").text
    assert ("Accepter" in page, "l’échange n’a plus lieu" in page) == (True, False)
    colleague = browser(app, "manager@pil.example").get(f"/bookings/{theirs}").text
    assert ("Accepter" in colleague, "attend leur réponse" in colleague) == (False, True)
    with app.app_context():
        desk.act("post", mine, "cancel", "Fini")
    page = asked.get(f"/bookings/{theirs}").text
    assert ("Accepter" in page, "l’échange n’a plus lieu" in page) == (False, True)
    assert asked.submit(f"/bookings/{theirs}/refuse-offer", {}).status_code == 303
    assert "Refuser" not in asked.get(f"/bookings/{theirs}").text
