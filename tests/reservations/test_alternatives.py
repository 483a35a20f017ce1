"""The ways out of a clash: at most three, and each can be booked as it is offered."""

import random
from dataclasses import replace
from datetime import datetime

import pytest

from booking.core.scheduling.availability import Alternative
from booking.core.scheduling.wallclock import local
from booking.kernel.errors import BookingError, Clash, Refused
from booking.reservations import queries
from booking.reservations.wish import BookingRequest
from tests.reservations.desk import ZONE, Desk, instant
from tests.reservations.test_refusing import change

pytestmark = pytest.mark.one_engine

WEDNESDAY = ("18T09:00", "18T13:00")


def ways_out(desk: Desk, codes: str, start: str, end: str, **more) -> list[Alternative]:
    with pytest.raises(Clash) as refusal:
        desk.book("post", codes, start, end, **more)
    return list(refusal.value.alternatives)


def span(start: str, end: str) -> tuple[int, int]:
    return instant(start), instant(end)


def test_another_room_another_time_and_a_shorter_booking(desk: Desk):
    desk.book("producer", "M-MI1", "18T09:00", "18T11:00")
    assert ways_out(desk, "M-MI1", *WEDNESDAY) == [
        Alternative("room", "M-MI2", "M-MI1", *span(*WEDNESDAY)),
        Alternative("time", "M-MI1", None, *span("18T11:00", "18T15:00")),
        Alternative("shorter", "M-MI1", None, *span("18T11:00", "18T13:00")),
    ]


def test_a_room_too_small_is_no_way_out(desk: Desk):
    desk.book("producer", "M-ET1", *WEDNESDAY)
    six = ways_out(desk, "M-ET1", *WEDNESDAY, attendees=6)  # five fit into the other one
    assert {way.kind for way in six} == {"time"}


def test_only_the_room_that_is_taken_is_replaced(desk: Desk):
    desk.book("producer", "M-MI1", *WEDNESDAY)
    rooms = [w for w in ways_out(desk, "M-MI1 M-CIN", *WEDNESDAY) if w.kind == "room"]
    assert rooms == [Alternative("room", "M-MI2", "M-MI1", *span(*WEDNESDAY))]


def test_where_two_rooms_are_taken_no_single_one_helps(desk: Desk):
    desk.book("producer", "M-MI1 M-CIN", *WEDNESDAY)
    assert {way.kind for way in ways_out(desk, "M-MI1 M-CIN", *WEDNESDAY)} == {"time"}


def test_half_of_the_stage_is_offered_where_the_other_half_is_taken(desk: Desk):
    desk.book("producer", "M-PLA1", *WEDNESDAY)
    rooms = [w.facility for w in ways_out(desk, "M-PLA1", *WEDNESDAY) if w.kind == "room"]
    assert rooms[0] == "M-PLA2"
    assert "M-PLA" not in rooms


def test_a_night_is_offered_as_a_night(desk: Desk):
    """Through hours in which the room is shut: the same clock on another day."""
    desk.book("producer", "M-CIN", "18T20:00", "19T10:00")
    (way, *_) = ways_out(desk, "M-CIN", "18T18:00", "19T12:00")
    assert way == Alternative("time", "M-CIN", None, *span("17T18:00", "18T12:00"))


def test_a_wish_for_the_past_gets_ways_out_in_whole_minutes(desk: Desk):
    desk.book("producer", "M-MI1", "16T09:00", "16T12:00")
    desk.clock.move_to("2026-11-16T09:10:37+01:00")
    assessment = desk.preview("post", "M-MI1", "16T09:00", "16T13:00")
    assert [finding.rule for finding in assessment.findings] == ["past"]
    assert assessment.alternatives != ()
    assert {way.starts % 60 for way in assessment.alternatives} == {0}
    assert all(way.starts >= desk.now for way in assessment.alternatives)


# ---- of what a rule refuses ------------------------------------------------------------------


def refused(desk: Desk, who: str, codes: str, start: str, end: str, **more) -> list[Alternative]:
    """What is offered instead; every one of it would be granted, and preview says the same."""
    with pytest.raises(Refused) as refusal:
        desk.book(who, codes, start, end, **more)
    found = list(refusal.value.alternatives)
    assert desk.preview(who, codes, start, end, **more).alternatives == tuple(found)
    wish = desk.wish(codes, start, end, **more)
    actor = desk.actor(who)
    assert all(queries.preview(actor, taken(wish, way), desk.now).granted for way in found)
    return found


def test_before_it_opens_the_first_hour_is_offered(desk: Desk):
    found = refused(desk, "producer", "M-MI1", "17T06:00", "17T07:00")
    assert found[0] == Alternative("time", "M-MI1", None, *span("17T08:00", "17T09:00"))


def test_where_notice_is_short_a_room_that_needs_less_is_offered_and_the_first_day(
    desk: Desk, rule
):
    rule("M-MI1", "notice", 72)
    room, time, *_ = refused(desk, "producer", "M-MI1", "17T09:00", "17T13:00")
    assert room == Alternative("room", "M-MI2", "M-MI1", *span("17T09:00", "17T13:00"))
    assert (time.kind, time.facility) == ("time", "M-MI1")
    assert time.starts >= desk.now + 72 * 3600


def test_who_is_too_many_is_offered_rooms_that_hold_them(desk: Desk):
    found = refused(desk, "producer", "M-ET2", *WEDNESDAY, attendees=6)
    assert [(way.kind, way.facility) for way in found] == [("room", "M-ET1")]


def test_a_spent_quota_has_no_way_out_in_its_week(desk: Desk, rule):
    rule("editing", "quota_hours", 4)
    desk.book("producer", "M-MI1", "17T09:00", "17T13:00")
    found = refused(desk, "producer", "M-MI1", *WEDNESDAY)
    assert {way.kind for way in found} <= {"time"}
    assert all(way.starts >= instant("23T00:00") for way in found)


def test_who_may_not_come_at_all_is_offered_nothing_there(desk: Desk):
    change(desk, "M-ET2", guests_allowed=False)
    found = refused(desk, "guest", "M-ET2", *WEDNESDAY)
    assert {way.facility for way in found} == {"M-ET1"}


# ---- whatever is offered is granted ---------------------------------------------------------

ROOMS = ("M-ET1", "M-ET2", "M-MI1", "M-MI2", "M-PLA", "M-PLA1", "M-CIN", "N-RE1", "M-MI1 N-RE1")


def crowd(desk: Desk, rng: random.Random) -> None:
    for _ in range(40):
        wish = (rng.choice(ROOMS), *_span(rng))
        try:
            desk.book(rng.choice(("producer", "guest", "post")), *wish, on_clash="queue")
        except BookingError:
            continue


def _span(rng: random.Random) -> tuple[str, str]:
    day, first = rng.randint(17, 19), rng.randint(8, 20)
    if rng.random() < 0.2:
        return f"{day}T{first:02d}:00", f"{day + 1}T{rng.randint(9, 20):02d}:00"
    return f"{day}T{first:02d}:00", f"{day}T{rng.randint(first + 1, 22):02d}:00"


def taken(wish: BookingRequest, way: Alternative) -> BookingRequest:
    """The wish, changed as one click on an alternative changes it."""
    rooms = tuple(way.facility if code == way.replaces else code for code in wish.facilities)
    start, end = (_clock(at) for at in (way.starts, way.ends))
    return replace(wish, facilities=rooms, start=start, end=end)


def _clock(at: int) -> datetime:
    return local(at, ZONE)


HOUSE_RULES = (
    ("editing", "quota_hours", 9),
    ("grading", "step", 60),
    ("M-ET2", "notice", 72),
    ("M-MI2", "longest", 240),
    ("M-PLA", "audience", "staff"),
    ("M-PLA1", "noise", ["M-CIN"]),
    ("stage", "shortest", 120),
)


@pytest.mark.parametrize("ruled", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_every_way_out_can_be_taken(desk: Desk, rule, seed, ruled):
    rng = random.Random(seed)
    crowd(desk, rng)
    for setting in HOUSE_RULES if ruled else ():
        rule(*setting)
    actor = desk.actor("post")
    offered = 0
    for _ in range(40):
        wish = desk.wish(rng.choice(ROOMS), *_span(rng), attendees=rng.choice((None, 4)))
        assessment = queries.preview(actor, wish, desk.now)
        if assessment.findings or assessment.rank == 1:
            assert assessment.alternatives == () or assessment.findings
            continue
        for way in assessment.alternatives:
            offered += 1
            granted = queries.preview(actor, taken(wish, way), desk.now)
            assert (granted.rank, granted.findings) == (1, ()), (wish, way)
    assert offered > 10


def test_what_is_offered_for_an_option_is_late_enough_for_one(desk: Desk):
    """An option lapses two hours before its start: none begins sooner."""
    for room in ("M-MI1", "M-MI2"):
        desk.book("guest", room, "16T11:30", "16T12:30")
    found = ways_out(desk, "M-MI1", "16T11:30", "16T12:30", hold="option")
    assert found
    assert min(way.starts for way in found) > instant("16T11:00")
