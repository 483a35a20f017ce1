"""The option desk: clocks, ladders and what may be known of them."""

import pytest

from booking.core.lifecycle import Verb
from booking.facilities.queries import catalogue
from booking.kernel.errors import Forbidden
from booking.reservations.desk import option_desk
from tests.reservations.desk import Desk
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
    assert cost() == one <= 11
