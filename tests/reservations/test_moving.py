"""Moving bookings: another time, another room, other words; all of it or nothing."""

from datetime import datetime

import pytest

from booking.core.scheduling.recurrence import Recurrence
from booking.kernel.errors import Clash, Forbidden, Invalid, NotFound, Refused, Stale, WrongState
from booking.reservations import actions, histories
from booking.reservations.actions import Change, Reach, moving
from tests.reservations.desk import Desk, moment, words
from tests.reservations.test_pools import pool, shares
from tests.reservations.test_refusing import change as facility
from tests.support.statements import statements

SLOT = ("17T09:00", "17T13:00")


def move(
    desk: Desk, who: str, number: str, start: str = "", end: str = "", rooms: str = "", **more
) -> None:
    reach = {key: more.pop(key) for key in ("revision", "reach") if key in more}
    wanted = Change(
        start=moment(start) if start else None,
        end=moment(end) if end else None,
        facilities=tuple(rooms.split()) if rooms else None,
        **more,
    )
    actions.change(desk.actor(who), number, wanted, desk.clock.now, **reach)


def spans(desk: Desk, number: str) -> list[str]:
    return [
        f"{words(o.starts)}–{words(o.ends)} {' '.join(a.code for a in o.allocations)} {o.state}"
        for o in desk.view("manager", number).occurrences
    ]


def test_a_booking_moves_to_another_time(desk: Desk):
    number = desk.book("producer", "M-MI1", *SLOT)
    move(desk, "producer", number, "18T10:00", "18T12:00")
    assert spans(desk, number) == ["18T10:00–18T12:00 M-MI1 confirmed"]
    assert [c[:4] for c in desk.claims()] == [("M-MI1", 1, "18T10:00", "18T12:00")]
    assert desk.story(number) == ["requested", "moved"]


def test_a_booking_moves_to_another_room_and_over_its_own_place(desk: Desk):
    number = desk.book("producer", "M-MI1", *SLOT)
    move(desk, "producer", number, rooms="M-MI2")
    move(desk, "producer", number, "17T11:00", "17T15:00")
    assert spans(desk, number) == ["17T11:00–17T15:00 M-MI2 confirmed"]


def test_a_move_that_fails_leaves_everything_as_it_was(desk: Desk):
    desk.book("post", "M-MI1", "18T09:00", "18T13:00")
    number = desk.book("producer", "M-MI1", *SLOT)
    with desk.unchanged(), pytest.raises(Clash) as refused:
        move(desk, "producer", number, "18T10:00", "18T12:00")
    assert refused.value.alternatives
    with desk.unchanged(), pytest.raises(Refused):
        move(desk, "producer", number, "18T05:00", "18T07:00")
    with desk.unchanged(), pytest.raises(Invalid):
        move(desk, "producer", number, "18T10:00", "18T09:00")
    with desk.unchanged(), pytest.raises(Invalid):
        move(desk, "producer", number, rooms="M-XX")
    with desk.unchanged(), pytest.raises(Invalid):  # a date that moves is never left out
        move(desk, "producer", number, "18T10:00", "18T12:00", on_clash="skip")


def test_a_guest_changes_a_booking_of_the_production_they_were_invited_to(desk: Desk):
    number = desk.book("guest", "M-MI1", *SLOT, production="HERON")
    move(desk, "guest", number, "18T10:00", "18T12:00", production="HERON", title="Montage, suite")
    assert spans(desk, number) == ["18T10:00–18T12:00 M-MI1 requested"]
    assert desk.view("guest", number).production_code == "HERON"


def test_a_manager_moves_against_a_rule_with_a_reason_that_stays(desk: Desk):
    number = desk.book("producer", "M-MI1", *SLOT)
    with desk.unchanged(), pytest.raises(Refused):
        move(desk, "manager", number, "18T05:00", "18T09:00")
    move(desk, "manager", number, "18T05:00", "18T09:00", override="Direct du Japon")
    assert spans(desk, number) == ["18T05:00–18T09:00 M-MI1 confirmed"]
    assert desk.story(number) == ["requested", "rule_overridden", "moved"]
    told = histories.of_booking(desk.view("producer", number))
    assert [line.reason for line in told if line.event == "booking:rule_overridden"] == [
        "Direct du Japon"
    ]


def test_who_waits_for_less_keeps_their_turn(desk: Desk):
    _, second, third = (desk.option(who, "M-CIN", *SLOT) for who in ("producer", "post", "guest"))
    move(desk, "post", second, "17T10:00", "17T13:00")
    assert [desk.where(n) for n in (second, third)] == ["option 2", "option 3"]


def test_who_waits_moves_up_into_what_was_left(desk: Desk):
    first = desk.option("producer", "M-ET1", *SLOT)
    second = desk.option("post", "M-ET1", *SLOT)
    move(desk, "producer", first, "18T09:00", "18T13:00")
    assert (desk.where(first), desk.where(second)) == ("option 1", "option 1")


def test_half_an_hour_to_the_side_keeps_the_first_rank(desk: Desk):
    first = desk.option("producer", "M-ET1", *SLOT)
    second = desk.option("post", "M-ET1", *SLOT)
    move(desk, "producer", first, "17T09:30", "17T13:30")
    assert (desk.where(first), desk.where(second)) == ("option 1", "option 2")


def test_an_option_does_not_live_longer_for_having_been_moved(desk: Desk):
    number = desk.option("producer", "M-ET1", "30T09:00", "30T13:00")
    (before,) = desk.view("producer", number).occurrences
    desk.clock.advance(days=3)
    move(desk, "producer", number, "2026-12-14T09:00", "2026-12-14T13:00")
    (after,) = desk.view("producer", number).occurrences
    assert (after.state, after.expires) == ("option", before.expires)


# ---- approval ---------------------------------------------------------------------------------


def test_what_was_approved_needs_approval_again_elsewhere_but_not_when_it_shrinks(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT)
    desk.act("manager", number, "approve")
    move(desk, "producer", number, "17T10:00", "17T12:00")
    assert desk.where(number) == "confirmed 1"
    move(desk, "producer", number, "18T10:00", "18T12:00")
    assert desk.where(number) == "requested 1"


def test_a_manager_who_moves_it_approves_it(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT)
    move(desk, "manager", number, "18T09:00", "18T13:00", rooms="M-ET2")
    assert desk.where(number) == "confirmed 1"


def test_a_request_in_line_that_moves_to_a_free_slot_has_it(desk: Desk):
    desk.book("post", "M-MI1", *SLOT)
    number = desk.book("producer", "M-MI1", *SLOT, on_clash="queue")
    move(desk, "producer", number, rooms="M-MI2")
    assert desk.where(number) == "confirmed 1"


def test_taking_a_move_back_brings_the_approval_back(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT)
    desk.act("manager", number, "approve")
    move(desk, "producer", number, "18T10:00", "18T12:00")
    move(desk, "producer", number, *SLOT)
    assert desk.where(number) == "confirmed 1"
    view = desk.view("producer", number).occurrences[0].allocations[0]
    assert (view.decision, view.decided_by) == ("approved", "Sofia Renard")


def test_an_approval_is_not_brought_back_past_what_happened_since(desk: Desk):
    number = desk.book("producer", "M-ET1", *SLOT)
    desk.act("manager", number, "approve")
    move(desk, "producer", number, "18T10:00", "18T12:00")
    move(desk, "producer", number, "19T10:00", "19T12:00")
    move(desk, "producer", number, *SLOT)
    assert desk.where(number) == "requested 1"


# ---- series -----------------------------------------------------------------------------------


def test_this_date_or_all_that_follow_are_moved(desk: Desk):
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
    number = desk.book("producer", "M-MI1", *SLOT, recurrence=weekly)
    ids = [o.id for o in desk.view("producer", number).occurrences]
    second = Reach(scope="this", occurrence=ids[1])
    move(desk, "producer", number, "25T14:00", "25T16:00", reach=second)
    after = Reach(scope="following", occurrence=ids[2])
    move(desk, "producer", number, rooms="M-MI2", reach=after)
    assert spans(desk, number) == [
        "17T09:00–17T13:00 M-MI1 confirmed",
        "25T14:00–25T16:00 M-MI1 confirmed",
        "2026-12-01T09:00–2026-12-01T13:00 M-MI2 confirmed",
    ]


def test_a_series_shifts_on_the_clock_of_the_wall(desk: Desk):
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=2")
    slot = ("2027-03-22T09:00", "2027-03-22T13:00")
    number = desk.book("producer", "M-MI1", *slot, recurrence=weekly)
    move(desk, "producer", number, "2027-03-23T10:00", "2027-03-23T15:00")
    assert spans(desk, number) == [
        "2027-03-23T10:00–2027-03-23T15:00 M-MI1 confirmed",
        "2027-03-30T10:00–2027-03-30T15:00 M-MI1 confirmed",
    ]


def test_a_series_may_move_over_its_own_dates(desk: Desk):
    daily = Recurrence(rule="FREQ=DAILY;COUNT=3")
    number = desk.book("producer", "M-PLA", *SLOT, recurrence=daily)
    move(desk, "producer", number, "18T09:00", "18T13:00")
    assert [line[:2] for line in spans(desk, number)] == ["18", "19", "20"]


def test_dates_do_not_grow_into_each_other(desk: Desk):
    daily = Recurrence(rule="FREQ=DAILY;COUNT=3")
    number = desk.book("producer", "M-PLA", *SLOT, recurrence=daily)
    with desk.unchanged(), pytest.raises(Invalid) as refused:
        move(desk, "producer", number, "17T09:00", "18T10:00")
    assert [(f.path, f.code) for f in refused.value.fields] == [("end", "overlaps_itself")]


def test_one_taken_date_holds_back_the_whole_move(desk: Desk):
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
    number = desk.book("producer", "M-MI1", *SLOT, recurrence=weekly)
    desk.book("post", "M-MI2", "24T10:00", "24T11:00")
    with desk.unchanged(), pytest.raises(Clash) as refused:
        move(desk, "producer", number, rooms="M-MI2")
    assert [date.outcome for date in refused.value.dates] == ["free", "occupied", "free"]


# ---- words ------------------------------------------------------------------------------------


def test_title_note_and_people_change_and_the_fire_figure_still_counts(desk: Desk):
    number = desk.book("producer", "M-MI1", *SLOT)
    move(desk, "producer", number, title="Montage épisode 2", note="Badge", attendees=3)
    view = desk.view("producer", number)
    assert (view.title, view.note, view.attendees) == ("Montage épisode 2", "Badge", 3)
    with desk.unchanged(), pytest.raises(Refused):
        move(desk, "producer", number, attendees=90)


def test_words_change_whatever_stands_against_the_place_now(desk: Desk):
    desk.option("post", "M-ET1", *SLOT)
    second = desk.option("producer", "M-ET1", *SLOT)
    night = desk.book("manager", "M-MI1", "17T05:00", "17T09:00", override="Direct du Japon")
    move(desk, "producer", second, note="Prévoir un lecteur")
    move(desk, "manager", night, title="Direct")
    assert (desk.where(second), desk.where(night)) == ("option 2", "confirmed 1")
    assert desk.view("producer", second).note == "Prévoir un lecteur"
    assert desk.story(second)[-1] == "reworded"


def test_the_number_of_people_can_be_taken_out_again(desk: Desk):
    number = desk.book("producer", "M-MI1", *SLOT, attendees=3)
    move(desk, "producer", number, title="Sans changement")
    assert desk.view("producer", number).attendees == 3
    move(desk, "producer", number, attendees=None)
    assert desk.view("producer", number).attendees is None


def test_who_waits_may_wait_at_another_time(desk: Desk):
    desk.option("post", "M-ET1", "18T09:00", "18T13:00")
    desk.option("post", "M-ET1", *SLOT)
    second = desk.option("producer", "M-ET1", *SLOT)
    move(desk, "producer", second, "18T09:00", "18T13:00")
    assert desk.where(second) == "option 2"


def test_the_end_of_what_has_begun_can_change_and_its_start_cannot(desk: Desk):
    number = desk.book("producer", "M-MI1", *SLOT)
    desk.clock.move_to("2026-11-17T10:00")
    move(desk, "producer", number, end="17T12:00")
    assert spans(desk, number) == ["17T09:00–17T12:00 M-MI1 confirmed"]
    for other in ("17T09:30", "17T10:30", "18T09:00"):
        with desk.unchanged(), pytest.raises(WrongState) as refused:
            move(desk, "producer", number, other, "18T12:00")
        assert refused.value.code == "already_begun"
    desk.clock.move_to("2026-11-17T12:00")
    with desk.unchanged(), pytest.raises(WrongState) as refused:
        move(desk, "producer", number, end="17T13:00")
    assert refused.value.code == "already_over"


def test_of_a_series_the_date_that_has_begun_stays_where_the_others_shift(desk: Desk):
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
    number = desk.book("producer", "M-MI1", *SLOT, recurrence=weekly)
    desk.clock.move_to("2026-11-17T10:00")
    move(desk, "producer", number, start="17T10:00", end="17T14:00")
    assert spans(desk, number) == [
        "17T09:00–17T13:00 M-MI1 confirmed",
        "24T10:00–24T14:00 M-MI1 confirmed",
        "2026-12-01T10:00–2026-12-01T14:00 M-MI1 confirmed",
    ]


# ---- who --------------------------------------------------------------------------------------


def test_only_its_people_and_its_managers_move_a_booking(desk: Desk):
    number = desk.book("producer", "M-MI1", *SLOT)
    with desk.unchanged(), pytest.raises(NotFound):
        move(desk, "post", number, "18T09:00", "18T10:00")
    with desk.unchanged(), pytest.raises(Forbidden):
        move(desk, "colleague", number, "18T09:00", "18T10:00")
    move(desk, "admin@blf.example", number, "18T09:00", "18T10:00")
    with desk.unchanged(), pytest.raises(Stale):
        move(desk, "producer", number, "19T09:00", "19T10:00", revision=1)


def test_nobody_moves_away_from_a_challenge(desk: Desk):
    slot = ("2026-12-16T09:00", "2026-12-16T18:00")
    first, second = desk.option("producer", "M-ET1", *slot), desk.option("post", "M-ET1", *slot)
    desk.act("post", second, "challenge")
    for who, number, code in (("producer", first, "answer_first"), ("post", second, "bound")):
        with desk.unchanged(), pytest.raises(WrongState) as refused:
            move(desk, who, number, "2026-12-17T09:00", "2026-12-17T18:00")
        assert refused.value.code == code


def test_a_moved_series_costs_as_many_statements_as_a_moved_date(desk: Desk):
    def cost(count: int, day: int) -> int:
        start = datetime(2026, 12, day, 9)
        rule = Recurrence(rule=f"FREQ=WEEKLY;COUNT={count}")
        span = (f"{start:%Y-%m-%dT%H:%M}", f"{start:%Y-%m-%dT10:00}")
        number = desk.book("producer", "M-MI1", *span, recurrence=rule)
        with statements(desk.app) as sent:
            move(desk, "producer", number, rooms="M-MI2")
        return len(sent)

    cost(2, 1)
    assert len({cost(2, 2), cost(20, 3)}) == 1


def test_who_is_moved_into_a_queue_comes_after_those_who_stand_there(desk: Desk):
    """However old the booking is: it was elsewhere until now."""
    moved = desk.book("producer", "M-ET2", *SLOT)
    first = desk.book("guest", "M-ET1", *SLOT)
    second = desk.option("post", "M-ET1", *SLOT)
    move(desk, "producer", moved, rooms="M-ET1", on_clash="queue")
    assert [desk.where(n) for n in (second, moved)] == ["option 2", "requested 3"]
    desk.act("guest", first, "withdraw")
    assert [desk.where(n) for n in (second, moved)] == ["option 1", "requested 2"]


@pytest.mark.parametrize("rooms", ["M-MI2", "M-MI1 M-MI2"])
def test_a_room_that_is_new_needs_its_notice_although_the_start_stays(desk: Desk, rule, rooms: str):
    rule("M-MI2", "notice", 72)
    rule("M-MI1", "notice", 24)
    number = desk.book("producer", "M-MI1", *SLOT)
    desk.clock.advance(hours=2)
    with desk.unchanged(), pytest.raises(Refused) as refused:
        move(desk, "producer", number, rooms=rooms)
    (finding,) = refused.value.findings
    assert (finding.rule, finding.params["code"]) == ("notice", "M-MI2")
    move(desk, "producer", number, *SLOT[:1], "17T12:00")
    assert spans(desk, number) == ["17T09:00–17T12:00 M-MI1 confirmed"]


def test_a_night_over_the_doubled_hour_keeps_its_end_under_other_words(desk: Desk):
    desk.clock.move_to("2026-10-01T10:00")
    nights = Recurrence(rule="FREQ=DAILY;COUNT=3")
    night = ("2026-10-23T22:00", "2026-10-24T02:30")
    number = desk.book("producer", "M-PLA", *night, recurrence=nights, end_fold=1)
    before = [(o.starts, o.ends) for o in desk.view("producer", number).occurrences]
    assert max(ends - starts for starts, ends in before) == 5.5 * 3600
    move(desk, "producer", number, title="Nuit blanche")
    move(desk, "producer", number, rooms="M-PLA1")
    move(desk, "producer", number, start="2026-10-23T21:00")
    after = [(o.starts + 3600, o.ends) for o in desk.view("producer", number).occurrences]
    assert after == before


def test_while_a_challenge_is_open_words_may_change_and_places_may_not(desk: Desk):
    slot = ("27T09:00", "27T13:00")
    holder, challenger = (desk.option(who, "M-ET1", *slot) for who in ("producer", "post"))
    desk.act("post", challenger, "challenge")
    move(desk, "producer", holder, title="Autre titre")
    move(desk, "post", challenger, note="Une note")
    elsewhere = Change(start=moment("26T09:00"), end=moment("26T13:00"))
    for who, number, code in (("producer", holder, "answer_first"), ("post", challenger, "bound")):
        with desk.unchanged(), pytest.raises(WrongState) as refused:
            actions.change(desk.actor(who), number, elsewhere, desk.clock.now)
        with pytest.raises(WrongState) as foreseen:
            moving.preview(desk.actor(who), number, elsewhere, desk.now)
        assert (refused.value.code, foreseen.value.code) == (code, code)


def ways(refused: pytest.ExceptionInfo[Clash]) -> list[tuple[str, str, str]]:
    found = refused.value.alternatives
    return [(way.facility, words(way.starts), words(way.ends)) for way in found]


def test_what_is_moved_is_not_in_the_way_of_its_own_ways_out(desk: Desk):
    """It has nine to one, others have the room from two on: ten to two is nearest."""
    number = desk.book("producer", "M-MI1", *SLOT)
    desk.book("post", "M-MI1", "17T14:00", "17T18:00")
    with pytest.raises(Clash) as refused:
        move(desk, "producer", number, "17T11:00", "17T15:00")
    assert ("M-MI1", "17T10:00", "17T14:00") in ways(refused)
    foreseen = moving.preview(
        desk.actor("producer"),
        number,
        Change(start=moment("17T11:00"), end=moment("17T15:00")),
        desk.now,
    )
    assert list(foreseen.alternatives) == list(refused.value.alternatives)


def test_its_own_hours_do_not_count_against_its_ways_out(desk: Desk, rule):
    rule("editing", "quota_hours", 4)
    number = desk.book("producer", "M-MI1", *SLOT)
    desk.book("post", "M-MI1", "18T09:00", "18T13:00")
    with pytest.raises(Clash) as refused:
        move(desk, "producer", number, "18T09:00", "18T13:00")
    assert ways(refused)[0] == ("M-MI2", "18T09:00", "18T13:00")


def test_who_moves_for_a_guest_is_offered_what_the_guest_may_have(desk: Desk):
    facility(desk, "M-ET2", guests_allowed=False)
    number = desk.book("guest", "M-ET1", *SLOT)
    desk.book("post", "M-ET1", "18T09:00", "18T13:00")
    with pytest.raises(Clash) as refused:
        move(desk, "manager", number, "18T09:00", "18T13:00")
    assert ways(refused)
    assert {code for code, *_ in ways(refused)} == {"M-ET1"}


# ---- what is running --------------------------------------------------------------------------


def test_who_is_there_stays_longer_without_asking_again(desk: Desk):
    number = desk.book("producer", "M-ET1", "16T10:00", "16T12:00")
    desk.act("manager", number, "approve")
    desk.clock.advance(hours=1, minutes=30)
    move(desk, "producer", number, "16T10:00", "16T13:00")
    assert spans(desk, number) == ["16T10:00–16T13:00 M-ET1 confirmed"]
    desk.book("post", "M-ET1", "16T13:30", "16T15:00")
    with desk.unchanged(), pytest.raises(Clash):  # waiting for a place that one is in is no way
        move(desk, "producer", number, "16T10:00", "16T14:00", on_clash="queue")


def test_nothing_that_must_be_approved_comes_to_what_is_running(desk: Desk):
    number = desk.book("producer", "M-MI1", "16T10:00", "16T12:00")
    desk.clock.advance(hours=1, minutes=30)
    with desk.unchanged(), pytest.raises(WrongState) as refused:
        move(desk, "producer", number, rooms="M-ET2")
    assert refused.value.code == "begun_unapproved"
    move(desk, "manager", number, rooms="M-ET2")
    assert spans(desk, number) == ["16T10:00–16T12:00 M-ET2 confirmed"]


def test_no_more_of_a_pool_that_must_be_approved_comes_to_what_is_running(desk: Desk):
    pool(desk, "M-FIB", 10, approval="manager")
    number = desk.book("producer", "M-FIB", "16T10:00", "16T12:00", amounts={"M-FIB": 2})
    desk.act("manager", number, "approve")
    desk.clock.advance(hours=1, minutes=30)
    with desk.unchanged(), pytest.raises(WrongState):
        move(desk, "producer", number, amounts={"M-FIB": 3})
    move(desk, "producer", number, amounts={"M-FIB": 1})
    assert [amount for *_, amount in shares()] == [1]


def test_of_a_series_the_running_date_stays_where_it_is(desk: Desk):
    daily = Recurrence(rule="FREQ=DAILY;COUNT=2")
    number = desk.book("producer", "M-MI1", "16T10:00", "16T12:00", recurrence=daily)
    desk.clock.advance(hours=1, minutes=30)
    move(desk, "producer", number, rooms="M-ET2")
    assert spans(desk, number) == [
        "16T10:00–16T12:00 M-MI1 confirmed",
        "17T10:00–17T12:00 M-ET2 requested",
    ]


def test_who_is_late_gets_no_more_time_by_changing_something(desk: Desk, rule):
    rule("editing", "check_in", 15)
    number = desk.book("producer", "M-MI1", "16T10:00", "16T12:00")
    (before,) = desk.view("manager", number).occurrences
    desk.clock.advance(hours=1, minutes=14)
    move(desk, "producer", number, "16T10:00", "16T11:45")
    (after,) = desk.view("manager", number).occurrences
    assert (words(after.ends), after.expires) == ("16T11:45", before.expires)
