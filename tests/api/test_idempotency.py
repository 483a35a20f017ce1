"""A write that is sent again happens once and is answered the same."""

import threading

import pytest

from booking.kernel.db import db
from booking.reservations.models import Booking
from tests.api.conftest import wish

KEY = {"Idempotency-Key": "b7a3-once"}


def count(app):
    with app.app_context():
        return db.session.scalar(db.select(db.func.count(Booking.id)))


def test_repeat_gets_the_first_answer(app, producer, clock):
    first = producer.post("/bookings", wish(), headers=KEY)
    assert first.status_code == 201
    assert "Idempotent-Replayed" not in first.headers
    clock.advance(hours=1)
    again = producer.post("/bookings", wish(), headers=KEY)
    assert (again.status_code, again.get_data()) == (201, first.get_data())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["ETag"] == first.headers["ETag"]
    assert count(app) == 1


def test_first_answer_stays_although_the_booking_changed(producer, manager):
    first = producer.post("/bookings", wish(), headers=KEY)
    manager.post(f"/bookings/{first.json['number']}/approve")
    again = producer.post("/bookings", wish(), headers=KEY)
    assert again.json == first.json


def test_same_words_differently_written_are_the_same(app, producer):
    producer.post("/bookings", wish(), headers=KEY)
    body = dict(reversed(wish(start="2026-12-01T09:00:00", hold="firm").items()))
    assert producer.post("/bookings", body, headers=KEY).status_code == 201
    assert count(app) == 1


def test_key_with_another_request_is_refused(app, producer):
    producer.post("/bookings", wish(), headers=KEY)
    answer = producer.post("/bookings", wish(title="autre"), headers=KEY)
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")
    assert count(app) == 1


def test_keys_belong_to_people(app, producer, other):
    producer.post("/bookings", wish(), headers=KEY)
    answer = other.post("/bookings", wish(facilities=["M-ET2"]), headers=KEY)
    assert answer.status_code == 201
    assert count(app) == 2


def test_refusals_are_not_kept(producer, other):
    number = other.post("/bookings", wish()).json["number"]
    assert producer.post("/bookings", wish(), headers=KEY).status_code == 409
    other.post(f"/bookings/{number}/withdraw")
    assert producer.post("/bookings", wish(), headers=KEY).status_code == 201


def test_verbs_happen_once_too(producer, manager):
    number = producer.post("/bookings", wish()).json["number"]
    headers = {**KEY, "If-Match": '"1"'}
    first = manager.post(f"/bookings/{number}/approve", headers=headers)
    again = manager.post(f"/bookings/{number}/approve", headers=headers)
    assert (again.status_code, again.json) == (200, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_changes_and_swaps_get_their_first_answer_whatever_became_of_the_booking(
    producer, other, manager
):
    """Who lost the answer on the way asks again, later: nobody is told that it is too late."""
    number = producer.post("/bookings", wish(facilities=["M-MI1"])).json["number"]
    other.post("/bookings", wish(facilities=["M-MI2"]))
    change = {"json": {"title": "Autre titre"}, "headers": {**KEY, "If-Match": '"1"'}}
    swap = {"facility": "M-MI2", "start": wish()["start"]}
    path = f"/bookings/{number}"
    first = [
        producer.open("PATCH", path, **change),
        producer.post(f"{path}/swap", swap, headers={"Idempotency-Key": "swap"}),
    ]
    assert [answer.status_code for answer in first] == [200, 200]
    manager.post(f"{path}/cancel", {"reason": "Panne"})
    again = [
        producer.open("PATCH", path, **change),
        producer.post(f"{path}/swap", swap, headers={"Idempotency-Key": "swap"}),
    ]
    assert [answer.get_data() for answer in again] == [answer.get_data() for answer in first]
    assert {answer.headers["Idempotent-Replayed"] for answer in again} == {"true"}
    assert producer.post(f"{path}/swap", swap).status_code == 409


@pytest.mark.parametrize("with_key", [True, False])
def test_repeats_at_the_same_moment_book_once(app, program, with_key):
    """Eight at once, by the same key or, without one, for the same slot."""
    programs = [program("producer@blf.example") for _ in range(8)]
    barrier, answers = threading.Barrier(len(programs)), []

    def ask(one):
        barrier.wait()
        answers.append(one.post("/bookings", wish(), headers=KEY if with_key else {}))

    threads = [threading.Thread(target=ask, args=(one,)) for one in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    statuses = sorted(answer.status_code for answer in answers)
    assert count(app) == 1
    if with_key:
        assert statuses == [201] * 8
        assert len({answer.get_data() for answer in answers}) == 1
        assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 7
    else:
        assert statuses == [201] + [409] * 7
