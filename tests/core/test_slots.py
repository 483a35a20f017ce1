"""Slots for a booking, against trying every quarter of an hour."""

from hypothesis import given
from hypothesis import strategies as st

from booking.core.scheduling.interval import Interval, merged
from booking.core.scheduling.slots import slots
from booking.core.scheduling.terms import Allowance, Terms
from tests.support.properties import short

HOUR, QUARTER = 3600, 900
FOR_EVER = 10**9
MOMENTS = st.integers(0, 96).map(lambda n: n * 900)
INTERVALS = st.lists(
    st.tuples(MOMENTS, st.integers(1, 40)).map(lambda p: Interval(p[0], p[0] + p[1] * 600)),
    max_size=5,
).map(merged)


def ahead(earliest: int) -> Terms:
    return Terms(begins=Interval(earliest, FOR_EVER), ends_by=FOR_EVER)


def possible(free, opened, seconds, starts):
    """Whether a booking could begin then, by definition."""
    ends = starts + seconds
    lies_free = any(f.starts <= starts and ends <= f.ends for f in free)
    begins = any(o.starts <= starts < o.ends for o in opened)
    return lies_free and begins and any(o.starts < ends <= o.ends for o in opened)


@short
@given(INTERVALS, INTERVALS, st.integers(1, 60).map(lambda n: n * 600), MOMENTS)
def test_slots_are_the_first_possible_ones(free, opened, seconds, earliest):
    found = list(slots(free, opened, seconds, ahead(earliest)))
    every = [
        t
        for t in range(0, 40 * HOUR, QUARTER)
        if t >= earliest and possible(free, opened, seconds, t)
    ]
    assert all(slot.starts in every and slot.ends == slot.starts + seconds for slot in found)
    first_of = {}
    for t in every:
        stretch = next(f for f in free if f.starts <= t and t + seconds <= f.ends)
        span = next(o for o in opened if o.starts <= t < o.ends)
        first_of.setdefault((stretch, span), t)
    assert sorted(slot.starts for slot in found) == sorted(first_of.values())


@short
@given(INTERVALS, INTERVALS, st.integers(1, 30).map(lambda n: n * 600))
def test_slots_could_last_as_long_as_they_say(free, opened, seconds):
    for slot in slots(free, opened, seconds, ahead(0)):
        assert possible(free, opened, slot.free_until - slot.starts, slot.starts)
        assert slot.free_until >= slot.ends


def test_touching_ends_fit():
    day = [Interval(8 * HOUR, 22 * HOUR)]
    assert list(slots(day, day, 14 * HOUR, ahead(0))) == [(8 * HOUR, 22 * HOUR, 22 * HOUR)]
    assert list(slots(day, day, 14 * HOUR + 60, ahead(0))) == []


@st.composite
def agreed(draw) -> Terms:
    """Terms of whatever kind, on the clock of UTC."""
    begins = draw(MOMENTS)
    weeks = [Interval(0, 12 * HOUR), Interval(12 * HOUR, 40 * HOUR)]
    return Terms(
        begins=Interval(begins, begins + draw(st.integers(1, 96)) * QUARTER),
        ends_by=draw(MOMENTS),
        shortest_s=draw(st.sampled_from([0, HOUR, 3 * HOUR])),
        longest_s=draw(st.sampled_from([None, HOUR, 6 * HOUR])),
        step_min=draw(st.sampled_from([0, 5, 15, 30, 40, 60, 420])),
        allowances=tuple(Allowance(w, draw(st.integers(0, 20)) * HOUR // 2) for w in weeks),
    )


@short
@given(INTERVALS, INTERVALS, st.integers(1, 30).map(lambda n: n * 600), agreed())
def test_slots_keep_the_terms_and_miss_no_first_one(free, opened, seconds, terms):
    minutes = terms.step_min if terms.step_min and 15 % terms.step_min else 15
    first_of = {}
    for t in range(0, 40 * HOUR, minutes * 60 if minutes < 420 else 300):
        if possible(free, opened, seconds, t) and terms.allow(Interval(t, t + seconds)):
            stretch = next(f for f in free if f.starts <= t and t + seconds <= f.ends)
            span = next(o for o in opened if o.starts <= t < o.ends)
            first_of.setdefault((stretch, span), t)
    found = list(slots(free, opened, seconds, terms))
    assert [slot.starts for slot in found] == sorted(first_of.values())
    for slot in found:
        longest = Interval(slot.starts, slot.free_until)
        assert terms.allow(longest)
        assert possible(free, opened, longest.seconds, slot.starts)
