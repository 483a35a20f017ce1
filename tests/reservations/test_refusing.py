"""What is refused, by which stable code, and that nothing of it stays."""

import pytest
from sqlalchemy import delete, update

from booking.facilities.models import Closure, Facility, FacilitySpace
from booking.facilities.queries import SCOPE
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel.db import db
from booking.kernel.errors import Clash, Invalid, Refused
from booking.kernel.transaction import transaction
from booking.productions import actions as productions
from booking.productions.actions import ProductionChange
from booking.reservations import actions
from booking.reservations.actions import Change
from tests.reservations.desk import Desk, instant, moment

WEDNESDAY = ("18T09:00", "18T13:00")
SPRING, AUTUMN = "2027-03-28T", "2027-10-31T"


def invalid(
    desk: Desk, codes: str = "M-MI1", start: str = "18T09:00", end: str = "18T13:00", **more
):
    """Paths and codes of everything that is wrong with a wish."""
    with desk.unchanged(), pytest.raises(Invalid) as refusal:
        desk.book("producer", codes, start, end, **more)
    return [(field.path, field.code) for field in refusal.value.fields]


def refused(desk: Desk, codes: str, start: str, end: str, who: str = "producer", **more):
    """The rules that stand against a wish."""
    with desk.unchanged(), pytest.raises(Refused) as refusal:
        desk.book(who, codes, start, end, **more)
    assert desk.preview(who, codes, start, end, **more).findings == refusal.value.findings
    return [finding.rule for finding in refusal.value.findings]


# ---- what cannot be understood --------------------------------------------------------------


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ("", [("facilities", "required")]),
        ("M-XXX", [("facilities/0", "unknown_facility")]),
        ("M-MI1 M-XXX M-YYY", [(f"facilities/{n}", "unknown_facility") for n in (1, 2)]),
        ("M-MI1 M-MI1", [("facilities/1", "same_space")]),
        ("M-PLA1 M-PLA", [("facilities/1", "same_space")]),
        (" ".join(["M-MI1"] * 21), [("facilities", "too_many_facilities"),
                                    *((f"facilities/{n}", "same_space") for n in range(1, 21))]),
    ],
)  # fmt: skip
def test_facilities_that_make_no_sense(desk: Desk, codes, found):
    assert invalid(desk, codes) == found


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "", "required"),
        ("title", "   ", "required"),
        ("title", "x" * 201, "too_long"),
        ("title", "two\nlines", "control_characters"),
        ("title", "nul\x00", "control_characters"),
        ("note", "x" * 10_001, "too_long"),
        ("note", "\ud800", "control_characters"),
        ("attendees", 0, "out_of_range"),
        ("attendees", -5, "out_of_range"),
        ("attendees", 10**9, "out_of_range"),
        ("production", "GHOST", "unknown_production"),
        ("production", "nul\x00", "unknown_production"),
        ("production", "\ud800", "unknown_production"),
        ("hold", "pencil", "unknown_choice"),
        ("on_clash", "fight", "unknown_choice"),
    ],
)
def test_fields_that_make_no_sense(desk: Desk, field, value, code):
    assert invalid(desk, **{field: value}) == [(field, code)]


def test_a_production_of_another_company_does_not_exist(desk: Desk):
    with desk.unchanged(), pytest.raises(Invalid) as refusal:
        desk.book("post", "M-MI1", *WEDNESDAY, production="HERON")
    assert [f.code for f in refusal.value.fields] == ["unknown_production"]


def test_an_archived_production_takes_no_more_bookings(desk: Desk):
    """But keeps those that it has, whatever is changed about them."""
    number = desk.book("producer", "M-MI1", *WEDNESDAY, production="HERON")
    over = ProductionChange(code_name="HERON", title="Le Vol du héron", active=False)
    heron = desk.world.productions["HERON"]
    productions.edit(desk.actor("producer"), heron, over, 1, desk.clock.now)
    for refused_by in (desk.book, desk.preview):
        with desk.unchanged(), pytest.raises(Invalid) as refusal:
            refused_by("producer", "M-MI2", *WEDNESDAY, production="heron")
        assert [f.code for f in refusal.value.fields] == ["archived_production"]
    later = Change(end=moment("18T15:00"), production="HERON")
    actions.change(desk.actor("producer"), number, later, desk.clock.now)
    assert desk.view("producer", number).production_code == "HERON"


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("18T13:00", "18T13:00", [("end", "zero_length")]),
        ("18T13:00", "18T09:00", [("end", "end_before_start")]),
        ("18T09:00:30", "18T13:00", [("start", "whole_minutes")]),
        ("1600-01-01T09:00", "9999-01-01T09:00", [("start", "out_of_range"),
                                                  ("end", "out_of_range")]),
        (f"{SPRING}02:30", f"{SPRING}04:00", [("start", "nonexistent_time")]),
        (f"{AUTUMN}01:00", f"{AUTUMN}02:30", [("end", "ambiguous_time")]),
        (f"{AUTUMN}02:15", f"{AUTUMN}02:30", [("start", "ambiguous_time"),
                                              ("end", "ambiguous_time")]),
    ],
)  # fmt: skip
def test_times_that_make_no_sense(desk: Desk, start, end, found):
    assert invalid(desk, "M-PLA1", start, end) == found


@pytest.mark.one_engine
def test_everything_wrong_is_said_at_once(desk: Desk):
    assert invalid(desk, "M-XXX", "18T13:00", "18T09:00", title="", hold="pencil") == [
        ("facilities/0", "unknown_facility"),
        ("title", "required"),
        ("hold", "unknown_choice"),
        ("end", "end_before_start"),
    ]


# ---- times that need care -------------------------------------------------------------------


def span(desk: Desk, number: str) -> tuple[int, int]:
    (occurrence,) = desk.view("producer", number).occurrences
    return occurrence.starts, occurrence.ends


def test_a_time_that_exists_twice_is_booked_once_it_is_clear_which(desk: Desk):
    options = {"start_fold": 0, "end_fold": 1}
    number = desk.book("producer", "M-PLA1", f"{AUTUMN}02:30", f"{AUTUMN}02:30", **options)
    starts, ends = span(desk, number)
    assert ends - starts == 3600


def test_a_night_of_a_clock_change_lasts_as_long_as_it_really_does(desk: Desk):
    spring = desk.book("producer", "M-PLA1", "2027-03-27T20:00", f"{SPRING}06:00")
    autumn = desk.book("producer", "M-PLA1", "2027-10-30T20:00", f"{AUTUMN}06:00")
    lengths = [(ends - starts) // 3600 for starts, ends in (span(desk, spring), span(desk, autumn))]
    assert lengths == [9, 11]


def test_a_time_with_an_offset_is_an_instant(desk: Desk):
    number = desk.book("producer", "M-MI1", "2026-11-18T08:00Z", "2026-11-18T07:00-05:00")
    assert span(desk, number) == (instant("18T09:00"), instant("18T13:00"))


# ---- what the rules stand against -----------------------------------------------------------


def test_the_rules_of_the_house(desk: Desk):
    assert refused(desk, "M-MI1", "16T08:00", "16T12:00") == ["past"]
    assert refused(desk, "M-MI1", "2029-11-16T08:00", "2029-11-16T12:00") == ["horizon"]
    assert refused(desk, "M-MI1", "18T07:00", "18T12:00") == ["hours"]
    assert refused(desk, "M-MI1", "18T20:00", "18T23:00") == ["hours"]
    assert refused(desk, "M-MI1", *WEDNESDAY, attendees=5) == ["capacity"]
    assert refused(desk, "M-MI1", "16T10:00", "16T12:00", hold="option") == ["option_notice"]
    assert refused(desk, "M-MI1", "16T07:00", "2029-11-17T12:00", attendees=9) == [
        "past",
        "horizon",
        "hours",
        "capacity",
    ]


def test_an_option_that_would_begin_this_very_minute_is_refused(desk: Desk):
    assert refused(desk, "M-MI1", "16T09:00", "16T12:00", hold="option") == ["option_notice"]


def test_a_booking_may_begin_this_very_minute(desk: Desk):
    assert desk.where(desk.book("producer", "M-MI1", "16T09:00", "16T12:00")) == "confirmed 1"


def test_closures_of_the_facility_and_of_its_site(desk: Desk):
    close(desk, "18T12:00", "18T14:00", facility_id=desk.world.facilities["M-MI1"])
    close(desk, "19T00:00", "20T00:00", site_id=desk.world.sites["M"])
    assert refused(desk, "M-MI1", *WEDNESDAY) == ["closed"]
    assert refused(desk, "M-MI2", "19T09:00", "19T13:00") == ["closed"]
    assert desk.where(desk.book("producer", "M-MI2", *WEDNESDAY)) == "confirmed 1"
    assert desk.where(desk.book("producer", "N-RE1", "19T09:00", "19T13:00")) == "confirmed 1"
    assert desk.where(desk.book("producer", "M-MI1", "18T14:00", "18T15:00")) == "confirmed 1"


def test_a_facility_out_of_service_and_one_for_members(desk: Desk):
    change(desk, "M-MI1", active=False)
    change(desk, "M-CIN", guests_allowed=False)
    assert refused(desk, "M-MI1", *WEDNESDAY) == ["bookable"]
    assert refused(desk, "M-CIN", *WEDNESDAY, who="guest") == ["audience"]
    assert desk.where(desk.book("producer", "M-CIN", *WEDNESDAY)) == "requested 1"


def test_a_pool_without_a_space_is_refused_like_any_other(desk: Desk):
    change(desk, "N-RE1", quantity=800)
    write(delete(FacilitySpace).where(
        FacilitySpace.facility_id == desk.world.facilities["N-RE1"]))  # fmt: skip
    assert refused(desk, "N-RE1", *WEDNESDAY) == ["bookable"]


# ---- clashes --------------------------------------------------------------------------------


def test_a_clash_tells_what_is_in_the_way_as_far_as_one_may_know(desk: Desk):
    number = desk.book("producer", "M-ET1", *WEDNESDAY, title="Héron, bobine 3")
    with desk.unchanged(), pytest.raises(Clash) as rivals:
        desk.book("post", "M-ET1", "18T10:00", "18T11:00")
    (conflict,) = rivals.value.conflicts
    assert (conflict.facility, conflict.held_as, conflict.rank) == ("M-ET1", "occupied", 1)
    assert (conflict.starts, conflict.ends) == (instant("18T09:00"), instant("18T13:00"))
    assert conflict.blocked_until == instant("18T13:15")
    assert (conflict.number, conflict.title) == (None, None)
    with pytest.raises(Clash) as colleagues:
        desk.book("colleague", "M-ET1", "18T10:00", "18T11:00")
    (conflict,) = colleagues.value.conflicts
    assert (conflict.number, conflict.title) == (number, "Héron, bobine 3")


def test_an_option_in_the_way_is_called_one(desk: Desk):
    desk.option("producer", "M-ET1", "30T09:00", "30T13:00")
    with pytest.raises(Clash) as refusal:
        desk.book("post", "M-ET1", "30T09:00", "30T13:00")
    assert [conflict.held_as for conflict in refusal.value.conflicts] == ["option"]


# ---- arranging the house --------------------------------------------------------------------


@transaction
def write(*statements) -> None:
    for statement in statements:
        db.session.execute(statement)


@transaction
def close(desk: Desk, starts: str, ends: str, **whose: int) -> None:
    span = {"starts": instant(starts), "ends": instant(ends)}
    db.session.add(Closure(**span, **whose, reason="Révision"))
    db.session.flush()


@transaction
def change(desk: Desk, code: str, **values: object) -> None:
    """Change a facility as its admin page would."""
    db.session.execute(update(Facility).where(Facility.code == code).values(**values))
    event = Event(name="facility:changed", subject=f"facility:{code}", scopes=frozenset({SCOPE}))
    record([event], actor_id=None, at=desk.clock.now)
