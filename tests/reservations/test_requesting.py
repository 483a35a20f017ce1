"""Asking for facilities: what is granted, at which rank, and what it holds."""

import pytest

from booking.kernel.errors import Clash, Forbidden
from tests.reservations.desk import Claimed, Desk

WEDNESDAY = ("18T09:00", "18T13:00")


def test_a_facility_without_a_manager_is_confirmed_at_once(desk: Desk):
    assert desk.where(desk.book("producer", "M-MI1", *WEDNESDAY)) == "confirmed 1"


def test_a_facility_with_a_manager_is_requested(desk: Desk):
    assert desk.where(desk.book("producer", "M-ET1", *WEDNESDAY)) == "requested 1"


def test_one_facility_with_a_manager_is_enough_to_wait(desk: Desk):
    assert desk.where(desk.book("producer", "M-MI1 M-CIN", *WEDNESDAY)) == "requested 1"


def test_guests_need_approval_everywhere(desk: Desk):
    assert desk.where(desk.book("guest", "M-MI1", *WEDNESDAY)) == "requested 1"


def test_a_manager_need_not_ask_themselves(desk: Desk):
    assert desk.where(desk.book("manager", "M-ET1 N-PLD", *WEDNESDAY)) == "confirmed 1"
    assert desk.where(desk.book("manager-n", "M-ET2 N-RE1", *WEDNESDAY)) == "requested 1"


def test_an_option_is_an_option_even_where_nobody_approves(desk: Desk):
    assert desk.where(desk.option("producer", "M-MI1", "30T09:00", "30T13:00")) == "option 1"


def test_numbers_count_up_within_the_year_of_the_site(desk: Desk):
    desk.clock.move_to("2026-12-31T22:00")
    assert desk.book("producer", "M-MI1", *days("2027-01-04")) == "PIL-2026-00001"
    assert desk.book("producer", "M-MI1", *days("2027-01-05")) == "PIL-2026-00002"
    desk.clock.move_to("2027-01-01T00:00")
    assert desk.book("producer", "M-MI1", *days("2027-01-06")) == "PIL-2027-00001"


def test_a_refused_wish_uses_no_number(desk: Desk):
    desk.book("producer", "M-MI1", *WEDNESDAY)
    with pytest.raises(Clash):
        desk.book("post", "M-MI1", *WEDNESDAY)
    assert desk.book("post", "M-MI2", *WEDNESDAY) == "PIL-2026-00002"


def test_who_may_not_book_is_not_told_that_they_could(desk: Desk):
    for ask in (desk.preview, desk.book):
        with desk.unchanged(), pytest.raises(Forbidden):
            ask("board", "M-MI1", *WEDNESDAY)


# ---- what a booking holds -------------------------------------------------------------------


def test_a_claim_holds_setup_and_turnaround_too(desk: Desk):
    number = desk.book("producer", "M-ET1", *WEDNESDAY)
    assert desk.claims() == [Claimed("M-ET1", 1, "18T09:00", "18T13:15", number)]


def test_buffers_keep_others_out(desk: Desk):
    desk.book("producer", "M-ET1", *WEDNESDAY)
    with pytest.raises(Clash):
        desk.book("post", "M-ET1", "18T13:00", "18T15:00")
    desk.book("post", "M-ET1", "18T13:15", "18T15:00")


def test_the_buffer_of_the_one_who_comes_must_fit_too(desk: Desk):
    desk.book("producer", "M-ET1", "18T13:00", "18T15:00")
    with pytest.raises(Clash):
        desk.book("post", "M-ET1", "18T09:00", "18T13:00")
    desk.book("post", "M-ET1", "18T09:00", "18T12:45")


def test_without_buffers_bookings_may_touch(desk: Desk):
    desk.book("producer", "M-MI1", *WEDNESDAY)
    desk.book("post", "M-MI1", "18T13:00", "18T15:00")


def test_a_booking_may_cross_midnight_and_last_for_days(desk: Desk):
    number = desk.book("producer", "M-PLA1", "18T20:00", "21T06:00")
    assert desk.claims() == [Claimed("M-PLA1", 1, "18T20:00", "21T06:00", number)]


# ---- composite rooms ------------------------------------------------------------------------


def test_the_whole_stage_holds_both_halves(desk: Desk):
    whole = desk.book("producer", "M-PLA", *WEDNESDAY)
    assert desk.claims() == [
        Claimed("M-PLA1", 1, *WEDNESDAY, whole),
        Claimed("M-PLA2", 1, *WEDNESDAY, whole),
    ]


@pytest.mark.parametrize("half", ["M-PLA1", "M-PLA2"])
def test_neither_half_is_free_while_the_whole_is_taken(desk: Desk, half):
    desk.book("producer", "M-PLA", *WEDNESDAY)
    with pytest.raises(Clash) as refusal:
        desk.book("post", half, *WEDNESDAY)
    assert [conflict.facility for conflict in refusal.value.conflicts] == [half]


@pytest.mark.parametrize("half", ["M-PLA1", "M-PLA2"])
def test_the_whole_is_not_free_while_one_half_is_taken(desk: Desk, half):
    desk.book("producer", half, *WEDNESDAY)
    with pytest.raises(Clash):
        desk.book("post", "M-PLA", *WEDNESDAY)


def test_the_two_halves_do_not_disturb_each_other(desk: Desk):
    desk.book("producer", "M-PLA1", *WEDNESDAY)
    desk.book("post", "M-PLA2", *WEDNESDAY)


def test_the_whole_waits_behind_each_half_by_itself(desk: Desk):
    desk.option("producer", "M-PLA1", "30T09:00", "30T13:00")
    whole = desk.option("post", "M-PLA", "30T09:00", "30T13:00")
    held = [(c.space, c.rank) for c in desk.claims() if c.number == whole]
    assert held == [("M-PLA1", 2), ("M-PLA2", 1)]
    assert desk.where(whole) == "option 2"


# ---- several facilities ---------------------------------------------------------------------


def test_several_facilities_are_one_booking(desk: Desk):
    number = desk.book("producer", "M-MI1 M-MI2", *WEDNESDAY)
    assert {claim.number for claim in desk.claims()} == {number}
    assert desk.where(number) == "confirmed 1"


def test_several_facilities_are_all_or_nothing(desk: Desk):
    desk.book("producer", "M-MI2", *WEDNESDAY)
    with desk.unchanged(), pytest.raises(Clash) as refusal:
        desk.book("post", "M-MI1 M-MI2", *WEDNESDAY)
    assert [conflict.facility for conflict in refusal.value.conflicts] == ["M-MI2"]


def test_behind_one_of_several_the_whole_booking_waits(desk: Desk):
    desk.book("producer", "M-MI2", *WEDNESDAY)
    number = desk.book("post", "M-MI1 M-MI2", *WEDNESDAY, on_clash="queue")
    assert desk.where(number) == "requested 2"


# ---- ranks ----------------------------------------------------------------------------------


def test_three_may_wait_and_the_fourth_is_refused(desk: Desk):
    places = [desk.option(who, "M-ET1", "30T09:00", "30T13:00") for who in
              ("producer", "post", "guest")]  # fmt: skip
    assert [desk.where(number) for number in places] == ["option 1", "option 2", "option 3"]
    with desk.unchanged(), pytest.raises(Clash) as refusal:
        desk.option("admin@blf.example", "M-ET1", "30T09:00", "30T13:00")
    assert [conflict.rank for conflict in refusal.value.conflicts] == [1, 2, 3]


def test_without_the_wish_to_queue_a_taken_slot_is_a_clash(desk: Desk):
    desk.option("producer", "M-ET1", "30T09:00", "30T13:00")
    with desk.unchanged(), pytest.raises(Clash):
        desk.option("post", "M-ET1", "30T09:00", "30T13:00", on_clash="reject")


def test_a_partial_overlap_waits_at_the_rank_free_over_its_whole_span(desk: Desk):
    morning = desk.option("producer", "M-CIN", "30T09:00", "30T12:00")
    across = desk.option("post", "M-CIN", "30T11:00", "30T15:00")
    afternoon = desk.option("guest", "M-CIN", "30T12:00", "30T18:00")
    evening = desk.option("producer", "M-CIN", "30T15:00", "30T18:00")
    assert {n: desk.where(n) for n in (morning, across, afternoon, evening)} == {
        morning: "option 1",
        across: "option 2",
        afternoon: "option 1",
        evening: "option 2",
    }


def test_a_firm_booking_waits_for_its_turn_as_a_request(desk: Desk):
    desk.book("producer", "M-MI1", *WEDNESDAY)
    waiting = desk.book("post", "M-MI1", *WEDNESDAY, on_clash="queue")
    assert desk.where(waiting) == "requested 2"


# ---- what is written ------------------------------------------------------------------------


def test_everything_asked_for_is_kept(desk: Desk):
    number = desk.book(
        "producer",
        "M-ET1",
        *WEDNESDAY,
        title="  Étalonnage bobine 3 ",
        note="Avec\r\nle chef opérateur",
        attendees=5,
        production="heron",
    )
    view = desk.view("producer", number)
    assert (view.number, view.title, view.note) == (
        "PIL-2026-00001",
        "Étalonnage bobine 3",
        "Avec\nle chef opérateur",
    )
    assert (view.attendees, view.production_code, view.production_title) == (
        5,
        "HERON",
        "Le Vol du héron",
    )
    assert (view.company_code, view.requester_name, view.created, view.revision) == (
        "BLF",
        "Camille Laurent",
        desk.now,
        1,
    )


def test_a_preview_answers_the_same_and_writes_nothing(desk: Desk):
    free = ("M-MI1", *WEDNESDAY)
    desk.book("producer", "M-MI2", *WEDNESDAY)
    with desk.unchanged():
        granted = desk.preview("post", *free)
        taken = desk.preview("post", "M-MI2", *WEDNESDAY)
    assert (granted.rank, granted.findings, granted.conflicts) == (1, (), ())
    with pytest.raises(Clash) as refusal:
        desk.book("post", "M-MI2", *WEDNESDAY)
    assert (taken.rank, taken.conflicts) == (2, refusal.value.conflicts)
    assert taken.alternatives == refusal.value.alternatives


def test_reading_writes_nothing(desk: Desk):
    number = desk.option("producer", "M-ET1", "30T09:00", "30T13:00")
    desk.clock.move_to("2026-11-29T09:00")
    with desk.unchanged():
        desk.where(number)
        desk.seen("M-ET1", "30")
        desk.preview("post", "M-ET1", "30T09:00", "30T13:00")


def days(date: str) -> tuple[str, str]:
    return f"{date}T09:00", f"{date}T13:00"
