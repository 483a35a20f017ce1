"""Clocks hold without a worker: what lapsed has ended, written down or not."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from booking.kernel.db import db
from booking.kernel.errors import Clash, WrongState
from tests.reservations.desk import Desk, words
from tests.support.houses import House

# Options of the 16th live a week: until the 23rd, 09:00.
LATER = ("30T09:00", "30T13:00")
LAPSED = "2026-11-23T09:00"


def test_an_option_lives_until_its_last_second(desk: Desk):
    number = desk.option("producer", "M-MI1", *LATER)
    assert words(desk.view("producer", number).occurrences[0].expires or 0) == "23T09:00"
    desk.clock.move_to("2026-11-23T08:59")
    assert desk.where(number) == "option 1"
    desk.clock.move_to(LAPSED)
    assert desk.where(number) == "expired"
    assert desk.written(number) == "option"


def test_a_lapsed_option_blocks_nobody(desk: Desk):
    lapsed = desk.option("producer", "M-MI1", *LATER)
    desk.clock.move_to(LAPSED)
    assert desk.preview("post", "M-MI1", *LATER).rank == 1
    number = desk.book("post", "M-MI1", *LATER)
    assert desk.where(number) == "confirmed 1"
    assert desk.written(lapsed) == "expired"
    assert desk.story(lapsed) == ["requested", "expired"]


def test_a_lapsed_option_is_not_in_the_planning(desk: Desk):
    desk.option("producer", "M-ET1", *LATER)
    desk.clock.move_to(LAPSED)
    with desk.unchanged():
        assert desk.seen("M-ET1", "30") == []


def test_the_second_option_is_first_once_the_first_has_lapsed(desk: Desk):
    desk.option("producer", "M-ET1", *LATER)
    desk.clock.advance(hours=1)
    second = desk.option("post", "M-ET1", *LATER)
    desk.clock.move_to(LAPSED)
    with desk.unchanged():
        assert desk.seen("M-ET1", "30") == [f"{second} option 1"]
        assert desk.where(second) == "option 1"
        verbs = desk.view("post", second).occurrences[0].verbs
        assert [verb.value for verb in verbs] == ["confirm", "release", "move"]


def test_the_second_option_is_confirmed_by_the_revision_that_was_seen(desk: Desk):
    desk.option("producer", "M-MI1", *LATER)
    desk.clock.advance(hours=1)
    second = desk.option("post", "M-MI1", *LATER)
    desk.clock.move_to(LAPSED)
    desk.act("post", second, "confirm", revision=desk.view("post", second).revision)
    assert desk.where(second) == "confirmed 1"
    assert desk.story(second) == ["requested", "promoted", "confirmed"]


def test_a_lapsed_option_cannot_be_confirmed(desk: Desk):
    number = desk.option("producer", "M-MI1", *LATER)
    desk.clock.move_to(LAPSED)
    assert desk.view("producer", number).occurrences[0].verbs == ()
    with desk.unchanged(), pytest.raises(WrongState) as refusal:
        desk.act("producer", number, "confirm")
    assert refusal.value.params == {"verb": "confirm", "state": "expired"}


def test_an_unanswered_request_ends_at_its_start(desk: Desk):
    number = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    desk.clock.move_to("2026-11-18T08:59")
    assert desk.where(number) == "requested 1"
    desk.clock.move_to("2026-11-18T09:00")
    assert desk.where(number) == "expired"
    with desk.unchanged(), pytest.raises(WrongState):
        desk.act("manager", number, "approve")


def test_a_firm_booking_in_line_is_confirmed_from_the_moment_the_option_lapsed(desk: Desk):
    desk.option("producer", "M-MI1", *LATER)
    second = desk.book("post", "M-MI1", *LATER, on_clash="queue")
    desk.clock.move_to(LAPSED)
    with desk.unchanged():
        assert desk.where(second) == "confirmed 1"
        assert desk.seen("M-MI1", "30") == [f"{second} confirmed 1"]
        verbs = desk.view("post", second).occurrences[0].verbs
        assert [verb.value for verb in verbs] == ["move", "cancel"]
    desk.clock.move_to("2026-11-30T10:00")  # nobody came by until it had begun
    assert desk.where(second) == "confirmed 1"
    with pytest.raises(Clash):
        desk.book("guest", "M-MI1", "30T11:00", "30T12:00")
    desk.act("post", second, "end-early")
    assert desk.where(second) == "completed 1"
    assert desk.story(second) == ["requested", "promoted", "confirmed", "ended_early"]


def test_a_request_that_needs_approval_moves_up_and_still_ends_at_its_start(desk: Desk):
    desk.option("producer", "M-ET1", *LATER)
    second = desk.book("post", "M-ET1", *LATER, on_clash="queue")
    desk.clock.move_to(LAPSED)
    assert desk.where(second) == "requested 1"
    desk.clock.move_to("2026-11-30T09:00")
    assert desk.where(second) == "expired"


def test_two_that_lapse_at_once_do_not_promote_each_other(desk: Desk):
    first = desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    second = desk.book("guest", "M-ET1", "18T09:00", "18T12:00", on_clash="queue")
    third = desk.option("post", "M-ET1", "18T11:00", "18T15:00", on_clash="queue")
    desk.clock.move_to("2026-11-18T09:00")
    assert desk.work() == 3
    assert [desk.story(n) for n in (first, second)] == [["requested", "expired"]] * 2
    assert desk.where(third) == "expired"


def test_who_waits_across_the_edge_of_the_window_has_moved_up_too(desk: Desk):
    """The one who lapsed lies outside of what is looked at."""
    desk.option("producer", "M-PLA1", "28T09:00", "29T09:00")
    desk.clock.advance(hours=1)
    waiting = desk.option("post", "M-PLA1", "28T12:00", "30T12:00")
    desk.clock.move_to(LAPSED)
    assert desk.seen("M-PLA1", "30") == [f"{waiting} option 1"]
    assert desk.preview("guest", "M-PLA1", "30T09:00", "30T11:00").rank == 2


def test_who_waits_behind_somebody_else_too_stays_where_they_are(desk: Desk):
    """The other one in the way ended before the lapsed one began."""
    desk.book("producer", "M-MI1", "30T08:00", "30T10:00")
    desk.option("producer", "M-MI1", "30T10:00", "30T12:00")
    desk.clock.advance(hours=1)
    across = desk.option("post", "M-MI1", "30T09:00", "30T11:00")
    desk.clock.move_to(LAPSED)
    assert desk.where(across) == "option 2"
    desk.work()
    assert desk.where(across) == "option 2"


def test_who_is_first_here_and_waits_elsewhere_is_not_confirmed(desk: Desk):
    """The planning of this room alone shows nothing of what they wait for."""
    desk.book("producer", "M-MI2", "30T11:00", "30T12:00")
    desk.option("producer", "M-MI1", "30T09:00", "30T10:00")
    desk.clock.advance(hours=1)
    desk.option("post", "M-MI1", "30T09:00", "30T12:00")
    both = desk.book("colleague", "M-MI1 M-MI2", "30T11:00", "30T12:00", on_clash="queue")
    desk.clock.move_to(LAPSED)
    assert desk.where(both) == "requested 2"
    assert f"{both} requested 1" in desk.seen("M-MI1", "30")


def test_who_waits_behind_somebody_who_moved_up_moves_up_too(desk: Desk):
    """The lapsed one touches the second in line, and the third not at all."""
    desk.option("producer", "M-MI1", "30T09:00", "30T10:00")
    desk.book("producer", "M-MI1", "30T12:00", "30T14:00")
    desk.clock.advance(hours=1)
    second = desk.option("post", "M-MI1", "30T09:00", "30T12:00")
    third = desk.option("guest", "M-MI1", "30T11:00", "30T14:00")
    assert [desk.where(number) for number in (second, third)] == ["option 2", "option 3"]
    desk.clock.move_to(LAPSED)
    with desk.unchanged():
        assert desk.where(third) == "option 2"
        assert desk.where(second) == "option 1"
    desk.work()
    assert [desk.where(number) for number in (second, third)] == ["option 1", "option 2"]


def test_the_worker_writes_down_what_has_lapsed_and_says_how_many(desk: Desk):
    lapsed = [
        desk.option("producer", "M-PLA", *LATER),
        desk.option("post", "M-PLA1", *LATER),
        desk.option("producer", "M-ET1", *LATER),
    ]
    firm = desk.book("producer", "M-MI1", *LATER)
    assert desk.work() == 0
    desk.clock.move_to(LAPSED)
    assert desk.work() == 3
    assert desk.work() == 0
    assert [desk.written(number) for number in lapsed] == ["expired"] * 3
    assert {claim.number for claim in desk.claims()} == {firm}


# ---- a late worker finds what a punctual one would have left --------------------------------

ROOMS = ("M-MI1", "M-MI2", "M-MI1 M-MI2", "M-PLA", "M-PLA1", "M-PLA2", "M-PLA1 N-RE1", "N-RE1")
PEOPLE = ("producer", "post", "guest", "colleague")
END = "2026-11-29T20:00"


@dataclass(frozen=True)
class Step:
    """At an hour of the first days somebody asks for something."""

    hour: int
    who: str
    rooms: str
    start: str
    end: str
    hold: str


def scenario(seed: int) -> list[Step]:
    """A few days in which many want the same rooms, for the days around END."""
    rng = random.Random(seed)
    steps = []
    for hour in sorted(rng.choices(range(60), k=14)):
        day = rng.randint(27, 29)
        first = rng.randint(8, 16)
        last = rng.randint(first + 1, 20)
        span = (f"{day}T{first:02d}:00", f"{day}T{last:02d}:00")
        hold = rng.choice(("option", "option", "firm"))
        steps.append(Step(hour, rng.choice(PEOPLE), rng.choice(ROOMS), *span, hold))
    return steps


def play(desk: Desk, steps: list[Step]) -> list[str]:
    """Let everybody ask; the numbers of those who got a place."""
    begin = desk.clock.now
    numbers = []
    for step in steps:
        desk.clock.move_to(begin)
        desk.clock.advance(hours=step.hour)
        try:
            wish = (step.who, step.rooms, step.start, step.end)
            numbers.append(desk.book(*wish, hold=step.hold, on_clash="queue"))
        except Clash:
            continue
    return numbers


def expiries(desk: Desk, numbers: list[str]) -> Iterator[int]:
    """Every instant at which a clock runs out, as they come."""
    while True:
        views = (desk.view("manager", number).occurrences[0] for number in numbers)
        running = [v.expires for v in views if v.expires is not None and v.expires > desk.now]
        if not running:
            return
        yield min(running)


def read(desk: Desk, numbers: list[str]) -> dict[str, str]:
    return {number: desk.where(number) for number in numbers}


@pytest.mark.parametrize("seed", range(6))
def test_what_is_read_is_what_a_late_worker_writes_and_a_punctual_one_wrote(
    desk: Desk, house: House, seed
):
    begin = desk.clock.now
    numbers = play(desk, scenario(seed))
    desk.clock.move_to(END)
    with desk.unchanged():
        unwritten = read(desk, numbers)
    desk.work()
    late, late_claims = read(desk, numbers), desk.claims()

    db.session.remove()
    house.clean()
    desk.clock.move_to(begin)
    assert play(desk, scenario(seed)) == numbers
    end = desk.clock.move_to(END)
    desk.clock.move_to(begin)
    desk.clock.advance(hours=60)
    for instant in expiries(desk, numbers):
        if instant > end.timestamp():
            break
        desk.clock.advance(seconds=instant - desk.now)
        desk.work()
    desk.clock.move_to(END)
    desk.work()

    assert unwritten == late == read(desk, numbers)
    assert late_claims == desk.claims()
    assert "expired" in late.values()
