"""Asking for facilities: one date or a year of them, all or nothing."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select

from booking.core.access import Actor, Subject, allowed
from booking.core.lifecycle import State
from booking.core.scheduling.wallclock import local
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel.clock import instant
from booking.kernel.db import table_of
from booking.kernel.errors import Forbidden
from booking.kernel.prepared import Answer, Prepared
from booking.kernel.transaction import again_after, transaction
from booking.reservations import (
    changes,
    choosing,
    claims,
    granting,
    judgement,
    participants,
    pools,
)
from booking.reservations.actions import clocks, refused
from booking.reservations.events import booking_event, scopes_of
from booking.reservations.judgement import Weighed
from booking.reservations.models import CLAIM_OVERLAP, POOL_EXCEEDED, Booking, Occurrence
from booking.reservations.numbers import next_number
from booking.reservations.wish import BookingRequest, Plan, understand

again_after(CLAIM_OVERLAP, "pk_claim", POOL_EXCEEDED)
_NEW_BOOKING = Prepared(insert(table_of(Booking)).returning(Booking.id))
_ITS_ID = select(Booking.id).where(Booking.number == bindparam("number")).scalar_subquery()
_NEW_OCCURRENCE = Prepared(
    insert(table_of(Occurrence)).values(booking_id=_ITS_ID).returning(Occurrence.id)
)
_NEW_OCCURRENCES = Prepared(insert(table_of(Occurrence)))
_IDS = Prepared(
    select(Occurrence.uid, Occurrence.id).where(Occurrence.booking_id == bindparam("booking"))
)


def request(actor: Actor, wish: BookingRequest, now: datetime) -> str:
    """Book facilities on one date or on many, all or nothing; answers the booking's number.

    Rank 1 is confirmed at once where nobody has to approve; an option lapses by its own clock;
    with `on_clash="queue"` a taken slot is waited for at rank 2 or 3, with "skip" the dates of a
    series that cannot be had are left out, and named in the journal. As many statements for one
    date as for a year of them.

    Of a group that is named the best free unit is booked.

    Raises Invalid for what cannot be understood, Forbidden, Refused with every finding of the
    rules, Clash with what stands in the way and three alternatives; of a series both come with
    every date, and where it helps with another room for it.
    """
    try:
        return _request(actor, wish, now)
    except refused.Taken as taken:
        raise refused.as_error(actor, taken, int(now.timestamp())) from None


@transaction
def _request(actor: Actor, wish: BookingRequest, now: datetime) -> str:
    at = int(now.timestamp())
    choices = choosing.spaces(actor, wish)
    early = clocks.end_lapsed(clocks.be_alone(choices, at), at)[0] if choices else []
    wish = choosing.settled(actor, wish, at)
    plans = understand(actor, wish)
    if not allowed(actor, "booking:request", Subject(company_id=actor.company_id)):
        raise Forbidden
    spaces = {space for plan in plans for space in plan.space_ids}
    lapsed, _ = clocks.end_lapsed(clocks.be_alone(spaces, at), at)
    weighed = judgement.weigh(actor, plans, at)
    if not judgement.granted(weighed):
        raise refused.Taken(weighed)
    number, placed = _store(actor, wish, weighed, at)
    record(changes.signed(actor, [*early, *lapsed, *placed]), actor_id=actor.user_id, at=now)
    return number


def _store(
    actor: Actor, wish: BookingRequest, weighed: Sequence[Weighed], now: int
) -> tuple[str, list[Event]]:
    kept = [one for one in weighed if one.kept]
    number = next_number(local(now, kept[0].plan.zone).year)
    booking = _insert_booking(actor, wish, kept[0].plan, number, now)
    states = [granting.first_state(actor, one.plan, one.rank or 1, now) for one in kept]
    rows = [_row(one, *state, now) for one, state in zip(kept, states, strict=True)]
    dated = list(zip(_insert_occurrences(number, booking, rows), kept, strict=True))
    if wish.participants:
        participants.put(booking.value(), wish.participants)
    changes.allocate([row for key, one in dated for row in _given(actor, key, one.plan)])
    place([row for key, one in dated for row in claimed(key, one)])
    after: dict[str, Any] = {
        "state": states[0][0].value,
        "rank": max(one.rank or 1 for one in kept),
    }
    if len(weighed) > 1:
        after |= {"dates": len(kept), "left_out": _days(weighed)}
    return number, _events(actor, booking.value(), weighed, after)


def _row(one: Weighed, state: State, expires: int | None, now: int) -> dict[str, Any]:
    return {
        "uid": str(uuid.uuid4()),
        "starts": one.plan.span.starts,
        "ends": one.plan.span.ends,
        "state": state,
        "expires_at": instant(expires),
        "changed_at": datetime.fromtimestamp(now, UTC),
    }


def _days(weighed: Sequence[Weighed]) -> list[str]:
    """The dates of a series that were left out."""
    return [one.plan.on.isoformat() for one in weighed if not one.kept]


def _insert_booking(
    actor: Actor, wish: BookingRequest, plan: Plan, number: str, now: int
) -> Answer:
    """What brings its id."""
    return _NEW_BOOKING.ask(
        number=number,
        title=plan.title,
        note=plan.note,
        attendees=plan.attendees,
        company_id=actor.company_id,
        requester_id=actor.user_id,
        production_id=plan.production_id,
        rule=wish.recurrence.rule,
        created_at=datetime.fromtimestamp(now, UTC),
    )


def _insert_occurrences(number: str, booking: Answer, rows: list[dict[str, Any]]) -> list[int]:
    """Their ids, in the order of the rows. RETURNING many rows would cost five times as much."""
    if len(rows) == 1:  # no need to wait for the booking's id
        return _NEW_OCCURRENCE.column(number=number, **rows[0])
    booking_id = booking.value()
    _NEW_OCCURRENCES.write({"booking_id": booking_id, **row} for row in rows)
    ids: dict[str, int] = dict(_IDS.all(booking=booking_id))
    return [ids[row["uid"]] for row in rows]


def _given(actor: Actor, occurrence_id: int, plan: Plan) -> Iterator[dict[str, Any]]:
    for facility in plan.facilities:
        yield {
            "occurrence_id": occurrence_id,
            "facility_id": facility.id,
            "starts": plan.span.starts,
            "decision": granting.decision(actor, facility),
            "amount": plan.amount_of(facility),
        }


def claimed(occurrence_id: int, one: Weighed) -> Iterator[dict[str, int]]:
    """The claims of an occurrence and its shares of pools, which have an amount, as rows."""
    for facility in one.plan.facilities:
        span, amount = one.plan.claimed(facility), one.plan.amount_of(facility)
        row = {
            "starts": span.starts,
            "ends": span.ends,
            "occurrence_id": occurrence_id,
            "facility_id": facility.id,
        }
        if amount is not None:
            yield {**row, "amount": amount}
            continue
        for space in facility.space_ids:
            yield {**row, "space_id": space, "rank": one.placed.ranks[space] or 1}


def place(rows: Sequence[dict[str, int]]) -> None:
    """Write claims and shares of pools, in the rows of `claimed`.

    Where somebody wrote past the lock the transaction is done again: it reads, and says who.
    """
    claims.place([row for row in rows if "amount" not in row])
    pools.place([row for row in rows if "amount" in row])


def _events(
    actor: Actor, booking_id: int, weighed: Sequence[Weighed], after: dict[str, Any]
) -> list[Event]:
    plan = weighed[0].plan
    scopes = scopes_of(
        company_id=actor.company_id,
        requester_id=actor.user_id,
        production_id=plan.production_id,
        facility_ids={f.id for one in weighed if one.kept for f in one.plan.facilities},
    )
    told = booking_event("booking:requested", booking_id, scopes, after=after)
    kept = [one for one in weighed if one.kept]
    return [told, *judgement.rules_set_aside(booking_id, scopes, kept)]
