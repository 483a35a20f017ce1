"""What histories have found, as short as it can be told."""

import pytest

from booking.core.scheduling.recurrence import Recurrence
from booking.kernel.errors import WrongState
from tests.reservations.desk import Desk, words
from tests.support.houses import House
from tests.support.time import StoppedClock

DAILY_TWICE = Recurrence(rule="FREQ=DAILY;COUNT=2")


@pytest.fixture
def desk(house: House, context: None, clock: StoppedClock) -> Desk:
    return Desk(house.app, house.world, clock)


def test_two_dates_of_a_series_wait_behind_one_option_and_challenge_it(desk: Desk):
    holder = desk.option("producer", "M-PLA1", "19T09:00", "20T13:00")
    series = desk.option("post", "M-PLA1", "19T09:00", "19T11:00", recurrence=DAILY_TWICE)
    desk.act("post", series, "challenge")
    assert desk.where(holder) == "option 1"
    assert [o.state for o in desk.view("post", series).occurrences] == ["requested", "requested"]


def test_an_answer_is_due_before_either_of_the_two_begins(desk: Desk):
    """A challenger who begins long before the holder must not be over before the deadline."""
    holder = desk.option("producer", "M-PLA1", "23T09:00", "23T13:00")
    challenger = desk.option("post", "M-PLA1", "17T11:00", "23T13:00")
    desk.clock.move_to("2026-11-16T12:00")
    desk.act("post", challenger, "challenge")
    (asked,) = desk.view("producer", holder).occurrences
    assert asked.challenge is not None
    assert (words(asked.challenge.due), asked.challenge.moved_by) == ("16T16:00", "short_notice")
    desk.clock.move_to("2026-11-16T16:00")
    assert (desk.where(challenger), desk.where(holder)) == ("requested 1", "expired")


def test_an_extension_is_not_taken_back_when_the_challenger_leaves(desk: Desk):
    holder = desk.option("producer", "M-PLA1", "18T15:00", "18T19:00")
    challenger = desk.option("post", "M-PLA1", "18T15:00", "18T19:00")
    desk.act("post", challenger, "challenge")
    try:
        desk.act("manager", holder, "extend", "Attend la production")
    except WrongState as refusal:
        pytest.fail(f"cannot be extended: {refusal.code}")
    given = desk.view("manager", holder).occurrences[0].expires
    desk.act("manager", challenger, "decline", "Autre salle trouvée")
    assert (desk.view("manager", holder).occurrences[0].expires or 0) >= (given or 0)
