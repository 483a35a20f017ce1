"""What a search offers keeps the rules of the house: whatever is offered is accepted."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from booking.core import rules
from booking.core.rules.settable import SETTABLE
from booking.core.scheduling.interval import Interval
from booking.facilities.queries import by_codes, catalogue
from booking.members import actions as member_actions
from booking.reservations import facts, queries, search
from booking.reservations.ground import Need
from booking.reservations.nearest import nearest
from booking.reservations.placing import placements
from booking.reservations.wish import understand
from tests.reservations.desk import Desk, instant, words
from tests.support.statements import statements

HOUR, DAY = 3600, 24 * 3600
TRIED = ("M-ET1", "M-ET2", "M-MI1", "M-PLA")
KINDS = ("grading", "editing", "stage", "screening_room")
OTHERS = {"quota_options", "rolling", "check_in"}
"""What can be set and does not speak of asking firmly, which a search is for."""

CASES = {
    "notice": [("grading", 30), ("M-ET2", 100, "2026-11-20")],
    "furthest": [("M-ET1", 3), ("M-MI1", 0)],
    "shortest": [("grading", 121), ("M-MI1", 120)],
    "longest": [("grading", 119), ("M-MI1", 150), ("M-PLA", 120)],
    "step": [("M-ET1", 60), ("M-ET2", 40), ("M-MI1", 5), ("M-MI2", 120), ("stage", 420)],
    "holidays": [("grading", True), ("M-ET2", False)],
    "audience": [("M-ET1", "staff"), ("M-ET2", "staff", "2026-11-19", "2026-11-20")],
    "licence": [("M-ET1", "grip"), ("M-ET2", "projection"), ("M-MI1", "lamps", "2026-11-19")],
    "equipment": [("M-ET1", ["M-CIN"]), ("M-ET2", ["M-CIN"], "2026-11-20")],
    "noise": [("M-ET1", ["M-MI1"]), ("M-PLA", ["M-ET2"], "2026-11-19", "2026-11-19")],
    "quota_hours": [("grading", 5), ("editing", 1), ("stage", 0)],
}


def need(first: str = "17", days: int = 8, hours: float = 2, **more) -> Need:
    starts = instant(f"{first}T00:00")
    return Need(window=Interval(starts, starts + days * DAY), seconds=int(hours * HOUR), **more)


def busy(desk: Desk) -> None:
    """A house in use: the producer has some hours, others have more."""
    desk.book("producer", "M-ET1", "17T10:00", "17T13:00")
    desk.book("post", "M-ET2 M-MI1", "18T11:00", "18T14:00")
    desk.book("post", "M-PLA M-ET1", "20T09:30", "20T18:00")
    desk.book("colleague", "M-MI2", "19T12:00", "19T13:10")


def offered(desk: Desk, asked: Need, who: str = "producer"):
    rooms = [f for f in catalogue() if f.kind_code in KINDS]
    return search.free(desk.actor(who), rooms, asked, desk.now)


def accepted(desk: Desk, code: str, starts: int, ends: int, who: str = "producer") -> bool:
    start, end = (datetime.fromtimestamp(at, UTC) for at in (starts, ends))
    wish = replace(desk.wish(code, "17T09:00", "17T10:00"), start=start, end=end)
    said = queries.preview(desk.actor(who), wish, desk.now)
    return said.granted and said.rank == 1


def judged(desk: Desk, code: str, spans: list[Interval], who: str = "producer"):
    """Whether each of these would be booked at rank 1, by the rules that judge a booking."""
    actor = desk.actor(who)
    (plan,) = understand(actor, desk.wish(code, "17T09:00", "17T10:00"))
    plans = [replace(plan, span=span) for span in spans]
    every = facts.load_each(actor, plans, desk.now, counts=facts.nothing)
    placed = placements(plans, desk.now)
    return [
        where.rank == 1 and not rules.evaluate(one)
        for one, where in zip(every, placed, strict=True)
    ]


def first_accepted(desk: Desk, code: str, asked: Need, every_min: int = 15) -> int | None:
    """By trying: the first start in the window that would be accepted."""
    starts = range(asked.window.starts, asked.window.ends - asked.seconds + 1, every_min * 60)
    spans = [Interval(at, at + asked.seconds) for at in starts]
    tried = zip(spans, judged(desk, code, spans), strict=True)
    return next((span.starts for span, fine in tried if fine), None)


def holds(desk: Desk, found, asked: Need, code: str, every_min: int = 15) -> None:
    """Hold that a facility's slots are accepted however long they may last, the first soonest."""
    slots = next((one.slots for one in found if one.facility.code == code), ())
    spans = [Interval(s.starts, end) for s in slots for end in {s.ends, s.free_until}]
    refused = [s for s, fine in zip(spans, judged(desk, code, spans), strict=True) if not fine]
    assert refused == [], [(code, *map(words, span)) for span in refused]
    first = slots[0].starts if slots else None
    assert first == first_accepted(desk, code, asked, every_min), code
    assert first is None or accepted(desk, code, first, first + asked.seconds), code


def test_every_rule_that_can_be_set_is_tried():
    assert set(CASES) | OTHERS == set(SETTABLE)


@pytest.mark.one_engine
@pytest.mark.parametrize("hours", [2, 14])
@pytest.mark.parametrize("name", [None, *CASES])
def test_every_slot_that_is_offered_is_accepted(desk: Desk, rule, name, hours):
    busy(desk)
    email, manager = "producer@blf.example", desk.actor("manager")
    member_actions.give_licence(manager, email, "grip", date(2026, 11, 19), desk.clock.now)
    member_actions.give_licence(manager, email, "lamps", None, desk.clock.now)
    for place, value, *days in CASES.get(name, ()):
        rule(place, name, value, *days)
    asked = need(days=8, hours=hours)
    found = offered(desk, asked)
    for code in TRIED:
        step = {"M-ET2": 40, "M-PLA": 420}.get(code, 15) if name == "step" else 15
        holds(desk, found, asked, code, step)


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("first", "days"), [("2026-12-24", 3), ("2027-03-27", 3), ("2027-10-30", 3)]
)
def test_holidays_steps_and_clock_changes(desk: Desk, rule, first, days):
    rule("grading", "holidays", True)
    rule("stage", "step", 60)
    rule("M-PLA2", "step", 180)
    for hours in (2, 5, 26):
        asked = need(first, days, hours)
        found = offered(desk, asked)
        for code in ("M-ET1", "M-PLA", "M-PLA2"):
            holds(desk, found, asked, code)


def test_whole_days_keep_the_rules_too(desk: Desk, rule):
    rule("grading", "quota_hours", 20)
    rule("M-PLA", "longest", 10 * 60)
    rule("M-PLA1", "notice", 72)
    asked = replace(need(days=6), days=2, hours=(9 * 60, 18 * 60))
    found = {one.facility.code: one.slots for one in offered(desk, asked)}
    assert not {"M-PLA", "M-ET1", "M-ET2"} & set(found)
    assert words(found["M-PLA1"][0].starts) == "19T09:00"
    assert all(accepted(desk, code, s.starts, s.ends) for code in found for s in found[code])


def test_a_manager_and_a_guest_are_offered_what_is_theirs(desk: Desk, rule):
    rule("M-ET1", "audience", "staff")
    rule("M-ET2", "audience", "members")
    codes = {
        who: {one.facility.code for one in offered(desk, need(), who)} & {"M-ET1", "M-ET2"}
        for who in ("manager", "producer", "guest")
    }
    assert codes == {"manager": {"M-ET1", "M-ET2"}, "producer": {"M-ET2"}, "guest": set()}


def test_where_rules_turn_the_first_slot_on_each_of_the_terms_is_offered(desk: Desk, rule):
    rule("M-PLA", "shortest", 180, last="2026-11-19")
    asked = need("18", 4)
    (slots,) = [one.slots for one in offered(desk, asked) if one.facility.code == "M-PLA"]
    assert [words(slot.starts) for slot in slots] == ["20T00:00"]


# ---- the ways out ---------------------------------------------------------------------------


def test_nothing_but_a_rule_stands_in_the_way(desk: Desk, rule):
    rooms = list(by_codes(["M-ET1", "M-ET2"]).values())
    rule("grading", "longest", 180)
    way = nearest(desk.actor("producer"), rooms, rooms, need(hours=5), desk.now)
    assert (way.why, way.shorter and way.shorter[1]) == ("rules", 3 * HOUR)
    assert (way.others, way.later) == ((), None)
    rule("grading", "step", 40)
    way = nearest(desk.actor("producer"), rooms, rooms, need(hours=5), desk.now)
    assert way.shorter is not None
    assert way.shorter[1] == 160 * 60


def test_what_is_too_short_for_the_rules_is_offered_longer(desk: Desk, rule):
    rooms = list(by_codes(["M-ET1", "M-ET2"]).values())
    rule("M-ET1", "shortest", 240)
    rule("M-ET2", "shortest", 200)
    rule("M-ET2", "step", 60)
    way = nearest(desk.actor("producer"), rooms, rooms, need(hours=2.5), desk.now)
    assert way.why == "rules"
    assert way.shorter == (rooms[0], 4 * HOUR)
    rule("M-ET2", "shortest", 180)
    way = nearest(desk.actor("producer"), rooms, rooms, need(hours=2.5), desk.now)
    assert way.shorter == (rooms[1], 3 * HOUR)


def test_ways_out_lead_to_slots_that_are_accepted(desk: Desk, rule):
    desk.book("post", "M-ET1 M-ET2", "17T08:00", "17T22:00")
    rule("M-ET2", "audience", "staff", "2026-11-18")
    rule("M-ET1", "notice", 60)
    rooms = list(by_codes(["M-ET1"]).values())
    alike = [f for f in catalogue() if f.kind_code == "grading"]
    way = nearest(desk.actor("producer"), rooms, alike, need("17", 1, 4), desk.now)
    assert way.later is not None
    assert words(way.later[1].starts) == "19T08:00"
    assert accepted(desk, "M-ET1", way.later[1].starts, way.later[1].ends)
    assert way.others == ()


# ---- what it costs --------------------------------------------------------------------------


def test_rules_cost_the_same_for_few_facilities_and_slots_as_for_many(desk: Desk, rule):
    busy(desk)
    for name in sorted(CASES.keys() - {"longest"}):
        for place, value, *days in CASES[name]:
            rule(place, name, value, *days)
    actor, rooms = desk.actor("producer"), [f for f in catalogue() if f.kind_code in KINDS]

    def cost(among, asked: Need) -> int:
        search.free(actor, among, asked, desk.now)
        with statements(desk.app) as sent:
            search.free(actor, among, asked, desk.now)
        return len(sent)

    few = cost([f for f in rooms if f.code == "M-ET1"], need(days=1))
    assert cost(rooms, need(days=60)) <= few + 1
    assert few <= 8
