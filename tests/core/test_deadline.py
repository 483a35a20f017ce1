"""Deadlines of challenges: the table of the trade, then every minute against brute force."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.core.scheduling.deadline import Deadline, challenge_deadline
from booking.core.scheduling.wallclock import resolve
from tests.support.properties import short

HOUR = 3600
BRUSSELS = "Europe/Brussels"
FAR = 60 * 24 * HOUR
FREE = {date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 25)}
"""Belgium's on Monday to Friday from March to June 2026."""


def at(text: str, zone: str = BRUSSELS) -> int:
    return resolve(datetime.fromisoformat(text), zone)


def due(issued: str, starts: str = "", country: str = "BE", zone: str = BRUSSELS) -> str | None:
    """What the site's clock shows at the deadline, and why."""
    now = at(issued, zone)
    deadline = challenge_deadline(now, at(starts, zone) if starts else now + FAR, zone, country)
    if deadline is None:
        return None
    shown = datetime.fromtimestamp(deadline.at, ZoneInfo(zone))
    return f"{shown:%a %Y-%m-%d %H:%M} {deadline.moved_by}".strip()


@pytest.mark.parametrize(
    ("issued", "starts", "answer"),
    [
        ("2026-03-11 10:00", "", "Thu 2026-03-12 10:00"),
        ("2026-03-13 16:30", "", "Mon 2026-03-16 12:00 weekend"),
        ("2026-04-02 16:30", "", "Fri 2026-04-03 16:30"),  # Good Friday is none in Belgium
        ("2026-04-03 16:30", "", "Tue 2026-04-07 12:00 holiday"),  # Easter Monday
        ("2026-03-28 10:00", "", "Mon 2026-03-30 12:00 weekend"),  # the clock changes
        ("2026-07-20 11:00", "", "Wed 2026-07-22 12:00 holiday"),
        ("2026-03-23 14:00", "2026-03-24 08:00", "Mon 2026-03-23 18:00 short_notice"),
    ],
)
def test_a_challenge_is_due_as_the_trade_has_it(issued, starts, answer):
    assert due(issued, starts) == answer


def test_another_country_has_other_holidays():
    assert due("2026-07-20 11:00", country="LU") == "Tue 2026-07-21 11:00"
    assert due("2026-06-22 11:00", country="LU") == "Wed 2026-06-24 12:00 holiday"
    assert due("2026-06-22 11:00", country="BE") == "Tue 2026-06-23 11:00"


@pytest.mark.parametrize(
    ("issued", "answer"),
    [
        ("2026-03-10 08:59", "Wed 2026-03-11 12:00 hours"),
        ("2026-03-10 09:00", "Wed 2026-03-11 09:00"),
        ("2026-03-10 18:00", "Wed 2026-03-11 18:00"),
        ("2026-03-10 18:01", "Thu 2026-03-12 12:00 hours"),
        ("2026-03-10 00:00", "Wed 2026-03-11 12:00 hours"),
        ("2026-03-12 18:01", "Mon 2026-03-16 12:00 weekend"),  # ends on Friday evening
        ("2026-03-15 08:00", "Mon 2026-03-16 12:00 hours"),  # ends on Monday morning
        ("2026-04-30 08:00", "Mon 2026-05-04 12:00 holiday"),  # 1 May, then a weekend
    ],
)
def test_office_hours_include_their_ends(issued, answer):
    assert due(issued) == answer


def test_a_second_after_closing_is_outside():
    closing = at("2026-03-11 18:00")
    for late, moved_by in ((0, ""), (1, "hours")):
        now = closing + late - 24 * HOUR
        assert challenge_deadline(now, now + FAR, BRUSSELS, "BE") == Deadline(
            at("2026-03-12 12:00") if late else closing, moved_by
        )


@pytest.mark.parametrize(
    ("ahead_min", "lives_min"),
    [
        (48 * 60 - 1, 240),
        (360, 240),  # 2 hours before the start
        (359, 239),
        (121, 1),
        (120, None),
        (0, None),
        (-600, None),
    ],
)
def test_short_notice_leaves_four_hours_or_until_two_before_the_start(ahead_min, lives_min):
    now = at("2026-03-14 20:00")  # a Saturday evening, all the same
    deadline = challenge_deadline(now, now + ahead_min * 60, BRUSSELS, "BE")
    assert deadline == (lives_min and Deadline(now + lives_min * 60, "short_notice"))


def test_forty_eight_hours_ahead_are_no_short_notice():
    assert due("2026-03-10 10:00", "2026-03-12 10:00") == "Wed 2026-03-11 10:00"
    assert due("2026-03-10 10:00", "2026-03-12 09:59") == "Tue 2026-03-10 14:00 short_notice"


def test_a_moved_deadline_stays_two_hours_before_the_start():
    assert due("2026-03-13 16:30", "2026-03-16 14:00") == "Mon 2026-03-16 12:00 weekend"
    assert due("2026-03-13 16:30", "2026-03-16 13:59") == "Mon 2026-03-16 11:59 short_notice"
    assert due("2026-03-13 16:30", "2026-03-15 17:00") == "Sun 2026-03-15 15:00 short_notice"


def test_twenty_four_hours_are_real_ones():
    """Cairo changes its clocks in the night to a Friday, 24 April 2026, a working day there."""
    assert due("2026-04-23 10:00", country="XX", zone="Africa/Cairo") == "Fri 2026-04-24 11:00"


@short
@given(st.integers(0, 110 * 24 * 60))
def test_a_deadline_is_the_first_instant_that_the_rule_allows(minutes):
    """Minute by minute from 24 hours on: office hours at once, later only a working noon."""
    now = at("2026-03-01 00:00") + minutes * 60
    deadline = challenge_deadline(now, now + FAR, BRUSSELS, "BE")
    shown = [
        datetime.fromtimestamp(now + 24 * HOUR + n * 60, ZoneInfo(BRUSSELS))
        for n in range(6 * 24 * 60)
    ]
    works = {
        day: day.isoweekday() < 6 and day not in FREE
        for day in (date(2026, 3, 1) + timedelta(days=n) for n in range(121))
    }
    first = shown[0]
    if not (works[first.date()] and "09:00" <= f"{first:%H:%M}" <= "18:00"):
        first = next(m for m in shown if f"{m:%H:%M}" == "12:00" and works[m.date()])
    assert deadline.at == int(first.timestamp())


@short
@given(st.integers(0, 365 * 24 * 60), st.integers(-24 * 60, 10 * 24 * 60))
def test_an_answer_is_due_later_than_asked_and_before_the_start(minutes, ahead):
    now = at("2026-01-01 00:00") + minutes * 60
    deadline = challenge_deadline(now, now + ahead * 60, BRUSSELS, "BE")
    if ahead <= 120:
        assert deadline is None
    else:
        assert now < deadline.at <= now + (ahead - 120) * 60
        assert deadline.at - now >= min(
            24 * HOUR if ahead >= 48 * 60 else 4 * HOUR, (ahead - 120) * 60
        )
