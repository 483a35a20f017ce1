"""Faults to plant into the engine: what a hurried hand could do to it.

Each takes `swap(owner, name, value)`: `monkeypatch.setattr`, or `setattr` in a process of its own.
Overlaps that are off by one second in the other direction are none: bookings are whole minutes.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

from booking.core.access import Actor
from booking.core.lifecycle import TENTATIVE, State
from booking.core.scheduling import ranks
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.ranks import Held
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.reservations import changes, claims, holds, judgement, placing, targets
from booking.reservations.actions import refused, relocating, requesting
from booking.reservations.holds import Hold, Window
from booking.reservations.judgement import Weighed
from booking.reservations.targets import Target
from booking.reservations.wish import BookingRequest, understand

Swap = Callable[[Any, str, Any], None]
Fault = Callable[[Swap], None]


def check_without_lock(swap: Swap) -> None:
    """Look whether it is free, and only then wait for one's turn to write."""

    def request(actor: Actor, wish: BookingRequest, now: datetime) -> str:
        at = int(now.timestamp())
        weighed = judgement.weigh(actor, understand(actor, wish), at)
        db.session.rollback()
        if not judgement.granted(weighed):
            raise refused.Taken(weighed)
        return str(transaction(partial(store, actor, wish, weighed, now))())

    def store(actor: Actor, wish: BookingRequest, weighed: Any, now: datetime) -> str:
        number, events = requesting._store(actor, wish, weighed, int(now.timestamp()))
        record(events, actor_id=actor.user_id, at=now)
        return number

    swap(requesting, "_request", request)


def off_by_one_second_in_the_overlap(swap: Swap) -> None:
    """Who begins when another ends is in their way, wherever that is asked."""
    ask_in = holds.ask_in

    def a_second_more(windows: Sequence[Window]) -> list[tuple[int, Hold]]:
        return ask_in([w._replace(starts=w.starts - 1, ends=w.ends + 1) for w in windows])

    swap(holds, "ask_in", a_second_more)

    def overlaps(one: Interval, other: Interval) -> bool:
        return one.starts < other.ends + 1 and other.starts < one.ends + 1

    def meet(one: Held, other: Held) -> bool:
        return one.space_id == other.space_id and overlaps(one.interval, other.interval)

    swap(Interval, "overlaps", overlaps)
    swap(ranks, "_meet", meet)


def off_by_one_second_in_the_clock(swap: Swap) -> None:
    """An option lives through the second in which it ends."""

    def over(state: str, expires: int | None, now: int) -> bool:
        return state in TENTATIVE and expires is not None and expires < now

    def state_of(target: Target, now: int) -> State:
        return State.EXPIRED if over(target.state, target.expires, now) else State(target.state)

    swap(Hold, "lapsed", lambda hold, now: over(hold.state, hold.expires, now))
    swap(targets, "state_of", state_of)


def claims_outlive_their_booking(swap: Swap) -> None:
    """Who left is written as gone and still blocks the room."""
    swap(claims, "remove", lambda _ids: None)


def leaving_is_answered_and_not_done(swap: Swap) -> None:
    """The lost cancel: "done", and nothing was."""
    swap(changes, "end", lambda *_args, **_more: [])


def nobody_moves_up(swap: Swap) -> None:
    """Who waits is forgotten when the holder leaves."""
    swap(claims, "move_up", lambda _freed, _now: [])


def everybody_moves_up(swap: Swap) -> None:
    """When one of two holders leaves, who waits behind both gets the slot."""

    def promoted(held: Sequence[Held]) -> list[Held]:
        return [one._replace(rank=max(1, one.rank - 1)) for one in held]

    swap(ranks, "promoted", promoted)


def the_last_in_line_moves_up_first(swap: Swap) -> None:
    """Where two could move up, who came last does."""

    def promoted(held: Sequence[Held]) -> list[Held]:
        current = list(held)
        for last in sorted(held, key=lambda one: -one.rank):
            here = current.index(last)
            others = [*current[:here], *current[here + 1 :]]
            rank = min(ranks.lowest_free(last, others), last.rank)
            current[here] = last._replace(rank=rank)
        return current

    swap(ranks, "promoted", promoted)


def who_waits_takes_whatever_is_free(swap: Swap) -> None:
    """Two bookings of two rooms come to wait for each other's half, for ever."""

    swap(placing, "knot", lambda _held: set())


def the_last_date_of_a_series_is_lost(swap: Swap) -> None:
    """A series is granted, and one date of it is not stored."""
    honest = requesting._store

    def store(actor: Actor, wish: BookingRequest, weighed: Sequence[Weighed], now: int) -> Any:
        return honest(actor, wish, weighed[:-1] if len(weighed) > 1 else weighed, now)

    swap(requesting, "_store", store)


def one_half_of_the_stage_is_free(swap: Swap) -> None:
    """A booking of the whole stage claims one of its halves."""
    honest = requesting.place

    def place(rows: Sequence[dict[str, int]]) -> None:
        honest([row for row in rows if row["space_id"] == rows[0]["space_id"]])

    swap(requesting, "place", place)


def who_waited_for_what_moved_away_is_forgotten(swap: Swap) -> None:
    """The leaky move: the old place stays empty, and nobody who stood in line gets it."""
    without = {**vars(changes), "promotions": lambda *_: []}
    swap(relocating, "changes", SimpleNamespace(**without))


def what_moves_takes_its_approval_along(swap: Swap) -> None:
    """Another day than the one that the manager said yes to, and it is still yes."""
    honest = relocating.relocate
    swap(relocating, "relocate", lambda *args, **_: honest(*args, agreed=True))


SEQUENTIAL: tuple[Fault, ...] = (
    off_by_one_second_in_the_overlap,
    off_by_one_second_in_the_clock,
    claims_outlive_their_booking,
    leaving_is_answered_and_not_done,
    nobody_moves_up,
    everybody_moves_up,
    the_last_in_line_moves_up_first,
    who_waits_takes_whatever_is_free,
    the_last_date_of_a_series_is_lost,
    one_half_of_the_stage_is_free,
    who_waited_for_what_moved_away_is_forgotten,
    what_moves_takes_its_approval_along,
)
"""Those that one person alone can run into."""
