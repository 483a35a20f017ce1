"""Free slots: what is offered can be booked, what is taken is not offered."""

from datetime import datetime, timedelta

import pytest

from booking.facilities.models import AttributeDefinition, AttributeValue, Closure, Facility
from booking.kernel.db import db
from tests.api.conftest import wish
from tests.support.statements import statements

DAY = "start=2026-12-01&end=2026-12-02"


def found(who, query):
    answer = who.get(f"/availability?{query}")
    assert answer.status_code == 200, answer.json
    return {
        one["facility"]: [slot["start"][11:16] for slot in one["slots"]]
        for one in answer.json["facilities"]
    }


def test_smallest_that_suits_comes_first(producer):
    rooms = found(producer, f"{DAY}&duration=PT4H&kind=grading,editing&capacity=5")
    assert list(rooms) == ["M-ET2", "M-ET1"]
    assert rooms["M-ET2"] == ["08:00"]


def test_taken_time_is_not_offered(producer, other):
    other.post("/bookings", wish(start="2026-12-01T10:00", end="2026-12-01T12:00"))
    assert found(producer, f"{DAY}&duration=PT2H&facility=M-ET1") == {"M-ET1": ["12:15"]}
    rooms = found(producer, f"{DAY}&duration=PT1H30M&facility=M-ET1")
    assert rooms == {"M-ET1": ["08:00", "12:15"]}


def test_shared_space_counts(producer, other):
    other.post("/bookings", wish(facilities=["M-PLA1"], start="2026-12-01T00:00"))
    rooms = found(producer, f"{DAY}&duration=PT12H&kind=stage&site=M")
    assert set(rooms) == {"M-PLA2"}


def test_lapsed_option_is_free_and_waiting_ones_do_not_block(producer, other, clock):
    other.post("/bookings", wish(hold="option"))
    query = f"{DAY}&duration=PT10H&facility=M-ET1"
    assert found(producer, query) == {}
    clock.advance(days=7)
    assert found(producer, query) == {"M-ET1": ["08:00"]}


def test_closures_and_the_past_are_left_out(app, world, producer, clock):
    with app.app_context():
        starts = int(datetime.fromisoformat("2026-12-01T08:00+01:00").timestamp())
        db.session.add(
            Closure(facility_id=world.facilities["M-ET1"], starts=starts, ends=starts + 3600)
        )
        db.session.commit()
    query = f"{DAY}&duration=PT2H&facility=M-ET1"
    assert found(producer, query) == {"M-ET1": ["09:00"]}
    clock.move_to("2026-12-01T11:07")
    assert found(producer, query) == {"M-ET1": ["11:15"]}


def test_long_bookings_go_through_the_night(producer):
    query = "start=2026-12-01&end=2026-12-04&duration=P1DT2H&facility=M-ET1"
    assert found(producer, query) == {"M-ET1": ["08:00", "08:00"]}
    query = "start=2026-12-01&end=2026-12-04&duration=P1D&facility=M-ET1"
    assert found(producer, query) == {"M-ET1": ["08:15", "08:15"]}


def test_pools_inactive_rooms_and_members_only_are_left_out(app, program, producer):
    with app.app_context():
        set_ = db.update(Facility)
        db.session.execute(set_.where(Facility.code == "M-ET1").values(guests_allowed=False))
        db.session.commit()
    guest, query = program("guest@mosel.example"), f"{DAY}&duration=PT2H&kind=grading"
    assert set(found(guest, query)) == {"M-ET2"}
    assert set(found(producer, query)) == {"M-ET1", "M-ET2"}


def test_attributes_select(app, world, producer):
    with app.app_context():
        for code, value_type, value in (("hdr", "boolean", True), ("screen", "text", "4K")):
            kind = world.kinds["grading"]
            row = AttributeDefinition(
                kind_id=kind, code=code, names={"fr": code}, value_type=value_type
            )
            db.session.add(row)
            db.session.flush()
            facility = world.facilities["M-ET2"]
            db.session.add(AttributeValue(facility_id=facility, definition_id=row.id, value=value))
        db.session.commit()
    query = f"{DAY}&duration=PT2H"
    assert set(found(producer, f"{query}&with=hdr")) == {"M-ET2"}
    assert set(found(producer, f"{query}&with=hdr,screen:4k")) == {"M-ET2"}
    assert found(producer, f"{query}&with=screen:8k") == {}


@pytest.mark.parametrize("duration", ["PT30M", "PT3H", "PT13H", "P1DT5H"])
def test_every_slot_offered_would_be_granted(producer, other, duration):
    for day, hours in ((1, ("09:00", "11:30")), (2, ("20:00", "21:45")), (3, ("08:00", "22:00"))):
        span = {"start": f"2026-12-0{day}T{hours[0]}", "end": f"2026-12-0{day}T{hours[1]}"}
        other.post("/bookings", wish(**span))
        other.post("/bookings", wish(facilities=["M-PLA"], **span))
    query = f"start=2026-12-01&end=2026-12-05&duration={duration}"
    answer = producer.get(f"/availability?{query}").json["facilities"]
    assert answer
    for one in answer:
        for slot in one["slots"]:
            for end in {slot["end"], slot["free_until"]}:
                asked = wish(facilities=[one["facility"]], start=slot["start"], end=end)
                tried = producer.post("/bookings/preview", asked)
                assert (tried.status_code, tried.json.get("rank")) == (200, 1), (one, slot)


def test_search_over_the_clock_change(producer):
    query = "start=2027-03-28&end=2027-03-29&duration=PT14H&facility=M-ET1"
    (one,) = producer.get(f"/availability?{query}").json["facilities"]
    slot = one["slots"][0]
    start, end = (datetime.fromisoformat(slot[name]) for name in ("start", "end"))
    assert (slot["start"], end - start) == ("2027-03-28T08:00:00+02:00", timedelta(hours=14))


def test_search_costs_the_same_for_one_room_and_for_all(app, producer, other):
    other.post("/bookings", wish())
    one_room, all_rooms = f"{DAY}&duration=PT1H&facility=M-ET1", f"{DAY}&duration=PT1H"
    found(producer, all_rooms)
    with statements(app) as one:
        found(producer, one_room)
    with statements(app) as every:
        found(producer, all_rooms)
    assert len(one) == len(every) <= 12
