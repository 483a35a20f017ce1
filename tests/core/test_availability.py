"""Free spans and ways out against brute force, on a small grid of time."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from booking.core.scheduling.availability import (
    SHORTEST_S,
    Alternative,
    Room,
    choose,
    free_spans,
    other_days,
    other_rooms,
    other_times,
    shorter,
)
from booking.core.scheduling.interval import Interval
from tests.core.grid import LENGTH, are_tidy, some_spans, spans, units
from tests.support.properties import short

HOUR = 3600
buffers = st.integers(0, 3)
rooms = some_spans(4).map(lambda free: Room("A", "M", 8, tuple(free)))


def hours(starts: float, ends: float) -> Interval:
    return Interval(int(starts * HOUR), int(ends * HOUR))


def room(code: str, *free: Interval, site: str = "M", capacity: int | None = 8) -> Room:
    return Room(code, site, capacity, free)


@short
@given(some_spans(3), some_spans(2), some_spans(4), buffers, buffers)
def test_every_booking_that_fits_lies_in_a_free_span_and_no_other(
    opened, closed, claimed, setup, turnaround
):
    free = free_spans(opened, closed, claimed, setup, turnaround)
    assert are_tidy(list(free))
    for starts in range(LENGTH):
        for ends in range(starts + 1, LENGTH + 1):
            booking = Interval(starts, ends)
            fits = (
                units([booking]) <= units(opened) - units(closed)
                and not units([booking.padded(setup, turnaround)]) & units(claimed)
            )  # fmt: skip
            assert fits == any(span.contains(booking) for span in free), booking


def test_a_facility_with_buffers_keeps_its_distance():
    neighbour = hours(12, 13)
    free = free_spans([hours(8, 22)], [], [neighbour], setup_s=HOUR // 2, turnaround_s=HOUR // 4)
    assert free == (hours(8, 11.75), hours(13.5, 22))


def test_other_rooms_come_from_the_same_site_first_then_by_nearest_capacity():
    wish = hours(9, 12)
    everywhere = hours(8, 18)
    others = [
        room("N-1", everywhere, site="N"),
        room("M-20", everywhere, capacity=20),
        room("M-10", everywhere, capacity=10),
        room("M-4", everywhere, capacity=4),
        room("M-busy", hours(10, 18), capacity=8),
        room("M-any", everywhere, capacity=None),
    ]
    found = other_rooms(room("M-8"), others, wish, people=6)
    assert [way.facility for way in found] == ["M-10", "M-any", "M-20", "N-1"]
    assert found[0] == Alternative("room", "M-10", "M-8", *wish)


@short
@given(rooms, spans(), st.integers(0, LENGTH))
def test_other_times_have_the_length_of_the_wish_and_are_free(only, wish, earliest):
    found = other_times([only], wish, earliest)
    for way in found:
        slot = Interval(way.starts, way.ends)
        assert slot.seconds == wish.seconds
        assert slot.starts >= earliest
        assert slot != wish
        assert units([slot]) <= units(only.free)
    distances = [abs(way.starts - wish.starts) for way in found]
    assert distances == sorted(distances)


@short
@given(rooms, spans(), st.integers(0, LENGTH))
def test_the_first_other_time_is_the_nearest_there_is(only, wish, earliest):
    slots = [Interval(s, s + wish.seconds) for s in range(earliest, LENGTH)]
    joined = replace(only, free=tuple(free_spans(only.free, [], [], 0, 0)))
    fitting = [s for s in slots if any(free.contains(s) for free in joined.free) and s != wish]
    found = other_times([joined], wish, earliest)
    if wish in slots and any(free.contains(wish) for free in joined.free):
        return  # nobody asks for other times then
    nearest = min((abs(s.starts - wish.starts) for s in fitting), default=None)
    assert nearest == (abs(found[0].starts - wish.starts) if found else None)


def test_other_times_of_several_rooms_suit_them_all():
    together = [room("A", hours(8, 12)), room("B", hours(9, 11), hours(11, 13))]
    found = other_times(together, hours(13, 15), earliest=0)
    assert found == [Alternative("time", "A", None, *hours(10, 12))]


def test_other_days_keep_the_order_and_drop_what_is_taken():
    slots = [hours(33, 36), hours(9, 12), hours(57, 60)]
    free = room("A", hours(0, 24), hours(48, 72))
    assert other_days([free], slots) == [
        Alternative("time", "A", None, *hours(9, 12)),
        Alternative("time", "A", None, *hours(57, 60)),
    ]


@short
@given(st.lists(spans(), max_size=4), spans(), st.integers(0, LENGTH))
def test_shorter_ways_are_parts_of_the_wish_longest_first(free, wish, earliest):
    half_hours = [Interval(s * SHORTEST_S, e * SHORTEST_S) for s, e in free]
    wish = Interval(wish.starts * SHORTEST_S, wish.ends * SHORTEST_S)
    found = [Interval(w.starts, w.ends) for w in shorter([room("A", *half_hours)], wish, earliest)]
    assert all(wish.contains(part) and part != wish for part in found)
    assert all(part.seconds >= SHORTEST_S for part in found)
    assert [p.seconds for p in found] == sorted((p.seconds for p in found), reverse=True)


def test_scraps_are_not_worth_offering():
    """Less than half an hour, or than a quarter of what was asked."""
    free = room("A", hours(9, 9.25), hours(10, 10.5), hours(11, 12))
    offered = [Alternative("shorter", "A", None, *hours(11, 12))]
    half_an_hour = [Alternative("shorter", "A", None, *hours(10, 10.5))]
    assert shorter([free], hours(9, 10.75), earliest=0) == half_an_hour
    assert shorter([free], hours(9, 13), earliest=0) == offered


def test_shorter_ways_do_not_begin_in_the_past():
    free = room("A", hours(9, 12))
    assert shorter([free], hours(9, 12), earliest=10 * HOUR) == [
        Alternative("shorter", "A", None, *hours(10, 12))
    ]


def test_choosing_takes_the_best_of_every_way_first():
    ways = [[Alternative(kind, str(n), None, 0, 1) for n in range(3)] for kind in "rts"]
    assert [w.kind + w.facility for w in choose(*ways)] == ["r0", "t0", "s0"]
    assert [w.kind + w.facility for w in choose(ways[0], [], ways[2][:1])] == ["r0", "s0", "r1"]
    assert choose([], [], []) == []
