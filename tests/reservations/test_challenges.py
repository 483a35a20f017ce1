"""Challenges: the second option asks the first to confirm or release, and is bound by it."""

import pytest

from booking.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from booking.reservations import histories
from tests.reservations.desk import Desk, instant, words

SLOT = ("M-ET1", "2026-12-16T09:00", "2026-12-16T18:00")
"""A Wednesday a month ahead; the clock of these stories starts in November."""


@pytest.fixture
def rivals(desk: Desk) -> tuple[str, str]:
    """A first option and a second one."""
    desk.clock.move_to("2026-11-18T10:00")  # a Wednesday
    return desk.option("producer", *SLOT), desk.option("post", *SLOT)


def due(desk: Desk, number: str, who: str = "manager") -> str | None:
    (occurrence,) = desk.view(who, number).occurrences
    return occurrence.challenge and words(occurrence.challenge.due)


def verbs(desk: Desk, who: str, number: str) -> list[str]:
    (occurrence,) = desk.view(who, number).occurrences
    return [verb.value for verb in occurrence.verbs]


def test_the_holder_has_a_day_and_the_challenger_is_bound(desk: Desk, rivals: tuple[str, str]):
    first, second = rivals
    assert verbs(desk, "post", second) == ["release", "challenge", "move"]
    desk.act("post", second, "challenge")
    assert (desk.where(first), desk.where(second)) == ("option 1", "requested 2")
    assert (due(desk, first), due(desk, second)) == ("19T10:00", "19T10:00")
    assert verbs(desk, "post", second) == []
    with desk.unchanged(), pytest.raises(WrongState) as refused:
        desk.act("post", second, "withdraw")
    assert refused.value.code == "bound"


def test_silence_confirms_the_challenger_without_a_worker(desk: Desk):
    desk.clock.move_to("2026-11-18T10:00")
    slot = ("M-MI1", *SLOT[1:])
    first, second = desk.option("producer", *slot), desk.option("post", *slot)
    desk.act("post", second, "challenge")
    desk.clock.move_to("2026-11-19T09:59")
    assert (desk.where(first), desk.where(second)) == ("option 1", "requested 2")
    desk.clock.move_to("2026-11-19T10:00")
    assert (desk.where(first), desk.where(second)) == ("expired", "confirmed 1")
    assert desk.work() == 1
    assert desk.story(first) == ["requested", "challenged", "expired"]
    assert desk.story(second) == ["requested", "challenge_made", "promoted", "confirmed"]


def test_after_silence_the_manager_still_approves_where_they_must(
    desk: Desk, rivals: tuple[str, str]
):
    first, second = rivals
    desk.act("post", second, "challenge")
    desk.clock.move_to("2026-11-19T10:00")
    assert (desk.where(first), desk.where(second)) == ("expired", "requested 1")
    desk.act("manager", second, "approve")
    assert desk.where(second) == "confirmed 1"


def test_an_answer_one_second_late_is_no_answer(desk: Desk, rivals: tuple[str, str]):
    first, second = rivals
    desk.act("post", second, "challenge")
    desk.clock.move_to("2026-11-19T10:00")
    with pytest.raises(WrongState) as refused:
        desk.act("producer", first, "confirm")
    assert refused.value.params["state"] == "expired"


def test_the_holder_confirms_and_the_challenger_waits_and_may_go(
    desk: Desk, rivals: tuple[str, str]
):
    first, second = rivals
    desk.act("post", second, "challenge")
    desk.act("producer", first, "confirm")
    assert (desk.where(first), desk.where(second)) == ("requested 1", "requested 2")
    assert (due(desk, first), due(desk, second)) == (None, None)
    desk.act("manager", first, "approve")
    desk.act("post", second, "withdraw")
    assert (desk.where(first), desk.where(second)) == ("confirmed 1", "withdrawn")


def test_the_holder_releases_and_the_challenger_has_it(desk: Desk, rivals: tuple[str, str]):
    first, second = rivals
    desk.act("post", second, "challenge")
    desk.act("producer", first, "release")
    assert (desk.where(first), desk.where(second)) == ("released", "requested 1")
    assert due(desk, second) is None


def test_a_declined_challenger_gives_the_option_its_own_clock_back(
    desk: Desk, rivals: tuple[str, str]
):
    first, second = rivals
    (before,) = desk.view("producer", first).occurrences
    desk.act("post", second, "challenge")
    desk.act("manager", second, "decline", "Pas de place pour votre équipe")
    (after,) = desk.view("producer", first).occurrences
    assert (after.expires, after.challenge) == (before.expires, None)


@pytest.mark.parametrize(
    ("now", "starts", "expected", "why"),
    [
        ("2026-03-11T10:00", "2026-05-04T09:00", "2026-03-12T10:00", ""),
        ("2026-03-13T16:30", "2026-05-04T09:00", "2026-03-16T12:00", "weekend"),
        ("2026-04-02T16:30", "2026-05-18T09:00", "2026-04-03T16:30", ""),
        ("2026-04-03T16:30", "2026-05-18T09:00", "2026-04-07T12:00", "holiday"),
        ("2026-03-28T10:00", "2026-05-18T09:00", "2026-03-30T12:00", "weekend"),
        ("2026-07-20T11:00", "2026-09-07T09:00", "2026-07-22T12:00", "holiday"),
        ("2026-03-23T14:00", "2026-03-24T08:00", "2026-03-23T18:00", "short_notice"),
    ],
)
def test_the_deadlines_of_the_trade(desk: Desk, now: str, starts: str, expected: str, why: str):
    desk.clock.move_to(now)
    end = starts[:11] + "18:00"
    desk.option("producer", "M-PLA", starts, end)
    second = desk.option("post", "M-PLA", starts, end)
    desk.act("post", second, "challenge")
    (occurrence,) = desk.view("post", second).occurrences
    assert occurrence.challenge is not None
    assert (occurrence.challenge.due, occurrence.challenge.moved_by) == (instant(expected), why)


# ---- who may not ------------------------------------------------------------------------------


def test_who_is_confirmed_cannot_be_challenged(desk: Desk):
    desk.book("producer", "M-MI1", *SLOT[1:])
    second = desk.option("post", "M-MI1", *SLOT[1:])
    with desk.unchanged(), pytest.raises(WrongState) as refused:
        desk.act("post", second, "challenge")
    assert refused.value.code == "not_challengeable"


def test_only_who_is_next_may_challenge(desk: Desk, rivals: tuple[str, str]):
    first, _ = rivals
    third = desk.option("guest", *SLOT)
    for who, number, code in (("guest", third, "not_next"), ("producer", first, "nothing_ahead")):
        with desk.unchanged(), pytest.raises(WrongState) as refused:
            desk.act(who, number, "challenge")
        assert refused.value.code == code


def test_there_is_one_open_challenge_of_an_option(desk: Desk):
    desk.clock.move_to("2026-11-18T10:00")
    desk.option("producer", *SLOT)
    morning = desk.option("post", "M-ET1", "2026-12-16T09:00", "2026-12-16T12:00")
    evening = desk.option("guest", "M-ET1", "2026-12-16T15:00", "2026-12-16T18:00")
    desk.act("post", morning, "challenge")
    with desk.unchanged(), pytest.raises(WrongState) as refused:
        desk.act("guest", evening, "challenge")
    assert refused.value.code == "already_challenged"


def test_colleagues_and_others_do_not_challenge_for_one(desk: Desk, rivals: tuple[str, str]):
    _, second = rivals
    with desk.unchanged(), pytest.raises(NotFound):
        desk.act("producer", second, "challenge")
    with desk.unchanged(), pytest.raises(Forbidden):
        desk.act("manager", second, "challenge")


def test_the_holder_does_not_learn_who_asks(desk: Desk, rivals: tuple[str, str]):
    first, second = rivals
    desk.act("post", second, "challenge")
    said = histories.of_booking(desk.view("producer", first))
    assert [(line.event, line.who) for line in said] == [
        ("booking:requested", "Camille Laurent"),
        ("booking:challenged", ""),
    ]


# ---- more time --------------------------------------------------------------------------------


def test_a_manager_gives_an_option_more_time_once_and_says_why(desk: Desk, rivals: tuple[str, str]):
    first, _ = rivals
    (before,) = desk.view("producer", first).occurrences
    with desk.unchanged(), pytest.raises(Invalid):
        desk.act("manager", first, "extend")
    with desk.unchanged(), pytest.raises(Forbidden):
        desk.act("producer", first, "extend", "Le diffuseur hésite")
    desk.act("manager", first, "extend", "Le diffuseur hésite")
    (after,) = desk.view("producer", first).occurrences
    assert (after.expires or 0) - (before.expires or 0) == 7 * 24 * 3600
    with desk.unchanged(), pytest.raises(WrongState) as refused:
        desk.act("manager", first, "extend", "Encore")
    assert refused.value.code == "already_extended"


def test_a_manager_gives_the_challenged_another_day(desk: Desk, rivals: tuple[str, str]):
    first, second = rivals
    desk.act("post", second, "challenge")
    desk.act("manager", first, "extend", "La productrice est en avion")
    assert (due(desk, first), due(desk, second)) == ("20T10:00", "20T10:00")
    desk.clock.move_to("2026-11-19T12:00")
    assert desk.where(first) == "option 1"
