"""Being there: check-in, no-show by the clock, staying longer, leaving early."""

from datetime import UTC, datetime

import pytest

from booking.core.access import Subject, allowed
from booking.core.scheduling.recurrence import Recurrence
from booking.facilities.actions.rules import RuleChange
from booking.kernel.errors import Clash, Forbidden, Invalid, NotFound, Refused, WrongState
from booking.reservations import actions
from booking.reservations.actions import ruling
from tests.reservations.desk import Desk, instant, moment, words

MORNING = ("18T09:00", "18T13:00")
FIRM = "M-MI1"
"""Nobody has to approve here; it is open from 8 to 22."""


def ask(desk: Desk, minutes: int = 15, code: str = FIRM, **more: object) -> int:
    """Let a facility release what nobody has checked in; the id of the setting."""
    return ruling.add_rule(
        desk.actor("admin@pil.example"),
        "check_in",
        RuleChange(value=minutes, **more),  # type: ignore[arg-type]
        desk.clock.now,
        facility_id=desk.world.facilities[code],
    )


def prolong(desk: Desk, who: str, number: str, end: str) -> None:
    actions.prolong(desk.actor(who), number, moment(end), desk.clock.now)


def verbs(desk: Desk, who: str, number: str) -> list[str]:
    return [verb.value for verb in desk.view(who, number).occurrences[0].verbs]


def span(desk: Desk, number: str) -> tuple[str, str]:
    (date,) = desk.view("manager", number).occurrences
    return words(date.starts), words(date.ends)


# ---- checking in ----------------------------------------------------------------------------


def test_the_requester_checks_in_when_they_come(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T08:45")
    assert verbs(desk, "producer", number) == ["move", "cancel", "check-in"]
    desk.act("producer", number, "check-in")
    assert desk.where(number) == "checked_in 1"
    assert desk.story(number) == ["requested", "checked_in"]


@pytest.mark.parametrize("who", ["colleague", "manager"])
def test_colleagues_and_managers_may_check_in_too(desk: Desk, who: str):
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T09:10")
    desk.act(who, number, "check-in")
    assert desk.where(number) == "checked_in 1"


def test_others_learn_nothing_by_trying(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T09:00")
    with desk.unchanged(), pytest.raises(NotFound):
        desk.act("post", number, "check-in")


def test_who_was_invited_sees_it_but_does_not_check_it_in(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING, production="HERON")
    desk.clock.move_to("2026-11-18T09:00")
    with desk.unchanged(), pytest.raises(Forbidden):
        desk.act("guest", number, "check-in")


def test_it_is_too_early_the_day_before(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    with desk.unchanged(), pytest.raises(WrongState) as refusal:
        desk.act("producer", number, "check-in")
    assert refusal.value.code == "too_early"
    assert words(refusal.value.params["moment"]) == "18T08:30"


def test_the_facility_says_how_early(desk: Desk):
    ask(desk, 10)
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T08:49")
    with pytest.raises(WrongState):
        desk.act("producer", number, "check-in")
    desk.clock.advance(minutes=1)
    desk.act("producer", number, "check-in")


def test_what_waits_for_approval_cannot_be_checked_in(desk: Desk):
    number = desk.book("producer", "M-ET1", *MORNING)
    desk.clock.move_to("2026-11-18T08:50")
    with desk.unchanged(), pytest.raises(WrongState):
        desk.act("producer", number, "check-in")


def test_of_a_series_the_date_of_today_is_checked_in(desk: Desk):
    days = Recurrence(rule="FREQ=DAILY;COUNT=3")
    number = desk.book("producer", FIRM, *MORNING, recurrence=days)
    desk.clock.move_to("2026-11-19T08:55")
    desk.act("producer", number, "check-in")
    states = [date.state for date in desk.view("producer", number).occurrences]
    assert states == ["confirmed", "checked_in", "confirmed"]


# ---- nobody came ----------------------------------------------------------------------------


def test_without_the_policy_nothing_is_released(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T12:59")
    assert desk.work() == 0
    assert desk.where(number) == "confirmed 1"


def test_a_booking_lives_until_the_last_second_of_its_grace(desk: Desk):
    ask(desk)
    number = desk.book("producer", FIRM, *MORNING)
    assert words(desk.view("producer", number).occurrences[0].expires or 0) == "18T09:15"
    desk.clock.move_to(datetime.fromtimestamp(instant("18T09:15") - 1, UTC))
    assert desk.where(number) == "confirmed 1"
    desk.clock.advance(seconds=1)
    with desk.unchanged():
        assert desk.where(number) == "no_show"
        assert desk.seen(FIRM) == []
    assert desk.written(number) == "confirmed"
    with desk.unchanged(), pytest.raises(WrongState) as refusal:
        desk.act("producer", number, "check-in")
    assert refusal.value.params == {"verb": "check-in", "state": "no_show"}


def test_who_checked_in_stays(desk: Desk):
    ask(desk)
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T09:14")
    desk.act("producer", number, "check-in")
    desk.clock.move_to("2026-11-18T12:00")
    assert desk.work() == 0
    assert desk.where(number) == "checked_in 1"


def test_the_slot_is_free_for_others_before_anybody_writes_it_down(desk: Desk):
    ask(desk)
    gone = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T09:15")
    number = desk.book("post", FIRM, "18T09:30", "18T12:00")
    assert desk.where(number) == "confirmed 1"
    assert desk.written(gone) == "no_show"
    assert desk.story(gone) == ["requested", "no_show"]


def test_the_worker_writes_it_down(desk: Desk):
    ask(desk)
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T11:00")
    assert desk.work() == 1
    assert desk.written(number) == "no_show"
    assert desk.claims() == []
    assert desk.view("producer", number).occurrences[0].verbs == ()


def test_who_waits_behind_it_moves_up_and_has_to_check_in_too(desk: Desk):
    ask(desk)
    desk.book("producer", FIRM, *MORNING)
    second = desk.book("post", FIRM, "18T11:00", "18T14:00", on_clash="queue")
    desk.clock.move_to("2026-11-18T09:15")
    with desk.unchanged():
        assert desk.where(second) == "confirmed 1"
        expires = desk.view("post", second).occurrences[0].expires
    assert desk.work() == 1
    assert desk.where(second) == "confirmed 1"
    assert words(expires or 0) == "18T11:15"
    assert desk.view("post", second).occurrences[0].expires == expires


def test_two_no_shows_in_a_row_free_the_room_whether_or_not_a_worker_ran(desk: Desk):
    ask(desk)
    first = desk.book("producer", FIRM, *MORNING)
    second = desk.book("post", FIRM, "18T11:00", "18T14:00", on_clash="queue")
    desk.clock.move_to("2026-11-18T11:15")
    with desk.unchanged():
        assert desk.seen(FIRM) == []
        assert desk.preview("producer", FIRM, "18T11:30", "18T13:00").rank == 1
    desk.work()
    assert [desk.written(n) for n in (first, second)] == ["no_show", "no_show"]
    assert desk.story(second) == ["requested", "promoted", "confirmed", "no_show"]


def test_shorter_than_the_grace_it_is_never_released(desk: Desk):
    ask(desk, 60)
    number = desk.book("producer", FIRM, "18T09:00", "18T09:30")
    assert desk.view("producer", number).occurrences[0].expires is None


def test_who_did_not_come_has_used_up_their_hours(desk: Desk):
    ask(desk)
    ruling.add_rule(
        desk.actor("admin@pil.example"),
        "quota_hours",
        RuleChange(value=4),
        desk.clock.now,
        kind_id=desk.world.kinds["editing"],
    )
    desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T10:00")
    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            desk.book("producer", FIRM, "19T09:00", "19T10:00")
        assert [found.rule for found in refusal.value.findings] == ["quota_hours"]
        desk.work()


# ---- the policy changes ---------------------------------------------------------------------


def test_what_was_booked_before_gets_the_clock_when_the_policy_is_set(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    setting = ask(desk)
    assert words(desk.view("producer", number).occurrences[0].expires or 0) == "18T09:15"
    ruling.change_rule(
        desk.actor("admin@pil.example"), setting, RuleChange(value=30), desk.clock.now
    )
    assert words(desk.view("producer", number).occurrences[0].expires or 0) == "18T09:30"
    today = desk.clock.now.date()
    ruling.end_rule(desk.actor("admin@pil.example"), setting, today, desk.clock.now)
    assert desk.view("producer", number).occurrences[0].expires is None


def test_what_runs_when_the_policy_is_set_is_left_alone(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T10:00")
    ask(desk)
    desk.clock.move_to("2026-11-18T12:00")
    assert desk.where(number) == "confirmed 1"


def test_nobody_comes_back_when_the_policy_ends(desk: Desk):
    setting = ask(desk)
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T09:20")
    today = desk.clock.now.date()
    ruling.end_rule(desk.actor("admin@pil.example"), setting, today, desk.clock.now)
    assert desk.written(number) == "no_show"


# ---- nights on which the clocks change ------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "by"),
    [
        ("2027-03-28T01:45", "2027-03-28T06:00", "2027-03-28T03:15"),
        ("2026-12-31T23:50", "2027-01-01T02:00", "2027-01-01T00:20"),
        ("2027-10-30T23:00", "2027-10-31T08:00", "2027-10-30T23:30"),
    ],
)
def test_the_grace_is_real_time(desk: Desk, start: str, end: str, by: str):
    ask(desk, 30, "M-PLA1")
    number = desk.book("manager", "M-PLA1", start, end)
    assert words(desk.view("manager", number).occurrences[0].expires or 0) == by


def test_the_hour_that_comes_twice_is_waited_for_once(desk: Desk):
    """From 02:50 summer time half an hour on is 02:20 winter time, which comes later."""
    ask(desk, 30, "M-PLA1")
    number = desk.book("manager", "M-PLA1", "2027-10-31T02:50", "2027-10-31T05:00", start_fold=0)
    (date,) = desk.view("manager", number).occurrences
    assert (date.expires or 0) - date.starts == 1800
    assert words(date.expires or 0) == "2027-10-31T02:20"


# ---- staying longer -------------------------------------------------------------------------


def test_a_running_booking_is_prolonged(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T12:30")
    desk.act("producer", number, "check-in")
    prolong(desk, "colleague", number, "18T14:00")
    assert desk.where(number) == "checked_in 1"
    assert span(desk, number) == ("18T09:00", "18T14:00")
    assert desk.story(number)[-1] == "prolonged"


def test_it_ends_where_the_next_one_begins(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    desk.book("post", FIRM, "18T14:00", "18T16:00")
    desk.clock.move_to("2026-11-18T12:30")
    with desk.unchanged(), pytest.raises(Clash):
        prolong(desk, "producer", number, "18T14:30")
    prolong(desk, "producer", number, "18T13:45")
    assert span(desk, number) == ("18T09:00", "18T13:45")


def test_the_rules_still_hold(desk: Desk):
    number = desk.book("producer", FIRM, "18T18:00", "18T21:00")
    desk.clock.move_to("2026-11-18T20:30")
    with desk.unchanged(), pytest.raises(Refused) as refusal:
        prolong(desk, "producer", number, "18T23:00")
    assert [found.rule for found in refusal.value.findings] == ["hours"]


def test_nobody_has_to_approve_what_is_already_there(desk: Desk):
    number = desk.book("producer", "M-ET1", *MORNING)
    desk.act("manager", number, "approve")
    desk.clock.move_to("2026-11-18T12:30")
    prolong(desk, "producer", number, "18T14:00")
    assert desk.where(number) == "confirmed 1"


def test_what_has_not_begun_is_changed_and_not_prolonged(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    with desk.unchanged(), pytest.raises(WrongState) as refusal:
        prolong(desk, "producer", number, "18T14:00")
    assert refusal.value.code == "not_begun"


def test_prolonging_is_not_for_leaving(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T12:00")
    with desk.unchanged(), pytest.raises(Invalid) as refusal:
        prolong(desk, "producer", number, "18T12:30")
    assert [(field.path, field.code) for field in refusal.value.fields] == [("end", "not_later")]


def test_who_prolongs_must_still_check_in(desk: Desk):
    ask(desk)
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T09:05")
    prolong(desk, "producer", number, "18T14:00")
    desk.clock.move_to("2026-11-18T09:15")
    assert desk.where(number) == "no_show"


# ---- leaving early --------------------------------------------------------------------------


def test_ending_early_frees_the_rest(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    behind = desk.book("post", FIRM, "18T12:00", "18T15:00", on_clash="queue")
    desk.clock.move_to("2026-11-18T11:10")
    desk.act("producer", number, "end-early")
    assert desk.where(number) == "completed 1"
    assert span(desk, number) == ("18T09:00", "18T11:10")
    assert desk.where(behind) == "confirmed 1"
    assert desk.story(number) == ["requested", "ended_early"]
    assert desk.story(behind) == ["requested", "promoted", "confirmed"]


def test_the_turnaround_is_kept_after_the_early_end(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    before = {claim.number: claim for claim in desk.claims()}[number]
    desk.clock.move_to("2026-11-18T11:10")
    desk.act("producer", number, "end-early")
    after = {claim.number: claim for claim in desk.claims()}[number]
    assert instant(before.ends) - instant("18T13:00") == instant(after.ends) - instant("18T11:10")


def test_what_is_over_cannot_be_ended(desk: Desk):
    number = desk.book("producer", FIRM, *MORNING)
    desk.clock.move_to("2026-11-18T13:00")
    assert verbs(desk, "producer", number) == []
    with desk.unchanged(), pytest.raises(WrongState):
        desk.act("producer", number, "end-early")


def test_who_may_be_there_may_stay_and_leave(desk: Desk):
    theirs = desk.actor("producer")
    colleague = Subject(company_id=theirs.company_id, user_id=-1)
    for permission in ("booking:check_in", "booking:prolong", "booking:end_early"):
        assert allowed(theirs, permission, colleague)
        assert not allowed(desk.actor("post"), permission, colleague)
