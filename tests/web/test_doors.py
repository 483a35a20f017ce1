"""Displays at doors: what a passer-by reads, what one does there, and who holds the address."""

import json
from datetime import date

import pytest

from booking.facilities.actions.rules import RuleChange
from booking.kernel import clock as product_clock
from booking.members.actions import name_deputy
from booking.reservations import actions
from booking.reservations.actions import doors, ruling
from booking.reservations.actions.doors import DoorChange
from booking.reservations.wish import BookingRequest
from tests.reservations.desk import moment
from tests.support.scene import PEOPLE_OF_IT, SECRETS

MANAGER = "manager@pil.example"
TITLE = SECRETS[0]
ROOM = "M-MI1"


class Tablet:
    """A display at the door of the edit suite."""

    def __init__(self, app, world, client, who=MANAGER, **change):
        self.app, self.world, self.client = app, world, client
        with app.app_context():
            _id, self.secret = doors.open_door(
                world.actor(who),
                world.facilities[ROOM],
                DoorChange(name="Tablette", **{"locale": "en", **change}),
                product_clock.now(),
            )
        self.home = f"/door/{self.secret}"

    def book(self, start, end, who="producer@blf.example"):
        wish = BookingRequest(
            facilities=(ROOM,), title=TITLE, start=moment(start), end=moment(end), note=SECRETS[1]
        )
        with self.app.app_context():
            return actions.request(self.world.actor(who), wish, product_clock.now())

    def frames(self):
        answer = self.client.get(f"{self.home}/day.json")
        assert answer.status_code == 200
        return answer.json["frames"]

    def now(self):
        return self.frames()[0]

    def press(self, deed, **data):
        return self.client.post(
            f"{self.home}/{deed}", data=data, headers={"Accept": "application/json"}
        )


@pytest.fixture
def tablet(app, world, client):
    return Tablet(app, world, client)


# ---- what one reads -------------------------------------------------------------------------


def test_a_free_room_says_until_when(tablet):
    assert (tablet.now()["look"], tablet.now()["text"]) == ("free", "for the rest of the day")
    tablet.book("16T11:00", "16T13:00")
    assert tablet.now()["text"] == "until 11:00"
    assert tablet.now()["coming"] == ["11:00–13:00"]


def test_it_knows_the_whole_day_ahead(tablet):
    tablet.book("16T11:00", "16T13:00")
    looks = [frame["look"] for frame in tablet.frames()]
    assert looks == ["free", "free", "busy", "free"]


def test_a_passer_by_reads_no_title_and_no_company(tablet, clock):
    tablet.book("16T10:00", "16T13:00")
    clock.move_to("2026-11-16T10:00")
    for path in ("", "/day.json"):
        text = tablet.client.get(tablet.home + path).text
        assert "Occupied" in text
        for secret in (*SECRETS, *PEOPLE_OF_IT):
            assert secret not in text


@pytest.mark.parametrize(("shows", "said"), [("company", "Batte Lune Films"), ("title", TITLE)])
def test_unless_the_manager_wants_it_so(app, world, client, clock, shows, said):
    tablet = Tablet(app, world, client, shows=shows)
    tablet.book("16T10:00", "16T13:00")
    clock.move_to("2026-11-16T10:00")
    assert tablet.now()["text"] == f"until 13:00 · {said}"


def test_the_page_is_in_the_language_of_the_display(app, world, client):
    tablet = Tablet(app, world, client, locale="nl")
    text = tablet.client.get(tablet.home, headers={"Accept-Language": "en"}).text
    assert '<html lang="nl">' in text


def test_it_answers_that_nothing_changed(tablet):
    first = tablet.client.get(f"{tablet.home}/day.json")
    asked = {"If-None-Match": first.headers["ETag"]}
    assert tablet.client.get(f"{tablet.home}/day.json", headers=asked).status_code == 304
    tablet.book("16T11:00", "16T13:00")
    assert tablet.client.get(f"{tablet.home}/day.json", headers=asked).status_code == 200


def test_an_address_that_is_none_says_nothing(client, world, tablet):
    for path in ("/door/nothing", "/door/nothing/day.json", "/door/nothing/door.webmanifest"):
        answer = client.get(path)
        assert answer.status_code == 410
        assert "nothing" not in answer.text


def test_it_can_be_installed(tablet):
    said = json.loads(tablet.client.get(f"{tablet.home}/door.webmanifest").text)
    assert (said["scope"], said["display"]) == (tablet.home, "fullscreen")
    with tablet.client.get("/door/worker.js") as worker:
        assert worker.status_code == 200
        assert "javascript" in worker.mimetype


# ---- what one does --------------------------------------------------------------------------


def test_whoever_stands_there_checks_in_stays_and_leaves(app, tablet, clock):
    number = tablet.book("16T10:00", "16T12:00")
    clock.move_to("2026-11-16T09:50")
    here = tablet.now()["check_in"]
    assert tablet.press("check-in", occurrence=here).status_code == 204
    clock.move_to("2026-11-16T11:30")
    assert tablet.now()["stay"] == here
    assert tablet.press("stay", occurrence=here, minutes=30).status_code == 204
    assert tablet.now()["text"] == "until 12:30"
    clock.move_to("2026-11-16T12:10")
    assert tablet.press("end", occurrence=here).status_code == 204
    assert tablet.now()["look"] == "free"
    tablet.client.sign_in("producer@blf.example")
    page = tablet.client.get(f"/bookings/{number}").text
    assert "Montage image" in page
    assert "Sofia Renard" not in page, "she was not there"


def test_nobody_came_and_the_display_knows_before_it_happens(app, world, tablet, clock):
    with app.app_context():
        ruling.add_rule(
            world.actor("admin@pil.example"),
            "check_in",
            RuleChange(value=15),
            clock.now,
            facility_id=world.facilities[ROOM],
        )
    tablet.book("16T10:00", "16T12:00")
    clock.move_to("2026-11-16T09:50")
    told = [(frame["look"], frame["note"]) for frame in tablet.frames()]
    said = "Check in by 10:15, or the room is released."
    assert told[:3] == [("free", said), ("wait", said), ("free", "")]
    clock.move_to("2026-11-16T10:15")
    answer = tablet.press("check-in", occurrence=tablet.frames()[0]["check_in"] or 1)
    assert answer.status_code == 404
    assert tablet.now()["look"] == "free"


def test_a_free_room_is_taken_on_the_spot(tablet, clock):
    clock.move_to("2026-11-16T10:07")
    assert tablet.press("book", minutes=30).status_code == 204
    assert (tablet.now()["look"], tablet.now()["text"]) == ("busy", "until 10:37")
    assert tablet.now()["check_in"] is None, "whoever took it is there"


def test_it_is_taken_until_the_next_booking_at_most(tablet, clock):
    tablet.book("16T11:00", "16T13:00")
    clock.move_to("2026-11-16T10:07")
    answer = tablet.press("book", minutes=120)
    assert answer.status_code == 409
    assert answer.json["message"]
    assert tablet.press("book", minutes="next").status_code == 204
    assert tablet.now()["text"] == "until 11:00"


def test_a_display_may_be_for_reading_alone(app, world, client):
    tablet = Tablet(app, world, client, may_book=False)
    assert tablet.now()["book"] is False
    assert tablet.press("book", minutes=30).status_code == 403


def test_it_acts_at_its_own_door_alone(app, world, tablet, clock):
    wish = BookingRequest(
        facilities=("M-CIN",), title=TITLE, start=moment("16T10:00"), end=moment("16T12:00")
    )
    with app.app_context():
        actor = world.actor(MANAGER)
        actions.request(actor, wish, product_clock.now())
    clock.move_to("2026-11-16T10:00")
    assert tablet.press("check-in", occurrence=1).status_code == 404


def test_without_scripts_a_form_leads_back(tablet, clock):
    answer = tablet.client.post(f"{tablet.home}/book", data={"minutes": "30"})
    assert (answer.status_code, answer.location) == (303, tablet.home)
    answer = tablet.client.post(f"{tablet.home}/book", data={"minutes": "30"})
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text


# ---- who holds the address ------------------------------------------------------------------


def test_a_manager_opens_a_display_and_sees_its_address_once(client, world):
    client.sign_in(MANAGER)
    form = {"name": "Tablette", "locale": "fr", "shows": "nothing", "may_book": "1"}
    text = client.submit("/facilities/M-ET1/doors", form).text
    assert "/door/" in text
    text = client.get("/facilities/M-ET1/doors").text
    assert "Tablette" in text
    assert "/door/" not in text


def test_a_renewed_or_revoked_display_goes_dark(client, world, tablet):
    client.sign_in(MANAGER)
    assert client.submit(f"/facilities/{ROOM}/doors/1/renew").status_code == 200
    assert client.get(tablet.home).status_code == 410
    assert client.submit(f"/facilities/{ROOM}/doors/1/close").status_code == 303
    assert "Tablette" not in client.get(f"/facilities/{ROOM}/doors").text
    assert client.submit(f"/facilities/{ROOM}/doors/1/close").status_code == 404


def test_it_needs_a_name(client, world):
    client.sign_in(MANAGER)
    answer = client.submit("/facilities/M-ET1/doors", {"name": "", "locale": "fr", "shows": "no"})
    assert answer.status_code == 400


def test_a_display_that_a_deputy_opened_works_on_afterwards(app, world, client, clock):
    day = date(2026, 11, 16)
    with app.app_context():
        board = world.users["board@pil.example"]
        name_deputy(world.actor(MANAGER), board, day, day, "Europe/Brussels", clock.now)
    tablet = Tablet(app, world, client, who="board@pil.example")
    tablet.book("17T09:00", "17T13:00")
    clock.move_to("2026-11-17T09:00")
    assert tablet.press("check-in", occurrence=tablet.now()["check_in"]).status_code == 204
