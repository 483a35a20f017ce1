"""Intervals against brute force: sets of whole units of time."""

from hypothesis import given

from booking.core.scheduling.interval import Interval, intersected, merged, subtracted
from tests.core.grid import are_tidy, some_spans, spans, units
from tests.support.properties import short


@short
@given(spans(), spans())
def test_two_intervals_overlap_when_they_share_a_unit(one, other):
    assert one.overlaps(other) == other.overlaps(one) == bool(units([one]) & units([other]))


@short
@given(spans(), spans())
def test_an_intersection_is_what_both_share(one, other):
    shared = one.intersection(other)
    assert units([shared] if shared else []) == units([one]) & units([other])


@short
@given(spans(), spans())
def test_an_interval_contains_another_when_no_unit_is_outside(one, other):
    assert one.contains(other) == (units([other]) <= units([one]))


def test_touching_intervals_do_not_overlap():
    morning, afternoon = Interval(9, 12), Interval(12, 18)
    assert not morning.overlaps(afternoon)
    assert morning.intersection(afternoon) is None


def test_padding_grows_both_ends():
    assert Interval(100, 200).padded(30, 45) == Interval(70, 245)


@short
@given(some_spans())
def test_merged_covers_the_same_and_is_tidy(intervals):
    result = merged(intervals)
    assert units(result) == units(intervals)
    assert are_tidy(result)


@short
@given(some_spans(), some_spans())
def test_subtracted_leaves_what_no_hole_covers(intervals, holes):
    result = subtracted(intervals, holes)
    assert units(result) == units(intervals) - units(holes)
    assert are_tidy(result)


@short
@given(some_spans(), some_spans())
def test_intersected_is_what_both_cover(left, right):
    result = intersected(left, right)
    assert units(result) == units(left) & units(right)
    assert are_tidy(result)
