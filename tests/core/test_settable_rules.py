"""The rules that managers set: what keeps them, what breaks them, what a finding says."""

from datetime import date

import pytest

from booking.core.rules import Facts, Finding, Neighbour, Room, Usage, evaluate
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import days
from tests.core.test_rules import ROOM, ZONE, at, between

HOUR = 3600
NOW = "2026-11-16T09:00"
NAMED = {"facility": "Étalonnage 1", "code": "M-ET1"}
OPEN = ROOM._replace(opening=(), kind="grading", country="BE", capacity=None)
WEEK = days(date(2026, 11, 16), 7, ZONE)


def wish(start: str, end: str, *, now: str = NOW, **settings: object) -> Facts:
    """A wish for a room that is always open and has these settings."""
    room = OPEN._replace(settings=settings)
    return Facts(span=between(start, end), now=at(now), rooms=(room,))


def asked(**settings: object) -> Facts:
    return wish("2026-11-17T09:00", "2026-11-17T13:00", **settings)


def with_room(facts: Facts, **changes: object) -> Facts:
    return facts._replace(rooms=(facts.rooms[0]._replace(**changes),))  # type: ignore[arg-type]


NEXT_MORNING = ("2026-11-17T09:00", "2026-11-17T13:00")
OVER_SPRING = ("2027-03-27T20:00", "2027-03-28T08:00")
MIXING = Neighbour("M-MIX", "Auditorium", between("2026-11-17T12:00", "2026-11-17T14:00"))
AFTER = Neighbour("M-MIX", "Auditorium", between("2026-11-17T13:00", "2026-11-17T14:00"))


@pytest.mark.parametrize(
    "facts",
    [
        asked(),
        wish(*NEXT_MORNING, notice=24),
        wish(*NEXT_MORNING, notice=0, now="2026-11-17T09:00"),
        wish("2026-11-18T20:00", "2026-11-19T00:00", furthest=2),
        wish("2026-11-16T10:00", "2026-11-16T23:59", furthest=0),
        asked(shortest=240),
        asked(longest=240),
        asked(step=60),
        wish("2026-11-17T09:30", "2026-11-17T10:00", step=30),
        wish(*OVER_SPRING, step=240),
        wish("2026-11-11T09:00", "2026-11-11T10:00", now="2026-11-10T09:00"),
        wish("2026-11-11T09:00", "2026-11-11T10:00", now="2026-11-10T09:00", holidays=False),
        wish("2026-11-10T09:00", "2026-11-11T00:00", now="2026-11-09T09:00", holidays=True),
        asked(holidays=True),
        with_room(asked(), neighbours=(AFTER,)),
        asked(equipment=[]),
        asked(licence=""),
        asked(licence="grip")._replace(licences={"grip": None}),
        asked(licence="grip")._replace(licences={"grip": date(2026, 11, 17)}),
        asked(quota_hours=20)._replace(usage=(Usage("grading", WEEK, 16 * HOUR),)),
        asked(quota_options=3)._replace(option=True, options={"grading": 2}),
        asked(quota_options=0)._replace(option=False),
        asked(rolling=24)._replace(option=True),
        asked(rolling=24)._replace(option=True, lapsed={"M-ET1": at("2026-11-15T09:00")}),
        asked(rolling=0)._replace(option=True, lapsed={"M-ET1": at(NOW)}),
        asked(rolling=24)._replace(lapsed={"M-ET1": at(NOW)}),
        asked(rolling=24)._replace(option=True, lapsed={"M-ET2": at(NOW)}),
        asked(audience="members"),
        asked(audience="everyone")._replace(guest=True),
        with_room(asked(audience="staff"), managed=True),
    ],
)
def test_the_limit_itself_is_kept(facts):
    assert evaluate(facts) == []


@pytest.mark.parametrize(
    ("facts", "finding"),
    [
        (
            wish("2026-11-17T08:59", "2026-11-17T13:00", notice=24),
            Finding(
                "notice",
                {
                    **NAMED,
                    "hours": 24,
                    "latest": at("2026-11-16T08:59"),
                    "starts": at("2026-11-17T08:59"),
                    "zone": ZONE,
                },
            ),
        ),
        (
            wish("2026-11-18T20:00", "2026-11-19T00:01", furthest=2),
            Finding("furthest", {**NAMED, "days": 2, "ends": at("2026-11-19T00:01"), "zone": ZONE}),
        ),
        (asked(shortest=241), Finding("shortest", {**NAMED, "minutes": 241, "given": 240})),
        (asked(longest=239), Finding("longest", {**NAMED, "minutes": 239, "given": 240})),
        (
            asked(step=180),
            Finding(
                "step",
                {
                    **NAMED,
                    "minutes": 180,
                    "starts": at("2026-11-17T09:00"),
                    "ends": at("2026-11-17T13:00"),
                    "zone": ZONE,
                },
            ),
        ),
        (
            with_room(asked(), neighbours=(MIXING, AFTER)),
            Finding(
                "noise",
                {
                    **NAMED,
                    "neighbour": "Auditorium",
                    "neighbour_code": "M-MIX",
                    "starts": MIXING.span.starts,
                    "ends": MIXING.span.ends,
                    "zone": ZONE,
                },
            ),
        ),
        (
            asked(equipment=["M-GRIP", "M-CAM"]),
            Finding("equipment", {**NAMED, "needed": ["M-GRIP", "M-CAM"]}),
        ),
        (
            asked(licence="grip"),
            Finding("licence", {**NAMED, "licence": "grip", "expired": None}, overridable=False),
        ),
        (
            asked(licence="grip")._replace(licences={"grip": date(2026, 11, 16)}),
            Finding(
                "licence",
                {**NAMED, "licence": "grip", "expired": "2026-11-16"},
                overridable=False,
            ),
        ),
        (
            asked(quota_hours=20)._replace(usage=(Usage("grading", WEEK, 17 * HOUR),)),
            Finding(
                "quota_hours",
                {
                    **NAMED,
                    "kind": "grading",
                    "hours": 20,
                    "booked_min": 17 * 60,
                    "total_min": 21 * 60,
                    "week": WEEK.starts,
                    "zone": ZONE,
                },
            ),
        ),
        (
            asked(quota_options=3)._replace(option=True, options={"grading": 3}),
            Finding("quota_options", {**NAMED, "kind": "grading", "limit": 3, "held": 3}),
        ),
        (
            asked(rolling=24)._replace(option=True, lapsed={"M-ET1": at("2026-11-15T09:01")}),
            Finding(
                "rolling",
                {
                    **NAMED,
                    "hours": 24,
                    "lapsed": at("2026-11-15T09:01"),
                    "zone": ZONE,
                    "until": at("2026-11-16T09:01"),
                },
            ),
        ),
        (
            asked(audience="members")._replace(guest=True),
            Finding("audience", {**NAMED, "audience": "members"}),
        ),
        (asked(audience="staff"), Finding("audience", {**NAMED, "audience": "staff"})),
    ],
)
def test_beyond_it_the_finding_names_limit_value_and_facility(facts, finding):
    assert evaluate(facts) == [finding]


def test_what_is_past_is_not_too_late_as_well():
    late = wish("2026-11-16T08:00", "2026-11-16T10:00", notice=24)
    assert [finding.rule for finding in evaluate(late)] == ["past"]


def test_every_holiday_that_a_booking_touches_is_named():
    facts = wish("2026-12-24T20:00", "2027-01-01T08:00", holidays=True)
    found = [(f.rule, f.params["day"], f.params["country"]) for f in evaluate(facts)]
    assert found == [("holidays", "2026-12-25", "BE"), ("holidays", "2027-01-01", "BE")]


def test_holidays_are_those_of_the_country():
    facts = wish("2026-12-26T09:00", "2026-12-26T10:00", holidays=True)
    assert evaluate(facts) == []
    in_luxembourg = with_room(facts, country="LU")
    assert [finding.params["day"] for finding in evaluate(in_luxembourg)] == ["2026-12-26"]


@pytest.mark.parametrize(
    ("start", "end", "minutes", "kept"),
    [
        ("2026-11-17T09:15", "2026-11-17T10:15", 30, False),
        ("2026-11-17T09:00", "2026-11-17T10:15", 30, False),
        ("2026-11-17T20:00", "2026-11-18T08:00", 240, True),
        (*OVER_SPRING, 720, False),  # 20:00 is no multiple of twelve hours
        ("2026-10-24T12:00", "2026-10-25T12:00", 720, True),  # 25 hours, a day on the clock
    ],
)
def test_steps_are_those_of_the_clock_on_the_wall(start, end, minutes, kept):
    facts = wish(start, end, now="2026-10-01T09:00", step=minutes)
    assert (evaluate(facts) == []) is kept


def test_together_in_one_booking_neighbours_do_not_disturb_each_other():
    mix = OPEN._replace(code="M-MIX", name="Auditorium")
    stage = OPEN._replace(neighbours=(MIXING,))
    both = Facts(span=between(*NEXT_MORNING), now=at(NOW), rooms=(stage, mix))
    assert evaluate(both) == []


def test_one_of_the_required_is_enough():
    stage = OPEN._replace(settings={"equipment": ["M-GRIP", "M-CAM"]})
    camera = OPEN._replace(code="M-CAM")
    both = Facts(span=between(*NEXT_MORNING), now=at(NOW), rooms=(stage, camera))
    assert evaluate(both) == []


def test_a_quota_counts_each_room_and_each_week_by_itself():
    settings = {"quota_hours": 30}
    rooms = tuple(OPEN._replace(code=code, settings=settings) for code in ("M-ET1", "M-ET2"))
    following = days(date(2026, 11, 23), 7, ZONE)
    sunday_to_tuesday = between("2026-11-22T12:00", "2026-11-24T12:00")
    usage = (Usage("grading", WEEK, 6 * HOUR), Usage("grading", following, 0))
    facts = Facts(span=sunday_to_tuesday, now=at(NOW), rooms=rooms, usage=usage)
    found = [(f.params["week"], f.params["total_min"]) for f in evaluate(facts)]
    assert found == [(following.starts, 2 * 36 * 60)]


@pytest.mark.parametrize(
    ("audience", "allowed", "who", "kept_for"),
    [
        ("everyone", True, "guest", None),
        ("everyone", False, "guest", "members"),
        ("members", True, "guest", "members"),
        ("members", True, "member", None),
        ("staff", True, "guest", "staff"),
        ("staff", True, "member", "staff"),
        ("staff", True, "manager", None),
    ],
)
def test_who_may_book(audience, allowed, who, kept_for):
    facts = asked(audience=audience)._replace(guest=who == "guest")
    facts = with_room(facts, guests_allowed=allowed, managed=who == "manager")
    assert [finding.params["audience"] for finding in evaluate(facts)] == (
        [kept_for] if kept_for else []
    )


def test_rooms_without_settings_have_no_such_rules():
    bare = Room("X", "X", ZONE, bookable=True, guests_allowed=True, capacity=None, opening=())
    night = Interval(at("2026-12-24T23:17"), at("2026-12-25T05:01"))
    assert evaluate(Facts(span=night, now=at(NOW), rooms=(bare,), option=True)) == []
