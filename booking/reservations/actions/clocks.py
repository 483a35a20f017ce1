"""Clocks that ran out: whoever writes finds them ended first, whether or not a worker runs."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from booking.core.lifecycle import LAPSES_TO
from booking.facilities import queries as facilities
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel.transaction import transaction
from booking.reservations import changes, pools, targets
from booking.reservations.targets import Target


def lapse_due(now: datetime, limit: int = 500) -> int:
    """Write down options and requests whose clock has run out; answers how many.

    Nothing waits for it: they count as ended from the second on. Each is its own transaction.
    """
    due = targets.expired(int(now.timestamp()), limit)
    return sum(_lapse(occurrence_id, now) for occurrence_id in due)


@transaction
def _lapse(occurrence_id: int, now: datetime) -> int:
    at = int(now.timestamp())
    lapsed = be_alone(spaces(targets.by_ids({occurrence_id})), at)
    events, ended = end_lapsed(lapsed, at)
    record(events, actor_id=None, at=now)
    return ended


def be_alone(space_ids: Iterable[int], now: int) -> list[Target]:
    """Let nobody else decide about the spaces; answers what has lapsed on them.

    And on the other spaces of what has lapsed, for it leaves them all at once.
    """
    lapsed: list[Target] = []
    locked: set[int] = set()
    wanted = set(space_ids)
    while not wanted <= locked:
        facilities.lock_spaces(wanted - locked, at_once=bool(locked))
        locked |= wanted
        lapsed = _expired_on(locked, now)
        wanted = spaces(lapsed)
    return lapsed


def end_lapsed(lapsed: Sequence[Target], now: int) -> tuple[list[Event], int]:
    """End it, one clock after the other: who moved up in between may have been confirmed, and
    have had to check in since.

    Answers the events and how many ended.
    """
    events: list[Event] = []
    count = 0
    running = _clocks(lapsed, now)
    while running:
        instant = min(running.values())
        due = targets.by_ids({key for key, at in running.items() if at == instant})
        running = {key: at for key, at in running.items() if at != instant}
        running |= {key: at for key, at in _clocks(due, now).items() if at > instant}
        ended = [target for target in due if target.expires == instant]
        events += changes.lapse(ended, now)
        count += len(ended)
    return events, count


def _clocks(found: Iterable[Target], now: int) -> dict[int, int]:
    """When those lapse that have lapsed at `now`, by id."""
    return {
        target.id: target.expires
        for target in found
        if target.expires is not None and target.expires <= now and target.state in LAPSES_TO
    }


def spaces(found: Iterable[Target]) -> set[int]:
    """Every space that these hold, those that stand for their pools included."""
    targets_ = list(found)
    given = {given.facility_id for target in targets_ for given in target.given}
    of_pools = {space for space, held in facilities.seats().items() for p in held if p.id in given}
    return of_pools | {space for target in targets_ for space in target.space_ids}


def _expired_on(space_ids: Iterable[int], now: int) -> list[Target]:
    """What has lapsed on spaces and on the pools they stand for, in order of id."""
    held = set(space_ids)
    of_pools = pools.expired_on(held, now)
    found = targets.expired_on(held, now)
    missing = of_pools - {target.id for target in found}
    return sorted([*found, *targets.by_ids(missing)]) if missing else found
