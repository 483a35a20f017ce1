"""Eight processes at once, in each other's way in every other manner."""

import random
from collections import Counter
from datetime import datetime
from typing import Any

from booking.core.access import Actor
from booking.core.lifecycle import Verb
from booking.core.scheduling.interval import Interval
from booking.facilities.queries import catalogue
from booking.reservations import actions, answers
from booking.reservations.actions import Change
from booking.reservations.calendar import bars
from booking.reservations.wish import BookingRequest
from tests.races.conftest import Race
from tests.races.crew import Job, Outcome
from tests.reservations.desk import Desk, instant, moment

ROUNDS = 10
OFTEN = 30


def slot(turn: int, starts: int = 9, ends: int = 13) -> tuple[str, str]:
    """A slot that no other round wants."""
    return f"2026-12-{turn + 1:02d}T{starts:02d}:00", f"2026-12-{turn + 1:02d}T{ends:02d}:00"


def ask(desk: Desk, who: str, rooms: str, span: tuple[str, str], **more: Any) -> Job:
    return actions.request, (desk.actor(who), desk.wish(rooms, *span, **more), desk.clock.now)


def do(desk: Desk, who: str, number: str, verb: str) -> Job:
    return _act, (desk.actor(who), number, verb, desk.clock.now)


def _act(actor: Actor, number: str, verb: str, now: datetime) -> str:
    actions.act(actor, number, Verb(verb), now, reason="Changement")
    return "done"


def move(desk: Desk, who: str, number: str, span: tuple[str, str]) -> Job:
    start, end = map(moment, span)
    return _move, (desk.actor(who), number, Change(start=start, end=end), desk.clock.now)


def _move(actor: Actor, number: str, elsewhere: Change, now: datetime) -> str:
    actions.change(actor, number, elsewhere, now)
    return "done"


def codes(outcomes: list[Outcome]) -> Counter[str | None]:
    """How often each refusal was given; None counts those who got what they wanted."""
    return Counter(outcome.refused for outcome in outcomes)


# ---- asking ---------------------------------------------------------------------------------


def overlapping_spans(turn: int, size: int) -> list[tuple[str, str]]:
    """Slots of one day that are in each other's way."""
    rng = random.Random(turn)
    first = [rng.randint(8, 19) for _ in range(size)]
    return [slot(turn, hour, hour + rng.randint(1, 3)) for hour in first]


def test_different_slots_that_overlap(desk: Desk, race: Race):
    for turn in range(ROUNDS):
        spans = overlapping_spans(turn, race.size)
        outcomes = race.run([ask(desk, "producer", "M-MI1", span) for span in spans])
        assert set(codes(outcomes)) == {None, "clash"}
        for span in spans:  # whoever was refused was refused for a reason
            starts, ends = (instant(words) for words in span)
            assert race.eyes.held("M-MI1", 1, starts, ends) >= 1, span
    race.tell(f"{ROUNDS} rounds of {race.size} for slots that overlap")


def test_three_find_a_place_in_line(desk: Desk, race: Race):
    for turn in range(ROUNDS):
        wish = ask(desk, "producer", "M-ET1", slot(turn), hold="option", on_clash="queue")
        assert codes(race.run([wish] * race.size)) == {None: 3, "clash": race.size - 3}
        starts, ends = (instant(words) for words in slot(turn))
        held = [race.eyes.held("M-ET1", rank, starts, ends) for rank in (1, 2, 3)]
        assert held == [1, 1, 1]


def test_the_whole_stage_against_its_halves(desk: Desk, race: Race):
    rooms = ["M-PLA", "M-PLA1", "M-PLA2", "M-PLA M-CIN"] * (race.size // 4)
    won: Counter[str] = Counter()
    for turn in range(OFTEN):
        random.Random(turn).shuffle(rooms)
        outcomes = race.run([ask(desk, "producer", room, slot(turn)) for room in rooms])
        assert set(codes(outcomes)) == {None, "clash"}
        winners = sorted(r for r, outcome in zip(rooms, outcomes, strict=True) if outcome.answer)
        assert winners in (["M-PLA"], ["M-PLA M-CIN"], ["M-PLA1", "M-PLA2"])
        won += Counter(winners)
    race.tell(f"{OFTEN} rounds of {race.size} for a stage or one of its halves, won by {dict(won)}")


def test_many_rooms_in_any_order_do_not_wait_for_each_other_for_ever(
    desk: Desk, race: Race, engine_kind: str
):
    every = ["M-ET1", "M-ET2", "M-MI1", "M-MI2", "M-PLA1", "M-PLA2", "M-CIN", "N-PLD", "N-RE1"]
    rng = random.Random(2)
    for turn in range(ROUNDS):
        wishes = [" ".join(rng.sample(every, k=4)) for _ in range(race.size)]
        outcomes = race.run([ask(desk, "post", rooms, slot(turn)) for rooms in wishes])
        assert set(codes(outcomes)) <= {None, "clash"}
    if engine_kind == "postgresql":
        found = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert race.eyes.number(found) == 0
    race.tell(f"{ROUNDS} rounds of {race.size} for four rooms in any order, no deadlock")


# ---- leaving while others ask ---------------------------------------------------------------


def test_who_waits_goes_first_when_the_holder_leaves_while_others_ask(desk: Desk, race: Race):
    for turn in range(ROUNDS):
        first = desk.option("producer", "M-MI1", *slot(turn))
        second = desk.option("guest", "M-MI1", *slot(turn))
        others = [ask(desk, "post", "M-MI1", slot(turn))] * (race.size - 1)
        outcomes = race.run([do(desk, "producer", first, "release"), *others])
        assert outcomes[0].answer == "done"
        assert codes(outcomes[1:]) == {"clash": race.size - 1}
        assert desk.where(second) == "option 1"


def test_who_leaves_makes_room_for_one_at_most(desk: Desk, race: Race):
    for turn in range(ROUNDS):
        first = desk.book("producer", "M-MI1", *slot(turn))
        others = [ask(desk, "post", "M-MI1", slot(turn))] * (race.size - 1)
        outcomes = race.run([do(desk, "producer", first, "cancel"), *others])
        assert outcomes[0].answer == "done"
        assert codes(outcomes[1:])["clash"] >= race.size - 2


def test_who_moves_somewhere_and_who_asks_for_it_do_not_both_get_it(desk: Desk, race: Race):
    won: Counter[str] = Counter()
    for turn in range(OFTEN):
        before, wanted = slot(turn, 14, 18), slot(turn)
        number = desk.book("producer", "M-MI1", *before)
        others = [ask(desk, "post", "M-MI1", wanted)] * (race.size - 1)
        outcomes = race.run([move(desk, "producer", number, wanted), *others])
        assert codes(outcomes) == {None: 1, "clash": race.size - 1}
        moved = outcomes[0].refused is None
        held = [race.eyes.held("M-MI1", 1, *map(instant, span)) for span in (wanted, before)]
        assert held == ([1, 0] if moved else [1, 1])
        won["the move" if moved else "who asked"] += 1
    race.tell(f"{OFTEN} rounds of a move against {race.size - 1} who ask: won by {dict(won)}")


def test_who_waits_for_two_rooms_is_confirmed_when_both_holders_leave_at_once(
    desk: Desk, race: Race
):
    for turn in range(ROUNDS):
        holders = [desk.book("producer", room, *slot(turn)) for room in ("M-MI1", "M-MI2")]
        both = desk.book("post", "M-MI1 M-MI2", *slot(turn), on_clash="queue")
        outcomes = race.run([do(desk, "producer", number, "cancel") for number in holders])
        assert codes(outcomes) == {None: 2}
        assert desk.written(both) == "confirmed"


def test_what_has_lapsed_ends_once_whoever_comes_first(desk: Desk, race: Race):
    slots = [slot(turn) for turn in range(ROUNDS)]
    lapsing = [desk.option("producer", "M-MI1", *span) for span in slots]
    desk.clock.advance(days=8)
    worker: Job = (actions.lapse_due, (desk.clock.now,))
    for number, span in zip(lapsing, slots, strict=True):
        outcomes = race.run([worker, *[ask(desk, "post", "M-MI1", span)] * (race.size - 1)])
        assert codes(outcomes) == {None: 2, "clash": race.size - 2}
        assert desk.story(number) == ["requested", "expired"]


# ---- deciding -------------------------------------------------------------------------------


def test_managers_who_approve_rivals_at_once(desk: Desk, race: Race):
    for turn in range(ROUNDS):
        first = desk.book("producer", "N-PLD", *slot(turn))
        second = desk.book("post", "N-PLD", *slot(turn), on_clash="queue")
        approvals = [
            do(desk, who, number, "approve")
            for who in ("manager", "manager-n")
            for number in (first, second)
        ]
        half = race.size // 2
        outcomes = race.run(approvals * (race.size // 4))
        assert codes(outcomes) == {None: 1, "wrong_state": half - 1, "not_first": half}
        assert (desk.where(first), desk.where(second)) == ("confirmed 1", "requested 2")


def test_two_managers_who_approve_their_parts_at_once_confirm_together(desk: Desk, race: Race):
    for turn in range(ROUNDS):
        number = desk.book("producer", "M-ET1 N-PLD", *slot(turn))
        approvals = [do(desk, who, number, "approve") for who in ("manager", "manager-n")]
        assert set(codes(race.run(approvals))) <= {None, "wrong_state"}
        assert desk.where(number) == "confirmed 1"


# ---- repeating and reading ------------------------------------------------------------------


def _once(actor: Actor, key: str, wish: BookingRequest, now: datetime) -> answers.Given:
    def work() -> tuple[int, dict[str, Any]]:
        return 201, {"number": actions.request(actor, wish, now)}

    return answers.once(actor.user_id, key, "the same", now, work)


def test_the_same_key_books_once_however_often_it_is_sent(desk: Desk, race: Race):
    actor = desk.actor("producer")
    for turn in range(ROUNDS):
        wish = desk.wish("M-MI1", *slot(turn))
        outcomes = race.run([(_once, (actor, f"key {turn}", wish, desk.clock.now))] * race.size)
        assert codes(outcomes) == {None: race.size}
        assert len({outcome.answer.body["number"] for outcome in outcomes}) == 1
        repeated = Counter(outcome.answer.repeated for outcome in outcomes)
        assert repeated == {False: 1, True: race.size - 1}
        assert race.eyes.number("SELECT count(*) FROM booking") == turn + 1


def _look(actor: Actor, window: Interval, now: int) -> int:
    return len(bars(actor, catalogue(), window, now))


def test_readers_and_writers_leave_each_other_alone(desk: Desk, race: Race):
    window = Interval(instant("2026-12-01T00:00"), instant("2027-01-01T00:00"))
    look: Job = (_look, (desk.actor("post"), window, desk.now))
    half = race.size // 2
    for turn in range(ROUNDS):
        outcomes = race.run([*[ask(desk, "post", "M-MI1", slot(turn))] * half, *[look] * half])
        assert codes(outcomes) == {None: half + 1, "clash": half - 1}
        assert {outcome.answer for outcome in outcomes[half:]} <= {turn, turn + 1}
    race.tell(f"{ROUNDS} rounds in which {half} look at the planning while {half} book")
