"""Pools, groups and bundles on pages, without scripts."""

import re

import pytest
from sqlalchemy import update

from booking.facilities.actions.bundles import BundleChange, create_bundle
from booking.facilities.bundles import Item
from booking.facilities.models import Facility
from booking.kernel import clock
from booking.kernel.db import db
from booking.kernel.remembered import forget_everything
from booking.kernel.transaction import transaction

PRODUCER, POST, MANAGER = "producer@blf.example", "post@gfe.example", "manager@pil.example"
NAMES = {"fr": "Lot", "en": "Lot", "nl": "Lot", "de": "Lot"}


@transaction
def turn(code, quantity):
    db.session.execute(update(Facility).where(Facility.code == code).values(quantity=quantity))
    forget_everything()


@pytest.fixture
def pools(app):
    """N-RE1 is a pool of 10, M-CIN one of 24."""
    with app.app_context():
        turn("N-RE1", 10)
        turn("M-CIN", 24)


def form(**more):
    return {
        "title": "Livraison",
        "facility": "N-RE1",
        "date": "2026-11-18",
        "start": "09:00",
        "end_date": "2026-11-18",
        "end": "13:00",
        "hold": "firm",
        **more,
    }


def value_of(text, name):
    (tag,) = re.findall(rf'<input [^>]*name="{name}"[^>]*>', text)
    return re.search(r'value="([^"]*)"', tag)[1]


@pytest.mark.usefixtures("pools")
def test_an_amount_is_booked_and_shown(client):
    client.sign_in(PRODUCER)
    answer = client.submit("/bookings", form(amount="4"))
    assert answer.status_code == 303
    assert "4 sur 10" in client.get(answer.location).text
    assert "4 sur 10" in client.get("/planning?date=2026-11-18&view=day").text


@pytest.mark.usefixtures("pools")
def test_an_amount_is_changed(client):
    client.sign_in(PRODUCER)
    booked = client.submit("/bookings", form(amount="4", also="M-CIN", **{"amount-M-CIN": "3"}))
    address = f"{booked.location}/change"
    page = client.get(address).text
    assert [value_of(page, name) for name in ("amount", "amount-N-RE1")] == ["3", "4"]
    assert re.search(r'<option value="M-CIN"\s+selected', page)
    beside = {"facility": "M-CIN", "also": "N-RE1", "amount": "5", "amount-N-RE1": "11"}
    wrong = client.submit(address, form(revision="1", **beside))
    assert wrong.status_code == 400
    assert 'id="amount-N-RE1-error"' in wrong.text
    answer = client.submit(address, form(revision="1", **{**beside, "amount-N-RE1": "6"}))
    assert answer.status_code == 303
    shown = client.get(booked.location).text
    for told in ("(5 sur 24)", "(6 sur 10)", "(3 → 5 sur 24)", "(4 → 6 sur 10)"):
        assert told in shown


@pytest.mark.usefixtures("pools")
def test_amounts_beside_other_facilities(client):
    client.sign_in(PRODUCER)
    wish = form(facility="M-MI1", also=["M-CIN"], **{"amount-M-CIN": "5", "amount-N-RE1": "9"})
    text = client.get(client.submit("/bookings", wish).location).text
    assert "5 sur 24" in text
    assert "9 sur" not in text


@pytest.mark.usefixtures("pools")
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ({"amount": "11"}, "amount"),
        ({"amount": "x"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"facility": "M-MI1", "amount": "2"}, "amount"),
        ({"also": ["M-CIN"], "amount-M-CIN": "25"}, "amount-M-CIN"),
    ],
)
def test_odd_amounts_are_told_at_their_field(client, typed, name):
    client.sign_in(PRODUCER)
    answer = client.submit("/bookings", form(**typed))
    assert answer.status_code == 400
    assert f'id="{name}-error"' in answer.text
    assert value_of(answer.text, name) == typed[name]


@pytest.mark.usefixtures("pools")
def test_the_verdict_says_what_is_left(client):
    client.sign_in(PRODUCER)
    client.submit("/bookings", form(amount="7", title="Zorgblat"))
    client.sign_in(POST)
    text = client.submit("/bookings/check", form(amount="4")).text
    assert "3 sur 10" in text
    assert "Zorgblat" not in text
    assert "Libre" in client.submit("/bookings/check", form(amount="3")).text


def test_any_of_a_row(client):
    client.sign_in(PRODUCER)
    assert '<option value="M-MI"' in client.get("/bookings/new").text
    first = client.submit("/bookings", form(facility="M-MI")).location
    second = client.submit("/bookings", form(facility="M-MI")).location
    assert "Montage image 1" in client.get(first).text
    assert "Montage image 2" in client.get(second).text
    refused = client.submit("/bookings", form(facility="M-MI"))
    assert refused.status_code == 409
    (way,) = set(re.findall(r'value="(time:\d+:\d+)"', refused.text)[:1])
    assert client.submit("/bookings", form(facility="M-MI", instead=way)).status_code == 303


def test_several_of_a_row(client):
    client.sign_in(PRODUCER)
    booked = client.submit("/bookings", form(facility="M-MI", amount="2"))
    shown = client.get(booked.location).text
    assert "Montage image 1" in shown
    assert "Montage image 2" in shown
    wrong = client.submit("/bookings", form(facility="M-MI", amount="0"))
    assert 'id="amount-error"' in wrong.text
    assert value_of(wrong.text, "amount") == "0"


def test_a_way_out_replaces_one_of_several_of_a_row(client):
    client.sign_in(PRODUCER)
    client.submit("/bookings", form(facility="M-MI1"))
    typed = form(facility="M-MI", amount="2")
    refused = client.submit("/bookings", typed)
    assert refused.status_code == 409
    answer = client.submit("/bookings", {**typed, "instead": "room:M-ET2:M-MI1"})
    shown = client.get(answer.location).text
    assert "Montage image 2" in shown
    assert "Montage image 1" not in shown.partition("<footer")[0].partition("Historique")[0]


def test_a_booking_changes_to_any_of_a_row(client):
    client.sign_in(PRODUCER)
    booked = client.submit("/bookings", form(facility="M-MI1")).location
    client.submit("/bookings", form(facility="M-MI1", date="2026-11-19", end_date="2026-11-19"))
    assert '<option value="M-MI"' in client.get(f"{booked}/change").text
    day = {"date": "2026-11-19", "end_date": "2026-11-19", "revision": "1"}
    answer = client.submit(f"{booked}/change", form(facility="M-MI", **day))
    assert answer.status_code == 303
    assert "Montage image 2" in client.get(booked).text


# ---- bundles --------------------------------------------------------------------------------


ITEMS = (Item("M-MI1"), Item("M-CIN", 3), Item("N-RE1", 2))


def bundle(app, world, items=ITEMS):
    with app.app_context():
        change = BundleChange(names=NAMES, items=items)
        create_bundle(world.actor(MANAGER), "LOT", change, clock.now())


@pytest.mark.usefixtures("pools")
def test_a_bundle_fills_the_form(client, app, world):
    bundle(app, world)
    client.sign_in(PRODUCER)
    answer = client.submit("/bookings", form(facility="", bundle="LOT", use="1"))
    assert answer.status_code == 200
    assert value_of(answer.text, "title") == "Livraison"
    assert re.search(r'<option value="M-MI1"\s+selected', answer.text)
    assert re.findall(r'name="also" value="([^"]*)" checked', answer.text) == ["M-CIN", "N-RE1"]
    amounts = [value_of(answer.text, name) for name in ("amount", "amount-M-CIN", "amount-N-RE1")]
    assert amounts == ["", "3", "2"]
    unknown = client.submit("/bookings", form(bundle="NOPE", use="1"))
    assert 'id="bundle-error"' in unknown.text


def test_a_bundle_with_two_of_one_row_books_two(client, app, world):
    bundle(app, world, (Item("M-CIN"), Item("M-MI"), Item("M-MI")))
    client.sign_in(PRODUCER)
    filled = client.submit("/bookings", form(facility="", bundle="LOT", use="1")).text
    assert re.findall(r'name="also" value="([^"]*)" checked', filled) == ["M-MI"]
    assert value_of(filled, "amount-M-MI") == "2"
    booked = client.submit("/bookings", form(facility="M-CIN", also="M-MI", **{"amount-M-MI": "2"}))
    shown = client.get(booked.location).text
    assert all(name in shown for name in ("Montage image 1", "Montage image 2"))


def test_managers_make_and_retire_bundles(client):
    client.sign_in(MANAGER)
    names = {f"names_{locale}": "Lot" for locale in NAMES}
    page = "/facilities/bundles"
    new = {**names, "code": "LOT", "items": "M-CIN\n M-MI \n", "active": "y"}
    assert client.submit(f"{page}/new", new).location == page
    assert "LOT" in client.get(page).text
    assert '<option value="LOT"' in client.get("/bookings/new").text
    wrong = client.submit(f"{page}/LOT", {**names, "items": "M-CIN 4 x\nNOPE", "active": "y"})
    assert wrong.status_code == 400
    assert "M-CIN 4 x" in wrong.text
    assert client.submit(f"{page}/LOT", {**names, "items": "M-CIN"}).location == page
    assert '<option value="LOT"' not in client.get("/bookings/new").text
    assert client.get(f"{page}/NOPE").status_code == 404


@pytest.mark.usefixtures("pools")
def test_a_pool_does_not_shrink_below_what_is_booked(client):
    client.sign_in(PRODUCER)
    client.submit("/bookings", form(amount="7"))
    client.sign_in(MANAGER)
    text = client.get("/facilities/N-RE1/edit").text
    hidden = dict(re.findall(r'name="(revision)"[^>]*value="(\d+)"', text))
    typed = {
        "name": "Fibre",
        "position": "0",
        "quantity": "6",
        "setup_min": "0",
        "turnaround_min": "0",
        "approval": "automatic",
        "staffing": "dry",
        **hidden,
    }
    answer = client.submit("/facilities/N-RE1/edit", typed)
    assert answer.status_code == 400
    assert "7" in re.search(r'id="quantity-error">.*?</p>', answer.text, re.S)[0]
    assert client.submit("/facilities/N-RE1/edit", {**typed, "quantity": "7"}).status_code == 303
