"""Series against brute force, every day looked at on its own, and against dateutil."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st

from booking.core.scheduling.recurrence import Recurrence, expand
from booking.core.scheduling.wallclock import local, resolve
from tests.core.series import (
    BRUSSELS,
    HOUR,
    ZONES,
    days_of,
    expanded,
    refusal,
    three_years_on,
    wishes,
)
from tests.support.properties import short

CHANGES = [
    (BRUSSELS, date(2026, 3, 29), -HOUR),
    (BRUSSELS, date(2026, 10, 25), HOUR),
    ("Europe/London", date(2026, 3, 29), -HOUR),
    ("Europe/London", date(2026, 10, 25), HOUR),
    ("America/New_York", date(2026, 3, 8), -HOUR),
    ("America/New_York", date(2026, 11, 1), HOUR),
]


@short
@given(wishes())
def test_a_random_rule_gives_what_a_walk_day_by_day_finds(wish):
    found = wish.walked()
    if not isinstance(found, str):
        found = [datetime.combine(day, wish.start.time()) for day in found]
    assert expanded(wish) == found


@short
@given(wishes())
def test_a_random_rule_gives_what_dateutil_reads_in_it(wish):
    starts = expanded(wish)
    assume(not isinstance(starts, str))
    assert starts == list(rrulestr(wish.text, dtstart=wish.start))


@short
@given(wishes())
def test_the_date_told_instead_of_a_wrong_first_one_is_the_next(wish):
    assume(wish.walked() == "first_date_not_in_rule")
    code, params = refusal(wish.text, wish.start)
    first = wish.start.date()
    until = min(wish.until or date.max, three_years_on(first))
    walk = (first + timedelta(days=n) for n in range((until - first).days + 1))
    following = next((day for day in walk if wish.hits(day)), None)
    assert (code, params["date"]) == ("first_date_not_in_rule", first.isoformat())
    assert params["next"] == (following.isoformat() if following else None)


@short
@given(wishes(), st.sampled_from(ZONES), st.integers(-300, 300))
def test_an_until_in_utc_ends_a_series_where_dateutil_ends_it(wish, zone, shift_min):
    starts = expanded(wish)
    assume(not isinstance(starts, str) and wish.count is None)
    site = ZoneInfo(zone)
    end = starts[-1].replace(tzinfo=site).astimezone(UTC) + timedelta(minutes=shift_min)
    text = f"{wish.text.rpartition(';')[0]};UNTIL={end:%Y%m%dT%H%M%SZ}"
    known = list(rrulestr(text, dtstart=wish.start.replace(tzinfo=site)))
    if known:
        result = expand(wish.start, Recurrence(rule=text), zone)
        assert list(result) == [moment.replace(tzinfo=None) for moment in known]
    else:
        assert refusal(text, wish.start, zone) == ("empty_series", {})


@short
@given(wishes(), st.data())
def test_days_picked_and_left_out_are_a_matter_of_sets(wish, data):
    starts = expanded(wish)
    assume(not isinstance(starts, str))
    named = [moment.date() for moment in starts]
    near = st.integers(0, 90).map(lambda n: named[0] + timedelta(days=n))
    picked = data.draw(st.lists(near, max_size=6))
    every = sorted({*named, *picked})
    assume(len(every) <= 366)
    left_out = data.draw(st.lists(st.sampled_from(every), max_size=len(every) - 1, unique=True))
    more = {"dates": tuple(picked), "exdates": tuple(left_out)}
    if set(every) == set(left_out):
        assert refusal(wish.text, wish.start, **more)[0] == "empty_series"
    else:
        kept = [day.isoformat() for day in every if day not in left_out]
        assert days_of(wish.text, wish.start, **more) == kept


# ---- Clock changes --------------------------------------------------------------------------


def instants(rule: str, start: datetime, zone: str) -> list[int]:
    """The instants of a series, having seen that each shows the start's time on the clock."""
    result = [resolve(moment, zone) for moment in expand(start, Recurrence(rule=rule), zone)]
    assert {local(instant, zone).time() for instant in result} == {start.time()}
    return result


@pytest.mark.parametrize(("zone", "day", "change"), CHANGES)
@pytest.mark.parametrize("hour", [0, 9, 20])
def test_a_daily_series_has_one_longer_or_shorter_day(zone, day, change, hour):
    start = datetime.combine(day - timedelta(days=3), time(hour))
    series = instants("FREQ=DAILY;COUNT=8", start, zone)
    gaps = [24 * HOUR] * 7
    gaps[3 if hour == 0 else 2] += change  # from midnight to midnight, else the night before
    assert [after - before for before, after in pairwise(series)] == gaps


@pytest.mark.parametrize(("zone", "day", "change"), CHANGES)
def test_a_weekly_series_has_one_longer_or_shorter_week(zone, day, change):
    start = datetime.combine(day - timedelta(days=10), time(9))
    series = instants("FREQ=WEEKLY;COUNT=4", start, zone)
    week = 7 * 24 * HOUR
    assert [b - a for a, b in pairwise(series)] == [week, week + change, week]


@short
@given(
    st.sampled_from(ZONES),
    st.dates(date(2024, 1, 1), date(2029, 12, 31)).filter(lambda d: d.month not in (3, 10, 11)),
    st.integers(4 * 60, 24 * 60 - 1),
)
def test_a_year_of_days_has_one_of_23_hours_and_one_of_25(zone, day, minute):
    """A year from the months of the changes themselves may meet one of them twice, or never."""
    start = datetime.combine(day, time(minute // 60, minute % 60))
    series = instants("FREQ=DAILY;COUNT=366", start, zone)
    gaps = sorted(b - a for a, b in pairwise(series))
    assert gaps == [23 * HOUR, *[24 * HOUR] * 363, 25 * HOUR]


@short
@given(wishes(), st.sampled_from(ZONES))
def test_real_time_between_starts_differs_by_the_clock_change_only(wish, zone):
    starts = expanded(wish, zone)
    assume(not isinstance(starts, str) and wish.start.hour >= 4)
    resolved = [resolve(moment, zone) for moment in starts]
    offsets = [local(instant, zone).utcoffset() for instant in resolved]
    assert [local(instant, zone).replace(tzinfo=None) for instant in resolved] == starts
    for one, other in pairwise(range(len(starts))):
        change = offsets[other] - offsets[one]
        assert timedelta(seconds=resolved[other] - resolved[one]) == (
            starts[other] - starts[one] - change
        )
        assert abs(change) in (timedelta(0), timedelta(hours=1))
