"""Occurrences as actions find them before they change them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, bindparam, exists, select, true, type_coerce

from booking.core.access import Actor, Subject
from booking.core.lifecycle import LAPSES_TO, State, as_of
from booking.core.scheduling.interval import Interval
from booking.core.text import problem
from booking.facilities import queries as facilities
from booking.kernel.db import connection, listed
from booking.kernel.prepared import Prepared
from booking.reservations import attendance
from booking.reservations.claims import ask_standing_of, missed
from booking.reservations.holds import Hold, Window, stored_in
from booking.reservations.models import Allocation, Booking, Claim, Occurrence
from booking.reservations.pools import with_shares

LONGEST_NUMBER = 20


class Given(NamedTuple):
    """A facility allocated to an occurrence; `amount` of a pool, `decided` in UTC epoch seconds."""

    facility_id: int
    site_id: int
    decision: str
    zone: str
    amount: int | None = None
    decided_by: int | None = None
    decided: int | None = None


class Claimed(NamedTuple):
    """A claim of an occurrence, buffers included; UTC epoch seconds."""

    space_id: int
    rank: int
    starts: int
    ends: int


class Target(NamedTuple):
    """An occurrence with what its booking says; instants in UTC epoch seconds."""

    id: int
    state: str
    starts: int
    ends: int
    expires: int | None
    booking_id: int
    number: str
    revision: int
    company_id: int
    requester_id: int
    production_id: int | None
    extended: bool = False
    uid: str = ""
    given: tuple[Given, ...] = ()
    claims: tuple[Claimed, ...] = ()
    ahead: tuple[Hold, ...] = ()
    """What stands between it and rank 1, as it is written."""

    @property
    def zone(self) -> str:
        """The zone of the site; all facilities of one booking share it."""
        return self.given[0].zone

    @property
    def rank(self) -> int | None:
        """The worst rank of its claims; None when it holds nothing."""
        return max((claim.rank for claim in self.claims), default=None)

    @property
    def subject(self) -> Subject:
        """What permissions look at."""
        pairs = tuple((g.facility_id, g.site_id) for g in self.given)
        return Subject(self.company_id, self.requester_id, self.production_id, pairs)

    @property
    def space_ids(self) -> list[int]:
        """The spaces it holds, ascending."""
        return sorted({claim.space_id for claim in self.claims})

    def undecided(self) -> list[Given]:
        """Facilities whose managers have not decided."""
        return [given for given in self.given if given.decision == "undecided"]

    def undecided_by(self, actor: Actor) -> list[Given]:
        """Those of them that the caller may decide."""
        return [g for g in self.undecided() if actor.manages(g.facility_id, g.site_id)]


_OCCURRENCES = select(
    Occurrence.id,
    Occurrence.state,
    Occurrence.starts,
    Occurrence.ends,
    type_coerce(Occurrence.expires_at, BigInteger),
    Booking.id,
    Booking.number,
    Booking.revision,
    Booking.company_id,
    Booking.requester_id,
    Booking.production_id,
    Occurrence.extended_at.is_not(None),
    Occurrence.uid,
).join_from(Occurrence, Booking, Booking.id == Occurrence.booking_id)
_BY_NUMBER = Prepared(
    _OCCURRENCES.where(Booking.number == bindparam("number")).order_by(
        Occurrence.starts, Occurrence.id
    )
)
_BY_ID = Prepared(lambda dialect: _OCCURRENCES.where(listed(Occurrence.id, "ids", dialect)))
_ALLOCATIONS = Prepared(
    lambda dialect: (
        select(
            Allocation.occurrence_id,
            Allocation.facility_id,
            Allocation.decision,
            Allocation.amount,
            Allocation.decided_by,
            type_coerce(Allocation.decided_at, BigInteger),
        )
        .where(listed(Allocation.occurrence_id, "ids", dialect))
        .order_by(Allocation.facility_id)
    )
)
_CLAIMS = Prepared(
    lambda dialect: with_shares(
        select(Claim.occurrence_id, Claim.space_id, Claim.rank, Claim.starts, Claim.ends).where(
            listed(Claim.occurrence_id, "ids", dialect)
        ),
        dialect,
    )
)
_EXPIRED = select(Occurrence.id).where(
    type_coerce(Occurrence.expires_at, BigInteger) <= bindparam("now"),
    Occurrence.state.in_([state.value for state in LAPSES_TO]),
)


def _expired_on(dialect: str) -> Select[*tuple[Any, ...]]:
    """What has expired and holds any of the spaces, from the clocks on: few have run out."""
    on_spaces = listed(Claim.space_id, "spaces", dialect)
    if dialect == "sqlite":  # it would turn a join around and read all that the spaces ever held
        return _EXPIRED.where(exists().where(Claim.occurrence_id == Occurrence.id, on_spaces))
    due = _EXPIRED.offset(0).subquery("due")  # PostgreSQL would, unless it is told OFFSET and LIMIT
    held = select(Claim.rank).where(Claim.occurrence_id == due.c.id, on_spaces)
    return select(due.c.id).join(held.limit(1).lateral("held"), true())


_EXPIRED_ON = Prepared(_expired_on)


def may_be(number: str) -> bool:
    """Whether a database can be asked for it: PostgreSQL has no NUL, neither half a character."""
    return problem(number, LONGEST_NUMBER) is None


def by_number(number: str) -> list[Target]:
    """The occurrences of a booking, oldest first; empty for an unknown number. 3 statements."""
    return _complete(_BY_NUMBER.all(number=number)) if may_be(number) else []


def as_it_stands(number: str, now: int) -> list[Target]:
    """The same as it stands at `now`, lapsed neighbours already gone.

    3 statements, one more each where a pool is taken and where somebody waits.
    """
    if not may_be(number):
        return []
    return _standing(_BY_NUMBER.all(number=number), now)


def as_they_stand(ids: Collection[int], now: int) -> list[Target]:
    """These occurrences, in the order given, as they stand at `now`; costs the same."""
    found = {row.id: row for row in _standing(_BY_ID.all(ids=list(ids)), now)} if ids else {}
    return [found[key] for key in ids if key in found]


def _standing(found: Iterable[Sequence[Any]], now: int) -> list[Target]:
    rows = [Target(*row) for row in found]
    ids = [row.id for row in rows]
    held = ask_standing_of(ids, now)
    given = _given(ids)
    of_pools = any(one.amount is not None for found in given.values() for one in found)
    stands = held(shares=of_pools)
    claims = {
        key: [Claimed(h.space_id, h.rank, h.starts, h.ends) for h in holds]
        for key, holds in stands.items()
    }
    moved = {key: (holds[0].state, holds[0].expires) for key, holds in stands.items() if holds}
    gone = [row.id for row in rows if row.state == State.REQUESTED and row.id not in moved]
    moved |= dict.fromkeys(missed(gone, now), (State.NO_SHOW.value, None))
    return _joined(
        [
            row._replace(state=moved[row.id][0], expires=moved[row.id][1])
            if row.id in moved
            else row
            for row in rows
        ],
        given,
        claims,
    )


def by_ids(ids: Collection[int]) -> list[Target]:
    """These occurrences, in order of id. At most 3 statements."""
    return sorted(_complete(_BY_ID.all(ids=sorted(ids)))) if ids else []


def expired_on(space_ids: Iterable[int], now: int) -> list[Target]:
    """Occurrences on these spaces whose clock has run out at `now`. 1 statement when none has."""
    return by_ids(set(_EXPIRED_ON.column(spaces=list(space_ids), now=now)))


def expired(now: int, limit: int) -> list[int]:
    """Ids of occurrences whose clock has run out at `now`, oldest first."""
    statement = _EXPIRED.order_by(Occurrence.expires_at).limit(limit)
    return list(connection().scalars(statement, {"now": now}))


def state_of(target: Target, now: int) -> State:
    """The state as it stands at `now`: past its clock it has ended, written down or not."""
    return as_of(State(target.state), target.expires, now)


def check_in_by(target: Target, now: int) -> int | None:
    """When it is released unless somebody has checked in, if it is confirmed at `now`."""
    rooms = facilities.by_ids(given.facility_id for given in target.given).values()
    return attendance.check_in_by(rooms, Interval(target.starts, target.ends), now)


def _complete(found: Iterable[Sequence[Any]]) -> list[Target]:
    rows = [Target(*row) for row in found]
    ids = [row.id for row in rows]
    claims: dict[int, list[Claimed]] = {key: [] for key in ids}
    if not rows:
        return []
    asked = _CLAIMS.ask(ids=ids)
    given = _given(ids)
    for occurrence, *claim in asked.all():
        claims[occurrence].append(Claimed._make(claim))
    return _joined(rows, given, claims)


def _given(ids: Sequence[int]) -> dict[int, list[Given]]:
    """What each occurrence was given, in order of the facilities' ids."""
    given: dict[int, list[Given]] = {key: [] for key in ids}
    if not ids:
        return given
    rows = _ALLOCATIONS.all(ids=list(ids))
    known = facilities.by_ids(row[1] for row in rows)
    for occurrence, facility, decision, *more in rows:
        found = known[facility]
        given[occurrence].append(Given(found.id, found.site_id, decision, found.time_zone, *more))
    return given


def _joined(
    rows: Sequence[Target], given: dict[int, list[Given]], claims: dict[int, list[Claimed]]
) -> list[Target]:
    ahead = _ahead(claims)
    return [
        row._replace(
            given=tuple(given[row.id]),
            claims=tuple(claims[row.id]),
            ahead=tuple(ahead.get(row.id, ())),
        )
        for row in rows
    ]


def _ahead(claims: dict[int, list[Claimed]]) -> dict[int, list[Hold]]:
    """Whoever holds a better rank on what these wait for. One statement, none if nobody waits."""
    waiting = [
        (key, claim) for key, claimed in claims.items() for claim in claimed if claim.rank > 1
    ]
    if not waiting:
        return {}
    windows = [Window(n, c.space_id, c.starts, c.ends) for n, (_, c) in enumerate(waiting)]
    found: dict[int, list[Hold]] = defaultdict(list)
    for place, hold in stored_in(windows):
        key, claim = waiting[place]
        if hold.rank < claim.rank:
            found[key].append(hold)
    return found
