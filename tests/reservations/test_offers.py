"""Counter-offers and swaps: another place, taken in one click or refused."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from booking.core.scheduling.recurrence import Recurrence
from booking.kernel.db import db
from booking.kernel.errors import Clash, Forbidden, NotFound, Refused, WrongState
from booking.members.actions import name_deputy
from booking.reservations import actions, histories
from booking.reservations.actions import Change, Reach
from tests.reservations.desk import Desk, instant, moment, words
from tests.reservations.test_refusing import change
from tests.support.statements import statements

SLOT = ("17T09:00", "17T13:00")
NOTHING: Mapping[str, int] = {}
WEEKLY = Recurrence(rule="FREQ=WEEKLY;COUNT=3")


def offer(
    desk: Desk,
    who: str,
    number: str,
    start: str,
    end: str,
    rooms: str = "",
    amounts: Mapping[str, int] = NOTHING,
    **more,
) -> None:
    codes = tuple(rooms.split()) if rooms else None
    override = more.pop("override", "")
    wanted = Change(start=moment(start), end=moment(end), facilities=codes, amounts=amounts)
    wanted = replace(wanted, override=override)
    actions.offer(desk.actor(who), number, wanted, desk.clock.now, **more)


def swap(desk: Desk, who: str, number: str, facility: str, start: str) -> None:
    at = datetime.fromtimestamp(instant(start), UTC)
    actions.propose_swap(desk.actor(who), number, facility, at, desk.clock.now)


def accept(desk: Desk, who: str, number: str) -> None:
    actions.accept(desk.actor(who), number, desk.clock.now)


def place(desk: Desk, number: str) -> str:
    (o,) = desk.view("manager", number).occurrences
    rooms = " ".join(a.code for a in o.allocations)
    return f"{words(o.starts)}–{words(o.ends)} {rooms} {o.state}"


# ---- counter-offers ---------------------------------------------------------------------------


def test_what_a_manager_offers_against_a_rule_can_be_accepted(desk: Desk):
    number = desk.book("producer", "M-MI1", *SLOT)
    with desk.unchanged(), pytest.raises(Refused):
        offer(desk, "manager", number, "18T05:00", "18T09:00")
    offer(desk, "manager", number, "18T05:00", "18T09:00", override="Direct du Japon")
    offer(desk, "manager", number, "18T05:00", "18T08:00", override="Direct du Japon, plus court")
    accept(desk, "producer", number)
    assert place(desk, number) == "18T05:00–18T08:00 M-MI1 confirmed"
    assert desk.story(number)[-4:] == ["rule_overridden", "offered", "moved", "offer_accepted"]
    with desk.unchanged(), pytest.raises(Refused):  # the same by themselves is another matter
        actions.change(
            desk.actor("producer"),
            number,
            Change(start=moment("19T05:00"), end=moment("19T08:00"), override="Encore"),
            desk.clock.now,
        )


def test_what_a_deputy_offered_against_a_rule_stands_when_the_manager_is_back(desk: Desk):
    board, today = desk.world.users["board@pil.example"], date(2026, 11, 16)
    number = desk.book("producer", "M-MI1", *SLOT)
    manager = desk.actor("manager@pil.example")
    name_deputy(manager, board, today, today, "Europe/Brussels", desk.clock.now)
    against = {"override": "Direct du Japon"}
    offer(desk, "board", number, "25T05:00", "25T09:00", **against)  # as it is, they decide now
    desk.clock.advance(hours=20)
    accept(desk, "producer", number)
    assert place(desk, number) == "25T05:00–25T09:00 M-MI1 confirmed"


def test_what_a_manager_may_no_longer_set_aside_is_not_set_aside(desk: Desk):
    number = desk.book("producer", "M-MI1", *SLOT)
    offer(desk, "manager", number, "18T05:00", "18T09:00", override="Direct du Japon")
    gone = text("DELETE FROM role_assignment WHERE user_id = :user")
    db.session.execute(gone, {"user": desk.actor("manager").user_id})
    db.session.commit()
    with pytest.raises(Refused):
        accept(desk, "producer", number)


def test_a_manager_offers_another_time_and_one_click_confirms_it(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT)
    offer(desk, "manager", number, "18T09:00", "18T13:00", "M-ET2", message="Projecteur en panne")
    assert place(desk, number) == "17T09:00–17T13:00 M-ET1 requested"
    accept(desk, "producer", number)
    assert place(desk, number) == "18T09:00–18T13:00 M-ET2 confirmed"
    assert desk.story(number) == ["requested", "offered", "moved", "offer_accepted"]


def test_another_time_in_the_same_room_is_confirmed_too(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT)
    offer(desk, "manager", number, "18T09:00", "18T13:00")
    accept(desk, "producer", number)
    assert place(desk, number) == "18T09:00–18T13:00 M-ET1 confirmed"


def test_an_offer_holds_nothing_and_fails_whole_when_it_is_gone(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT)
    offer(desk, "manager", number, "18T09:00", "18T13:00")
    desk.book("post", "M-ET1", "18T10:00", "18T11:00")
    with desk.unchanged(), pytest.raises(Clash):
        accept(desk, "producer", number)


def test_what_is_not_free_is_not_offered(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT)
    desk.book("post", "M-ET2", "18T10:00", "18T11:00")
    with desk.unchanged(), pytest.raises(Clash):
        offer(desk, "manager", number, "18T09:00", "18T13:00", "M-ET2")


def test_a_later_offer_replaces_an_earlier_one_and_it_can_be_refused(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT)
    offer(desk, "manager", number, "18T09:00", "18T13:00")
    offer(desk, "manager", number, "19T09:00", "19T13:00")
    actions.refuse(desk.actor("producer"), number, desk.clock.now)
    assert place(desk, number) == "17T09:00–17T13:00 M-ET1 requested"
    with desk.unchanged(), pytest.raises(WrongState) as refused:
        accept(desk, "producer", number)
    assert refused.value.code == "no_offer"


def test_only_managers_offer_only_what_they_manage_and_only_its_people_answer(desk: Desk):
    number = desk.book("producer", "N-PLD", *SLOT)
    for who, error in (("producer", Forbidden), ("post", NotFound)):
        with desk.unchanged(), pytest.raises(error):
            offer(desk, who, number, "18T09:00", "18T13:00")
    with desk.unchanged(), pytest.raises(Forbidden):
        offer(desk, "manager-n", number, "18T09:00", "18T13:00", "M-PLA1")
    offer(desk, "manager-n", number, "18T09:00", "18T13:00")
    for who, error in (("manager-n", Forbidden), ("colleague", Forbidden), ("post", NotFound)):
        with desk.unchanged(), pytest.raises(error):
            accept(desk, who, number)


def test_what_has_ended_is_not_brought_back_by_an_old_offer(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT)
    offer(desk, "manager", number, "18T09:00", "18T13:00")
    desk.act("producer", number, "withdraw")
    assert desk.view("producer", number).occurrences[0].offer is None
    with desk.unchanged(), pytest.raises(WrongState):
        accept(desk, "producer", number)


# ---- of a series ------------------------------------------------------------------------------


def places(desk: Desk, number: str) -> list[str]:
    return [
        f"{words(o.starts)} {' '.join(a.code for a in o.allocations)} {o.state}"
        for o in desk.view("manager", number).occurrences
    ]


def test_all_dates_are_offered_and_accepted_at_once(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT, recurrence=WEEKLY)
    offer(desk, "manager", number, "17T14:00", "17T18:00", "M-ET2")
    offered = [o.offer for o in desk.view("producer", number).occurrences]
    assert [words(one.starts) for one in offered if one] == [
        "17T14:00",
        "24T14:00",
        "2026-12-01T14:00",
    ]
    accept(desk, "producer", number)
    assert places(desk, number) == [
        "17T14:00 M-ET2 confirmed",
        "24T14:00 M-ET2 confirmed",
        "2026-12-01T14:00 M-ET2 confirmed",
    ]
    assert desk.story(number) == ["requested", "offered", "moved", "offer_accepted"]


def test_dates_are_offered_one_by_one_and_taken_together(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT, recurrence=WEEKLY)
    first, second, _ = desk.view("producer", number).occurrences
    offer(desk, "manager", number, *SLOT, "M-ET2", reach=Reach(scope="this", occurrence=first.id))
    reach = Reach(scope="this", occurrence=second.id)
    offer(desk, "manager", number, "25T09:00", "25T13:00", reach=reach)
    accept(desk, "producer", number)
    assert places(desk, number) == [
        "17T09:00 M-ET2 confirmed",
        "25T09:00 M-ET1 confirmed",
        "2026-12-01T09:00 M-ET1 requested",
    ]


def test_one_date_that_is_gone_holds_back_the_rest(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT, recurrence=WEEKLY)
    offer(desk, "manager", number, *SLOT, "M-ET2")
    desk.book("post", "M-ET2", "24T12:00", "24T14:00")
    with desk.unchanged(), pytest.raises(Clash):
        accept(desk, "producer", number)
    actions.refuse(desk.actor("producer"), number, desk.clock.now)
    assert {o.offer for o in desk.view("producer", number).occurrences} == {None}


def test_what_was_offered_for_a_date_that_is_over_is_no_longer_meant(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT, recurrence=WEEKLY)
    desk.act("manager", number, "approve")
    offer(desk, "manager", number, *SLOT, "M-ET2")
    desk.clock.advance(days=3)
    accept(desk, "producer", number)
    assert [place.split()[1] for place in places(desk, number)] == ["M-ET1", "M-ET2", "M-ET2"]


def test_offers_for_a_year_cost_as_many_statements_as_for_a_date(desk: Desk):
    def cost(count: int, day: int) -> tuple[int, int]:
        rule = Recurrence(rule=f"FREQ=WEEKLY;COUNT={count}")
        span = (f"2026-12-{day:02}T09:00", f"2026-12-{day:02}T10:00")
        number = desk.book("producer", "M-ET1", *span, recurrence=rule)
        with statements(desk.app) as offered:
            offer(desk, "manager", number, *span, "M-ET2")
        with statements(desk.app) as accepted:
            accept(desk, "producer", number)
        return len(offered), len(accepted)

    cost(2, 1)
    assert len({cost(2, 2), cost(20, 3)}) == 1


@pytest.mark.parametrize(
    ("room", "verb", "who"),
    [("M-MI1", "cancel", "producer"), ("M-ET1", "decline", "manager")],
)
def test_dates_that_were_given_up_or_declined_do_not_come_back(
    desk: Desk, room: str, verb: str, who: str
):
    number = desk.book("producer", room, *SLOT, recurrence=WEEKLY)
    offer(desk, "manager", number, "18T09:00", "18T13:00")
    second = desk.view("manager", number).occurrences[1]
    desk.act(who, number, verb, "Non", reach=Reach(scope="this", occurrence=second.id))
    before = len(desk.claims())
    accept(desk, "producer", number)
    one, two, three = desk.view("manager", number).occurrences
    assert [words(one.starts), words(three.starts)] == ["18T09:00", "2026-12-02T09:00"]
    assert (two.starts, two.rank) == (second.starts, None)
    assert two.state in ("cancelled", "declined")
    assert len(desk.claims()) == before


def test_a_date_at_which_somebody_is_there_already_stays(desk: Desk):
    """They checked in a quarter of an hour before it begins."""
    number = desk.book("producer", "M-MI1", *SLOT, recurrence=WEEKLY)
    offer(desk, "manager", number, "18T09:00", "18T13:00")
    desk.clock.move_to("2026-11-17T08:45")
    first = desk.view("manager", number).occurrences[0]
    desk.act("producer", number, "check-in", reach=Reach(scope="this", occurrence=first.id))
    accept(desk, "producer", number)
    found = desk.view("manager", number).occurrences
    assert [words(one.starts) for one in found] == ["17T09:00", "25T09:00", "2026-12-02T09:00"]
    assert [one.state for one in found] == ["checked_in", "confirmed", "confirmed"]


def test_who_waits_does_not_wait_at_the_place_that_was_offered(desk: Desk):
    desk.book("guest", "M-ET1", *SLOT)
    number = desk.book("producer", "M-ET1", *SLOT, on_clash="queue")
    desk.book("post", "M-ET2", "20T09:00", "20T13:00")
    with desk.unchanged(), pytest.raises(Clash):
        offer(desk, "manager", number, "20T09:00", "20T13:00", "M-ET2")
    offer(desk, "manager", number, "19T09:00", "19T13:00", "M-ET2")
    desk.book("post", "M-ET2", "19T09:00", "19T13:00")
    with desk.unchanged(), pytest.raises(Clash):
        accept(desk, "producer", number)


# ---- swaps ------------------------------------------------------------------------------------


def test_two_bookings_swap_places_at_once(desk: Desk):
    mine = desk.book("producer", "M-MI1", *SLOT)
    theirs = desk.book("post", "M-MI2", "18T14:00", "18T18:00")
    swap(desk, "producer", mine, "M-MI2", "18T15:00")
    accept(desk, "post", theirs)
    assert place(desk, mine) == "18T14:00–18T18:00 M-MI2 confirmed"
    assert place(desk, theirs) == "17T09:00–17T13:00 M-MI1 confirmed"
    assert [(c.space, c.rank, c.number) for c in desk.claims()] == [
        ("M-MI1", 1, theirs),
        ("M-MI2", 1, mine),
    ]


def test_neighbours_in_one_room_swap_although_each_is_in_the_others_way(desk: Desk):
    mine = desk.book("producer", "M-MI1", "17T09:00", "17T11:00")
    theirs = desk.book("post", "M-MI1", "17T11:00", "17T15:00")
    swap(desk, "producer", mine, "M-MI1", "17T12:00")
    accept(desk, "post", theirs)
    assert place(desk, mine) == "17T11:00–17T15:00 M-MI1 confirmed"
    assert place(desk, theirs) == "17T09:00–17T11:00 M-MI1 confirmed"


def test_a_swap_lets_nobody_into_a_room_that_its_manager_did_not(desk: Desk):
    mine = desk.book("post", "M-MI1", *SLOT)
    theirs = desk.book("producer", "M-ET1", *SLOT)
    desk.act("manager", theirs, "approve")
    swap(desk, "post", mine, "M-ET1", "17T09:00")
    accept(desk, "producer", theirs)
    assert place(desk, theirs) == "17T09:00–17T13:00 M-MI1 confirmed"
    assert place(desk, mine) == "17T09:00–17T13:00 M-ET1 requested"
    desk.act("manager", mine, "approve")
    assert place(desk, mine) == "17T09:00–17T13:00 M-ET1 confirmed"


def test_who_was_let_into_a_room_may_be_there_at_the_other_s_time(desk: Desk):
    mine = desk.book("post", "M-ET1", *SLOT)
    theirs = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    for number in (mine, theirs):
        desk.act("manager", number, "approve")
    swap(desk, "post", mine, "M-ET1", "18T09:00")
    accept(desk, "producer", theirs)
    assert place(desk, mine) == "18T09:00–18T13:00 M-ET1 confirmed"
    assert place(desk, theirs) == "17T09:00–17T13:00 M-ET1 confirmed"


def test_a_manager_who_accepts_a_swap_approves_it(desk: Desk):
    mine = desk.book("post", "M-MI1", *SLOT)
    theirs = desk.book("manager", "M-ET1", *SLOT)
    swap(desk, "post", mine, "M-ET1", "17T09:00")
    accept(desk, "manager", theirs)
    assert place(desk, mine) == "17T09:00–17T13:00 M-ET1 confirmed"


def test_each_side_of_a_swap_keeps_to_its_own_rules(desk: Desk):
    change(desk, "M-MI2", guests_allowed=False)
    theirs = desk.book("post", "M-MI2", *SLOT)
    mine = desk.book("guest", "M-MI1", *SLOT)
    desk.act("manager", mine, "approve")
    swap(desk, "guest", mine, "M-MI2", "17T09:00")
    with desk.unchanged(), pytest.raises(WrongState) as refused:
        accept(desk, "post", theirs)
    assert refused.value.code == "other_side_refused"


def test_why_the_other_side_may_not_come_is_its_own_business(desk: Desk, rule):
    """The finding would say for how many hours the competitor has booked that week."""
    rule("grading", "quota_hours", 6)
    for number in (
        desk.book("post", "M-ET2", "18T09:00", "18T14:00"),
        theirs := desk.book("producer", "M-ET1", *SLOT),
    ):
        desk.act("manager", number, "approve")
    mine = desk.book("post", "M-MI1", *SLOT)
    swap(desk, "post", mine, "M-ET1", "17T09:00")
    with desk.unchanged(), pytest.raises(WrongState) as refused:
        accept(desk, "producer", theirs)
    assert refused.value.params == {"verb": "answer"}


def test_who_is_asked_cannot_give_another_place_instead(desk: Desk):
    mine = desk.book("producer", "M-MI1", *SLOT)
    theirs = desk.book("post", "M-MI2", *SLOT)
    swap(desk, "producer", mine, "M-MI2", "17T09:00")
    elsewhere = Change(start=moment("20T20:00"), end=moment("20T22:00"), facilities=("N-RE1",))
    actions.change(desk.actor("post"), theirs, elsewhere, desk.clock.now)
    with desk.unchanged(), pytest.raises(WrongState) as refused:
        accept(desk, "post", theirs)
    assert refused.value.code == "offer_outdated"
    back = Change(start=moment("17T09:00"), end=moment("17T13:00"), facilities=("M-MI2",))
    actions.change(desk.actor("post"), theirs, back, desk.clock.now)
    accept(desk, "post", theirs)
    assert place(desk, mine) == "17T09:00–17T13:00 M-MI2 confirmed"


def test_nobody_s_swap_takes_the_place_of_an_offer_that_waits(desk: Desk):
    first = desk.book("post", "M-MI2", *SLOT)
    second = desk.book("guest", "M-ET1", *SLOT)
    desk.act("manager", second, "approve")
    asked = desk.book("producer", "M-MI1", *SLOT)
    offer(desk, "manager", asked, "18T09:00", "18T13:00")
    with desk.unchanged(), pytest.raises(WrongState) as refused:
        swap(desk, "post", first, "M-MI1", "17T09:00")
    assert refused.value.code == "asked_already"
    actions.refuse(desk.actor("producer"), asked, desk.clock.now)
    swap(desk, "post", first, "M-MI1", "17T09:00")
    with desk.unchanged(), pytest.raises(WrongState):
        swap(desk, "guest", second, "M-MI1", "17T09:00")
    swap(desk, "post", first, "M-MI1", "17T09:00")  # one's own again


@pytest.mark.parametrize("answer", ["refuse", "accept"])
def test_neither_side_of_a_swap_learns_a_name(desk: Desk, answer: str):
    sides = {
        "post": desk.book("post", "M-MI2", *SLOT),
        "producer": desk.book("producer", "M-MI1", *SLOT),
    }
    swap(desk, "post", sides["post"], "M-MI1", "17T09:00")
    if answer == "accept":
        accept(desk, "producer", sides["producer"])
    else:
        actions.refuse(desk.actor("producer"), sides["producer"], desk.clock.now)
    for who, other in (("post", "producer"), ("producer", "post")):
        told = histories.of_booking(desk.view(who, sides[who]))
        assert len(told) > 1
        assert desk.actor(other).name not in {line.who for line in told}


def test_a_swap_is_off_when_what_was_offered_has_changed(desk: Desk):
    mine = desk.book("producer", "M-MI1", *SLOT)
    theirs = desk.book("post", "M-MI2", *SLOT)
    swap(desk, "producer", mine, "M-MI2", "17T09:00")
    desk.act("producer", mine, "cancel", "Fini")
    with desk.unchanged(), pytest.raises(WrongState):
        accept(desk, "post", theirs)
    assert [o.offer.is_off for o in desk.view("post", theirs).occurrences if o.offer] == [True]
    other = desk.book("producer", "M-MI1", *SLOT)
    swap(desk, "producer", other, "M-MI2", "17T09:00")  # what is off stands in nobody's way
    assert [o.offer.is_off for o in desk.view("post", theirs).occurrences if o.offer] == [False]
    accept(desk, "post", theirs)
    assert place(desk, other) == "17T09:00–17T13:00 M-MI2 confirmed"


def test_what_was_offered_for_a_date_that_has_begun_is_not_shown(desk: Desk):
    number = desk.book("producer", "M-MI1", *SLOT)
    offer(desk, "manager", number, "18T09:00", "18T13:00")
    desk.clock.move_to("2026-11-17T09:00")
    assert [o.offer for o in desk.view("producer", number).occurrences] == [None]


def test_only_what_both_have_for_certain_is_swapped(desk: Desk):
    mine = desk.book("producer", "M-MI1", *SLOT)
    option = desk.option("post", "M-MI2", *SLOT)
    requested = desk.book("post", "M-ET1", *SLOT)
    for room in ("M-MI2", "M-ET1"):
        with desk.unchanged(), pytest.raises(WrongState) as refused:
            swap(desk, "producer", mine, room, "17T10:00")
        assert refused.value.code == "not_swappable"
    with desk.unchanged(), pytest.raises(NotFound):
        swap(desk, "producer", mine, "M-CIN", "17T10:00")
    with desk.unchanged(), pytest.raises(WrongState):
        swap(desk, "producer", mine, "M-MI1", "17T10:00")
    assert option != requested


def test_who_is_asked_learns_the_place_and_nothing_else(desk: Desk):
    mine = desk.book("producer", "M-MI1", *SLOT, title="Zorgblat")
    theirs = desk.book("post", "M-MI2", *SLOT)
    swap(desk, "producer", mine, "M-MI2", "17T09:00")
    view = desk.view("post", theirs)
    (occurrence,) = view.occurrences
    assert occurrence.offer is not None
    assert (occurrence.offer.codes, occurrence.offer.is_swap) == (("M-MI1",), True)
    assert "Zorgblat" not in repr(view)
    assert mine not in repr(view)


def test_what_has_begun_goes_nowhere_else(desk: Desk):
    mine, theirs = desk.book("producer", "M-MI1", *SLOT), desk.book("post", "M-MI2", *SLOT)
    swap(desk, "post", theirs, "M-MI1", "17T09:00")
    desk.clock.move_to("2026-11-17T10:00")
    with desk.unchanged(), pytest.raises(WrongState) as late:
        accept(desk, "producer", mine)
    assert late.value.code == "no_offer"
    with desk.unchanged(), pytest.raises(WrongState) as refused:
        swap(desk, "post", theirs, "M-MI1", "17T09:00")
    assert refused.value.code == "not_swappable"
