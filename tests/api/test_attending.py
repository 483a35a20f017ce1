"""Checking in, staying longer and leaving early, as programs do it."""

import pytest

from tests.api.conftest import wish

MORNING = {"facilities": ["M-MI1"], "start": "2026-11-16T10:00", "end": "2026-11-16T12:00"}


@pytest.fixture
def number(producer) -> str:
    """A booking that begins in an hour."""
    return str(producer.post("/bookings", wish(**MORNING)).json["number"])


def test_checking_in_early_is_refused_with_the_moment(producer, number):
    answer = producer.post(f"/bookings/{number}/check-in")
    assert (answer.status_code, answer.json["code"]) == (409, "too_early")
    assert "09:30" in answer.json["detail"]


def test_a_day_in_the_house(producer, number, clock):
    clock.move_to("2026-11-16T09:55")
    said = producer.post(f"/bookings/{number}/check-in").json
    assert (said["state"], said["verbs"]) == ("checked_in", [])
    clock.move_to("2026-11-16T11:50")
    assert producer.get(f"/bookings/{number}").json["verbs"] == ["prolong", "end-early"]
    said = producer.post(f"/bookings/{number}/prolong", {"end": "2026-11-16T13:00"}).json
    assert said["occurrences"][0]["end"] == "2026-11-16T13:00:00+01:00"
    clock.move_to("2026-11-16T12:40")
    said = producer.post(f"/bookings/{number}/end-early").json
    assert (said["state"], said["occurrences"][0]["end"]) == (
        "completed",
        "2026-11-16T12:40:00+01:00",
    )
    assert [line["event"] for line in said["history"]] == [
        "booking:requested",
        "booking:checked_in",
        "booking:prolonged",
        "booking:ended_early",
    ]


def test_who_comes_next_stands_against_staying(producer, other, number, clock):
    later = {**MORNING, "start": "2026-11-16T12:00", "end": "2026-11-16T14:00"}
    assert other.post("/bookings", wish(**later)).status_code == 201
    clock.move_to("2026-11-16T11:00")
    answer = producer.post(f"/bookings/{number}/prolong", {"end": "2026-11-16T12:30"})
    assert (answer.status_code, answer.json["code"]) == (409, "clash")
    assert answer.json["conflicts"][0]["held_as"] == "occupied"


def test_an_earlier_end_is_not_longer(producer, number, clock):
    clock.move_to("2026-11-16T11:00")
    answer = producer.post(f"/bookings/{number}/prolong", {"end": "2026-11-16T11:30"})
    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [("/end", "not_later")]


def test_others_are_told_that_there_is_no_such_booking(other, number, clock):
    clock.move_to("2026-11-16T10:30")
    for verb, body in (
        ("check-in", {}),
        ("end-early", {}),
        ("prolong", {"end": "2026-11-16T13:00"}),
    ):
        assert other.post(f"/bookings/{number}/{verb}", body).status_code == 404
