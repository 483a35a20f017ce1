"""Approving, declining, confirming: who decides, and when it is decided."""

from datetime import date

import pytest

from booking.core.scheduling.recurrence import Recurrence
from booking.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from booking.reservations.wish import Repair
from tests.reservations.desk import Desk

WEDNESDAY = ("18T09:00", "18T13:00")
LATER = ("30T09:00", "30T13:00")


def test_the_manager_approves(desk: Desk):
    number = desk.book("producer", "M-ET1", *WEDNESDAY)
    desk.act("manager", number, "approve")
    (occurrence,) = desk.view("producer", number).occurrences
    (allocation,) = occurrence.allocations
    assert (occurrence.state, occurrence.expires) == ("confirmed", None)
    assert (allocation.decision, allocation.decided_by) == ("approved", "Sofia Renard")
    assert allocation.decided_at == desk.now
    assert desk.story(number) == ["requested", "approved"]


def test_the_manager_declines_with_a_reason_and_the_slot_is_free(desk: Desk):
    number = desk.book("producer", "M-ET1", *WEDNESDAY)
    desk.act("manager", number, "decline", "Révision du projecteur")
    assert desk.where(number) == "declined"
    assert desk.claims() == []
    assert desk.view("producer", number).occurrences[0].allocations[0].decision == "declined"


def test_declining_needs_a_reason(desk: Desk):
    number = desk.book("producer", "M-ET1", *WEDNESDAY)
    with desk.unchanged(), pytest.raises(Invalid) as refusal:
        desk.act("manager", number, "decline", "  ")
    assert [(f.path, f.code) for f in refusal.value.fields] == [("reason", "required")]


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("reason", "code"), [("x" * 1001, "too_long"), ("a\x00b", "control_characters")]
)
def test_a_reason_is_a_text_like_others(desk: Desk, reason, code):
    number = desk.book("producer", "M-ET1", *WEDNESDAY)
    with desk.unchanged(), pytest.raises(Invalid) as refusal:
        desk.act("manager", number, "decline", reason)
    assert [(f.path, f.code) for f in refusal.value.fields] == [("reason", code)]


# ---- two managers ---------------------------------------------------------------------------


def test_facilities_of_two_managers_need_both(desk: Desk):
    number = desk.book("producer", "M-ET1 N-PLD", *WEDNESDAY)
    desk.act("manager-n", number, "approve")
    assert desk.where(number) == "requested 1"
    desk.act("manager", number, "approve")
    assert desk.where(number) == "confirmed 1"
    decided = {
        a.code: a.decided_by for a in desk.view("producer", number).occurrences[0].allocations
    }
    assert decided == {"M-ET1": "Sofia Renard", "N-PLD": "Ugo Marchal"}


def test_a_manager_of_both_decides_for_both(desk: Desk):
    number = desk.book("producer", "M-ET1 N-PLD", *WEDNESDAY)
    desk.act("manager", number, "approve")
    assert desk.where(number) == "confirmed 1"


def test_one_of_two_managers_is_enough_to_decline(desk: Desk):
    number = desk.book("producer", "M-ET1 N-PLD", *WEDNESDAY)
    desk.act("manager-n", number, "decline", "Plateau démonté")
    assert desk.where(number) == "declined"
    decisions = {
        a.code: a.decision for a in desk.view("producer", number).occurrences[0].allocations
    }
    assert decisions == {"M-ET1": "undecided", "N-PLD": "declined"}


def test_who_has_approved_has_nothing_left_to_approve(desk: Desk):
    number = desk.book("producer", "M-ET1 N-PLD", *WEDNESDAY)
    desk.act("manager-n", number, "approve")
    with desk.unchanged(), pytest.raises(WrongState) as refusal:
        desk.act("manager-n", number, "approve")
    assert refusal.value.code == "undecidable"


# ---- confirming an option -------------------------------------------------------------------


def test_a_first_option_is_confirmed_where_nobody_approves(desk: Desk):
    number = desk.option("producer", "M-MI1", *LATER)
    desk.act("producer", number, "confirm")
    assert desk.where(number) == "confirmed 1"
    assert desk.view("producer", number).occurrences[0].expires is None


def test_confirming_asks_the_manager_where_there_is_one(desk: Desk):
    number = desk.option("producer", "M-ET1", *LATER)
    desk.act("producer", number, "confirm")
    assert desk.where(number) == "requested 1"
    desk.act("manager", number, "approve")
    assert desk.where(number) == "confirmed 1"


def test_a_manager_who_confirms_an_option_has_approved_it(desk: Desk):
    number = desk.option("producer", "M-ET1", *LATER)
    desk.act("manager", number, "confirm")
    assert desk.where(number) == "confirmed 1"


def test_only_the_first_is_confirmed(desk: Desk):
    first = desk.option("producer", "M-MI1", *LATER)
    second = desk.option("post", "M-MI1", *LATER)
    with desk.unchanged(), pytest.raises(WrongState) as refusal:
        desk.act("post", second, "confirm")
    assert (refusal.value.code, refusal.value.params["rank"]) == ("not_first", 2)
    desk.act("producer", first, "confirm")
    assert desk.where(second) == "option 2"


def test_a_request_behind_another_is_not_approved(desk: Desk):
    desk.book("producer", "M-ET1", *WEDNESDAY)
    second = desk.book("post", "M-ET1", *WEDNESDAY, on_clash="queue")
    with desk.unchanged(), pytest.raises(WrongState) as refusal:
        desk.act("manager", second, "approve")
    assert refusal.value.code == "not_first"


def test_an_option_may_be_declined_by_the_manager(desk: Desk):
    number = desk.option("producer", "M-ET1", *LATER)
    desk.act("manager", number, "decline", "Réservé à la maintenance")
    assert desk.where(number) == "declined"


# ---- who may not ----------------------------------------------------------------------------


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("post", NotFound),  # another company: it does not exist
        ("guest", NotFound),
        ("board", NotFound),
        ("admin@pil.example", NotFound),
        ("manager-n", NotFound),  # manages the other site
        ("colleague", Forbidden),  # sees it, may not decide
        ("producer", Forbidden),
    ],
)
def test_deciding_is_for_the_manager_alone(desk: Desk, who, refusal):
    number = desk.book("producer", "M-ET1", *WEDNESDAY)
    for verb in ("approve", "decline"):
        with desk.unchanged(), pytest.raises(refusal):
            desk.act(who, number, verb, "Parce que")


def test_an_invited_guest_sees_the_booking_but_may_not_touch_it(desk: Desk):
    number = desk.option("producer", "M-MI1", *LATER, production="HERON")
    assert desk.view("guest", number).number == number
    with desk.unchanged(), pytest.raises(Forbidden):
        desk.act("guest", number, "confirm")


def test_the_head_of_the_company_may_do_what_its_people_may(desk: Desk):
    number = desk.option("producer", "M-MI1", *LATER)
    desk.act("admin@blf.example", number, "confirm")
    assert desk.where(number) == "confirmed 1"


def test_who_takes_no_part_may_not_ask(desk: Desk):
    for who in ("board", "admin@pil.example"):
        with desk.unchanged(), pytest.raises(Forbidden):
            desk.book(who, "M-MI1", *WEDNESDAY)


@pytest.mark.parametrize("number", ["PIL-2026-99999", "", "x" * 300, "a\x00b", "\ud800"])
def test_a_number_that_does_not_exist_is_not_found(desk: Desk, number):
    with pytest.raises(NotFound):
        desk.act("manager", number, "approve")
    with pytest.raises(NotFound):
        desk.view("manager", number)


# ---- states and revisions -------------------------------------------------------------------

VERBS = ("approve", "decline", "withdraw", "confirm", "release", "cancel")


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("facility", "hold", "possible"),
    [
        ("M-ET1", "firm", {"approve", "decline", "withdraw"}),
        ("M-ET1", "option", {"decline", "confirm", "release"}),
        ("M-MI1", "firm", {"cancel"}),
    ],
)
def test_verbs_that_do_not_apply_are_refused_by_name(desk: Desk, facility, hold, possible):
    number = desk.book("producer", facility, *LATER, hold=hold)
    state = desk.where(number).split()[0]
    for verb in set(VERBS) - possible:
        with desk.unchanged(), pytest.raises(WrongState) as refusal:
            desk.act("manager", number, verb, "Parce que")
        assert refusal.value.code == "wrong_state"
        assert refusal.value.params == {"verb": verb, "state": state}


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("who", "facility", "hold", "verbs"),
    [
        ("producer", "M-ET1", "firm", ["withdraw", "move"]),
        ("producer", "M-ET1", "option", ["confirm", "release", "move"]),
        ("producer", "M-MI1", "firm", ["move", "cancel"]),
        ("colleague", "M-ET1", "firm", []),
        ("manager", "M-ET1", "firm", ["approve", "decline", "withdraw", "move"]),
        ("manager", "M-ET1", "option", ["confirm", "release", "decline", "extend", "move"]),
    ],
)
def test_the_verbs_on_offer_are_those_that_would_work(desk: Desk, who, facility, hold, verbs):
    number = desk.book("producer", facility, *LATER, hold=hold)
    (occurrence,) = desk.view(who, number).occurrences
    assert [verb.value for verb in occurrence.verbs] == verbs


def test_what_time_does_nobody_may_do(desk: Desk):
    number = desk.option("producer", "M-MI1", *LATER)
    with desk.unchanged(), pytest.raises(Forbidden):
        desk.act("manager", number, "expire")


def test_an_edit_names_the_revision_it_saw(desk: Desk):
    number = desk.book("producer", "M-ET1", *WEDNESDAY)
    seen = desk.view("manager", number).revision
    desk.act("manager", number, "approve", revision=seen)
    with desk.unchanged(), pytest.raises(Stale) as refusal:
        desk.act("producer", number, "cancel", "Plus besoin", revision=seen)
    current = desk.view("producer", number).revision
    assert (refusal.value.code, refusal.value.params) == ("stale", {"current": current})
    desk.act("producer", number, "cancel", "Plus besoin", revision=current)


def test_who_manages_the_room_of_a_later_date_sees_and_decides_it(desk: Desk):
    """A series whose second date was put into a room of the other house."""
    number = desk.book(
        "producer",
        "M-ET1",
        "17T09:00",
        "17T13:00",
        recurrence=Recurrence(rule="FREQ=WEEKLY;COUNT=3"),
        repairs=(Repair(on=date(2026, 11, 24), how="room", facility="N-PLD"),),
    )
    desk.act("manager-n", number, "approve")
    found = desk.view("manager-n", number).occurrences
    assert [one.state for one in found] == ["requested", "confirmed", "requested"]
    with pytest.raises(NotFound):
        desk.view("post", number)
