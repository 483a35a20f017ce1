"""Rules that managers set, as bookings meet them."""

from datetime import date

import pytest

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.recurrence import Recurrence
from booking.facilities import actions as facility_actions
from booking.facilities.actions.closures import Closing
from booking.facilities.queries import by_codes, catalogue
from booking.kernel.errors import Refused
from booking.members import actions as member_actions
from booking.reservations import facts
from booking.reservations.wish import understand
from tests.reservations.desk import Desk, instant, moment, words
from tests.support.statements import statements

HOUR = 3600
DAY = 24 * HOUR
MORNING = ("18T09:00", "18T13:00")


def refused(desk: Desk, codes: str, start: str, end: str, who: str = "producer", **more):
    """The rules that stand against a wish; nothing of it stays."""
    with desk.unchanged(), pytest.raises(Refused) as refusal:
        desk.book(who, codes, start, end, **more)
    assert desk.preview(who, codes, start, end, **more).findings == refusal.value.findings
    return [finding.rule for finding in refusal.value.findings]


def plan_of(desk: Desk, codes: str = "M-ET1", span: tuple[str, str] = MORNING, **more):
    (plan,) = understand(desk.actor("producer"), desk.wish(codes, *span, **more))
    return plan


def weekly(plan, count: int) -> list[Interval]:
    return [Interval(plan.span.starts + n * DAY, plan.span.ends + n * DAY) for n in range(count)]


@pytest.mark.parametrize(
    ("name", "value", "codes", "start", "end"),
    [
        ("notice", 49, "M-ET1", *MORNING),
        ("furthest", 1, "M-ET1", *MORNING),
        ("shortest", 241, "M-ET1", *MORNING),
        ("longest", 239, "M-ET1", *MORNING),
        ("step", 180, "M-ET1", *MORNING),
        ("holidays", True, "M-ET1", "2026-12-25T09:00", "2026-12-25T10:00"),
        ("audience", "staff", "M-ET1", *MORNING),
        ("equipment", ["M-CIN"], "M-ET1", *MORNING),
        ("licence", "grip", "M-ET1", *MORNING),
    ],
)
def test_each_rule_refuses(desk: Desk, rule, name, value, codes, start, end):
    rule("M-ET1", name, value)
    assert refused(desk, codes, start, end) == [name]
    desk.book("producer", "M-ET2", start, end)


def test_a_rule_of_a_kind_holds_for_all_of_it_and_on_the_day_of_the_start(desk: Desk, rule):
    rule("grading", "longest", 60, "2026-11-18", "2026-11-18")
    assert refused(desk, "M-ET1 M-ET2", *MORNING) == ["longest", "longest"]
    desk.book("producer", "M-ET1", "17T21:00", "18T08:30")
    desk.book("producer", "M-ET1", "19T09:00", "19T13:00")


def test_what_is_required_may_be_booked_along(desk: Desk, rule):
    rule("M-ET1", "equipment", ["M-CIN", "M-MI1"])
    desk.book("producer", "M-ET1 M-MI1", *MORNING)


def test_a_licence_opens_the_door_until_its_last_day(desk: Desk, rule):
    rule("M-ET1", "licence", "grip")
    manager, email = desk.actor("manager"), "producer@blf.example"
    member_actions.give_licence(manager, email, "grip", date(2026, 11, 18), desk.clock.now)
    desk.book("producer", "M-ET1", *MORNING)
    assert refused(desk, "M-ET1", "19T09:00", "19T10:00") == ["licence"]
    assert refused(desk, "M-ET1", "18T15:00", "18T16:00", who="post") == ["licence"]


@pytest.mark.parametrize("set_for", ["M-ET1", "M-MI1"])
def test_noise_neighbours_keep_each_other_out_whoever_says_so(desk: Desk, rule, set_for):
    other = {"M-ET1": "M-MI1", "M-MI1": "M-ET1"}[set_for]
    rule(set_for, "noise", [other])
    desk.book("post", "M-MI1", *MORNING)
    assert refused(desk, "M-ET1", "18T12:00", "18T14:00") == ["noise"]
    assert refused(desk, "M-ET1", "18T12:00", "18T14:00", who="post") == ["noise"]
    desk.book("producer", "M-ET1", "18T13:00", "18T14:00")
    desk.book("producer", "M-ET2", "18T12:00", "18T14:00")


def test_only_who_has_the_slot_makes_noise(desk: Desk, rule):
    rule("M-ET1", "noise", ["M-CIN"])
    number = desk.option("producer", "M-CIN", *MORNING)
    assert refused(desk, "M-ET1", *MORNING, who="post") == ["noise"]
    desk.act("producer", number, "release")
    desk.book("post", "M-ET1", *MORNING)


def test_a_quota_counts_what_the_company_has_in_the_week(desk: Desk, rule):
    rule("grading", "quota_hours", 10)
    desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    desk.book("colleague", "M-ET2", "18T09:00", "18T13:00")
    desk.book("post", "M-ET1", "19T09:00", "19T19:00")
    assert refused(desk, "M-ET2", "20T09:00", "20T11:01") == ["quota_hours"]
    assert refused(desk, "M-ET1 M-ET2", "20T09:00", "20T10:01") == ["quota_hours"]
    desk.book("producer", "M-ET2", "20T09:00", "20T11:00")
    desk.book("producer", "M-ET2", "23T09:00", "23T19:00")
    desk.book("producer", "M-MI1", "20T12:00", "20T22:00")


def test_what_was_given_back_counts_no_more(desk: Desk, rule):
    rule("grading", "quota_hours", 4)
    number = desk.book("producer", "M-ET1", *MORNING)
    desk.act("producer", number, "withdraw")
    desk.book("producer", "M-ET1", "19T09:00", "19T13:00")


def test_live_options_are_counted_lapsed_ones_are_not(desk: Desk, rule):
    rule("grading", "quota_options", 1)
    desk.option("producer", "M-ET1", "25T09:00", "25T10:00")
    assert refused(desk, "M-ET2", *MORNING, hold="option") == ["quota_options"]
    desk.book("producer", "M-ET2", *MORNING)
    desk.option("post", "M-ET2", "26T09:00", "26T10:00")
    desk.option("producer", "M-CIN", "26T09:00", "26T10:00")
    desk.clock.move_to("2026-11-24T09:00")
    desk.option("producer", "M-ET2", "28T09:00", "28T10:00")


def test_what_waits_behind_others_counts_against_no_quota(desk: Desk, rule):
    rule("grading", "quota_hours", 8)
    rule("grading", "quota_options", 1)
    desk.book("post", "M-ET1", "24T09:00", "24T13:00", hold="option")
    waiting = desk.option("producer", "M-ET1", "24T09:00", "24T13:00")
    assert desk.where(waiting) == "option 2"
    desk.option("producer", "M-ET2", "25T09:00", "25T13:00")
    desk.book("producer", "M-ET2", "26T09:00", "26T13:00")
    assert refused(desk, "M-ET2", "27T09:00", "27T10:00") == ["quota_hours"]
    kept = {"hold": "option", "on_clash": "queue"}
    assert refused(desk, "M-ET2", "30T09:00", "30T10:00", **kept) == ["quota_options"]


def test_who_comes_to_their_turn_counts_from_then_on(desk: Desk, rule):
    rule("grading", "quota_hours", 4)
    first = desk.option("post", "M-ET1", *MORNING)
    desk.option("producer", "M-ET1", *MORNING)
    assert desk.preview("producer", "M-ET2", "19T09:00", "19T13:00").findings == ()
    desk.act("post", first, "release")
    assert refused(desk, "M-ET2", "19T09:00", "19T10:00") == ["quota_hours"]


# ---- options that roll ------------------------------------------------------------------------

FAR = ("2026-12-14T09:00", "2026-12-14T13:00")


def lapsed_option(desk: Desk, who: str = "producer", **more) -> None:
    """An option on FAR that ran out a minute ago, whether or not a worker came by."""
    number = desk.option(who, "M-ET1", *FAR, **more)
    desk.clock.advance(days=7, minutes=1)
    assert desk.where(number) == "expired"


@pytest.mark.parametrize("worker", [True, False])
def test_a_lapsed_option_is_not_taken_again_at_once(desk: Desk, rule, worker):
    rule("grading", "rolling", 24)
    lapsed_option(desk)
    if worker:
        desk.clock.advance(hours=10)
        desk.work()
    for who in ("producer", "colleague"):
        with pytest.raises(Refused) as refusal:
            desk.option(who, "M-ET1", "2026-12-14T12:00", "2026-12-14T15:00")
        assert [finding.rule for finding in refusal.value.findings] == ["rolling"]
    desk.option("post", "M-ET2", *FAR)
    desk.option("producer", "M-ET1", "2026-12-14T13:15", "2026-12-14T15:00")


@pytest.mark.parametrize("ways", ["firmly", "later", "others", "override", "lifted"])
def test_there_are_ways_to_have_what_lapsed(desk: Desk, rule, ways):
    rule("grading", "rolling", 24)
    who, more = "producer", {"hold": "option"}
    lapsed_option(desk, "manager" if ways == "override" else who)
    if ways == "firmly":
        more = {}
    elif ways == "later":
        desk.clock.advance(hours=24)
    elif ways == "others":
        who = "post"
    elif ways == "override":
        who, more = "manager", {**more, "override": "La production attend son financement"}
    else:
        rule("M-ET1", "rolling", 0)
    desk.work()
    assert desk.where(desk.book(who, "M-ET1", *FAR, **more)).endswith("1")


def test_a_release_and_a_second_option_are_nothing_that_rolls(desk: Desk, rule):
    rule("grading", "rolling", 24)
    desk.act("producer", desk.option("producer", "M-ET1", *FAR), "release")
    firm = desk.book("post", "M-ET1", *FAR)
    lapsed_option(desk)  # behind the firm one
    desk.act("post", firm, "withdraw")
    desk.work()
    desk.option("producer", "M-ET1", *FAR)


def test_another_production_of_the_company_may_take_it(desk: Desk, rule):
    rule("grading", "rolling", 24)
    lapsed_option(desk, production="HERON")
    desk.work()
    with pytest.raises(Refused):
        desk.option("producer", "M-ET1", *FAR, production="HERON")
    with pytest.raises(Refused):
        desk.option("producer", "M-ET1", *FAR)


# ---- when it begins ---------------------------------------------------------------------------


def test_who_has_yet_to_be_granted_asks_before_the_start(desk: Desk):
    assert refused(desk, "M-ET1", "16T09:00", "16T10:00") == ["past"]
    assert refused(desk, "M-MI1", "16T09:00", "16T10:00", who="guest") == ["past"]
    assert desk.where(desk.book("producer", "M-MI1", "16T09:00", "16T10:00")) == "confirmed 1"
    assert desk.where(desk.book("manager", "M-ET1", "16T09:00", "16T10:00")) == "confirmed 1"
    assert desk.where(desk.book("producer", "M-ET2", "16T09:01", "16T10:00")) == "requested 1"


def test_dates_of_a_series_add_up(desk: Desk, rule):
    rule("grading", "quota_hours", 10)
    rule("grading", "quota_options", 2)
    plan = plan_of(desk, "M-ET1", ("16T10:00", "16T14:00"), hold="option")
    found = facts.load(desk.actor("producer"), plan, weekly(plan, 8), desk.now)
    booked = [[usage.booked_s // HOUR for usage in each.usage] for each in found]
    assert booked == [[0], [4], [8], [12], [16], [20], [24], [0]]
    assert [each.options.get("grading", 0) for each in found] == list(range(8))


def test_what_is_being_moved_counts_neither_as_booked_nor_as_noise(desk: Desk, rule):
    rule("grading", "quota_hours", 4)
    rule("M-ET2", "noise", ["M-ET1"])
    number = desk.book("producer", "M-ET1", *MORNING)
    (occurrence,) = desk.view("producer", number).occurrences
    plan = plan_of(desk, "M-ET2")
    args = (desk.actor("producer"), plan, [plan.span], desk.now)
    (with_it,) = facts.load(*args)
    (without,) = facts.load(*args, besides=[occurrence.id])
    assert [u.booked_s for u in with_it.usage] == [4 * HOUR]
    assert [n.code for n in with_it.rooms[0].neighbours] == ["M-ET1"]
    assert [u.booked_s for u in without.usage] == [0]
    assert without.rooms[0].neighbours == ()


def test_closures_go_to_the_dates_they_touch(desk: Desk):
    plan = plan_of(desk)
    closing = Closing(
        facility="M-ET1", start=moment("19T08:00"), end=moment("19T10:00"), reason="Lampe"
    )
    facility_actions.add_closure(desk.actor("manager"), closing, desk.clock.now)
    found = facts.load(desk.actor("producer"), plan, weekly(plan, 3), desk.now)
    assert [len(each.rooms[0].closures) for each in found] == [0, 1, 0]
    assert found[1].rooms[0].closures[0][0].starts == instant("19T08:00")


EVERY_RULE = (
    ("grading", "quota_hours", 40),
    ("grading", "quota_options", 40),
    ("grading", "rolling", 24),
    ("M-ET1", "licence", "grip"),
    ("M-ET1", "noise", ["M-MI1"]),
    ("M-ET1", "holidays", True),
    ("M-ET1", "step", 30),
)


@pytest.mark.parametrize("asking", [False, True])
def test_a_year_of_dates_costs_what_one_costs(desk: Desk, rule, asking):
    for setting in EVERY_RULE if asking else ():
        rule(*setting)
    desk.book("post", "M-MI1", *MORNING)
    plan = plan_of(desk, "M-ET1 M-ET2", hold="option")
    by_codes(["M-ET1"])
    facts.load(desk.actor("producer"), plan, [plan.span], desk.now)
    catalogue()
    costs = []
    for count in (1, 366):
        with statements(desk.app) as sent:
            found = facts.load(desk.actor("producer"), plan, weekly(plan, count), desk.now)
        assert len(found) == count
        costs.append(len(sent))
    assert costs == ([6, 6] if asking else [1, 1])


DAILY = Recurrence(rule="FREQ=DAILY;COUNT=3")
TAKEN = ("M-MI1", "23T09:00", "23T13:00")


@pytest.mark.parametrize(
    ("on_clash", "hold", "name", "most", "kept"),
    [
        ("skip", "firm", "quota_hours", 8, ["24T09:00", "25T09:00"]),
        ("skip", "option", "quota_options", 2, ["24T09:00", "25T09:00"]),
        ("queue", "firm", "quota_hours", 8, ["23T09:00", "24T09:00", "25T09:00"]),
        ("skip", "firm", "quota_hours", 4, ["24T09:00"]),
    ],
)
def test_only_what_a_series_gets_counts_against_its_quota(
    desk: Desk, rule, on_clash, hold, name, most, kept
):
    """Not the date that is left out, nor the one that waits."""
    rule("editing", name, most)
    desk.book("post", *TAKEN)
    number = desk.book("producer", *TAKEN, on_clash=on_clash, hold=hold, recurrence=DAILY)
    assert [words(o.starts) for o in desk.view("manager", number).occurrences] == kept
