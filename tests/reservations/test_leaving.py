"""Giving back: who leaves makes room, and those behind move up in the same transaction."""

import pytest

from booking.core.lifecycle import Verb
from booking.kernel.errors import Clash, Invalid, WrongState
from booking.reservations.actions import Outcome, act_on_many
from tests.reservations.desk import Claimed, Desk

WEDNESDAY = ("18T09:00", "18T13:00")
LATER = ("30T09:00", "30T13:00")


@pytest.mark.parametrize(
    ("facility", "hold", "who", "verb", "state"),
    [
        ("M-ET1", "firm", "producer", "withdraw", "withdrawn"),
        ("M-ET1", "option", "producer", "release", "released"),
        ("M-MI1", "firm", "producer", "cancel", "cancelled"),
        ("M-ET1", "firm", "manager", "decline", "declined"),
        ("M-ET1", "option", "manager", "decline", "declined"),
    ],
)
def test_who_leaves_holds_nothing_and_the_next_moves_up(
    desk: Desk, facility, hold, who, verb, state
):
    first = desk.book("producer", facility, *LATER, hold=hold)
    second = desk.option("post", facility, *LATER)
    third = desk.option("guest", facility, *LATER)
    desk.act(who, first, verb, "Changement de programme")
    assert [desk.where(n) for n in (first, second, third)] == [state, "option 1", "option 2"]
    assert {claim.number for claim in desk.claims()} == {second, third}
    assert desk.story(second) == desk.story(third) == ["requested", "promoted"]


def test_cancelling_needs_a_reason(desk: Desk):
    number = desk.book("producer", "M-MI1", *WEDNESDAY)
    with desk.unchanged(), pytest.raises(Invalid):
        desk.act("producer", number, "cancel")


def test_what_has_begun_is_ended_early_and_what_is_over_stays(desk: Desk):
    """The hours that were used stay on the account of the production."""
    number = desk.book("producer", "M-MI1", *WEDNESDAY)
    desk.clock.move_to("2026-11-18T08:59")
    assert "cancel" in verbs(desk, number)
    desk.clock.move_to("2026-11-18T09:00")
    assert verbs(desk, number) == ["move", "check-in", "prolong", "end-early"]
    with desk.unchanged(), pytest.raises(WrongState) as refusal:
        desk.act("producer", number, "cancel", "Panne")
    assert refusal.value.code == "already_begun"
    desk.clock.move_to("2026-11-18T13:00")
    with desk.unchanged(), pytest.raises(WrongState) as refusal:
        desk.act("producer", number, "cancel", "Trop tard")
    assert refusal.value.code == "already_over"
    assert desk.view("producer", number).occurrences[0].verbs == ()


def verbs(desk: Desk, number: str) -> list[str]:
    return [verb.value for verb in desk.view("producer", number).occurrences[0].verbs]


def test_a_firm_booking_in_line_is_confirmed_when_its_turn_comes(desk: Desk):
    first = desk.book("producer", "M-MI1", *WEDNESDAY)
    second = desk.book("post", "M-MI1", *WEDNESDAY, on_clash="queue")
    desk.act("producer", first, "cancel", "Changement de programme")
    assert desk.where(second) == "confirmed 1"
    assert desk.view("post", second).occurrences[0].expires is None
    assert desk.story(second) == ["requested", "promoted", "confirmed"]


def test_a_firm_booking_that_needs_approval_moves_up_and_still_needs_it(desk: Desk):
    first = desk.book("producer", "M-ET1", *WEDNESDAY)
    second = desk.book("post", "M-ET1", *WEDNESDAY, on_clash="queue")
    desk.act("producer", first, "withdraw")
    assert desk.where(second) == "requested 1"
    desk.act("manager", second, "approve")
    assert desk.where(second) == "confirmed 1"


def test_a_firm_booking_over_two_rooms_is_confirmed_when_it_is_first_in_both(desk: Desk):
    one = desk.book("producer", "M-MI1", *WEDNESDAY)
    other = desk.book("producer", "M-MI2", *WEDNESDAY)
    both = desk.book("post", "M-MI1 M-MI2", *WEDNESDAY, on_clash="queue")
    desk.act("producer", one, "cancel", "Changement")
    assert desk.where(both) == "requested 2"
    desk.act("producer", other, "cancel", "Changement")
    assert desk.where(both) == "confirmed 1"


def test_the_oldest_moves_first(desk: Desk):
    first = desk.option("producer", "M-CIN", "30T09:00", "30T18:00")
    morning = desk.option("post", "M-CIN", "30T09:00", "30T13:00")
    noon = desk.option("guest", "M-CIN", "30T12:00", "30T15:00")
    evening = desk.option("post", "M-CIN", "30T14:00", "30T18:00")
    assert [desk.where(n) for n in (first, morning, noon, evening)] == [
        "option 1",
        "option 2",
        "option 3",
        "option 2",
    ]
    desk.act("producer", first, "release")
    assert [desk.where(n) for n in (morning, noon, evening)] == ["option 1", "option 2", "option 1"]


def test_who_overlaps_somebody_else_still_waits(desk: Desk):
    morning = desk.book("producer", "M-MI1", "18T09:00", "18T12:00")
    afternoon = desk.book("producer", "M-MI1", "18T12:00", "18T18:00")
    across = desk.book("post", "M-MI1", "18T10:00", "18T14:00", on_clash="queue")
    desk.act("producer", morning, "cancel", "Changement")
    assert desk.where(across) == "requested 2"
    desk.act("producer", afternoon, "cancel", "Changement")
    assert desk.where(across) == "confirmed 1"


def test_a_chain_moves_up_as_far_as_it_reaches(desk: Desk):
    """Whoever moves up makes room for others, who may lie far from what was given back."""
    first = desk.option("producer", "M-CIN", "30T10:00", "30T12:00")
    early = desk.option("producer", "M-CIN", "30T08:00", "30T09:00")
    second = desk.option("post", "M-CIN", "30T08:30", "30T11:00")  # behind both
    third = desk.option("guest", "M-CIN", "30T08:00", "30T09:30")  # behind early and second
    assert [desk.where(n) for n in (first, early, second, third)] == [
        "option 1",
        "option 1",
        "option 2",
        "option 3",
    ]
    desk.act("producer", first, "release")
    assert [desk.where(n) for n in (early, second, third)] == ["option 1", "option 2", "option 3"]
    desk.act("producer", early, "release")
    assert [desk.where(n) for n in (second, third)] == ["option 1", "option 2"]


def test_a_neighbour_outside_of_what_was_given_back_keeps_its_place(desk: Desk):
    """The one who waits begins before the slot that was given back, and not alone."""
    early = desk.book("producer", "M-MI1", "30T08:00", "30T10:00")
    late = desk.book("producer", "M-MI1", "30T10:00", "30T12:00")
    across = desk.option("post", "M-MI1", "30T09:00", "30T11:00")
    before = desk.option("guest", "M-MI1", "30T08:00", "30T09:30")
    desk.act("producer", late, "cancel", "Changement")
    assert [desk.where(n) for n in (early, across, before)] == [
        "confirmed 1",
        "option 2",
        "option 3",
    ]


def test_both_halves_are_given_back_at_once(desk: Desk):
    whole = desk.option("producer", "M-PLA", *LATER)
    north = desk.option("post", "M-PLA1", *LATER)
    south = desk.option("guest", "M-PLA2", *LATER)
    desk.act("producer", whole, "release")
    assert desk.claims() == [
        Claimed("M-PLA1", 1, *LATER, north),
        Claimed("M-PLA2", 1, *LATER, south),
    ]


def test_the_whole_moves_up_on_the_half_that_was_given_back(desk: Desk):
    north = desk.option("producer", "M-PLA1", *LATER)
    south = desk.option("producer", "M-PLA2", *LATER)
    whole = desk.option("post", "M-PLA", *LATER)
    desk.act("producer", north, "release")
    held = [(c.space, c.rank) for c in desk.claims() if c.number == whole]
    assert held == [("M-PLA1", 1), ("M-PLA2", 2)]
    desk.act("producer", south, "release")
    assert desk.where(whole) == "option 1"


def test_a_new_wish_does_not_jump_the_line(desk: Desk):
    first = desk.option("producer", "M-MI1", *LATER)
    second = desk.option("post", "M-MI1", *LATER)
    desk.act("producer", first, "release")
    with pytest.raises(Clash):
        desk.book("guest", "M-MI1", *LATER)
    assert desk.where(second) == "option 1"


def test_promotion_is_told_to_those_who_edit(desk: Desk):
    first = desk.option("producer", "M-MI1", *LATER)
    second = desk.option("post", "M-MI1", *LATER)
    seen = desk.view("post", second).revision
    desk.act("producer", first, "release")
    assert desk.view("post", second).revision == seen + 1


def test_doing_a_verb_to_many_lets_one_fail_without_the_others(desk: Desk):
    one = desk.book("producer", "M-ET1", *WEDNESDAY)
    other = desk.book("producer", "M-ET2", *WEDNESDAY)
    desk.act("producer", other, "withdraw")
    found = act_on_many(
        desk.actor("manager"), [one, "PIL-2026-99999", other], Verb.APPROVE, desk.clock.now
    )
    assert found[0] == Outcome(one)
    codes = [outcome.error.code for outcome in found if outcome.error]
    assert codes == ["not_found", "wrong_state"]
    assert desk.where(one) == "confirmed 1"


def test_nobody_waits_for_one_who_waits_for_them(desk: Desk):
    """Both want both halves of the stage; the half that is free would go to the second."""
    morning = desk.option("guest", "M-PLA1", "30T09:00", "30T11:00")
    first = desk.option("producer", "M-PLA", "30T09:00", "30T15:00")
    second = desk.option("post", "M-PLA", "30T13:00", "30T18:00")
    assert [desk.where(n) for n in (morning, first, second)] == ["option 1", "option 2", "option 3"]
    desk.act("guest", morning, "release")
    assert [desk.where(n) for n in (first, second)] == ["option 1", "option 2"]
    desk.act("producer", first, "release")
    assert desk.where(second) == "option 1"
