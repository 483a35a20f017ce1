"""What rules of series mean, and what is refused."""

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import _iterinfo
from hypothesis import given
from hypothesis import strategies as st

from booking.core.scheduling.recurrence import Recurrence, RecurrenceError, expand, rule_of
from tests.core.series import BRUSSELS, START, days_of, refusal
from tests.support.properties import short

# ---- What rules mean ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("", ["2026-03-10"]),
        ("FREQ=DAILY;COUNT=3", ["2026-03-10", "2026-03-11", "2026-03-12"]),
        ("RRULE:FREQ=DAILY;COUNT=1", ["2026-03-10"]),
        ("freq=weekly;count=2", ["2026-03-10", "2026-03-17"]),
        (" rrule:freq=daily;interval=10;count=2 ", ["2026-03-10", "2026-03-20"]),
        ("FREQ=WEEKLY;BYDAY=TH,TU;COUNT=3", ["2026-03-10", "2026-03-12", "2026-03-17"]),
        ("FREQ=MONTHLY;COUNT=2", ["2026-03-10", "2026-04-10"]),
        ("FREQ=MONTHLY;BYMONTHDAY=10,-1;COUNT=3", ["2026-03-10", "2026-03-31", "2026-04-10"]),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=3", ["2026-03-10", "2026-04-14", "2026-05-12"]),
        ("FREQ=MONTHLY;BYDAY=+02TU,-1FR;COUNT=3", ["2026-03-10", "2026-03-27", "2026-04-14"]),
        ("FREQ=DAILY;UNTIL=20260312", ["2026-03-10", "2026-03-11", "2026-03-12"]),
        ("FREQ=DAILY;UNTIL=20260312T090000", ["2026-03-10", "2026-03-11", "2026-03-12"]),
        ("FREQ=DAILY;UNTIL=20260312T085959", ["2026-03-10", "2026-03-11"]),
        ("FREQ=DAILY;UNTIL=20260312T080000Z", ["2026-03-10", "2026-03-11", "2026-03-12"]),
        ("FREQ=DAILY;UNTIL=20260312T075959Z", ["2026-03-10", "2026-03-11"]),
        ("FREQ=DAILY;UNTIL=20260310", ["2026-03-10"]),
    ],
)
def test_a_rule_gives_its_days(rule, days):
    assert days_of(rule) == days


def test_months_without_the_day_are_passed_over():
    assert days_of("FREQ=MONTHLY;COUNT=4", datetime(2026, 1, 31, 20)) == [
        "2026-01-31",
        "2026-03-31",
        "2026-05-31",
        "2026-07-31",
    ]


def test_the_start_of_the_week_decides_which_weeks_an_interval_passes_over():
    """The two examples of RFC 5545 3.8.5.3 on WKST."""
    start, rule = datetime(1997, 8, 5, 9), "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST="
    assert days_of(rule + "MO", start) == ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"]
    assert days_of(rule + "SU", start) == ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]


def test_an_until_in_utc_is_an_instant_where_the_clock_repeats_an_hour():
    """02:30 comes at 00:30 UTC and again at 01:30; the first counts (RFC 5545 3.3.5)."""
    start = datetime(2026, 10, 24, 2, 30)
    both = ["2026-10-24", "2026-10-25"]
    assert days_of("FREQ=DAILY;UNTIL=20261025T010000Z", start) == both
    assert days_of("FREQ=DAILY;UNTIL=20261025T003000Z", start) == both
    assert days_of("FREQ=DAILY;UNTIL=20261025T002959Z", start) == both[:1]


def test_hand_picked_days_join_those_of_the_rule_once_in_order():
    picked = (date(2026, 5, 1), date(2026, 3, 11), date(2026, 3, 9), date(2026, 5, 1))
    assert days_of("FREQ=DAILY;COUNT=2", dates=picked) == [
        "2026-03-09",
        "2026-03-10",
        "2026-03-11",
        "2026-05-01",
    ]
    assert days_of(dates=picked[:1]) == ["2026-03-10", "2026-05-01"]


def test_days_left_out_do_not_come_even_when_picked():
    left_out = (date(2026, 3, 11), date(2026, 3, 10), date(2026, 3, 11))
    assert days_of("FREQ=DAILY;COUNT=3", exdates=left_out) == ["2026-03-12"]
    picked = (date(2026, 3, 20),)
    assert days_of("FREQ=DAILY;COUNT=1", dates=picked, exdates=picked) == ["2026-03-10"]


def test_seconds_and_less_of_the_start_are_kept():
    start = datetime(2026, 3, 10, 9, 15, 30, 250)
    assert expand(start, Recurrence(rule="FREQ=DAILY;COUNT=2"), BRUSSELS) == (
        start,
        start + timedelta(days=1),
    )


# ---- What is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("RRULE:", "RRULE:"),
        ("DAILY", "DAILY"),
        ("FREQ=DAILY;", "FREQ=DAILY;"),
        ("FREQ=DAILY;COUNT", "COUNT"),
        ("FREQ=DAILY;COUNT=", "COUNT="),
        ("COUNT=3", "COUNT=3"),
        ("FREQ=FORTNIGHTLY;COUNT=3", "FREQ=FORTNIGHTLY"),
        ("FREQ=DAILY;COUNT=3;COUNT=3", "COUNT=3"),
        ("FREQ=DAILY;COUNT=3;X-PET=DOG", "X-PET=DOG"),
        ("FREQ=DAILY;COUNT=0", "COUNT=0"),
        ("FREQ=DAILY;COUNT=-1", "COUNT=-1"),
        ("FREQ=DAILY;COUNT=1.5", "COUNT=1.5"),
        ("FREQ=DAILY;COUNT=٣", "COUNT=٣"),
        ("FREQ=DAILY;COUNT=3;INTERVAL=0", "INTERVAL=0"),
        ("FREQ=DAILY;COUNT=" + "9" * 5000, "COUNT=" + "9" * 5000),
        ("FREQ=DAILY;COUNT=" + "0" * 5000 + "1", "COUNT=" + "0" * 5000 + "1"),
        ("FREQ=DAILY;UNTIL=2026-12-31", "UNTIL=2026-12-31"),
        ("FREQ=DAILY;UNTIL=20260229", "UNTIL=20260229"),
        ("FREQ=DAILY;UNTIL=20261231Z", "UNTIL=20261231Z"),
        ("FREQ=DAILY;UNTIL=20261231T2400", "UNTIL=20261231T2400"),
        ("FREQ=DAILY;UNTIL=20261231T240000", "UNTIL=20261231T240000"),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=TU,XX", "BYDAY=TU,XX"),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=2TU", "BYDAY=2TU"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=6TU", "BYDAY=6TU"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=0TU", "BYDAY=0TU"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=2TU,", "BYDAY=2TU,"),
        ("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=0", "BYMONTHDAY=0"),
        ("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=32", "BYMONTHDAY=32"),
        ("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=031", "BYMONTHDAY=031"),
        ("FREQ=WEEKLY;COUNT=3;WKST=MONDAY", "WKST=MONDAY"),
        ("FREQ=DAILY;COUNT=3\nRRULE:FREQ=DAILY", "COUNT=3\nRRULE:FREQ=DAILY"),
    ],
)
def test_what_is_no_rule_is_named(rule, value):
    assert refusal(rule) == ("rrule_syntax", {"value": value})


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("FREQ=SECONDLY;COUNT=3", "SECONDLY"),
        ("FREQ=MINUTELY;COUNT=3", "MINUTELY"),
        ("FREQ=HOURLY;COUNT=3", "HOURLY"),
        ("FREQ=YEARLY;COUNT=3", "YEARLY"),
        ("FREQ=DAILY;COUNT=3;BYHOUR=9", "BYHOUR"),
        ("FREQ=DAILY;COUNT=3;BYMINUTE=9", "BYMINUTE"),
        ("FREQ=DAILY;COUNT=3;BYSECOND=9", "BYSECOND"),
        ("FREQ=DAILY;COUNT=3;BYMONTH=3", "BYMONTH"),
        ("FREQ=DAILY;COUNT=3;BYWEEKNO=3", "BYWEEKNO"),
        ("FREQ=DAILY;COUNT=3;BYYEARDAY=3", "BYYEARDAY"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=MO,TU;BYSETPOS=-1", "BYSETPOS"),
        ("FREQ=MONTHLY;COUNT=3;SKIP=BACKWARD;RSCALE=GREGORIAN", "SKIP"),
        ("FREQ=DAILY;COUNT=3;BYDAY=TU", "BYDAY"),
        ("FREQ=DAILY;COUNT=3;BYMONTHDAY=10", "BYMONTHDAY"),
        ("FREQ=WEEKLY;COUNT=3;BYMONTHDAY=10", "BYMONTHDAY"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=TU", "BYDAY=TU"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=2TU;BYMONTHDAY=10", "BYDAY+BYMONTHDAY"),
    ],
)
def test_what_rules_cannot_say_here_is_named(rule, part):
    assert refusal(rule) == ("rrule_unsupported", {"part": part})


def test_a_series_has_one_end():
    assert refusal("FREQ=DAILY") == ("rrule_endless", {})
    assert refusal("FREQ=DAILY;COUNT=2;UNTIL=20260311") == ("count_and_until", {})


@pytest.mark.parametrize("end", ["COUNT=367", "COUNT=999999999999", "UNTIL=20270311"])
def test_a_367th_date_is_too_many(end):
    assert refusal(f"FREQ=DAILY;{end}") == ("too_many_occurrences", {"max": 366})


@pytest.mark.parametrize("end", ["COUNT=366", "UNTIL=20270310"])
def test_366_dates_are_not_too_many(end):
    days = days_of(f"FREQ=DAILY;{end}")
    assert (len(days), days[-1]) == (366, "2027-03-10")


def test_hand_picked_days_count_and_those_left_out_make_no_room():
    picked = tuple(date(2026, 3, 11) + timedelta(days=n) for n in range(366))
    assert refusal(dates=picked)[0] == "too_many_occurrences"
    assert refusal(dates=picked, exdates=picked[:9])[0] == "too_many_occurrences"
    assert len(days_of(dates=picked[:-1], exdates=picked[:9])) == 366 - 9


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("FREQ=MONTHLY;COUNT=37", "2029-03-10"),  # three years to the day
        ("FREQ=MONTHLY;COUNT=38", None),
        ("FREQ=MONTHLY;UNTIL=20290409", "2029-03-10"),  # the next would be the 10th
        ("FREQ=MONTHLY;UNTIL=20290410", None),
        ("FREQ=DAILY;INTERVAL=1096;COUNT=2", "2029-03-10"),
        ("FREQ=DAILY;INTERVAL=1097;COUNT=2", None),
        ("FREQ=DAILY;INTERVAL=999999999999999999;COUNT=1", "2026-03-10"),
        ("FREQ=DAILY;INTERVAL=999999999999999999;COUNT=2", None),
        ("FREQ=WEEKLY;INTERVAL=999999999999999999;COUNT=2", None),
        ("FREQ=MONTHLY;INTERVAL=999999999999999999;COUNT=2", None),
        ("FREQ=MONTHLY;INTERVAL=999999999999999999;UNTIL=99991231", "2026-03-10"),
    ],
)
def test_a_series_reaches_three_years_ahead(rule, last):
    if last:
        assert days_of(rule)[-1] == last
    else:
        assert refusal(rule) == ("too_far", {"years": 3})


def test_three_years_count_from_the_first_date_to_the_last():
    assert refusal(dates=(date(2029, 3, 11),)) == ("too_far", {"years": 3})
    assert refusal("FREQ=MONTHLY;COUNT=37", dates=(date(2026, 3, 9),))[0] == "too_far"
    assert days_of(dates=(date(2029, 3, 10),))[-1] == "2029-03-10"
    assert refusal("FREQ=DAILY;INTERVAL=1096;COUNT=2", datetime(2028, 2, 29))[0] == "too_far"
    assert days_of("FREQ=DAILY;INTERVAL=1095;COUNT=2", datetime(2028, 2, 29))[1] == "2031-02-28"


@pytest.mark.parametrize(
    ("rule", "following"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3", "2026-03-11"),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=3", "2026-03-16"),
        ("FREQ=WEEKLY;BYDAY=MO;INTERVAL=3;COUNT=3", "2026-03-30"),
        ("FREQ=WEEKLY;BYDAY=MO;INTERVAL=3;UNTIL=20260329", None),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2026-03-31"),
        ("FREQ=MONTHLY;BYDAY=1TU;COUNT=3", "2026-04-07"),
        ("FREQ=MONTHLY;BYDAY=1TU;INTERVAL=500;COUNT=1", None),  # in forty years
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20260101", None),
    ],
)
def test_a_rule_that_passes_over_the_first_date_tells_its_own(rule, following):
    assert refusal(rule) == (
        "first_date_not_in_rule",
        {"date": "2026-03-10", "next": following},
    )


def test_a_rule_that_never_comes_true_is_told_without_a_walk_to_the_year_9999(monkeypatch):
    """31 February of every year: dateutil alone would look for it in all of them."""
    years, rebuild = set(), _iterinfo.rebuild

    def noted(self, year, month):
        years.add(year)
        rebuild(self, year, month)

    monkeypatch.setattr(_iterinfo, "rebuild", noted)
    rule = "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;COUNT=3"
    assert refusal(rule, datetime(2026, 2, 1)) == (
        "first_date_not_in_rule",
        {"date": "2026-02-01", "next": None},
    )
    assert years == {2026, 2027, 2028, 2029}


def test_a_day_left_out_must_be_one_of_the_series():
    exdates = (date(2026, 3, 11), date(2026, 3, 13))
    assert refusal("FREQ=DAILY;COUNT=3", exdates=exdates) == (
        "exdate_not_in_series",
        {"value": "2026-03-13"},
    )
    assert refusal(exdates=exdates)[1] == {"value": "2026-03-11"}


def test_a_series_keeps_a_date():
    assert refusal(exdates=(START.date(),)) == ("empty_series", {})
    assert refusal("FREQ=DAILY;UNTIL=20260309") == ("empty_series", {})
    assert refusal("FREQ=DAILY;UNTIL=20260310T085959") == ("empty_series", {})


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=WE,SA", "FREQ=MONTHLY"])
def test_the_calendar_ends_with_the_year_9999(rule):
    start = datetime(9999, 12, 29, 9)  # a Wednesday
    assert days_of(f"{rule};COUNT=1", start) == ["9999-12-29"]
    assert days_of(f"{rule};UNTIL=99991231", start)[0] == "9999-12-29"
    assert refusal(f"{rule};COUNT=9", start) == ("too_far", {"years": 3})


# ---- What a form means ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        ({"freq": "daily", "count": 5}, "FREQ=DAILY;COUNT=5"),
        ({"freq": "daily", "interval": 2, "count": 5}, "FREQ=DAILY;INTERVAL=2;COUNT=5"),
        (
            {"freq": "weekly", "weekdays": {3, 1}, "until": date(2026, 12, 31)},
            "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20261231",
        ),
        ({"freq": "weekly", "count": 5}, "FREQ=WEEKLY;COUNT=5"),
        ({"freq": "monthly", "count": 5}, "FREQ=MONTHLY;COUNT=5"),
        ({"freq": "monthly", "monthly": "day", "count": 5}, "FREQ=MONTHLY;BYMONTHDAY=10;COUNT=5"),
        ({"freq": "monthly", "monthly": "weekday", "count": 5}, "FREQ=MONTHLY;BYDAY=2TU;COUNT=5"),
        ({"freq": "daily", "weekdays": [1], "monthly": "day"}, "FREQ=DAILY"),
        (
            {"freq": "daily", "count": 5, "until": date(26, 3, 1)},
            "FREQ=DAILY;COUNT=5;UNTIL=00260301",
        ),
    ],
)
def test_a_form_is_written_as_a_rule(form, rule):
    assert rule_of(start=START.date(), **form) == rule


@pytest.mark.parametrize(
    ("day", "nth"),
    [
        (date(2026, 3, 1), "1SU"),
        (date(2026, 3, 7), "1SA"),
        (date(2026, 3, 8), "2SU"),
        (date(2026, 3, 28), "4SA"),
        (date(2026, 3, 29), "-1SU"),
        (date(2026, 3, 31), "-1TU"),
        (date(2026, 2, 28), "4SA"),  # the last, but the fourth of any month comes too
    ],
)
def test_a_fifth_weekday_is_written_as_the_last(day, nth):
    rule = rule_of(freq="monthly", monthly="weekday", start=day, count=2)
    assert rule == f"FREQ=MONTHLY;BYDAY={nth};COUNT=2"


@pytest.mark.parametrize(
    ("form", "part"),
    [({"freq": "yearly"}, "YEARLY"), ({"freq": "monthly", "monthly": "moon"}, "MOON")],
)
def test_a_form_says_nothing_else(form, part):
    with pytest.raises(RecurrenceError, match="rrule_unsupported") as caught:
        rule_of(start=START.date(), **form)
    assert caught.value.params == {"part": part}


@short
@given(
    st.sampled_from(["daily", "weekly", "monthly"]),
    st.sampled_from(["", "day", "weekday"]),
    st.dates(date(2024, 1, 1), date(2029, 12, 31)),
    st.sets(st.integers(0, 6)),
    st.integers(1, 3),
    st.integers(1, 8),
)
def test_what_a_form_writes_begins_with_its_start(freq, monthly, day, weekdays, interval, count):
    text = rule_of(
        freq=freq,
        interval=interval,
        weekdays={day.weekday(), *weekdays},
        monthly=monthly,
        start=day,
        count=count,
    )
    starts = expand(datetime.combine(day, time(9)), Recurrence(rule=text), BRUSSELS)
    assert (starts[0].date(), len(starts)) == (day, count)
