"""Amounts of pools, as programs ask for them."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from booking.facilities.actions.bundles import BundleChange, create_bundle
from booking.facilities.bundles import Item
from booking.facilities.models import Facility
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel import clock
from booking.kernel.db import db
from booking.kernel.transaction import transaction
from tests.api.conftest import Program, wish
from tests.support.world import World


@pytest.fixture(autouse=True)
def pool(app: Flask) -> None:
    """M-MI2 is ten Gb/s that nobody approves."""

    @transaction
    def turn() -> None:
        db.session.execute(update(Facility).where(Facility.code == "M-MI2").values(quantity=10))
        event = Event(name="test:changed", subject="test:1", scopes=frozenset({"facilities"}))
        record([event], actor_id=None, at=clock.now())

    with app.app_context():
        turn()


def fibre(amount: int, **more: object) -> dict[str, object]:
    return wish(facilities=["M-MI2"], amounts={"M-MI2": amount}, **more)


def test_amounts_are_booked_and_told(producer: Program):
    answer = producer.post("/bookings", fibre(4))
    assert answer.status_code == 201
    (approval,) = answer.json["occurrences"][0]["approvals"]
    assert (approval["facility"], approval["amount"]) == ("M-MI2", 4)
    assert producer.get(f"/bookings/{answer.json['number']}").json == answer.json


def test_an_amount_is_changed(producer: Program, other: Program):
    number = producer.post("/bookings", fibre(4)).json["number"]
    other.post("/bookings", fibre(4))
    path, seen = f"/bookings/{number}", {"If-Match": '"1"'}
    answer = producer.open("PATCH", path, json={"amounts": {"M-MI2": 7}}, headers=seen)
    assert (answer.status_code, answer.json["conflicts"][0]["left"]) == (409, 6)
    answer = producer.open("PATCH", path, json={"amounts": {"M-MI2": 6}}, headers=seen)
    assert answer.status_code == 200
    assert answer.json["occurrences"][0]["approvals"][0]["amount"] == 6
    moved = answer.json["history"][-1]
    assert [side["places"][0]["amounts"] for side in (moved["before"], moved["after"])] == [
        {"M-MI2": 4},
        {"M-MI2": 6},
    ]
    answer = producer.open("PATCH", path, json={"amounts": {"M-MI2": 0}}, headers={"If-Match": "*"})
    assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [
        ("/amounts/M-MI2", "out_of_range")
    ]


def test_rooms_have_none(producer: Program):
    answer = producer.post("/bookings", wish())
    assert answer.json["occurrences"][0]["approvals"][0]["amount"] is None


def test_a_clash_tells_what_is_left_and_nothing_else(producer: Program, other: Program):
    producer.post("/bookings", fibre(7, title="Zorgblat", note="Zorgblat"))
    for path in ("/bookings/preview", "/bookings"):
        answer = other.post(path, fibre(4))
        assert (answer.status_code, answer.json["code"]) == (409, "clash")
        (conflict,) = answer.json["conflicts"]
        assert (conflict["left"], conflict["quantity"]) == (3, 10)
        assert (conflict["booking"], conflict["title"]) == (None, None)
        for secret in ("Zorgblat", "BLF", "PIL-2026", "Batte"):
            assert secret not in answer.text
    assert other.post("/bookings/preview", fibre(3)).status_code == 200


@pytest.mark.parametrize(
    ("amounts", "pointer", "code"),
    [
        ({"M-MI2": 0}, "/amounts/M-MI2", "out_of_range"),
        ({"M-MI2": -1}, "/amounts/M-MI2", "out_of_range"),
        ({"M-MI2": 11}, "/amounts/M-MI2", "out_of_range"),
        ({"M-MI1": 1}, "/amounts/M-MI1", "amount_of_nothing"),
        ({"a/~\n": 1}, "/amounts/a~1~0\n", "amount_of_nothing"),
        ({"M-MI2": "4"}, "/amounts/M-MI2", "not_a_number"),
        ({"M-MI2": True}, "/amounts/M-MI2", "not_a_number"),
        ({"M-MI2": 1.5}, "/amounts/M-MI2", "not_a_number"),
        ([], "/amounts", "not_an_object"),
    ],
)
def test_odd_amounts_are_refused_by_name(producer: Program, amounts, pointer: str, code: str):
    answer = producer.post("/bookings", wish(facilities=["M-MI2"], amounts=amounts))
    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [(pointer, code)]
    assert all(e["message"] for e in answer.json["errors"])


def test_the_calendar_shows_amounts(
    producer: Program, other: Program, program: Callable[[str], Program]
):
    producer.post("/bookings", fibre(4, title="Zorgblat"))
    for who, title in ((producer, "Zorgblat"), (other, None)):
        said = who.get("/calendar?facility=M-MI2&start=2026-12-01&end=2026-12-02").json
        (bar,) = said["occurrences"]
        assert (bar["amount"], bar["rank"], bar["title"]) == (4, 1, title)


# ---- groups and bundles ---------------------------------------------------------------------


def test_any_of_a_row(producer: Program):
    asked = wish(facilities=["M-MI"])
    assert producer.post("/bookings/preview", asked).json["facilities"] == ["M-MI1"]
    assert producer.post("/bookings", asked).json["facilities"] == ["M-MI1"]
    assert producer.post("/bookings", asked).json["facilities"] == ["M-MI2"]


@pytest.fixture
def bundle(app: Flask, world: World) -> None:
    """LOT: the cinema and three Gb/s."""
    names = dict.fromkeys(("fr", "en", "nl", "de"), "Lot")
    change = BundleChange(names=names, items=(Item("M-CIN"), Item("M-MI2", 3)))
    with app.app_context():
        create_bundle(world.actor("manager@pil.example"), "LOT", change, clock.now())


@pytest.mark.usefixtures("bundle")
def test_a_bundle_expands_before_anything_else(producer: Program):
    asked = {**wish(), "bundle": "LOT"}
    del asked["facilities"]
    assert producer.post("/bookings/preview", asked).json["facilities"] == ["M-CIN", "M-MI2"]
    said = producer.post("/bookings", {**asked, "facilities": ["M-ET1"]}).json
    assert sorted(said["facilities"]) == ["M-CIN", "M-ET1", "M-MI2"]
    amounts = {one["facility"]: one["amount"] for one in said["occurrences"][0]["approvals"]}
    assert amounts == {"M-CIN": None, "M-ET1": None, "M-MI2": 3}


@pytest.mark.parametrize("path", ["/bookings", "/bookings/preview"])
def test_an_unknown_bundle_and_nothing_at_all(producer: Program, path: str):
    answer = producer.post(path, {**wish(), "bundle": "NOPE"})
    assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [
        ("/bundle", "unknown_bundle")
    ]
    asked = wish()
    del asked["facilities"]
    answer = producer.post(path, asked)
    assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [
        ("/facilities", "required")
    ]


def test_a_search_asks_for_an_amount(producer: Program, other: Program):
    other.post("/bookings", fibre(4, start="2026-12-01T09:00", end="2026-12-01T12:00"))
    query = "/availability?start=2026-12-01&end=2026-12-02&duration=PT2H&kind=editing"

    def found(amount: str) -> dict[str, str]:
        answer = producer.get(query + amount).json["facilities"]
        return {one["facility"]: one["slots"][0]["start"][11:16] for one in answer}

    assert found("") == {"M-MI1": "08:00", "M-MI2": "08:00"}
    assert found("&amount=6")["M-MI2"] == "08:00"
    assert found("&amount=7") == {"M-MI2": "12:00"}
    assert found("&amount=11") == {}
    for wrong in ("0", "-1", "x"):
        answer = producer.get(f"{query}&amount={wrong}")
        assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (400, "amount")
