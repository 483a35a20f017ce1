"""The occurrences of a feed as they stand, with no more about them than says whether they changed.

A feed is read often and changes little. So first it is only glimpsed at: three numbers for each
occurrence. What was seen with the same numbers before is known still, but for what has a clock or
waits behind others.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    type_coerce,
)

from booking.core.access import Actor, Subject, allowed
from booking.core.lifecycle import HOLDING, LAPSES_TO, State
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.db import connection, listed
from booking.kernel.prepared import Prepared
from booking.kernel.remembered import Remembered
from booking.reservations import claims, holds
from booking.reservations.calendar import masked
from booking.reservations.feed.values import DAY, Mark, Scope, window
from booking.reservations.feed.versions import rights, wording
from booking.reservations.holds import Hold
from booking.reservations.models import Allocation, Booking, Claim, Occurrence
from booking.reservations.values import OCCUPIED

MOST_OCCURRENCES = 3000
"""What a feed shows at most, the first ones: clients take no more."""

SPARE = 100
"""So much that is old is not worth looking for."""

_LONGEST = 62 * DAY
"""What has ended on a facility is looked for as far before the window as it may have lasted."""

_changed = type_coerce(Occurrence.changed_at, BigInteger)
_PLACES = (
    select(func.aggregate_strings(cast(Allocation.facility_id, String), " "))
    .where(Allocation.occurrence_id == Occurrence.id)
    .scalar_subquery()
)


class _Row(NamedTuple):
    """An occurrence as it is written down; `facilities` and `rank` are those it holds."""

    id: int
    uid: str
    starts: int
    ends: int
    state: str
    expires: int | None
    changed: int
    sequence: int
    booking_id: int
    revision: int
    company_id: int
    requester_id: int
    production_id: int | None
    facilities: str
    rank: int | None

    @property
    def has_clock(self) -> bool:
        """Whether it lapses one day without an answer."""
        return self.expires is not None and self.state in LAPSES_TO

    def is_over(self, now: int) -> bool:
        """Whether its clock ran out, though nobody wrote that down."""
        return self.has_clock and self.expires is not None and self.expires <= now


_COLUMNS: tuple[Any, ...] = (
    Occurrence.id,
    Occurrence.uid,
    Occurrence.starts,
    Occurrence.ends,
    Occurrence.state,
    type_coerce(Occurrence.expires_at, BigInteger).label("expires"),
    _changed.label("changed"),
    Occurrence.sequence,
    Occurrence.booking_id,
    Booking.revision,
    Booking.company_id,
    Booking.requester_id,
    Booking.production_id,
    _PLACES.label("facilities"),
    select(func.max(Claim.rank))
    .where(Claim.occurrence_id == Occurrence.id)
    .scalar_subquery()
    .label("rank"),
)
_MARKS = select(*_COLUMNS).join_from(Occurrence, Booking, Booking.id == Occurrence.booking_id)
_GLIMPSE: tuple[Any, ...] = (Occurrence.id, Occurrence.sequence, Booking.revision)
_GLIMPSES = select(*_GLIMPSE).join_from(Occurrence, Booking, Booking.id == Occurrence.booking_id)
_OF_BOOKINGS = (
    select(*_GLIMPSE, _PLACES.label("facilities"))
    .join_from(Occurrence, Booking, Booking.id == Occurrence.booking_id)
    .where(Occurrence.booking_id.in_(bindparam("bookings", expanding=True)))
)
_holds = Occurrence.state.in_([state.value for state in HOLDING])
_recent = _changed > bindparam("since")
_in_window = and_(Occurrence.starts < bindparam("ends"), Occurrence.ends > bindparam("starts"))
_OF: dict[str, Select[Any]] = {
    kind: _GLIMPSES.where(column == bindparam("key"), _in_window, or_(_holds, _recent))
    for kind, column in (
        ("me", Booking.requester_id),
        ("company", Booking.company_id),
        ("production", Booking.production_id),
    )
}
_there = Allocation.facility_id.in_(bindparam("facilities", expanding=True))
_ENDED = _GLIMPSES.where(
    Occurrence.id.in_(
        select(Allocation.occurrence_id).where(
            _there,
            Allocation.starts < bindparam("ends"),
            Allocation.starts > bindparam("earliest"),
        )
    ),
    _in_window,
    ~_holds,
    _recent,
)
_UNDECIDED = _GLIMPSES.where(
    Occurrence.id.in_(
        select(Allocation.occurrence_id).where(
            _there, Allocation.decision == "undecided", Allocation.starts < bindparam("ends")
        )
    ),
    _in_window,
    Occurrence.state == State.REQUESTED.value,
)


_LISTED = Prepared(lambda dialect: _MARKS.where(listed(Occurrence.id, "ids", dialect)))

Glimpse = tuple[int, int, int]
"""Id and sequence of an occurrence, revision of its booking: any change raises one of the two."""


class _Seen(NamedTuple):
    """The marks of an occurrence, true until its clock runs out (epoch seconds; None: for good)."""

    marks: tuple[Mark, ...]
    until: int | None


_seen: Remembered[dict[Glimpse, _Seen]] = Remembered(64)
"""What readers saw of a scope; one of 2,000 occurrences is some 700 kB."""


def marks(actor: Actor, shown: Scope, now: int, span: Interval | None = None) -> list[Mark]:
    """Everything a feed shows at `now`, by start: what is on, and what ended in the last 30 days.

    Of what the caller may not know, only what holds the slot. `span` is another window [starts,
    ends) than the kind's own. As many statements for one booking as for a thousand; a few more
    when a clock has run out unnoticed.
    """
    span = span or window(now, shown.kind)
    since = window(now).starts
    glimpses = _SOURCES[shown.kind](shown, span, since)
    known = _seen.recall((shown.text, rights(actor), wording(actor)), dict)
    found: list[Mark] = []
    new: list[Glimpse] = []
    for glimpse in glimpses:
        before = known.get(glimpse)
        if before is None or (before.until is not None and before.until <= now):
            new.append(glimpse)
        else:
            found += before.marks
    for glimpse, seen in _look(actor, shown, new, now):
        found += seen.marks
        known[glimpse] = seen
    forget_all_but(known, glimpses)
    return sorted(mark for mark in found if mark.rank or _is_told(mark, shown, since))


def marks_of(actor: Actor, shown: Scope, booking_ids: Collection[int], now: int) -> list[Mark]:
    """All dates of bookings that the feed shows, in its window or not, by start.

    Of a feed about facilities only those that are there. Three statements or so.
    """
    since = window(now).starts
    there = {facility.id for facility in shown.facilities}
    asked = {"bookings": sorted(booking_ids)}
    rows = connection().execute(_OF_BOOKINGS, asked).all()
    here = [
        (row[0], row[1], row[2])
        for row in rows
        if not there or not there.isdisjoint(_numbers(row.facilities))
    ]
    found = (mark for _, seen in _look(actor, shown, here, now) for mark in seen.marks)
    return sorted(mark for mark in found if mark.rank or _is_told(mark, shown, since))


def _is_told(mark: Mark, shown: Scope, since: int) -> bool:
    """Whether a feed still says of something that it ended; what was decided waits no more."""
    return mark.changed > since and shown.kind != "approvals"


def forget_all_but(known: dict[Any, Any], wanted: Collection[Any]) -> None:
    """Drop what is not wanted any more, once it is more than what is."""
    if len(known) > 2 * len(wanted) + SPARE:
        for key in set(known).difference(wanted):
            known.pop(key, None)


# ---- reading --------------------------------------------------------------------------------


def _by_key(shown: Scope, span: Interval, since: int) -> list[Glimpse]:
    asked = {"key": shown.key, "starts": span.starts, "ends": span.ends, "since": since}
    return _glimpses(_OF[shown.kind], asked)


def _by_facility(shown: Scope, span: Interval, since: int) -> list[Glimpse]:
    """What holds its spaces, under whatever facility it was booked, then what ended on it."""
    asked = {
        "facilities": [facility.id for facility in shown.facilities],
        "starts": span.starts,
        "ends": span.ends,
        "since": since,
        "earliest": span.starts - _LONGEST,
    }
    return [*_by_claims(shown, span, since), *_glimpses(_ENDED, asked)]


def _by_claims(shown: Scope, span: Interval, since: int) -> list[Glimpse]:
    spaces = {space for facility in shown.facilities for space in facility.space_ids}
    return holds.glimpsed(sorted(spaces), span)


def _by_decision(shown: Scope, span: Interval, since: int) -> list[Glimpse]:
    asked = {
        "facilities": [facility.id for facility in shown.facilities],
        "starts": span.starts,
        "ends": span.ends,
    }
    return _glimpses(_UNDECIDED, asked)


def _glimpses(statement: Select[Any], asked: dict[str, Any]) -> list[Glimpse]:
    return [(row[0], row[1], row[2]) for row in connection().execute(statement, asked).all()]


_SOURCES: dict[str, Callable[[Scope, Interval, int], list[Glimpse]]] = {
    "me": _by_key,
    "company": _by_key,
    "production": _by_key,
    "facility": _by_facility,
    "freebusy": _by_claims,
    "kind": _by_facility,
    "site": _by_facility,
    "approvals": _by_decision,
}


def _look(
    actor: Actor, shown: Scope, new: Sequence[Glimpse], now: int
) -> Iterator[tuple[Glimpse, _Seen]]:
    """What the reader may see of occurrences now; two statements, none for none."""
    if not new:
        return
    found = _LISTED.all(ids=[occurrence_id for occurrence_id, _, _ in new])
    rows = [_Row._make(row) for row in found]
    stands = _moved(rows, now)
    fates = claims.fates(_drifted(rows, stands), now)
    sight = _Sight(actor, shown)
    for row in rows:
        mark = _stand(row, stands, fates.get(row.id))
        until = row.expires if row.has_clock and not row.is_over(now) else None
        if row.id in stands and mark.rank is not None:
            until = now  # it waits, or moved up unwritten: it may again, without a trace in its row
        yield (row.id, row.sequence, row.revision), _Seen(sight.of(row, mark), until)


# ---- as they stand --------------------------------------------------------------------------


def _moved(found: Iterable[_Row], now: int) -> dict[int, list[Hold]]:
    """How those stand that may have lapsed or moved up without anybody writing it down."""
    ids = [row.id for row in found if (row.rank or 0) > RANK_OF_RIGHT or row.is_over(now)]
    return claims.standing_of(ids, now) if ids else {}


def _drifted(found: Iterable[_Row], stands: dict[int, list[Hold]]) -> list[int]:
    """Those behind others that hold a better rank than is written down, or nothing any more."""
    return [
        row.id
        for row in found
        if row.id in stands
        and (row.rank or 0) > RANK_OF_RIGHT
        and max((hold.rank for hold in stands[row.id]), default=0) != row.rank
    ]


def _stand(row: _Row, stands: dict[int, list[Hold]], fate: claims.Fate | None) -> Mark:
    """What ran out or moved up unwritten counts as one more change, at the clock that did it; as
    two where it moved up first, and nobody checked in then.
    """
    state, rank, changed, sequence = row.state, row.rank, row.changed, row.sequence
    if rank is None and state in HOLDING:
        rank = RANK_OF_RIGHT  # it has but shares of pools
    holds = stands.get(row.id)
    if holds:
        worst = max(hold.rank for hold in holds)
        if worst != rank:
            changed, sequence = max(changed, fate.at if fate else 0), sequence + 1
        state, rank = holds[0].state, worst
    elif row.id in stands:
        was = State.CONFIRMED if fate and fate.confirmed else State(row.state)
        state, rank = LAPSES_TO[was].value, None
        changed = max(changed, fate.at if fate else row.expires or 0)
        sequence += 1 + (was != row.state)
    return Mark(
        row.starts,
        row.ends,
        row.uid,
        row.id,
        0,
        state,
        rank,
        changed,
        sequence,
        row.booking_id,
        row.revision,
        row.expires if rank else None,
        row.facilities,
    )


# ---- masking --------------------------------------------------------------------------------


class _Sight:
    """What one reader sees of a scope; whose bookings they may know is asked once for each."""

    def __init__(self, actor: Actor, shown: Scope) -> None:
        self._actor = actor
        self._shown = shown
        self._every = {facility.id: facility for facility in facilities.catalogue()}
        self._known: dict[tuple[Any, ...], bool] = {}
        self._named: dict[str, tuple[int, ...]] = {}

    def of(self, row: _Row, mark: Mark) -> tuple[Mark, ...]:
        """The mark, or what of it may be seen from outside; nothing at all where nothing may."""
        if self._knows(row):
            return (mark,)
        public = self._shown.kind == "freebusy"
        if mark.rank is None or (public and mark.rank != RANK_OF_RIGHT):
            return ()
        state = OCCUPIED if public else masked(mark.state)
        return tuple(
            mark._replace(facility_id=facility_id, state=state, places="")
            for facility_id in self._places(row.facilities)
        )

    def _knows(self, row: _Row) -> bool:
        if self._shown.kind == "freebusy":
            return False
        whose = (row.company_id, row.requester_id, row.production_id, row.facilities)
        if whose not in self._known:
            booked = (self._every[number] for number in _numbers(row.facilities))
            pairs = tuple((facility.id, facility.site_id) for facility in booked)
            subject = Subject(*whose[:3], pairs)
            self._known[whose] = allowed(self._actor, "booking:see", subject)
        return self._known[whose]

    def _places(self, booked: str) -> tuple[int, ...]:
        """The facilities of the scope that it takes: as booked, else the first on its spaces."""
        if booked not in self._named:
            self._named[booked] = self._find_places(_numbers(booked))
        return self._named[booked]

    def _find_places(self, booked: Collection[int]) -> tuple[int, ...]:
        shown = self._shown.facilities
        if self._shown.facility:
            return (self._shown.facility.id,)
        named = tuple(facility.id for facility in shown if facility.id in booked)
        others = (self._every[number] for number in booked if number not in named)
        return named + tuple(
            dict.fromkeys(place for other in others for place in _first_over(other, shown))
        )


def _first_over(booked: FacilityFacts, shown: Sequence[FacilityFacts]) -> list[int]:
    over = (facility.id for facility in shown if facility.shares_space_with(booked))
    return [place for place in (next(over, None),) if place is not None]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split()))
