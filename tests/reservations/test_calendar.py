"""The planning's bars: in order, each once, at the same cost however many."""

from booking.core.scheduling.interval import Interval
from booking.facilities.queries import catalogue
from booking.reservations import calendar
from tests.reservations.desk import Desk, instant
from tests.support.statements import statements

DAY = ("18T00:00", "18T23:59")


def test_bars_come_facility_by_facility_in_order_of_start_and_rank(desk: Desk):
    late = desk.book("producer", "M-MI1", "18T15:00", "18T16:00")
    early = desk.book("producer", "M-MI1", "18T09:00", "18T10:00")
    waiting = desk.book("post", "M-MI1", "18T09:00", "18T10:00", on_clash="queue")
    other = desk.book("post", "M-MI2", "18T08:00", "18T10:00")
    bars = desk.bars("manager", "M-MI2 M-MI1", *DAY)
    assert [(bar.facility, bar.booking, bar.rank) for bar in bars] == [
        ("M-MI2", other, 1),
        ("M-MI1", early, 1),
        ("M-MI1", waiting, 2),
        ("M-MI1", late, 1),
    ]


def test_only_what_touches_the_window_is_shown(desk: Desk):
    night = desk.book("producer", "M-PLA1", "17T20:00", "18T04:00")
    week = desk.book("producer", "M-PLA2", "16T10:00", "20T10:00")
    desk.book("producer", "M-CIN", "17T09:00", "17T12:00")
    bars = desk.bars("manager", "M-PLA1 M-PLA2 M-CIN", *DAY)
    assert {(bar.facility, bar.booking) for bar in bars} == {("M-PLA1", night), ("M-PLA2", week)}


def test_a_turnaround_that_reaches_into_the_window_is_shown(desk: Desk):
    number = desk.book("producer", "M-ET1", "17T20:00", "17T22:00")
    bars = desk.bars("manager", "M-ET1", "17T22:00", "18T22:00")
    assert [(bar.booking, bar.ends < bar.blocked_until) for bar in bars] == [(number, True)]


def test_a_room_of_several_spaces_shows_each_booking_once_at_its_worst_rank(desk: Desk):
    north = desk.option("producer", "M-PLA1", "30T09:00", "30T13:00")
    whole = desk.option("post", "M-PLA", "30T09:00", "30T13:00")
    bars = desk.bars("manager", "M-PLA", "30T00:00", "30T23:59")
    assert [(bar.booking, bar.rank, bar.via) for bar in bars] == [
        (north, 1, "M-PLA1"),
        (whole, 2, None),
    ]


def test_what_ended_is_gone(desk: Desk):
    number = desk.book("producer", "M-MI1", "18T09:00", "18T10:00")
    desk.act("producer", number, "cancel", "Changement")
    assert desk.bars("manager", "M-MI1", *DAY) == ()


def test_what_happened_last_week_is_still_shown(desk: Desk):
    number = desk.book("producer", "M-MI1", "18T09:00", "18T10:00")
    desk.clock.move_to("2026-11-25T09:00")
    assert [bar.booking for bar in desk.bars("manager", "M-MI1", *DAY)] == [number]


def test_the_planning_costs_two_statements_while_nothing_changes_and_three_more_after(desk: Desk):
    actor, window = desk.actor("producer"), Interval(instant(DAY[0]), instant(DAY[1]))

    def cost() -> int:
        every = catalogue()
        with statements(desk.app) as sent:
            calendar.bars(actor, every, window, desk.now)
        return len(sent)

    empty = cost(), cost()
    desk.book("producer", "M-MI1", "18T09:00", "18T10:00", production="HERON")
    one = cost(), cost()
    for hour in range(10, 20):
        for who, room in (("producer", "M-MI1"), ("post", "M-MI2"), ("guest", "M-CIN")):
            desk.book(who, room, f"18T{hour}:00", f"18T{hour + 1}:00")
    assert (empty, one, (cost(), cost())) == ((5, 2), (5, 2), (5, 2))


def test_what_one_person_sees_is_not_remembered_for_another(desk: Desk):
    number = desk.book("producer", "M-MI1", "18T09:00", "18T10:00")
    seen = [desk.bars(who, "M-MI1", *DAY)[0].booking for who in ("producer", "post", "manager")]
    assert seen == [number, None, number]


def test_a_clock_that_runs_out_is_seen_although_nothing_was_written(desk: Desk):
    desk.book("producer", "M-MI1", "18T09:00", "18T10:00", hold="option")
    (held,) = desk.bars("manager", "M-MI1", *DAY)
    desk.clock.move_to("2026-11-18T08:30")
    assert (held.state, desk.bars("manager", "M-MI1", *DAY)) == ("option", ())
