"""Writes bookings as rows, many at once, with their history."""

import random
import uuid
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, text

from booking.core.lifecycle import State
from booking.core.scheduling.wallclock import local
from booking.demo.desk import Draft, Taken
from booking.demo.rows import add, core
from booking.facilities.queries import catalogue
from booking.facilities.values import FacilityFacts
from booking.journal.actions import record
from booking.journal.events import Event
from booking.journal.models import Entry
from booking.kernel.db import Base, db
from booking.members.models import Company
from booking.reservations.models import (
    Allocation,
    Booking,
    BookingCounter,
    Claim,
    Occurrence,
    PoolClaim,
)
from booking.reservations.numbers import PREFIX

EVENTS = {
    State.CONFIRMED: "booking:approved",
    State.CANCELLED: "booking:cancelled",
    State.DECLINED: "booking:declined",
    State.RELEASED: "booking:released",
    State.EXPIRED: "booking:expired",
}
TABLES = (Booking, Occurrence, Allocation, Claim, PoolClaim, Entry)
REASONS = {State.CANCELLED: "Changement de programme.", State.DECLINED: "Créneau réservé."}

Row = dict[str, Any]
Say = Callable[[str], None]
"""Told about progress, a line at a time."""


def silent(line: str) -> None:
    """Say nothing."""


class Register:
    """Numbers bookings and collects their rows; `write` stores them inside a transaction.

    Of large loads `store` writes what is collected so far.
    """

    def __init__(self, managers: Mapping[int, int], rng: random.Random) -> None:
        """`managers`: for each site, the person who approves there."""
        self._managers = managers
        self._rng = rng
        self._booking, self._occurrence = _next_id(Booking), _next_id(Occurrence)
        counted = select(BookingCounter.year, BookingCounter.last)
        self._counters = {year: last for year, last in db.session.execute(counted)}  # noqa: C416
        self._rows: dict[type[Base], list[Row]] = defaultdict(list)
        self._written: Counter[type[Base]] = Counter()

    def enter(self, bookings: Iterable[Taken]) -> None:
        """Number bookings, oldest first, and note their rows."""
        for draft, claims in bookings:
            self._rows[Booking].append(self._booking_row(draft))
            self._rows[Occurrence].append(self._occurrence_row(draft))
            self._rows[Allocation] += [self._allocation_row(draft, f) for f in draft.facilities]
            self._rows[Claim] += [
                {
                    "space_id": claim.space_id,
                    "rank": claim.rank,
                    "starts": claim.span.starts,
                    "ends": claim.span.ends,
                    "occurrence_id": self._occurrence,
                    "facility_id": claim.facility_id,
                }
                for claim in claims
                if claim.amount is None
            ]
            self._rows[PoolClaim] += [
                {
                    "occurrence_id": self._occurrence,
                    "facility_id": claim.facility_id,
                    "starts": claim.span.starts,
                    "ends": claim.span.ends,
                    "amount": claim.amount,
                }
                for claim in claims
                if claim.amount is not None
            ]
            self._rows[Entry] += self._history(draft)
            self._booking += 1
            self._occurrence += 1

    def store(self, until: int | None = None) -> None:
        """Write and forget what was entered; of the history only what happened by an instant.

        The rest of it waits, so that the journal's order is that of time.
        """
        entries = sorted(self._rows[Entry], key=_instant)
        end = len(entries) if until is None else bisect(entries, _at(until), key=_instant)
        self._rows[Entry], later = entries[:end], entries[end:]
        self._rows[Claim].sort(key=lambda row: (row["space_id"], row["rank"], row["starts"]))
        for table in TABLES:
            add(table, self._rows[table])
            self._written[table] += len(self._rows[table])
            self._rows[table] = []
        self._rows[Entry] = later

    def write(self, now: datetime, say: Say = silent) -> None:
        """Store everything, then one event that moves every revision."""
        self.store()
        for table in TABLES:
            say(f"  wrote {self._written[table]:,} rows of {table.__tablename__}")
        for year, last in self._counters.items():
            db.session.merge(BookingCounter(year=year, last=last))
        db.session.flush()
        _move_sequences()
        event = Event(name="demo:loaded", subject="demo:1", scopes=frozenset(_every_scope()))
        record([event], actor_id=None, at=now)

    def _booking_row(self, draft: Draft) -> Row:
        return {
            "id": self._booking,
            "number": self._number(draft),
            "title": draft.title,
            "note": draft.note,
            "attendees": draft.attendees,
            "company_id": draft.company_id,
            "requester_id": draft.requester_id,
            "production_id": draft.production_id,
            "created_at": _at(draft.created),
        }

    def _number(self, draft: Draft) -> str:
        year = local(draft.created, draft.facilities[0].time_zone).year
        self._counters[year] = self._counters.get(year, 0) + 1
        return f"{PREFIX}-{year}-{self._counters[year]:05d}"

    def _occurrence_row(self, draft: Draft) -> Row:
        return {
            "id": self._occurrence,
            "uid": str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            "booking_id": self._booking,
            "starts": draft.span.starts,
            "ends": draft.span.ends,
            "state": draft.state,
            "expires_at": None if draft.expires is None else _at(draft.expires),
            "changed_at": _at(draft.settled),
        }

    def _allocation_row(self, draft: Draft, facility: FacilityFacts) -> Row:
        decision = draft.decision(facility)
        decided = decision in ("approved", "declined")
        return {
            "occurrence_id": self._occurrence,
            "facility_id": facility.id,
            "starts": draft.span.starts,
            "decision": decision,
            "decided_by": self._managers[facility.site_id] if decided else None,
            "decided_at": _at(draft.settled) if decided else None,
            "amount": draft.amount_of(facility),
        }

    def _history(self, draft: Draft) -> Iterator[Row]:
        """That it was asked for and, unless that was all, what became of it."""
        decisions = {draft.decision(facility) for facility in draft.facilities}
        at_once = draft.state is State.CONFIRMED and decisions == {"automatic"}
        waiting = draft.state in (State.OPTION, State.REQUESTED)
        first = draft.state if at_once or waiting else State.REQUESTED
        yield self._entry("booking:requested", draft.created, draft.requester_id, None, first)
        if at_once or waiting:
            return
        by_manager = draft.state in (State.CONFIRMED, State.DECLINED)
        manager = self._managers[draft.facilities[0].site_id]
        who = manager if by_manager else draft.requester_id
        yield self._entry(EVENTS[draft.state], draft.settled, who, first, draft.state)

    def _entry(self, name: str, at: int, actor_id: int, before: State | None, after: State) -> Row:
        return {
            "at": _at(at),
            "actor_id": actor_id,
            "name": name,
            "subject": f"booking:{self._booking}",
            "booking_id": self._booking,
            "reason": REASONS.get(after),
            "before": None if before is None else {"state": before},
            "after": {"state": after},
        }


def _instant(row: Row) -> datetime:
    at: datetime = row["at"]
    return at


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _next_id(table: type[Base]) -> int:
    if db.engine.dialect.name == "postgresql":  # nobody else may take the ids in the meantime
        db.session.execute(text(f"LOCK TABLE {table.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
    return (db.session.scalar(select(func.max(core(table).c.id))) or 0) + 1


def _move_sequences() -> None:
    """Let PostgreSQL count on from the ids that were given by hand."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in (Booking, Occurrence):
        name = table.__tablename__
        db.session.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")
        )


def _every_scope() -> Iterator[str]:
    """The revisions of everything that anybody could have kept."""
    yield from ("calendar", "facilities")
    facilities = catalogue()
    yield from (f"facility:{facility.id}" for facility in facilities)
    yield from (f"site:{site}" for site in {facility.site_id for facility in facilities})
    yield from (f"company:{company}" for company in db.session.scalars(select(Company.id)))
