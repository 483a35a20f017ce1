""" "Any edit suite": the best free unit of a row, chosen when it is booked."""

import pytest
from sqlalchemy import update

from booking.core.scheduling.recurrence import Recurrence
from booking.facilities.models import Facility
from booking.kernel.db import db
from booking.kernel.errors import Clash, Invalid, Refused
from booking.kernel.remembered import forget_everything
from booking.kernel.transaction import transaction
from booking.reservations import choosing
from booking.reservations.actions import Change, preview_change
from tests.reservations.desk import Desk, words
from tests.reservations.test_moving import move

DAY = ("18T09:00", "18T13:00")
WEEKLY = Recurrence(rule="FREQ=WEEKLY;COUNT=3")


@transaction
def change(code: str, **values: object) -> None:
    db.session.execute(update(Facility).where(Facility.code == code).values(**values))
    forget_everything()


def got(desk: Desk, number: str) -> list[str]:
    """What a booking got, in the order of the planning."""
    (first, *_) = desk.view("manager", number).occurrences
    return [allocation.code for allocation in first.allocations]


def test_the_first_free_unit_is_booked(desk: Desk):
    numbers = [desk.book("producer", "M-MI", *DAY) for _ in range(2)]
    assert [got(desk, number) for number in numbers] == [["M-MI1"], ["M-MI2"]]
    assert [desk.where(number) for number in numbers] == ["confirmed 1", "confirmed 1"]


def test_none_is_free(desk: Desk):
    for code in ("M-MI1", "M-MI2"):
        desk.book("producer", code, *DAY, title="Secret")
    for queue in ("reject", "queue"):
        with pytest.raises(Clash) as clash, desk.unchanged():
            desk.book("post", "M-MI", *DAY, on_clash=queue)
        assert {c.facility for c in clash.value.conflicts} == {"M-MI1"}
        assert {c.title for c in clash.value.conflicts} == {None}


def test_the_smallest_that_takes_the_people_comes_first(desk: Desk):
    change("M-MI1", capacity=12)
    assert got(desk, desk.book("producer", "M-MI", *DAY, attendees=3)) == ["M-MI2"]
    assert got(desk, desk.book("producer", "M-MI", "19T09:00", "19T10:00", attendees=8)) == [
        "M-MI1"
    ]
    with pytest.raises(Refused) as refused:
        desk.book("producer", "M-MI", "20T09:00", "20T10:00", attendees=13)
    assert [finding.rule for finding in refused.value.findings] == ["capacity"]


def test_a_unit_that_a_rule_forbids_is_not_chosen(desk: Desk):
    change("M-MI1", active=False)
    assert got(desk, desk.book("producer", "M-MI", *DAY)) == ["M-MI2"]


def test_one_unit_for_all_dates_of_a_series(desk: Desk):
    desk.book("post", "M-MI1", "25T09:00", "25T10:00")
    number = desk.book("producer", "M-MI", *DAY, recurrence=WEEKLY)
    every = desk.view("producer", number).occurrences
    assert [a.code for one in every for a in one.allocations] == ["M-MI2"] * 3


def test_no_unit_is_free_on_all_dates(desk: Desk):
    desk.book("post", "M-MI1", "25T09:00", "25T10:00")
    desk.book("post", "M-MI2", "18T09:00", "18T10:00")
    for on_clash in ("reject", "queue"):
        with pytest.raises(Clash) as clash, desk.unchanged():
            desk.book("producer", "M-MI", *DAY, recurrence=WEEKLY, on_clash=on_clash)
        assert [date.kept for date in clash.value.dates] == [True, False, True]


def test_dates_are_left_out_of_the_unit_that_is_free_most_often(desk: Desk):
    desk.book("post", "M-MI1", "25T09:00", "25T10:00")
    desk.book("post", "M-MI1", "2026-12-02T09:00", "2026-12-02T10:00")
    desk.book("post", "M-MI2", "18T09:00", "18T10:00")
    number = desk.book("producer", "M-MI", *DAY, recurrence=WEEKLY, on_clash="skip")
    every = desk.view("producer", number).occurrences
    assert [(words(o.starts), o.allocations[0].code) for o in every] == [
        ("25T09:00", "M-MI2"),
        ("2026-12-02T09:00", "M-MI2"),
    ]


def test_two_of_a_row_and_one_besides(desk: Desk):
    assert got(desk, desk.book("producer", "M-MI M-CIN M-MI", *DAY)) == ["M-MI1", "M-MI2", "M-CIN"]
    assert got(desk, desk.book("producer", "M-MI1 M-MI", "19T09:00", "19T10:00")) == [
        "M-MI1",
        "M-MI2",
    ]


def test_what_is_no_group_is_no_facility(desk: Desk):
    with pytest.raises(Invalid) as refused, desk.unchanged():
        desk.book("producer", "M-XX", *DAY)
    assert [field.code for field in refused.value.fields] == ["unknown_facility"]


def test_what_else_is_wrong_is_told(desk: Desk):
    with pytest.raises(Invalid) as refused, desk.unchanged():
        desk.book("producer", "M-MI", "18T13:00", "18T09:00")
    assert [field.code for field in refused.value.fields] == ["end_before_start"]


def test_a_lapsed_option_does_not_keep_a_unit(desk: Desk):
    for code in ("M-MI1", "M-MI2"):
        desk.option("post", code, "30T09:00", "30T13:00")
    desk.clock.advance(days=8)
    wish = desk.wish("M-MI", "30T09:00", "30T13:00")
    assert choosing.settled(desk.actor("producer"), wish, desk.now).facilities == ("M-MI1",)
    assert got(desk, desk.book("producer", "M-MI", "30T09:00", "30T13:00")) == ["M-MI1"]


def test_a_wish_without_a_group_stays_as_it_is(desk: Desk):
    wish = desk.wish("M-MI1", *DAY)
    assert choosing.settled(desk.actor("producer"), wish, desk.now) is wish


# ---- in a change ------------------------------------------------------------------------------


def test_a_change_takes_the_best_free_unit(desk: Desk):
    number = desk.book("producer", "M-CIN", *DAY)
    desk.book("post", "M-MI1", *DAY)
    move(desk, "producer", number, rooms="M-MI")
    assert got(desk, number) == ["M-MI2"]


def test_who_has_a_unit_keeps_it_where_it_is_free(desk: Desk):
    number = desk.book("producer", "M-MI2", *DAY)
    move(desk, "producer", number, "19T09:00", "19T13:00", rooms="M-MI")
    assert got(desk, number) == ["M-MI2"]
    desk.book("post", "M-MI2", "20T09:00", "20T13:00")
    move(desk, "producer", number, "20T09:00", "20T13:00", rooms="M-MI")
    assert got(desk, number) == ["M-MI1"]


def test_one_unit_for_all_dates_that_change(desk: Desk):
    number = desk.book("producer", "M-CIN", *DAY, recurrence=WEEKLY)
    desk.book("post", "M-MI1", "25T09:00", "25T13:00")
    move(desk, "producer", number, rooms="M-MI M-CIN")
    dates = desk.view("producer", number).occurrences
    assert [{given.code for given in one.allocations} for one in dates] == [{"M-CIN", "M-MI2"}] * 3


def test_a_change_to_a_row_that_is_full_changes_nothing(desk: Desk):
    number = desk.book("producer", "M-CIN", *DAY)
    for code in ("M-MI1", "M-MI2"):
        desk.book("post", code, *DAY)
    said = preview_change(desk.actor("producer"), number, Change(facilities=("M-MI",)), desk.now)
    assert not said.granted
    with desk.unchanged(), pytest.raises(Clash):
        move(desk, "producer", number, rooms="M-MI", on_clash="queue")


def test_a_unit_is_judged_beside_what_else_is_named(desk: Desk, rule):
    rule("editing", "equipment", ["M-ET1", "M-ET2"])
    desk.book("post", "M-MI1 M-ET1", *DAY)
    assert sorted(got(desk, desk.book("producer", "M-ET2 M-MI", *DAY))) == ["M-ET2", "M-MI2"]
