"""The planning as JSON: its shape, who may know what, 304 while it is the same."""

from datetime import datetime

import pytest

from booking.facilities.models import Closure
from booking.kernel.db import db
from tests.api.conftest import wish
from tests.support.statements import statements

WEEK = "/calendar?start=2026-11-30T00:00&end=2026-12-07T00:00"


def test_shape_of_the_calendar(app, world, producer):
    producer.post("/bookings", wish(production="HERON"))
    with app.app_context():
        starts = int(datetime.fromisoformat("2026-12-02T08:00+01:00").timestamp())
        closure = {"starts": starts, "ends": starts + 7200, "reason": "Révision"}
        db.session.add(Closure(facility_id=world.facilities["M-ET1"], **closure))
        db.session.commit()
    assert producer.get(WEEK).json == {
        "start": "2026-11-30T00:00:00+01:00",
        "end": "2026-12-07T00:00:00+01:00",
        "time_zone": "Europe/Brussels",
        "now": "2026-11-16T09:00",
        "occurrences": [
            {
                "facility": "M-ET1",
                "start": "2026-12-01T09:00",
                "end": "2026-12-01T18:00",
                "start_utc": "2026-12-01T08:00:00Z",
                "end_utc": "2026-12-01T17:00:00Z",
                "setup_min": 0,
                "turnaround_min": 15,
                "state": "requested",
                "rank": 1,
                "mine": True,
                "via": None,
                "booking": "PIL-2026-00001",
                "title": "Étalonnage, bobine 3",
                "company": "BLF",
                "company_name": "Batte Lune Films",
                "production": "HERON",
                "amount": None,
                "expires": "2026-12-01T09:00",
            }
        ],
        "closures": [
            {
                "facility": "M-ET1",
                "start": "2026-12-02T08:00",
                "end": "2026-12-02T10:00",
                "reason": "Révision",
            }
        ],
        "holidays": [],
    }


def test_others_see_occupied_or_option(producer, other):
    producer.post("/bookings", wish())
    producer.post("/bookings", wish(facilities=["M-ET2"], hold="option"))
    for bar in other.get(WEEK).json["occurrences"]:
        assert bar["state"] == {"M-ET1": "occupied", "M-ET2": "option"}[bar["facility"]]
        hidden = ("booking", "title", "company", "company_name", "production")
        assert [bar[name] for name in hidden] == [None] * 5
        assert bar["mine"] is False


def test_shared_space_blocks_the_other_rows(producer, other):
    producer.post("/bookings", wish(facilities=["M-PLA1"]))
    bars = other.get(WEEK).json["occurrences"]
    assert {(bar["facility"], bar["via"]) for bar in bars} == {
        ("M-PLA", "M-PLA1"),
        ("M-PLA1", None),
    }


def test_filters(producer):
    for code in ("M-ET1", "M-ET2", "M-MI1", "N-RE1"):
        producer.post("/bookings", wish(facilities=[code]))

    def shown(query):
        return [bar["facility"] for bar in producer.get(f"{WEEK}&{query}").json["occurrences"]]

    assert shown("site=N") == ["N-RE1"]
    assert shown("kind=grading") == ["M-ET1", "M-ET2"]
    assert shown("kind=grading,meeting") == ["M-ET1", "M-ET2", "N-RE1"]
    assert shown("facility=M-MI1&facility=M-ET2") == ["M-ET2", "M-MI1"]
    assert shown("kind=grading&site=N") == []
    assert shown("") == ["M-ET1", "M-ET2", "M-MI1", "N-RE1"]


@pytest.mark.parametrize(
    ("start", "end", "first"),
    [
        ("2026-12-01", "2026-12-02", "2026-12-01T00:00:00+01:00"),
        ("2026-12-01T08:00Z", "2026-12-02", "2026-12-01T09:00:00+01:00"),
        ("2027-03-28", "2027-03-29", "2027-03-28T00:00:00+01:00"),
        ("2027-07-01", "2027-07-02", "2027-07-01T00:00:00+02:00"),
    ],
)
def test_windows_are_wall_clock_of_the_house(producer, start, end, first):
    assert producer.get(f"/calendar?start={start}&end={end}").json["start"] == first


def test_not_modified_while_it_is_the_same(producer, other, clock):
    first = producer.get(WEEK)
    assert first.headers["Cache-Control"] == "private, no-cache"
    known = {"If-None-Match": first.headers["ETag"]}
    assert producer.get(WEEK, headers=known).status_code == 304
    weak = {"If-None-Match": f'"x", W/{first.headers["ETag"]}'}
    again = producer.get(WEEK, headers=weak)
    assert (again.status_code, again.get_data()) == (304, b"")
    assert other.get(WEEK, headers=known).status_code == 200
    assert producer.get(f"{WEEK}&site=M", headers=known).status_code == 200
    other.post("/bookings", wish(hold="option"))
    changed = producer.get(WEEK, headers=known)
    assert changed.status_code == 200
    known = {"If-None-Match": changed.headers["ETag"]}
    clock.advance(days=7)
    lapsed = producer.get(WEEK, headers=known)
    assert (lapsed.status_code, lapsed.json["occurrences"]) == (200, [])


def test_not_modified_ends_when_rights_change(app, world, program, producer):
    from booking.core.access import Role
    from booking.kernel import clock as product_clock
    from booking.members.actions import grant_role

    colleague = program("post@gfe.example")
    producer.post("/bookings", wish())
    first = colleague.get(WEEK)
    with app.app_context():
        grant_role(
            world.actor("admin@pil.example"),
            world.users["post@gfe.example"],
            Role.FACILITY_MANAGER,
            product_clock.now(),
            facility_id=world.facilities["M-ET1"],
        )
    second = colleague.get(WEEK, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.json["occurrences"][0]["title"] == "Étalonnage, bobine 3"


@pytest.mark.parametrize(
    "path", [WEEK, "/bookings?limit=100", "/facilities", "/me", "/bookings?whose=company"]
)
def test_calls_cost_the_same_for_one_and_for_many(app, producer, path):
    producer.post("/bookings", wish())
    producer.get(path)
    with statements(app) as one:
        producer.get(path)
    for day in range(2, 7):
        for code in ("M-ET1", "M-ET2", "M-MI1", "N-RE1"):
            span = {"start": f"2026-12-0{day}T09:00", "end": f"2026-12-0{day}T10:00"}
            producer.post("/bookings", wish(facilities=[code], **span))
    producer.get(path)
    with statements(app) as many:
        producer.get(path)
    assert len(many) == len(one) <= 14
