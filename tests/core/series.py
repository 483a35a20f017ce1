"""Series and random rules for them, in the words of the tests: what each day is by itself."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import strategies as st

from booking.core.scheduling.recurrence import Recurrence, RecurrenceError, expand

HOUR = 3600
BRUSSELS = "Europe/Brussels"
ZONES = (BRUSSELS, "Europe/London", "America/New_York")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
START = datetime(2026, 3, 10, 9, 0)  # a Tuesday, the second of its month


def days_of(rule: str = "", start: datetime = START, **more) -> list[str]:
    """The days of a series as ISO texts."""
    starts = expand(start, Recurrence(rule=rule, **more), BRUSSELS)
    assert {moment.time() for moment in starts} == {start.time()}
    return [moment.date().isoformat() for moment in starts]


def refusal(rule: str = "", start: datetime = START, zone: str = BRUSSELS, **more) -> tuple:
    """The code and the parameters with which a series is refused."""
    with pytest.raises(RecurrenceError) as caught:
        expand(start, Recurrence(rule=rule, **more), zone)
    assert str(caught.value) == caught.value.code
    return caught.value.code, caught.value.params


def three_years_on(day: date) -> date:
    """The same day three years later; from a leap day, the last of that February."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 3, day=28 if leap else day.day)


@dataclass(frozen=True)
class Wish:
    """A random rule in the words of this test: `by` holds weekdays, month days or ordinals."""

    freq: str
    start: datetime
    interval: int
    by: tuple
    week_start: int
    count: int | None
    until: date | None

    @property
    def text(self) -> str:
        parts = [f"FREQ={self.freq}", f"INTERVAL={self.interval}", f"WKST={DAYS[self.week_start]}"]
        if self.by and self.freq == "WEEKLY":
            parts.append("BYDAY=" + ",".join(DAYS[day] for day in self.by))
        elif self.by and isinstance(self.by[0], int):
            parts.append("BYMONTHDAY=" + ",".join(map(str, self.by)))
        elif self.by:
            parts.append("BYDAY=" + ",".join(f"{nth}{DAYS[day]}" for nth, day in self.by))
        end = f"COUNT={self.count}" if self.count else f"UNTIL={self.until:%Y%m%d}T235959"
        return ";".join([*parts, end])

    def hits(self, day: date) -> bool:
        """Whether the rule names a day, looking at nothing but that day and the start."""
        first = self.start.date()
        if self.freq == "DAILY":
            return (day - first).days % self.interval == 0
        if self.freq == "WEEKLY":
            weeks = (self.monday(day) - self.monday(first)).days // 7
            named = day.weekday() in (self.by or (first.weekday(),))
            return weeks % self.interval == 0 and named
        months = (day.year - first.year) * 12 + day.month - first.month
        from_end = day.day - monthrange(day.year, day.month)[1] - 1
        names = {day.day, from_end}
        names |= {((day.day + 6) // 7, day.weekday()), (-((6 - from_end) // 7), day.weekday())}
        return months % self.interval == 0 and bool(names & set(self.by or (first.day,)))

    def monday(self, day: date) -> date:
        """The day on which the week of a day begins, by going back to it."""
        while day.weekday() != self.week_start:
            day -= timedelta(days=1)
        return day

    def walked(self) -> list[date] | str:
        """The days of the series, or the code with which it is refused: day by day."""
        day, found = self.start.date(), []
        limit = three_years_on(day)
        if not self.hits(day):
            return "first_date_not_in_rule"
        while len(found) != self.count and (self.count or day <= self.until):
            if self.hits(day):
                if day > limit:
                    return "too_far"
                if len(found) == 366:
                    return "too_many_occurrences"
                found.append(day)
            if self.count and day > limit:
                return "too_far"
            day += timedelta(days=1)
        return found


def by_parts(freq: str, day: date) -> st.SearchStrategy[tuple]:
    """What BYDAY or BYMONTHDAY may hold, often with what the start itself is."""
    if freq == "DAILY":
        return st.just(())
    if freq == "WEEKLY":
        one, own = st.integers(0, 6), [day.weekday()]
        return some(one, own)
    from_end = day.day - monthrange(day.year, day.month)[1] - 1
    month_days = st.one_of(st.integers(1, 31), st.integers(-31, -1))
    ordinals = st.tuples(st.sampled_from([1, 2, 3, 4, 5, -1, -2, -5]), st.integers(0, 6))
    return st.one_of(
        some(month_days, [day.day, from_end]),
        some(ordinals, [((day.day + 6) // 7, day.weekday())]),
    )


def some(one: st.SearchStrategy, own: list) -> st.SearchStrategy[tuple]:
    """Up to four parts, none, or some with one of the start's own."""
    others = st.lists(one, max_size=3, unique=True)
    with_own = st.builds(lambda parts, mine: [*parts, mine], others, st.sampled_from(own))
    return st.one_of(with_own, with_own, others).map(lambda parts: tuple(dict.fromkeys(parts)))


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    """A rule of any supported kind: most begin with their start and stay within the limits."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    start = draw(st.datetimes(datetime(2023, 1, 1), datetime(2029, 12, 31)))
    counted = draw(st.booleans())
    ahead = draw(st.integers(0, 400) | st.integers(0, 1500))
    return Wish(
        freq=freq,
        start=start.replace(second=0, microsecond=0, fold=0),
        interval=draw(st.integers(1, 4) | st.integers(1, 40)),
        by=draw(by_parts(freq, start.date())),
        week_start=draw(st.integers(0, 6)),
        count=draw(st.integers(1, 40) | st.integers(1, 366)) if counted else None,
        until=None if counted else start.date() + timedelta(days=ahead),
    )


def expanded(wish: Wish, zone: str = BRUSSELS) -> list[datetime] | str:
    """What `expand` makes of a rule: its starts or the code of its refusal."""
    try:
        return list(expand(wish.start, Recurrence(rule=wish.text), zone))
    except RecurrenceError as error:
        return error.code
