"""The rules of the house, each by what breaks it."""

from datetime import UTC, datetime

import pytest

from booking.core.rules import RULES, Facts, Finding, Room, evaluate
from booking.core.rules.settable import SETTABLE
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import resolve

ZONE = "Europe/Brussels"
HOUR = 3600
EIGHT_TO_TEN = ((480, 1320),)


def at(text: str) -> int:
    return resolve(datetime.fromisoformat(text), ZONE)


def between(start: str, end: str) -> Interval:
    return Interval(at(start), at(end))


ROOM = Room(
    code="M-ET1",
    name="Étalonnage 1",
    zone=ZONE,
    bookable=True,
    guests_allowed=True,
    capacity=8,
    opening=(EIGHT_TO_TEN,) * 7,
)
FINE = Facts(
    span=between("2026-11-17T09:00", "2026-11-17T13:00"),
    now=at("2026-11-16T09:00"),
    rooms=(ROOM,),
    attendees=8,
)


def with_room(**changes: object) -> Facts:
    return FINE._replace(rooms=(ROOM._replace(**changes),))  # type: ignore[arg-type]


def found(facts: Facts) -> list[tuple[str, bool]]:
    return [(finding.rule, finding.overridable) for finding in evaluate(facts)]


def test_a_wish_that_breaks_no_rule_has_no_findings():
    assert evaluate(FINE) == []


@pytest.mark.parametrize(
    ("facts", "rule", "overridable"),
    [
        (with_room(bookable=False), "bookable", False),
        (with_room(guests_allowed=False)._replace(guest=True), "audience", True),
        (FINE._replace(now=FINE.span.starts + 60), "past", False),
        (with_room(waits=True)._replace(now=FINE.span.starts), "past", False),
        (FINE._replace(span=between("2029-11-16T08:00", "2029-11-16T09:01")), "horizon", False),
        (FINE._replace(option=True, now=FINE.span.starts - 2 * HOUR), "option_notice", False),
        (FINE._replace(option=True, now=FINE.span.starts), "option_notice", False),
        (FINE._replace(span=between("2026-11-17T07:59", "2026-11-17T13:00")), "hours", True),
        (with_room(closures=((Interval(*FINE.span), "Révision"),)), "closed", True),
        (FINE._replace(attendees=9), "capacity", False),
    ],
)
def test_each_rule_has_its_finding(facts, rule, overridable):
    assert found(facts) == [(rule, overridable)]


@pytest.mark.parametrize(
    "facts",
    [
        with_room(guests_allowed=False)._replace(guest=False),
        FINE._replace(guest=True),
        FINE._replace(now=FINE.span.starts),
        with_room(waits=True)._replace(now=FINE.span.starts - 1),
        FINE._replace(span=between("2029-11-16T08:00", "2029-11-16T09:00")),
        FINE._replace(option=True, now=FINE.span.starts - 2 * HOUR - 1),
        FINE._replace(span=between("2026-11-17T08:00", "2026-11-17T22:00")),
        FINE._replace(span=between("2026-11-17T09:00", "2026-11-19T18:00")),
        with_room(closures=((Interval(FINE.span.ends, FINE.span.ends + HOUR), "Après"),)),
        with_room(closures=((Interval(FINE.span.starts - HOUR, FINE.span.starts), "Avant"),)),
        with_room(capacity=None),
        FINE._replace(attendees=None),
    ],
)
def test_the_limit_itself_is_allowed(facts):
    assert evaluate(facts) == []


def test_all_findings_come_at_once_in_the_order_of_the_rules():
    everything = with_room(
        bookable=False,
        guests_allowed=False,
        closures=((Interval(0, 2**40), "Révision"),),
        capacity=1,
    )._replace(
        guest=True,
        span=between("2026-11-17T06:00", "2030-11-17T13:00"),
        now=at("2026-11-18T09:00"),
    )
    assert [finding.rule for finding in evaluate(everything)] == [
        "bookable",
        "audience",
        "past",
        "horizon",
        "hours",
        "closed",
        "capacity",
    ]


def test_a_finding_names_the_room_the_limit_and_the_value():
    cinema = with_room(name="Salle de projection", code="M-CIN", capacity=62)
    ninety = cinema._replace(attendees=90)
    assert evaluate(ninety) == [
        Finding(
            "capacity",
            {
                "facility": "Salle de projection",
                "code": "M-CIN",
                "capacity": 62,
                "attendees": 90,
            },
            overridable=False,
        )
    ]


def test_every_room_is_asked():
    small = ROOM._replace(name="Étalonnage 2", capacity=5)
    both = FINE._replace(rooms=(ROOM, small), attendees=6)
    assert [finding.params["facility"] for finding in evaluate(both)] == ["Étalonnage 2"]


def test_three_years_are_calendar_years():
    leap_day = int(datetime(2028, 2, 29, 9, tzinfo=UTC).timestamp())
    last = int(datetime(2031, 2, 28, 9, tzinfo=UTC).timestamp())
    always = with_room(opening=())
    reaching = always._replace(now=leap_day, span=Interval(last - HOUR, last))
    assert evaluate(reaching) == []
    assert found(reaching._replace(span=Interval(last - HOUR, last + 60))) == [("horizon", False)]


def test_each_rule_is_a_module_with_one_question():
    assert [rule.__name__.rpartition(".")[2] for rule in RULES] == [
        "bookable",
        "audience",
        "licence",
        "equipment",
        "past",
        "notice",
        "horizon",
        "furthest",
        "option_notice",
        "shortest",
        "longest",
        "step",
        "hours",
        "holidays",
        "closed",
        "noise",
        "capacity",
        "quota_hours",
        "quota_options",
        "rolling",
    ]


def test_what_can_be_set_is_a_rule():
    assert set(SETTABLE) - {"check_in"} <= {rule.__name__.rpartition(".")[2] for rule in RULES}
