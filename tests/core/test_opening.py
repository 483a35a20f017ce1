"""Opening hours against brute force: what the clock on the wall shows, every quarter of an hour."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from booking.core.rules.hours import kept
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.opening import Week, open_spans
from booking.core.scheduling.wallclock import days, local, midnight
from tests.core.grid import are_tidy
from tests.support.properties import short

ZONE = "Europe/Brussels"
HOUR, QUARTER = 3600, 900
SUNDAY_FORWARD, SUNDAY_BACK = date(2026, 3, 29), date(2026, 10, 25)
CLOSED: tuple[tuple[int, int], ...] = ()
ALWAYS = ((0, 1440),)


@st.composite
def day_hours(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """The spans of one weekday on whole hours; none means closed."""
    edges = sorted(draw(st.sets(st.integers(0, 24), max_size=4)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple((opens * 60, closes * 60) for opens, closes in pairs)


weeks = st.lists(day_hours(), min_size=7, max_size=7).filter(any)
first_days = st.sampled_from([d + timedelta(days=n) for d in (SUNDAY_FORWARD, SUNDAY_BACK)
                              for n in (-2, -1, 0)])  # fmt: skip


def is_open(week: Week, instant: int) -> bool:
    """What somebody in front of the door sees."""
    clock = local(instant, ZONE)
    minute = clock.hour * 60 + clock.minute
    return any(opens <= minute < closes for opens, closes in week[clock.weekday()])


@short
@given(weeks, first_days)
def test_spans_cover_the_instants_at_which_the_clock_shows_opening_hours(week, first):
    window = days(first, 3, ZONE)
    spans = open_spans(week, ZONE, window)
    instants = range(window.starts, window.ends, QUARTER)
    assert are_tidy(spans)
    assert {t: any(s.starts <= t < s.ends for s in spans) for t in instants} == {
        t: is_open(week, t) for t in instants
    }


@short
@given(weeks, first_days, st.integers(0, 71), st.integers(1, 48))
def test_a_booking_keeps_the_hours_when_it_begins_and_ends_in_them(week, first, start, length):
    starts = midnight(first, ZONE) + start * HOUR
    span = Interval(starts, starts + length * HOUR)
    begins, ends = is_open(week, span.starts), is_open(week, span.ends - 60)
    assert kept(week, ZONE, span) == (begins and ends)


def test_a_week_without_hours_is_open_all_the_time():
    window = Interval(0, 1000)
    assert open_spans([CLOSED] * 7, ZONE, window) == [window]


def test_days_that_meet_at_midnight_are_one_span():
    (span,) = open_spans([ALWAYS] * 7, ZONE, window := days(date(2026, 6, 2), 1, ZONE))
    assert span.contains(window)


def test_hours_in_the_skipped_hour_of_spring_do_not_exist():
    week = [*[CLOSED] * 6, ((120, 150), (570, 600))]
    spans = open_spans(week, ZONE, days(SUNDAY_FORWARD, 1, ZONE))
    half_past_nine = midnight(SUNDAY_FORWARD, ZONE) + int(8.5 * HOUR)
    assert spans == [Interval(half_past_nine, half_past_nine + HOUR // 2)]


def test_hours_that_begin_or_end_in_the_skipped_hour_begin_or_end_at_the_jump():
    jump = midnight(SUNDAY_FORWARD, ZONE) + 2 * HOUR
    until = [*[CLOSED] * 6, ((0, 150),)]
    since = [*[CLOSED] * 6, ((150, 300),)]
    window = days(SUNDAY_FORWARD, 1, ZONE)
    assert open_spans(until, ZONE, window) == [Interval(jump - 2 * HOUR, jump)]
    assert open_spans(since, ZONE, window) == [Interval(jump, jump + 2 * HOUR)]


def test_the_repeated_hour_of_autumn_counts_from_its_first_time():
    week = [*[CLOSED] * 6, ((150, 300),)]
    first = midnight(SUNDAY_BACK, ZONE) + int(2.5 * HOUR)
    assert open_spans(week, ZONE, days(SUNDAY_BACK, 1, ZONE)) == [
        Interval(first, first + int(3.5 * HOUR))
    ]
