"""The option desk: clocks, ladders and what may be known of them."""

import pytest

from booking.core.lifecycle import Verb
from booking.core.scheduling.recurrence import Recurrence
from booking.facilities.queries import catalogue
from booking.kernel.errors import Forbidden
from booking.reservations import actions
from booking.reservations.actions.replanning import Change
from booking.reservations.desk import option_desk
from tests.reservations.desk import Desk, moment, words
from tests.support.statements import statements


def told(desk: Desk, who: str, whose: str = "company"):
    found = option_desk(desk.actor(who), whose, desk.now)
    return {
        name: [line.number for line in getattr(found, name)]
        for name in ("challenged", "options", "behind")
    }


def test_options_stand_by_their_clock_and_what_waits_stands_apart(desk: Desk):
    late = desk.option("producer", "M-ET1", "25T09:00", "25T12:00")
    soon = desk.option("producer", "M-ET2", "18T20:00", "18T21:00")
    desk.option("post", "M-CIN", "18T09:00", "18T12:00")
    behind = desk.option("producer", "M-CIN", "18T09:00", "18T12:00")
    desk.book("producer", "M-MI1", "18T09:00", "18T10:00")
    assert told(desk, "producer") == {
        "challenged": [],
        "options": [soon, late],
        "behind": [behind],
    }


def test_the_ladder_names_nobody_of_another_company(desk: Desk):
    first = desk.option("post", "M-CIN", "18T09:00", "18T12:00", title="Secret")
    mine = desk.option("producer", "M-CIN", "18T09:00", "18T12:00", title="Projection")
    (line,) = option_desk(desk.actor("producer"), "company", desk.now).behind
    assert [(r.rank, r.state, r.own, r.number, r.title) for r in line.ladder] == [
        (1, "option", False, None, None),
        (2, "option", True, mine, "Projection"),
    ]
    managed = option_desk(desk.actor("manager"), "managed", desk.now)
    assert [rung.number for rung in managed.options[0].ladder] == [first, mine]


def ladder(desk: Desk, who: str, number: str) -> list[str]:
    """Who stands where since when: "1 16T09:00", "2 own 16T10:00 09:00–10:15 M-CIN"."""
    found = option_desk(desk.actor(who), "company", desk.now)
    (line,) = [line for line in found.lines if line.number == number]
    return [
        " ".join(
            [
                str(rung.rank),
                *(["own"] if rung.own else []),
                words(rung.since) if rung.since else "?",
                *([f"{words(rung.part.starts)}–{words(rung.part.ends)}"] if rung.part else []),
                *rung.places,
            ]
        )
        for rung in line.ladder
    ]


def test_every_rung_says_since_when_it_has_its_rank(desk: Desk):
    span = ("25T09:00", "25T12:00")
    first = desk.option("post", "M-CIN", *span)
    desk.clock.advance(hours=1)
    second = desk.option("producer", "M-CIN", *span)
    desk.clock.advance(hours=1)
    third = desk.option("post", "M-CIN", *span)
    assert ladder(desk, "producer", second) == ["1 16T09:00", "2 own 16T10:00", "3 16T11:00"]
    desk.clock.advance(hours=1)
    desk.act("post", first, Verb.RELEASE)
    assert ladder(desk, "producer", second) == ["1 own 16T12:00", "2 16T12:00"]
    assert ladder(desk, "post", third) == ["1 16T12:00", "2 own 16T12:00"]


def test_a_promotion_that_nobody_wrote_down_yet_has_no_time(desk: Desk):
    span = ("2026-12-10T09:00", "2026-12-10T12:00")
    first = desk.option("post", "M-CIN", *span)
    desk.clock.advance(hours=1)
    second = desk.option("producer", "M-CIN", *span)
    lapses = desk.view("post", first).occurrences[0].expires
    desk.clock.advance(seconds=lapses - desk.now)
    assert ladder(desk, "producer", second) == ["1 own ?"]
    desk.work()
    assert ladder(desk, "producer", second) == [f"1 own {words(lapses)}"]


def test_of_a_series_only_the_date_that_moved_up_stands_there_since_then(desk: Desk):
    first = desk.option("post", "M-CIN", "24T09:00", "24T12:00")
    desk.option("post", "M-CIN", "24T09:00", "24T12:00")
    desk.option("post", "M-CIN", "25T09:00", "25T12:00")
    daily = Recurrence(rule="FREQ=DAILY;COUNT=2")
    desk.option("producer", "M-CIN", "24T09:00", "24T12:00", recurrence=daily)
    desk.clock.advance(hours=2)
    desk.act("post", first, Verb.RELEASE)
    up, still = option_desk(desk.actor("producer"), "company", desk.now).behind
    assert [(r.rank, words(r.since)) for r in up.ladder] == [(1, "16T11:00"), (2, "16T11:00")]
    assert [(r.rank, words(r.since)) for r in still.ladder] == [(1, "16T09:00"), (2, "16T09:00")]


def test_who_moved_there_stands_there_since_the_move(desk: Desk):
    number = desk.option("producer", "M-CIN", "24T09:00", "24T12:00")
    desk.clock.advance(hours=2)
    wanted = Change(start=moment("25T09:00"), end=moment("25T12:00"))
    actions.change(desk.actor("producer"), number, wanted, desk.clock.now)
    assert ladder(desk, "producer", number) == ["1 own 16T11:00"]


def test_a_rank_that_comes_twice_says_when_it_applies(desk: Desk):
    desk.option("post", "M-CIN", "24T09:00", "24T11:00")
    desk.option("post", "M-CIN", "24T12:00", "24T14:00")
    number = desk.option("producer", "M-CIN", "24T10:00", "24T13:00")
    assert ladder(desk, "producer", number) == [
        "1 16T09:00 24T10:00–24T11:00",
        "1 16T09:00 24T12:00–24T13:00",
        "2 own 16T09:00",
    ]


def test_a_rank_on_one_of_several_spaces_says_on_which(desk: Desk):
    desk.option("post", "M-PLA1", "24T09:00", "24T11:00")
    desk.option("post", "M-PLA2", "24T09:00", "24T11:00")
    whole = desk.option("producer", "M-PLA", "24T09:00", "24T11:00")
    assert ladder(desk, "producer", whole) == [
        "1 16T09:00 Plateau A, moitié nord",
        "1 16T09:00 Plateau A, moitié sud",
        "2 own 16T09:00",
    ]
    desk.option("post", "M-PLA1", "25T09:00", "25T11:00")
    desk.option("post", "M-PLA", "25T09:00", "25T11:00")
    behind = desk.option("producer", "M-PLA", "25T09:00", "25T11:00")
    assert ladder(desk, "producer", behind) == [
        "1 16T09:00 Plateau A, moitié nord",
        "1 16T09:00 Plateau A, moitié sud",
        "2 16T09:00 Plateau A, moitié nord",
        "3 own 16T09:00",
    ]
    desk.option("post", "M-ET1", "25T09:00", "25T11:00")
    two = desk.option("producer", "M-ET1 M-CIN", "25T09:00", "25T11:00")
    assert ladder(desk, "producer", two) == [
        "1 16T09:00 Étalonnage 1 (projection)",
        "2 own 16T09:00",
    ]


def test_whether_a_competitor_is_asked_for_or_booked_is_not_told(desk: Desk):
    first = desk.option("post", "M-CIN", "25T09:00", "25T12:00")
    second = desk.option("producer", "M-CIN", "25T09:00", "25T12:00")
    desk.act("producer", second, Verb.CHALLENGE)
    (asked,) = option_desk(desk.actor("post"), "company", desk.now).challenged
    assert [(rung.rank, rung.state) for rung in asked.ladder] == [(1, "option"), (2, "occupied")]
    managed = option_desk(desk.actor("manager"), "managed", desk.now)
    assert [rung.state for rung in managed.challenged[0].ladder] == ["option", "requested"]
    assert first == managed.challenged[0].number


def test_a_challenge_shows_on_both_sides_with_its_deadline_and_the_reason(desk: Desk):
    holder = desk.option("post", "M-CIN", "25T09:00", "25T12:00")
    rival = desk.option("producer", "M-CIN", "25T09:00", "25T12:00")
    desk.act("producer", rival, Verb.CHALLENGE)
    assert told(desk, "post") == {"challenged": [holder], "options": [], "behind": []}
    assert told(desk, "producer") == {"challenged": [], "options": [], "behind": [rival]}
    (asked,) = option_desk(desk.actor("post"), "company", desk.now).challenged
    (made,) = option_desk(desk.actor("producer"), "company", desk.now).behind
    assert asked.challenge == made.challenge.__class__(
        made=False, due=made.challenge.due, moved_by=made.challenge.moved_by
    )
    assert (made.challenge.made, made.clock) == (True, made.challenge.due)
    assert Verb.CHALLENGE not in made.verbs
    assert set(asked.verbs) >= {Verb.CONFIRM, Verb.RELEASE}
    assert [step.event for step in asked.steps] == ["booking:requested", "booking:challenged"]


def test_what_lapsed_unnoticed_is_gone(desk: Desk):
    desk.option("post", "M-CIN", "18T09:00", "18T12:00")
    mine = desk.option("producer", "M-CIN", "18T09:00", "18T12:00")
    holder = option_desk(desk.actor("post"), "company", desk.now).options[0]
    desk.clock.advance(seconds=holder.expires - desk.now)
    assert told(desk, "post") == {"challenged": [], "options": [], "behind": []}
    assert told(desk, "producer") == {"challenged": [], "options": [], "behind": []}
    number = desk.option("producer", "M-ET1", "25T09:00", "25T12:00")
    assert told(desk, "producer")["options"] == [number]
    assert mine != number


def test_only_managers_see_the_options_of_their_rooms(desk: Desk):
    number = desk.option("producer", "M-CIN", "18T09:00", "18T12:00")
    assert told(desk, "manager", "managed")["options"] == [number]
    assert told(desk, "manager-n", "managed")["options"] == []
    with pytest.raises(Forbidden):
        option_desk(desk.actor("producer"), "managed", desk.now)


def test_it_costs_the_same_for_one_option_and_for_twenty(desk: Desk):
    actor = desk.actor("producer")

    def cost() -> int:
        catalogue()
        with statements(desk.app) as sent:
            option_desk(actor, "company", desk.now)
        return len(sent)

    desk.option("post", "M-CIN", "18T09:00", "18T10:00")
    desk.option("producer", "M-CIN", "18T09:00", "18T10:00")
    one = cost()
    for hour in range(10, 20):
        span = (f"18T{hour}:00", f"18T{hour + 1}:00")
        desk.option("post", "M-CIN", *span)
        desk.option("producer", "M-CIN", *span)
    assert cost() == one <= 12
