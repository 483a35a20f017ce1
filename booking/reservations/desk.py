"""The option desk: every option and all that waits behind one, with its clock and its ladder."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import BigInteger, bindparam, exists, func, or_, select, type_coerce

from booking.core.access import Actor, allowed
from booking.core.lifecycle import State, Verb
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.facilities import queries as facilities
from booking.journal.models import Entry
from booking.kernel.db import connection
from booking.kernel.errors import Forbidden
from booking.members.models import Company, User
from booking.productions.models import Production
from booking.reservations import claims, queries, targets
from booking.reservations.calendar import masked
from booking.reservations.holds import Hold, Window
from booking.reservations.judgement import may_know
from booking.reservations.models import Allocation, Booking, Claim, Occurrence
from booking.reservations.targets import Target
from booking.reservations.values import ChallengeView

Whose = Literal["company", "managed"]
MOST = 200
STEPS = (
    "booking:requested",
    "booking:promoted",
    "booking:challenged",
    "booking:challenge_made",
    "booking:extended",
    "booking:moved",
)
"""What a clock or a rank comes from."""
PROMOTED = "booking:promoted"

_IN_LINE = or_(
    Occurrence.state == State.OPTION.value,
    (Occurrence.state == State.REQUESTED.value)
    & exists().where(Claim.occurrence_id == Occurrence.id, Claim.rank > RANK_OF_RIGHT),
)
_LIVE = (
    select(Occurrence.id)
    .join(Booking, Booking.id == Occurrence.booking_id)
    .where(Occurrence.ends > bindparam("now"), _IN_LINE)
    .order_by(Occurrence.expires_at, Occurrence.starts, Occurrence.id)
    .limit(MOST + 1)
)
_OF_COMPANY = _LIVE.where(Booking.company_id == bindparam("company"))
_MANAGED = _LIVE.where(
    exists().where(
        Allocation.occurrence_id == Occurrence.id,
        Allocation.facility_id.in_(bindparam("facilities", expanding=True)),
    )
)
_WORDS = (
    select(
        Booking.id,
        Booking.title,
        Company.name.label("company_name"),
        User.name.label("requester_name"),
        Production.code_name.label("production_code"),
    )
    .join_from(Booking, Company, Company.id == Booking.company_id)
    .join(User, User.id == Booking.requester_id)
    .outerjoin(Production, Production.id == Booking.production_id)
    .where(Booking.id.in_(bindparam("bookings", expanding=True)))
)
_STEPS = (
    select(Entry.booking_id, type_coerce(Entry.at, BigInteger), Entry.name, Entry.after)
    .where(
        Entry.booking_id.in_(bindparam("bookings", expanding=True)),
        Entry.name.in_(STEPS),
    )
    .order_by(Entry.id)
)
_LOWEST = select(func.min(Claim.rank)).where(Claim.occurrence_id == Occurrence.id)
_RISES = (
    select(
        Occurrence.id,
        func.coalesce(_LOWEST.scalar_subquery(), RANK_OF_RIGHT),
        type_coerce(Occurrence.changed_at, BigInteger),
        type_coerce(Entry.at, BigInteger),
        Entry.name,
        Entry.after,
    )
    .join_from(Occurrence, Entry, Entry.booking_id == Occurrence.booking_id)
    .where(
        Occurrence.id.in_(bindparam("occurrences", expanding=True)),
        Entry.name.in_(("booking:requested", "booking:moved", PROMOTED)),
    )
    .order_by(Entry.id)
)


class Step(NamedTuple):
    """Something that gave a rank or a clock; `at` in UTC epoch seconds."""

    at: int
    event: str
    told: Mapping[str, Any]


class Rise(NamedTuple):
    """An event that gave an occurrence a rank; `changed` is when the occurrence last changed.

    `lowest` is the best rank that is written for it. Instants in UTC epoch seconds.
    """

    lowest: int
    changed: int
    at: int
    event: str
    told: Mapping[str, Any]


class Rung(NamedTuple):
    """Who stands at a rank of the slot; the number and the title only for who may know them.

    `since` is when they came to it, in UTC epoch seconds, None until a promotion is written down.
    `part` and `places` say when and in which facilities, where that is not the whole slot.
    """

    rank: int
    state: str
    own: bool
    number: str | None
    title: str | None
    since: int | None = None
    part: Interval | None = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """An occurrence that is an option or waits behind one; instants in UTC epoch seconds."""

    occurrence_id: int
    booking_id: int
    number: str
    revision: int
    title: str
    company_name: str
    requester_name: str
    production_code: str | None
    starts: int
    ends: int
    zone: str
    facilities: tuple[str, ...]
    state: str
    rank: int
    expires: int | None
    challenge: ChallengeView | None
    verbs: tuple[Verb, ...]
    ladder: tuple[Rung, ...]
    steps: tuple[Step, ...]

    @property
    def clock(self) -> int:
        """When the next thing happens to it by itself."""
        return self.challenge.due if self.challenge else self.expires or self.starts


@dataclass(frozen=True, slots=True)
class Desk:
    """What needs an answer, what lapses and what waits, each the soonest clock first.

    `cut`: there are more than `MOST`.
    """

    challenged: list[InLine]
    options: list[InLine]
    behind: list[InLine]
    cut: bool

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def lines(self) -> list[InLine]:
        """All of them."""
        return [*self.challenged, *self.options, *self.behind]


def option_desk(actor: Actor, whose: Whose, now: int) -> Desk:
    """The live options and what waits behind any, of the caller's company or in what they manage.

    As they stand at `now`. A fixed number of statements, at most twelve. Raises Forbidden for
    "managed" where the caller decides about nothing.
    """
    ids = _live(actor, whose, now)
    found = [t for t in targets.as_they_stand(ids[:MOST], now) if _in_line(t, now)]
    lines = sorted(_lines(actor, found, now), key=lambda one: (one.clock, one.starts, one.number))
    challenged = [one for one in lines if one.challenge and not one.challenge.made]
    rest = [one for one in lines if one not in challenged]
    return Desk(
        challenged,
        [one for one in rest if one.rank == RANK_OF_RIGHT],
        [one for one in rest if one.rank > RANK_OF_RIGHT],
        cut=len(ids) > MOST,
    )


def _live(actor: Actor, whose: Whose, now: int) -> list[int]:
    if whose == "company":
        asked: dict[str, object] = {"company": actor.company_id, "now": now}
        return list(connection().scalars(_OF_COMPANY, asked))
    if not allowed(actor, "approval:see"):
        raise Forbidden
    managed = [facility.id for facility in facilities.managed(actor)]
    return list(connection().scalars(_MANAGED, {"facilities": managed, "now": now}))


def _in_line(target: Target, now: int) -> bool:
    """Whether it is still what it was read for: clocks may have run out unnoticed."""
    state = targets.state_of(target, now)
    return state is State.OPTION or (state is State.REQUESTED and (target.rank or 1) > 1)


def _lines(actor: Actor, found: Sequence[Target], now: int) -> list[InLine]:
    if not found:
        return []
    bookings = {"bookings": sorted({target.booking_id for target in found})}
    words = {row["id"]: row for row in connection().execute(_WORDS, bookings).mappings()}
    steps: dict[int, list[Step]] = defaultdict(list)
    for key, at, name, after in connection().execute(_STEPS, bookings):
        steps[key].append(Step(at, name, after or {}))
    ladders = _ladders(actor, found, now)
    asked = queries.open_challenges(found, now)
    return [
        InLine(
            occurrence_id=one.id,
            booking_id=one.booking_id,
            number=one.number,
            revision=one.revision,
            title=words[one.booking_id]["title"],
            company_name=words[one.booking_id]["company_name"],
            requester_name=words[one.booking_id]["requester_name"],
            production_code=words[one.booking_id]["production_code"],
            starts=one.starts,
            ends=one.ends,
            zone=one.zone,
            facilities=_names(one),
            state=targets.state_of(one, now).value,
            rank=one.rank or RANK_OF_RIGHT,
            expires=one.expires,
            challenge=asked.get(one.id),
            verbs=queries.possible(actor, one, asked.get(one.id), now),
            ladder=ladders[one.id],
            steps=tuple(steps[one.booking_id]),
        )
        for one in found
    ]


def _names(target: Target) -> tuple[str, ...]:
    given = {each.facility_id for each in target.given}
    return tuple(facility.name for facility in facilities.catalogue() if facility.id in given)


def _ladders(actor: Actor, found: Sequence[Target], now: int) -> dict[int, tuple[Rung, ...]]:
    """Everybody who holds or wants the slot of each, by rank.

    Costs what `claims.standing` does, and one statement.
    """
    windows = [
        Window(place, claim.space_id, claim.starts, claim.ends)
        for place, target in enumerate(found)
        for claim in target.claims
    ]
    holds = claims.standing_in(windows, now)
    rises = _rises({hold.occurrence_id for held in holds.values() for hold in held})
    return {
        target.id: _ladder(actor, target, holds.get(place, ()), rises)
        for place, target in enumerate(found)
    }


def _rises(occurrence_ids: Collection[int]) -> dict[int, list[Rise]]:
    """What gave these their ranks, oldest first. One statement."""
    found: dict[int, list[Rise]] = defaultdict(list)
    asked = {"occurrences": sorted(occurrence_ids)}
    for key, lowest, changed, at, name, after in connection().execute(_RISES, asked):
        found[key].append(Rise(lowest, changed, at, name, after or {}))
    return found


def _ladder(
    actor: Actor, target: Target, holds: Collection[Hold], rises: Mapping[int, Sequence[Rise]]
) -> tuple[Rung, ...]:
    """A rung for each rank that somebody has: another one on each of several spaces, maybe.

    The target itself stands at the worst of its own; shares of pools are in nobody's way.
    """
    alike: dict[tuple[int, int], list[Hold]] = defaultdict(list)
    for hold in holds:
        if hold.occurrence_id == target.id:
            alike[target.rank or RANK_OF_RIGHT, target.id].append(hold)
        elif hold.amount is None:
            alike[hold.rank, hold.occurrence_id].append(hold)
    ordered = sorted(alike.items(), key=lambda one: (one[0][0], one[1][0].from_, one[0]))
    return tuple(
        _rung(actor, target, rank, same, rises.get(key, ())) for (rank, key), same in ordered
    )


def _rung(
    actor: Actor, target: Target, rank: int, holds: Sequence[Hold], rises: Sequence[Rise]
) -> Rung:
    booked = facilities.by_ids(hold.facility_id for hold in holds)
    known = any(may_know(actor, hold, booked[hold.facility_id]) for hold in holds)
    one = holds[0]
    own = one.occurrence_id == target.id
    return Rung(
        rank,
        one.state if known else masked(one.state),
        own,
        one.number if known else None,
        one.title if known else None,
        _since(one.occurrence_id, rank, rises),
        None if own else _part(target, holds),
        () if own else _places(target, holds),
    )


def _since(occurrence_id: int, rank: int, rises: Sequence[Rise]) -> int | None:
    """When it came to a rank: asked for, moved there or promoted to it, whichever was last.

    A promotion is written down with its rank but not the date of a series that it is about: one
    after the last change of the occurrence was another date's.
    """
    since = None
    for rise in rises:
        if rank < rise.lowest:
            return None
        if rise.event == PROMOTED:
            if rise.told.get("rank") == rank and rise.at <= rise.changed:
                since = rise.at
        elif "places" not in rise.told or _names_it(rise.told["places"], occurrence_id):
            since = rise.at
    return since


def _names_it(places: Sequence[Mapping[str, Any]], occurrence_id: int) -> bool:
    return any(place["occurrence"] == occurrence_id for place in places)


def _part(target: Target, holds: Sequence[Hold]) -> Interval | None:
    """When these stand where the target wants to, buffers included; None for all the time."""
    mine = {claim.space_id: claim for claim in target.claims}
    starts = min(max(hold.starts, mine[hold.space_id].starts) for hold in holds)
    ends = max(min(hold.ends, mine[hold.space_id].ends) for hold in holds)
    whole = starts <= target.starts and ends >= target.ends
    return None if whole else Interval(starts, ends)


def _places(target: Target, holds: Sequence[Hold]) -> tuple[str, ...]:
    """Which facilities of the target these stand in, else what of them; none where it is all."""
    spaces = {hold.space_id for hold in holds}
    if spaces.issuperset(target.space_ids):
        return ()
    within = [f for f in facilities.catalogue() if spaces.issuperset(f.space_ids)]
    given = {one.facility_id for one in target.given}
    mine = [facility for facility in within if facility.id in given]
    return tuple(facility.name for facility in mine or within)
