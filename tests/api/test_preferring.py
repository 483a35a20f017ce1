"""A program that only writes is answered in brief, when it says that it prefers that (RFC 7240)."""

import pytest

from tests.api.conftest import wish
from tests.support.statements import statements

BRIEF = {"Prefer": "return=minimal"}
KEY = {"Idempotency-Key": "b7a3-brief"}
WEEKLY = {"start": "2026-12-01T09:00", "end": "2026-12-01T12:00"}


def test_booking_is_answered_with_number_and_revision(producer):
    answer = producer.post("/bookings", wish(), headers=BRIEF)
    number = answer.json["number"]
    assert (answer.status_code, answer.json) == (201, {"number": number, "revision": 1})
    assert answer.headers["Preference-Applied"] == "return=minimal"
    assert answer.headers["Location"] == f"/api/v1/bookings/{number}"
    booked = producer.get(f"/bookings/{number}")
    assert booked.json["title"] == wish()["title"]
    assert booked.headers["ETag"] == answer.headers["ETag"]


def test_each_write_says_the_revision_that_the_next_must_name(producer, manager):
    booked = producer.post("/bookings", wish(), headers=BRIEF)
    path = f"/bookings/{booked.json['number']}"
    answer = booked
    for revision, (program, method, address, body) in enumerate(
        [
            (manager, "POST", f"{path}/approve", {}),
            (producer, "PATCH", path, {"title": "Étalonnage 2"}),
            (producer, "POST", f"{path}/move", {"attendees": 2}),
            (producer, "POST", f"{path}/cancel", {"reason": "remis"}),
        ],
        start=2,
    ):
        headers = {**BRIEF, "If-Match": answer.headers["ETag"]}
        answer = program.open(method, address, json=body, headers=headers)
        assert answer.json == {"number": booked.json["number"], "revision": revision}
    assert producer.get(path).json["state"] == "cancelled"


@pytest.mark.parametrize(
    "prefer",
    ["return=minimal", 'respond-async, Return="minimal"', "wait=10,return=minimal; strict=1"],
)
def test_preference_is_found_among_others(producer, prefer):
    answer = producer.post("/bookings", wish(), headers={"Prefer": prefer})
    assert "Preference-Applied" in answer.headers
    assert list(answer.json) == ["number", "revision"]


@pytest.mark.parametrize(
    "prefer", ["", "minimal", "return", "return=representation", ",;=,", "é=é"]
)
def test_whatever_else_is_preferred_the_booking_is_told_in_full(producer, prefer):
    answer = producer.post("/bookings", wish(), headers={"Prefer": prefer})
    assert "Preference-Applied" not in answer.headers
    assert answer.json["occurrences"]


def test_refusal_says_as_much_as_ever(producer, other):
    producer.post("/bookings", wish())
    answer = other.post("/bookings", wish(), headers=BRIEF)
    assert answer.status_code == 409
    assert len(answer.json["alternatives"]) == 3
    assert "Preference-Applied" not in answer.headers


@pytest.mark.parametrize(("first", "again"), [(BRIEF, {}), ({}, BRIEF), (BRIEF, BRIEF)])
def test_repeat_gets_the_first_answer_whatever_it_prefers(producer, first, again):
    answer = producer.post("/bookings", wish(), headers=KEY | first)
    repeated = producer.post("/bookings", wish(), headers=KEY | again)
    assert (repeated.status_code, repeated.get_data()) == (201, answer.get_data())
    for header in ("ETag", "Location", "Preference-Applied"):
        assert repeated.headers.get(header) == answer.headers.get(header)
    assert repeated.headers["Idempotent-Replayed"] == "true"


def test_brief_answer_reads_one_thing_after_the_booking_is_made(app, producer):
    producer.get("/facilities")  # known from then on
    sent = {}
    for facility, count in (("M-MI1", 2), ("M-MI2", 52)):
        series = wish(**WEEKLY, facilities=[facility], rrule=f"FREQ=WEEKLY;COUNT={count}")
        with statements(app) as sent[count]:
            producer.post("/bookings", series, headers=BRIEF)
    assert len(sent[2]) == len(sent[52])
    written = max(place for place, said in enumerate(sent[52]) if said.startswith("INSERT"))
    (read,) = sent[52][written + 1 :]
    assert read.startswith("SELECT booking.revision")
