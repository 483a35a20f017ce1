"""Claims on spaces: reading them as they stand now, placing, removing, moving up."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple, Protocol

from sqlalchemy import BigInteger, bindparam, delete, insert, select, type_coerce

from booking.core.lifecycle import LAPSES_TO, TENTATIVE, State
from booking.core.scheduling import ranks
from booking.core.scheduling.interval import Interval, hull
from booking.core.scheduling.ranks import Held
from booking.kernel.db import connection, table_of
from booking.kernel.prepared import Prepared
from booking.reservations import attendance, holds, pools
from booking.reservations.holds import Hold, Window
from booking.reservations.models import Allocation, Claim, Occurrence

_CLAIM = table_of(Claim)
_ANY_LAPSED = Prepared(
    select(Occurrence.id)
    .where(
        type_coerce(Occurrence.expires_at, BigInteger) <= bindparam("now"),
        Occurrence.state.in_([state.value for state in LAPSES_TO]),
    )
    .limit(1)
)
_EXTENT = select(Claim.space_id, Claim.starts, Claim.ends).where(
    Claim.occurrence_id.in_(bindparam("occurrences", expanding=True))
)
_UNDECIDED = select(Allocation.occurrence_id).where(
    Allocation.occurrence_id.in_(bindparam("occurrences", expanding=True)),
    Allocation.decision == "undecided",
)
_PLACE = Prepared(insert(_CLAIM))
_REMOVE = delete(_CLAIM).where(Claim.occurrence_id.in_(bindparam("occurrences", expanding=True)))
_REMOVE_ONE = delete(_CLAIM).where(
    Claim.space_id == bindparam("space"),
    Claim.rank == bindparam("old_rank"),
    Claim.starts == bindparam("old_starts"),
)


def standing_in(windows: Sequence[Window], now: int) -> dict[int, list[Hold]]:
    """Claims that overlap the windows, as they stand at `now`, by place.

    Every place that was asked for is in the answer. Costs what `standing` does.
    """
    return ask_standing_in(windows, now)()


def ask_standing_in(windows: Sequence[Window], now: int) -> Callable[[], dict[int, list[Hold]]]:
    """The same, waited for when it is called."""
    asked = holds.ask_in(windows)

    def found() -> dict[int, list[Hold]]:
        held = asked()
        standing = _as_they_stand([hold for _, hold in held], now)
        stands = {(hold.space_id, hold.occurrence_id): hold for hold in standing}
        by_place: dict[int, list[Hold]] = {window.place: [] for window in windows}
        for place, hold in held:
            if stand := stands.get((hold.space_id, hold.occurrence_id)):
                by_place[place].append(stand)
        return by_place

    return found


def standing(space_ids: Iterable[int], window: Interval, now: int) -> list[Hold]:
    """Claims on the spaces that overlap the window, as they stand at `now`.

    Holds whose clock has run out are left out and those behind them moved up, whether or not a
    worker wrote it down. One statement; one more where somebody waits, and three or so more when
    a clock has run out unnoticed.
    """
    return _as_they_stand(holds.stored(space_ids, window), now)


def standing_of(
    occurrence_ids: Collection[int], now: int, *, shares: bool = True
) -> dict[int, list[Hold]]:
    """The claims of these occurrences as they stand at `now`; costs what `standing` does.

    With their `shares` of pools, for a statement more in a house that has any.

    Every occurrence asked for is in the answer, those that hold nothing with an empty list.
    """
    return ask_standing_of(occurrence_ids, now)(shares=shares)


class StandingOf(Protocol):
    """What `ask_standing_of` answers: `standing_of`, waited for when it is called."""

    def __call__(self, *, shares: bool) -> dict[int, list[Hold]]: ...


def ask_standing_of(occurrence_ids: Collection[int], now: int) -> StandingOf:
    """The same, waited for when it is called; only then it need be known whether with `shares`."""
    asked = holds.ask_of(occurrence_ids)

    def standing(*, shares: bool) -> dict[int, list[Hold]]:
        found: dict[int, list[Hold]] = {key: [] for key in occurrence_ids}
        held = [*asked(), *(holds.shares_of(occurrence_ids) if shares else ())]
        for hold in _as_they_stand(held, now):
            found[hold.occurrence_id].append(hold)
        return found

    return standing


def _as_they_stand(found: list[Hold], now: int) -> list[Hold]:
    moving = {hold.occurrence_id for hold in found if hold.moves(now)}
    somebody_left = moving and _ANY_LAPSED.value(now=now)
    around = _concerned(moving, now) if somebody_left else []
    if not around:
        return [hold for hold in found if not hold.lapsed(now)]
    after, then = _later(around, now)
    rank_of = {(held.space_id, held.occurrence_id): held.rank for held in after.held}
    live = after.confirmed - after.ended
    return [
        hold.arrived(rank_of, confirmed=hold.occurrence_id in live, by=then.get(hold.occurrence_id))
        for hold in found
        if hold.occurrence_id in live or not (hold.lapsed(now) or hold.occurrence_id in after.ended)
    ]


class Fate(NamedTuple):
    """When (epoch seconds) it last moved up or ended unwritten; `confirmed` if it had its turn."""

    at: int
    confirmed: bool


def fates(occurrence_ids: Collection[int], now: int) -> dict[int, Fate]:
    """What became of those of them that moved up or ended. A few statements."""
    around = _concerned(occurrence_ids, now) if occurrence_ids else []
    if not around:
        return {}
    after, _ = _later(around, now)
    moved = {key: after.moved[key] for key in occurrence_ids if key in after.moved}
    return {key: Fate(at, key in after.confirmed) for key, at in moved.items()}


def missed(requests: Collection[int], now: int) -> set[int]:
    """Of requests that hold nothing any more those that had moved up and been confirmed: they
    lapsed since nobody checked in, not since nobody decided. A few statements.
    """
    return {key for key, fate in fates(requests, now).items() if fate.confirmed}


def _later(around: Sequence[Hold], now: int) -> tuple[ranks.Standing, dict[int, int]]:
    """How claims stand at `now`, and until when those are checked in who were confirmed."""
    clocks = {hold.occurrence_id: hold.expires for hold in around if hold.expires is not None}
    waiting = _only_waiting(around)
    then = attendance.once_confirmed(h for h in around if h.occurrence_id in waiting)
    return ranks.as_of(now, [hold.held for hold in around], clocks, waiting, then), then


def tentative_around(near: Iterable[Hold], now: int) -> list[Held]:
    """Claims as they stand at `now` of whatever may be waiting near these, and near that, on all
    their spaces, with what is in their way. Two statements for each step away.
    """
    first = {hold.occurrence_id for hold in near if hold.state in TENTATIVE}
    return _later(_around(first, lambda hold: hold.state in TENTATIVE), now)[0].held


def _concerned(moving: Iterable[int], now: int) -> list[Hold]:
    """Every claim that these occurrences, on leaving or moving up, can move or run into.

    Whoever moves makes room for others: looks on, over all their spaces, until nobody new moves.
    """
    return _around(moving, lambda hold: hold.moves(now))


def _around(first: Iterable[int], leads_on: Callable[[Hold], bool]) -> list[Hold]:
    around: list[Hold] = []
    known: set[int] = set()
    found = set(first)
    while not found <= known:
        known |= found
        extents = connection().execute(_EXTENT, {"occurrences": sorted(known)}).all()
        if not extents:
            return []  # on PostgreSQL somebody may have written it down since we looked
        reach = hull(Interval(starts, ends) for _space, starts, ends in extents)
        held = holds.stored({space for space, *_ in extents}, reach)
        around = [hold for hold in held if hold.amount is None]
        found = {hold.occurrence_id for hold in around if leads_on(hold)}
    return around


def _only_waiting(found: Iterable[Hold]) -> set[int]:
    """Of firm requests those that nobody has to approve: they need their turn and nothing else.

    Who has the right to all that is seen here waits elsewhere: for that nothing here is to come.
    """
    behind = (hold for hold in found if hold.rank > 1)
    requested = {hold.occurrence_id for hold in behind if hold.state == State.REQUESTED}
    undecided = connection().scalars(_UNDECIDED, {"occurrences": sorted(requested)})
    return requested.difference(undecided)


def place(rows: Sequence[dict[str, int]]) -> None:
    """Write claims; the caller has checked that their ranks are free."""
    _PLACE.write(rows)


def remove(occurrence_ids: Collection[int]) -> None:
    """Take every claim of these occurrences off the table, and give back their shares of pools."""
    connection().execute(_REMOVE, {"occurrences": list(occurrence_ids)})
    pools.remove(occurrence_ids)


def move_up(freed: Collection[tuple[int, Interval]], now: int) -> list[Hold]:
    """Promote claims behind what was `freed` on spaces; answers them with their new rank.

    One statement when nobody waits.
    """
    near = [hold for _, hold in holds.stored_in([Window(0, space, *span) for space, span in freed])]
    around = _concerned({hold.occurrence_id for hold in near if hold.rank > 1}, now)
    after = ranks.promoted([hold.held for hold in around])
    moved = [(hold, then.rank) for hold, then in zip(around, after, strict=True)]
    moved = [(hold, rank) for hold, rank in moved if rank != hold.rank]
    for hold, _ in moved:
        old = {"space": hold.space_id, "old_rank": hold.rank, "old_starts": hold.starts}
        connection().execute(_REMOVE_ONE, old)
    risen = [hold._replace(rank=rank) for hold, rank in moved]
    place([as_row(hold) for hold in risen])
    return risen


def as_row(hold: Hold) -> dict[str, int]:
    """The columns of the claim table."""
    return {
        "space_id": hold.space_id,
        "rank": hold.rank,
        "starts": hold.starts,
        "ends": hold.ends,
        "occurrence_id": hold.occurrence_id,
        "facility_id": hold.facility_id,
    }
