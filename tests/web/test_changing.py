"""The page on which a booking is changed."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from booking.core.scheduling.recurrence import Recurrence
from booking.productions import actions as productions
from booking.productions.actions import ProductionChange
from booking.reservations import actions
from tests.reservations.desk import Desk, moment
from tests.support.client import Browser
from tests.support.forms import booking
from tests.support.time import StoppedClock
from tests.support.world import World

pytestmark = pytest.mark.one_engine
SLOT = ("2026-11-17T09:00", "2026-11-17T13:00")
SPAN = {"date": "2026-11-18", "end_date": "2026-11-18", "start": "10:00", "end": "12:00"}


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


HERON = ProductionChange(code_name="HERON", title="Le Vol du héron", format="feature")


@pytest.mark.parametrize("archived", [False, True])
@pytest.mark.parametrize("who", ["producer@blf.example", "manager@pil.example"])
def test_another_time_leaves_the_production(app: Flask, desk: Desk, who: str, archived: bool):
    """Whoever changes it, and whether or not they may name it: what it cost stays provable."""
    number = at_desk(app, desk, production="HERON")
    with app.app_context():
        if archived:
            over = replace(HERON, active=False)
            heron = desk.world.productions["HERON"]
            productions.edit(desk.actor("producer"), heron, over, 1, desk.clock.now)
    client = browser(app, who)
    page = client.get(f"/bookings/{number}/change").text
    drawn = re.search(r'<select[^>]*name="production".*?</select>', page, re.DOTALL)
    assert drawn is not None
    assert re.search(r'value="HERON"\s+selected', drawn[0])
    sent = booking(facility="M-MI1", title="Étalonnage", revision="1", **SPAN)
    assert client.submit(f"/bookings/{number}/change", sent).status_code == 303  # not on the form
    sent |= {"production": "HERON", "revision": "2", "note": "Plus tôt"}
    assert client.submit(f"/bookings/{number}/change", sent).status_code == 303
    with app.app_context():
        assert desk.view("producer", number).production_code == "HERON"


def test_a_production_of_one_s_own_with_the_same_code_name_is_another(app: Flask, desk: Desk):
    with app.app_context():
        heron = desk.world.productions["HERON"]
        productions.invite(desk.actor("producer"), heron, "post@gfe.example", desk.clock.now)
        number = desk.book("post", "M-MI1", *SLOT, production="HERON")
        productions.create(desk.actor("post"), replace(HERON, title="Autre chose"), desk.clock.now)
    sent = booking(facility="M-MI1", title="Suite", revision="1", production="HERON", **SPAN)
    client = browser(app, "post@gfe.example")
    assert client.submit(f"/bookings/{number}/change", sent).status_code == 303
    with app.app_context():
        assert desk.view("post", number).production_title == "Le Vol du héron"


def test_the_title_of_a_production_is_for_those_who_may_see_it(app: Flask, desk: Desk):
    """A guest's colleague who was not invited sees the booking, not what the film is called."""
    with app.app_context():
        number = desk.book("guest", "M-MI1", *SLOT, production="HERON")
    told = {}
    for who in ("guest@mosel.example", "manager@pil.example"):
        page = browser(app, who).get(f"/bookings/{number}").text
        told[who] = ("HERON" in page, "Le Vol du héron" in page)
    assert told == {"guest@mosel.example": (True, True), "manager@pil.example": (True, False)}
    with app.app_context():
        heron, guest = desk.world.productions["HERON"], desk.world.users["guest@mosel.example"]
        productions.uninvite(desk.actor("producer"), heron, guest, desk.clock.now)
    client = browser(app, "guest@mosel.example")
    assert "Le Vol du héron" not in client.get(f"/bookings/{number}").text
    assert number not in client.get("/bookings?q=Vol").text
    assert number in client.get("/bookings?q=HERON").text
