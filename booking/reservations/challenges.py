"""Challenges: who is next asks the holder of a first option to confirm or to release.

The challenger is bound: the option becomes a firm request, which the ranks confirm when its turn
comes. The holder's clock is set to the deadline, so silence needs no worker to count.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, bindparam, insert, or_, select, type_coerce, update

from booking.core.lifecycle import State
from booking.kernel.clock import instant
from booking.kernel.db import connection, table_of
from booking.reservations.models import Challenge, Occurrence

_OPEN = select(
    Challenge.id,
    Challenge.challenger_id,
    Challenge.challenged_id,
    type_coerce(Challenge.due_at, BigInteger),
    Challenge.moved_by,
    type_coerce(Challenge.would_lapse_at, BigInteger),
).where(
    Challenge.settled_at.is_(None),
    or_(
        Challenge.challenger_id.in_(bindparam("ids", expanding=True)),
        Challenge.challenged_id.in_(bindparam("ids", expanding=True)),
    ),
)
_MAKE = insert(table_of(Challenge))
_SETTLE = (
    update(table_of(Challenge))
    .where(Challenge.id == bindparam("challenge"))
    .values(settled_at=bindparam("now"), outcome=bindparam("to"))
)
_SET_CLOCK = (
    update(table_of(Occurrence))
    .where(Occurrence.id == bindparam("occurrence"), Occurrence.state == State.OPTION.value)
    .values(
        expires_at=bindparam("expires"),
        sequence=Occurrence.sequence + 1,
        changed_at=bindparam("now"),
    )
)
_MOVE_DUE = (
    update(table_of(Challenge))
    .where(Challenge.id == bindparam("challenge"))
    .values(
        due_at=bindparam("due"),
        moved_by=bindparam("why"),
        would_lapse_at=bindparam("lapse"),
    )
)


class OpenChallenge(NamedTuple):
    """A challenge that nobody has answered; instants in UTC epoch seconds."""

    id: int
    challenger_id: int
    challenged_id: int
    due: int
    moved_by: str
    would_lapse: int | None


def open_of(occurrence_ids: Collection[int]) -> list[OpenChallenge]:
    """Those that these occurrences made or received. One statement."""
    rows = connection().execute(_OPEN, {"ids": sorted(occurrence_ids)}).all()
    return [OpenChallenge(*row) for row in rows]


def make(rows: Sequence[dict[str, object]], now: int) -> None:
    """Write challenges, and their deadlines into the clocks of the challenged."""
    connection().execute(_MAKE, rows)
    set_clocks(((row["challenged_id"], row["due_at"]) for row in rows), now)


def set_clocks(clocks: Iterable[tuple[object, object]], now: int) -> None:
    """Let options lapse at other instants (datetimes)."""
    moment = datetime.fromtimestamp(now, UTC)
    rows = [{"occurrence": key, "expires": at, "now": moment} for key, at in clocks]
    if rows:
        connection().execute(_SET_CLOCK, rows)


def put_off(found: OpenChallenge, due: int, why: str) -> None:
    """Give the challenged until another deadline, which nobody takes back."""
    lapse = None if found.would_lapse is None else instant(max(found.would_lapse, due))
    moved = {"challenge": found.id, "due": instant(due), "why": why, "lapse": lapse}
    connection().execute(_MOVE_DUE, moved)


def settle(occurrence_ids: Collection[int], to: State, now: int) -> None:
    """End the challenges of occurrences that were confirmed or left.

    Where the challenger left, the challenged option gets its own clock back. One statement where
    there is none, three at most.
    """
    found = open_of(occurrence_ids)
    if not found:
        return
    moment = datetime.fromtimestamp(now, UTC)
    rows = [{"challenge": one.id, "now": moment, "to": to.value} for one in found]
    connection().execute(_SETTLE, rows)
    freed = [one for one in found if one.challenged_id not in occurrence_ids]
    set_clocks(((one.challenged_id, instant(one.would_lapse)) for one in freed), now)
