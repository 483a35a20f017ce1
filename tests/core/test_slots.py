"""Slots for a booking, against trying every quarter of an hour."""

from hypothesis import given
from hypothesis import strategies as st

from booking.core.scheduling.interval import Interval, merged
from booking.core.scheduling.slots import STEP_S, slots
from tests.support.properties import short

HOUR = 3600
MOMENTS = st.integers(0, 96).map(lambda n: n * 900)
INTERVALS = st.lists(
    st.tuples(MOMENTS, st.integers(1, 40)).map(lambda p: Interval(p[0], p[0] + p[1] * 600)),
    max_size=5,
).map(merged)


def possible(free, opened, seconds, starts):
    """Whether a booking could begin then, by definition."""
    ends = starts + seconds
    lies_free = any(f.starts <= starts and ends <= f.ends for f in free)
    begins = any(o.starts <= starts < o.ends for o in opened)
    return lies_free and begins and any(o.starts < ends <= o.ends for o in opened)


@short
@given(INTERVALS, INTERVALS, st.integers(1, 60).map(lambda n: n * 600), MOMENTS)
def test_slots_are_the_first_possible_ones(free, opened, seconds, earliest):
    found = slots(free, opened, seconds, earliest)
    every = [
        t
        for t in range(0, 40 * HOUR, STEP_S)
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
    for slot in slots(free, opened, seconds, 0):
        assert possible(free, opened, slot.free_until - slot.starts, slot.starts)
        assert slot.free_until >= slot.ends


def test_touching_ends_fit():
    day = [Interval(8 * HOUR, 22 * HOUR)]
    assert slots(day, day, 14 * HOUR, 0) == [(8 * HOUR, 22 * HOUR, 22 * HOUR)]
    assert slots(day, day, 14 * HOUR + 60, 0) == []
