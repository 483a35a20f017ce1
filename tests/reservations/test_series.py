"""Series: the same slot on many dates, all or nothing, repaired date by date."""

from datetime import date, datetime
from typing import Any

import pytest

from booking.core.lifecycle import Verb
from booking.core.scheduling.recurrence import Recurrence
from booking.kernel.errors import Clash, Invalid, NotFound, Refused, WrongState
from booking.reservations import actions, histories
from booking.reservations.actions import Reach
from booking.reservations.wish import Repair
from tests.reservations.desk import Desk, words
from tests.reservations.test_refusing import close
from tests.support.statements import statements

WEEKLY = {"recurrence": Recurrence(rule="FREQ=WEEKLY;COUNT=4")}
SLOT = ("M-MI1", "17T09:00", "17T13:00")
SECOND = date(2026, 11, 24)


def dates(desk: Desk, number: str, who: str = "manager") -> list[str]:
    """Every date in short: "17 confirmed 1"."""
    return [
        f"{words(o.starts)} {o.state} {o.rank or ''}".strip().replace("T09:00", "")
        for o in desk.view(who, number).occurrences
    ]


def verdicts(error: Clash | Refused) -> list[str]:
    return [f"{d.on:%d} {d.outcome} {d.rank or ''}".strip() for d in error.dates]


# ---- asking ---------------------------------------------------------------------------------


def test_a_series_keeps_its_hour_across_the_clock_change(desk: Desk):
    number = desk.book("producer", "M-MI1", "2027-03-22T09:00", "2027-03-22T13:00", **WEEKLY)
    seen = [words(o.starts) for o in desk.view("producer", number).occurrences]
    assert seen == [f"2027-{day}T09:00" for day in ("03-22", "03-29", "04-05", "04-12")]


def test_picked_dates_join_those_of_the_rule_and_exdates_leave_it(desk: Desk):
    recurrence = Recurrence(
        rule="FREQ=DAILY;COUNT=3", exdates=(date(2026, 11, 18),), dates=(date(2026, 11, 26),)
    )
    number = desk.book("producer", *SLOT, recurrence=recurrence)
    assert dates(desk, number) == ["17 confirmed 1", "19 confirmed 1", "26 confirmed 1"]


def test_one_taken_date_holds_back_the_whole_and_offers_another_room(desk: Desk):
    desk.book("post", "M-MI1", "24T10:00", "24T11:00")
    with desk.unchanged(), pytest.raises(Clash) as refused:
        desk.book("producer", *SLOT, **WEEKLY)
    assert verdicts(refused.value) == ["17 free 1", "24 occupied 2", "01 free 1", "08 free 1"]
    assert [d.room and d.room.facility for d in refused.value.dates] == [None, "M-MI2", None, None]
    assert [c.title for c in refused.value.conflicts] == [None]


@pytest.mark.parametrize(
    ("setting", "offered"),
    [
        (("M-MI2", "longest", 239), None),
        (("M-MI2", "notice", 24 * 9), None),
        (("M-MI2", "notice", 24 * 8), "M-MI2"),
        (("M-MI2", "audience", "staff"), None),
        (("M-MI2", "licence", "grip"), None),
        (("M-MI2", "noise", ["M-ET1"]), None),
        (("M-MI2", "step", 60), "M-MI2"),
        (("M-MI2", "audience", "staff", "2026-11-25"), "M-MI2"),
        (("editing", "quota_hours", 4), "M-MI2"),
    ],
)
def test_another_room_is_offered_only_where_its_rules_allow(desk: Desk, rule, setting, offered):
    desk.book("post", "M-MI1 M-ET1", "24T10:00", "24T11:00")
    rule(*setting)
    with desk.unchanged(), pytest.raises(Clash) as refused:
        desk.book("producer", *SLOT, **WEEKLY)
    rooms = [one.room and one.room.facility for one in refused.value.dates]
    assert rooms == [None, offered, None, None]
    if offered:
        repair = Repair(on=SECOND, how="room", facility=offered)
        desk.book("producer", *SLOT, repairs=(repair,), **WEEKLY)


def test_no_other_room_helps_against_a_quota(desk: Desk, rule):
    rule("editing", "quota_hours", 4)
    desk.book("producer", "M-MI2", "25T09:00", "25T10:00")
    with desk.unchanged(), pytest.raises(Refused) as refused:
        desk.book("producer", *SLOT, **WEEKLY)
    assert [one.room for one in refused.value.dates] == [None] * 4


def test_rooms_under_rules_cost_the_same_for_one_date_and_for_many(desk: Desk, rule):
    for setting in (
        ("M-MI2", "step", 60),
        ("editing", "quota_hours", 99),
        ("M-MI2", "longest", 99),
    ):
        rule(*setting)
    for day in (17, 24):
        desk.book("post", "M-MI1", f"{day}T10:00", f"{day}T11:00")
    costs = []
    for count in (2, 4):
        wish = {"recurrence": Recurrence(rule=f"FREQ=WEEKLY;COUNT={count}")}
        desk.preview("producer", *SLOT, **wish)
        with statements(desk.app) as sent:
            desk.preview("producer", *SLOT, **wish)
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_dates_that_cannot_be_had_are_left_out_on_request_and_named(desk: Desk):
    desk.book("post", "M-MI1", "24T10:00", "24T11:00")
    number = desk.book("producer", *SLOT, on_clash="skip", **WEEKLY)
    assert [line[:2] for line in dates(desk, number)] == ["17", "20", "20"]
    (asked,) = histories.of_booking(desk.view("producer", number))
    assert (asked.after["dates"], asked.after["left_out"]) == (3, ["2026-11-24"])


def test_when_nothing_is_left_it_is_refused_whatever_was_asked(desk: Desk):
    desk.book(
        "post", "M-MI1", "17T08:00", "17T20:00", recurrence=Recurrence(rule="FREQ=DAILY;COUNT=2")
    )
    wish = {"recurrence": Recurrence(rule="FREQ=DAILY;COUNT=2"), "on_clash": "skip"}
    with desk.unchanged(), pytest.raises(Clash):
        desk.book("producer", *SLOT, **wish)


def test_a_series_waits_where_it_must(desk: Desk):
    held = desk.option("post", "M-MI1", "24T09:00", "24T13:00")
    number = desk.option("producer", *SLOT, **WEEKLY)
    assert [line.split(" ", 1)[1] for line in dates(desk, number)] == [
        "option 1",
        "option 2",
        "option 1",
        "option 1",
    ]
    desk.act("post", held, "release")
    assert {line.split(" ", 1)[1] for line in dates(desk, number)} == {"option 1"}


@pytest.mark.parametrize(
    ("repair", "second"),
    [
        ({"how": "skip"}, None),
        ({"how": "queue"}, "24 requested 2"),
        ({"how": "room", "facility": "M-MI2"}, "24 confirmed 1"),
        (
            {
                "how": "move",
                "start": datetime(2026, 11, 25, 9),
                "end": datetime(2026, 11, 25, 13),
            },
            "25 confirmed 1",
        ),
    ],
)
def test_one_date_is_repaired_by_itself(desk: Desk, repair: dict[str, Any], second: str | None):
    desk.book("post", "M-MI1", "24T10:00", "24T11:00")
    number = desk.book("producer", *SLOT, repairs=(Repair(on=SECOND, **repair),), **WEEKLY)
    expected = ["17 confirmed 1", second, "2026-12-01 confirmed 1", "2026-12-08 confirmed 1"]
    assert dates(desk, number) == [line for line in expected if line]


def test_a_repair_cannot_replace_what_is_not_booked(desk: Desk):
    other = Repair(on=SECOND, how="room", facility="M-MI2", replaces="M-ET1")
    with desk.unchanged(), pytest.raises(Invalid) as refused:
        desk.book("producer", *SLOT, repairs=(other,), **WEEKLY)
    assert [(field.path, field.code) for field in refused.value.fields] == [
        ("repairs/0", "unknown_choice")
    ]


def test_a_closed_date_is_said_to_be_closed(desk: Desk):
    close(desk, "24T00:00", "25T00:00", facility_id=desk.world.facilities["M-MI1"])
    with desk.unchanged(), pytest.raises(Refused) as refused:
        desk.book("producer", *SLOT, **WEEKLY)
    assert verdicts(refused.value)[1] == "24 closed 1"
    assert refused.value.dates[1].room.facility == "M-MI2"
    assert {finding.rule for finding in refused.value.findings} == {"closed"}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"recurrence": Recurrence(rule="FREQ=DAILY;COUNT=367")},
            ("rrule", "too_many_occurrences"),
        ),
        ({"recurrence": Recurrence(rule="FREQ=DAILY")}, ("rrule", "rrule_endless")),
        (
            {"recurrence": Recurrence(rule="FREQ=MONTHLY;UNTIL=20291217")},
            ("rrule", "too_far"),
        ),
        (
            {"recurrence": Recurrence(rule="FREQ=WEEKLY;BYDAY=WE;COUNT=2")},
            ("rrule", "first_date_not_in_rule"),
        ),
        (
            {**WEEKLY, "repairs": (Repair(on=date(2026, 11, 25), how="skip"),)},
            ("repairs/0", "not_in_series"),
        ),
        ({**WEEKLY, "repairs": (Repair(on=SECOND, how="dance"),)}, ("repairs/0", "unknown_choice")),
        ({**WEEKLY, "repairs": (Repair(on=SECOND, how="move"),)}, ("repairs/0", "required")),
        (
            {**WEEKLY, "repairs": (Repair(on=SECOND, how="room", facility="X"),)},
            ("repairs/0", "unknown_facility"),
        ),
        (
            {"end": datetime(2026, 11, 19), "recurrence": Recurrence(rule="FREQ=DAILY;COUNT=3")},
            ("rrule", "overlaps_itself"),
        ),
    ],
)
def test_series_that_cannot_be_meant_are_refused_by_name(
    desk: Desk, changed: dict[str, Any], expected: tuple[str, str]
):
    wish = {"end": datetime(2026, 11, 17, 13), **changed}
    end = f"{wish.pop('end'):%Y-%m-%dT%H:%M}"
    with desk.unchanged(), pytest.raises(Invalid) as refused:
        desk.book("producer", "M-MI1", "17T09:00", end, **wish)
    assert expected in [(field.path, field.code) for field in refused.value.fields]


def test_a_date_in_the_skipped_hour_is_refused_by_name(desk: Desk):
    with pytest.raises(Invalid) as refused:
        desk.book(
            "producer",
            "M-PLA",
            "2027-03-21T02:30",
            "2027-03-21T05:00",
            recurrence=Recurrence(rule="FREQ=WEEKLY;COUNT=2"),
        )
    (field,) = refused.value.fields
    assert (field.code, field.params) == ("nonexistent_time", {"local": "2027-03-28T02:30"})


@pytest.mark.parametrize(
    ("repair", "second"),
    [
        ({"how": "skip"}, None),
        (
            {
                "how": "move",
                "start": datetime(2027, 3, 28, 3, 30),
                "end": datetime(2027, 3, 28, 5),
            },
            "2027-03-28T03:30–2027-03-28T05:00",
        ),
    ],
)
def test_a_date_in_the_skipped_hour_is_repaired_by_itself(desk: Desk, repair, second):
    night = ("M-PLA", "2027-03-21T02:30", "2027-03-21T05:00")
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
    mended = Repair(on=date(2027, 3, 28), **repair)
    number = desk.book("producer", *night, recurrence=weekly, repairs=(mended,))
    shown = desk.view("producer", number).occurrences
    spans = [f"{words(o.starts)}–{words(o.ends)}" for o in shown]
    first, last = "2027-03-21T02:30–2027-03-21T05:00", "2027-04-04T02:30–2027-04-04T05:00"
    assert spans == [span for span in (first, second, last) if span]
    other = Repair(on=date(2027, 4, 4), how="skip")
    with pytest.raises(Invalid):
        desk.book("producer", *night, recurrence=weekly, repairs=(other,))


def test_a_series_costs_as_many_statements_as_one_date(desk: Desk):
    def cost(count: int, day: str) -> int:
        with statements(desk.app) as sent:
            desk.book(
                "producer",
                "M-ET1",
                f"2026-12-{day}T09:00",
                f"2026-12-{day}T10:00",
                recurrence=Recurrence(rule=f"FREQ=WEEKLY;COUNT={count}"),
            )
        return len(sent)

    cost(2, "01")
    assert len({cost(2, "02"), cost(52, "03")}) == 1


# ---- deciding and giving back ---------------------------------------------------------------


def test_a_manager_approves_some_dates_and_declines_others(desk: Desk):
    number = desk.book("producer", "M-ET1", "17T09:00", "17T13:00", **WEEKLY)
    ids = [o.id for o in desk.view("manager", number).occurrences]
    desk.act(
        "manager", number, "decline", "Projection", reach=Reach(scope="this", occurrence=ids[1])
    )
    desk.act("manager", number, "approve")
    assert dates(desk, number) == [
        "17 confirmed 1",
        "24 declined",
        "2026-12-01 confirmed 1",
        "2026-12-08 confirmed 1",
    ]
    assert desk.story(number) == ["requested", "declined", "approved"]


def test_the_ticked_dates_of_a_series_are_approved_in_bulk(desk: Desk):
    number = desk.book("producer", "M-ET1", "17T09:00", "17T13:00", **WEEKLY)
    ids = [o.id for o in desk.view("manager", number).occurrences]
    actor, now = desk.actor("manager"), desk.clock.now
    ticked = {number: frozenset(ids[:2])}
    (outcome,) = actions.act_on_many(actor, [number], Verb.APPROVE, now, dates=ticked)
    assert outcome.error is None
    assert [line.split()[1] for line in dates(desk, number)] == [
        "confirmed",
        "confirmed",
        "requested",
        "requested",
    ]


def test_this_date_and_those_after_are_cancelled_in_one_act(desk: Desk):
    number = desk.book("producer", *SLOT, **WEEKLY)
    ids = [o.id for o in desk.view("producer", number).occurrences]
    reach = Reach(scope="following", occurrence=ids[2])
    desk.act("producer", number, "cancel", "Tournage reporté", reach=reach)
    assert [line.split()[1] for line in dates(desk, number)] == [
        "confirmed",
        "confirmed",
        "cancelled",
        "cancelled",
    ]


def test_a_range_of_dates_is_cancelled_in_one_act(desk: Desk):
    number = desk.book("producer", *SLOT, **WEEKLY)
    reach = Reach(first=date(2026, 11, 20), last=date(2026, 12, 1))
    desk.act("producer", number, "cancel", "Congés", reach=reach)
    assert [line.split()[1] for line in dates(desk, number)] == [
        "confirmed",
        "cancelled",
        "cancelled",
        "confirmed",
    ]


def test_cancelling_gives_up_what_is_not_decided_yet(desk: Desk):
    desk.option("post", "M-ET1", "24T09:00", "24T10:00")
    number = desk.book("producer", "M-ET1", "17T09:00", "17T10:00", **WEEKLY, on_clash="queue")
    ids = [o.id for o in desk.view("producer", number).occurrences]
    desk.act("manager", number, "approve", reach=Reach(only=frozenset((ids[0], ids[2]))))
    desk.act("producer", number, "cancel", "Film abandonné")
    assert [line.split()[1] for line in dates(desk, number)] == [
        "cancelled",
        "withdrawn",
        "cancelled",
        "withdrawn",
    ]
    assert {claim.number for claim in desk.claims()}.isdisjoint({number})
    assert desk.story(number)[-2:] == ["cancelled", "withdrawn"]


def test_the_past_of_a_series_never_changes(desk: Desk):
    number = desk.book("producer", *SLOT, **WEEKLY)
    desk.clock.move_to("2026-11-30T09:00")
    desk.act("producer", number, "cancel", "Fin")
    assert [line.split()[1] for line in dates(desk, number)] == [
        "confirmed",
        "confirmed",
        "cancelled",
        "cancelled",
    ]
    with desk.unchanged(), pytest.raises(WrongState):
        desk.act("producer", number, "cancel", "Encore", reach=Reach(last=date(2026, 11, 29)))


def test_dates_of_another_booking_are_not_found(desk: Desk):
    number = desk.book("producer", *SLOT, **WEEKLY)
    other = desk.book("post", "M-MI2", "17T09:00", "17T13:00")
    (theirs,) = desk.view("post", other).occurrences
    with desk.unchanged(), pytest.raises(NotFound):
        desk.act("producer", number, "cancel", "x", reach=Reach(scope="this", occurrence=theirs.id))


def test_acting_on_a_series_costs_as_many_statements_as_on_one_date(desk: Desk):
    def cost(count: int, day: str) -> int:
        number = desk.book(
            "producer",
            "M-ET1",
            f"2026-12-{day}T09:00",
            f"2026-12-{day}T10:00",
            recurrence=Recurrence(rule=f"FREQ=WEEKLY;COUNT={count}"),
        )
        with statements(desk.app) as sent:
            desk.act("manager", number, "approve")
            desk.act("manager", number, "cancel", "Fin")
            desk.view("producer", number)
        return len(sent)

    cost(2, "01")
    assert len({cost(2, "02"), cost(30, "03")}) == 1


# ---- overriding -----------------------------------------------------------------------------


def test_a_manager_sets_opening_hours_aside_with_a_reason(desk: Desk):
    night = ("M-MI1", "17T05:00", "17T09:00")
    with pytest.raises(Refused):
        desk.book("manager", *night)
    number = desk.book("manager", *night, override="Direct du Japon")
    assert desk.where(number) == "confirmed 1"
    assert desk.story(number) == ["requested", "rule_overridden"]


def test_nobody_else_sets_a_rule_aside_and_nobody_the_fire_figure(desk: Desk):
    with desk.unchanged(), pytest.raises(Refused):
        desk.book("producer", "M-MI1", "17T05:00", "17T09:00", override="S’il vous plaît")
    with desk.unchanged(), pytest.raises(Refused):
        desk.book("manager", *SLOT, attendees=99, override="Ils seront sages")
