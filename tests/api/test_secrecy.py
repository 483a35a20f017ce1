"""What is another company's stays so: in every answer, for everybody, byte by byte."""

import json

import pytest

from booking.kernel.remembered import forget_everything
from tests.api.conftest import wish
from tests.support.world import USERS

TITLE, NOTE = "Titre très secret", "Une note cachée"
SECRETS = (
    TITLE,
    NOTE,
    "HERON",
    "Le Vol du héron",
    "Batte Lune",
    "BLF",
    "Camille",
    "Laurent",
)
NOBODYS = [email for email in USERS if "@blf" not in email]
KNOWERS = {"manager@pil.example", "guest@mosel.example"}
WINDOW = "start=2026-11-30&end=2026-12-12"


@pytest.fixture
def booked(producer):
    """A request, an option and one that was withdrawn, all in the first days of December."""
    secret = {"title": TITLE, "note": NOTE, "production": "HERON"}
    numbers = []
    for day, more in ((1, {}), (2, {"hold": "option"}), (3, {}), (4, {"facilities": ["M-PLA"]})):
        span = {"start": f"2026-12-0{day}T09:00", "end": f"2026-12-0{day}T18:00"}
        numbers.append(producer.post("/bookings", wish(**secret, **span, **more)).json["number"])
    producer.post(f"/bookings/{numbers[2]}/withdraw")
    return numbers


def told(answer, *numbers):
    body = answer.get_data(as_text=True) + repr(answer.headers)
    return {
        secret
        for secret in (*SECRETS, *numbers)
        if secret in body or json.dumps(secret)[1:-1] in body
    }


def answers(who, numbers):
    """Every kind of answer that has to do with what is booked."""
    yield who.get(f"/calendar?{WINDOW}")
    yield who.get(f"/calendar?{WINDOW}&facility=M-PLA1,M-ET1")
    yield who.get(f"/availability?{WINDOW}&duration=PT10H")
    yield who.get("/me")
    yield who.get("/facilities")
    for whose in ("mine", "company", "to_decide"):
        yield who.get(f"/bookings?whose={whose}")
        yield who.get(f"/bookings?whose={whose}&when=past")
    for day in (1, 2, 4):
        span = {"start": f"2026-12-0{day}T10:00", "end": f"2026-12-0{day}T12:00", "title": "x"}
        for facility in ("M-ET1", "M-PLA1"):
            asked = wish(facilities=[facility], **span)
            yield who.post("/bookings/preview", asked)
            yield who.post("/bookings", asked)
            yield who.post("/bookings", {**asked, "hold": "option"})
    yield who.post("/bookings", wish(production="NOPE", title="x"))
    for number in numbers:
        yield who.get(f"/bookings/{number}")
        for verb in ("approve", "decline", "confirm", "withdraw", "release", "cancel"):
            yield who.post(f"/bookings/{number}/{verb}", {"reason": "x"})
    yield who.get("/feeds")


@pytest.mark.parametrize("email", [email for email in NOBODYS if email not in KNOWERS])
def test_nobody_else_learns_anything(program, booked, email):
    who = program(email)
    for answer in answers(who, booked):
        assert told(answer, *booked) == set(), answer.request.path


@pytest.mark.parametrize("email", sorted(KNOWERS))
def test_those_who_may_know_do(program, booked, email):
    calendar = program(email).get(f"/calendar?{WINDOW}")
    assert TITLE in {bar["title"] for bar in calendar.json["occurrences"]}


def test_guest_knows_the_production_and_no_more(program, producer, booked):
    producer.post(
        "/bookings",
        wish(title="Autre secret", start="2026-12-09T09:00", end="2026-12-09T10:00"),
    )
    guest = program("guest@mosel.example")
    bars = guest.get(f"/calendar?{WINDOW}").json["occurrences"]
    assert {bar["title"] for bar in bars} == {TITLE, None}
    assert "Autre" not in guest.get(f"/calendar?{WINDOW}").get_data(as_text=True)


def test_foreign_booking_and_none_at_all_look_the_same(other, booked):
    real = other.get(f"/bookings/{booked[0]}")
    none = other.get("/bookings/PIL-2026-99999")
    assert (real.status_code, real.json) == (none.status_code, none.json)
    for verb in ("approve", "withdraw", "cancel"):
        real = other.post(f"/bookings/{booked[0]}/{verb}", headers={"If-Match": '"7"'})
        none = other.post(f"/bookings/PIL-2026-99999/{verb}", headers={"If-Match": '"7"'})
        assert (real.status_code, real.json) == (none.status_code, none.json) == (404, none.json)


def test_foreign_production_and_none_at_all_look_the_same(other, booked):
    real = other.post("/bookings", wish(production="HERON")).json["errors"]
    none = other.post("/bookings", wish(production="NOPEX")).json["errors"]
    assert [e["code"] for e in real] == [e["code"] for e in none] == ["unknown_production"]


def test_masking_does_not_depend_on_a_kept_catalogue(app, other, booked):
    forget_everything()
    assert told(other.get(f"/calendar?{WINDOW}"), *booked) == set()
