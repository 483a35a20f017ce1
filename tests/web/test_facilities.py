"""Facilities as everybody sees them."""

import pytest
from sqlalchemy import insert

from booking.facilities.models import Closure, Facility
from booking.kernel.db import db
from tests.support.statements import statements

PRODUCER = "producer@blf.example"


@pytest.fixture
def page(client):
    """`page("/facilities")` answers the text of a page that the producer sees."""
    client.sign_in(PRODUCER)

    def get(path):
        answer = client.get(path)
        assert answer.status_code == 200
        return " ".join(answer.text.split())

    return get


def change(app, statement):
    with app.app_context():
        db.session.execute(statement)
        db.session.commit()


def test_the_list_is_in_planning_order(page):
    text = page("/facilities")
    names = ["Médiacité", "Étalonnage 1", "Plateau A", "Montage image 1", "Nord", "Plateau D"]
    start = text.index("<h2>")
    places = [text.index(name, start) for name in names]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("q=étalonnage", ["M-ET1", "M-ET2"], ["M-CIN", "N-PLD"]),
        ("q=M-ET+hdr", ["M-ET2"], ["M-ET1"]),
        ("kind=stage", ["M-PLA", "N-PLD"], ["M-ET1"]),
        ("site=N", ["N-PLD", "N-RE1"], ["M-ET1"]),
        ("people=60", ["M-CIN", "M-PLA"], ["M-ET1", "M-PLA1"]),
        ("people=60&site=N", [], ["M-CIN", "N-PLD"]),
        ("people=many", ["M-ET1", "N-RE1"], []),
        ("people=-3&kind=nothing", [], ["M-ET1"]),
    ],
)
def test_the_list_is_searched_without_script(page, query, there, gone):
    text = page(f"/facilities?{query}")
    shown = [code for code in (*there, *gone) if f'href="/facilities/{code}"' in text]
    assert shown == there
    assert ('class="empty"' in text) == (not there)


def test_what_was_asked_for_stays_in_the_fields(page):
    text = page("/facilities?q=%22%3Cb%3E&people=12&kind=stage")
    assert 'value="&#34;&lt;b&gt;"' in text
    assert 'value="12"' in text
    assert '<option value="stage" selected>' in text


def test_the_list_costs_the_same_for_few_and_for_many(app, client, world):
    client.sign_in(PRODUCER)
    client.get("/facilities")
    counts = []
    for extra in (0, 30):
        for number in range(extra):
            room = {"code": f"M-X{number}", "name": "X", "site_id": world.sites["M"]}
            change(app, insert(Facility).values(**room, kind_id=world.kinds["editing"]))
        with statements(app) as sent:
            client.get("/facilities")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_facility_says_everything_about_itself(page):
    text = page("/facilities/M-ET1")
    for words in ("Étalonnage 1 (projection)", "M-ET1", "08:00–22:00", "15 min", "Médiacité"):
        assert words in text
    assert 'href="/bookings/new?facility=M-ET1"' in text
    assert "/facilities/M-ET1/edit" not in text


def test_a_divided_hall_names_its_halves(page):
    assert "Plateau A, moitié nord" in page("/facilities/M-PLA")
    assert "Plateau A, moitié sud" not in page("/facilities/M-PLA1")


def test_closures_to_come_are_announced(app, page, world):
    closure = {"starts": 1795000000, "ends": 1795100000, "reason": "Calibration de la sonde"}
    change(app, insert(Closure).values(facility_id=world.facilities["M-PLA"], **closure))
    text = page("/facilities/M-PLA1")
    assert "Calibration de la sonde" in text
    assert "Plateau A" in text
    assert "Calibration" not in page("/facilities/M-ET1")


def test_a_pool_is_offered_for_booking(app, page):
    change(app, Facility.__table__.update().where(Facility.code == "M-ET1").values(quantity=24))
    text = page("/facilities/M-ET1")
    assert "24" in text
    assert "/bookings/new" in text


def test_out_of_service_is_not_listed_for_those_who_book(app, client):
    change(app, Facility.__table__.update().where(Facility.code == "M-ET1").values(active=False))
    client.sign_in(PRODUCER)
    assert 'href="/facilities/M-ET1"' not in client.get("/facilities").text
    assert "/bookings/new" not in client.get("/facilities/M-ET1").text
    client.sign_in("manager@pil.example")
    assert 'href="/facilities/M-ET1"' in client.get("/facilities").text


def test_guests_are_told_what_they_may_not_book(app, client):
    closed = Facility.__table__.update().where(Facility.code == "M-ET1")
    change(app, closed.values(guests_allowed=False))
    client.sign_in("guest@mosel.example")
    assert "/bookings/new" not in client.get("/facilities/M-ET1").text
    assert "/bookings/new" in client.get("/facilities/M-ET2").text


@pytest.mark.parametrize("code", ["NOPE", "m-et1", "M-ET1%00", "<b>"])
def test_what_is_not_there_is_not_found(client, code):
    client.sign_in(PRODUCER)
    assert client.get(f"/facilities/{code}").status_code in (400, 404)


def test_a_stranger_is_asked_to_log_in(client):
    assert client.get("/facilities/M-ET1").location == "/login?next=/facilities/M-ET1"
