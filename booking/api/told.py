"""Bookings as callers get them."""

import re

from booking.api import schemas, times
from booking.core.access import Actor
from booking.kernel import clock
from booking.kernel.errors import NotFound
from booking.reservations import histories, queries
from booking.reservations.values import (
    AllocationView,
    ChallengeView,
    HistoryView,
    Line,
    OccurrenceView,
    OfferView,
)

NUMBER = re.compile(r"[A-Z]{1,8}-\d{4}-\d{5,9}", re.ASCII)


def booking(actor: Actor, number: str) -> schemas.Booking:
    """A booking in full, as it is now. Raises NotFound."""
    known(number)
    history = histories.ask(number)
    view = queries.booking(actor, number, int(clock.now().timestamp()))
    first = view.occurrences[0]
    codes = (allocation.code for one in view.occurrences for allocation in one.allocations)
    verbs = (verb.value for one in view.occurrences for verb in one.verbs)
    return schemas.Booking(
        number=view.number,
        title=view.title,
        state=first.state,
        rank=first.rank,
        facilities=list(dict.fromkeys(codes)),
        note=view.note,
        attendees=view.attendees,
        participants=list(view.participants),
        company=schemas.Named(code=view.company_code, name=view.company_name),
        requester=view.requester_name,
        production=view.production_code,
        production_title=view.production_title,
        rrule=view.rule,
        created_at=times.utc(view.created),
        revision=view.revision,
        verbs=list(dict.fromkeys(verbs)),
        occurrences=[_occurrence(one) for one in view.occurrences],
        history=[_event(line) for line in history()],
    )


def receipt(number: str) -> schemas.Receipt:
    """The least there is to say about a booking to which the caller did something. A statement."""
    return schemas.Receipt(number=number, revision=queries.revision(number))


def _event(line: HistoryView) -> schemas.HistoryLine:
    return schemas.HistoryLine(
        at=times.utc(line.at),
        who=line.who,
        event=line.event,
        reason=line.reason,
        before=line.before,
        after=line.after,
    )


def _occurrence(view: OccurrenceView) -> schemas.Occurrence:
    return schemas.Occurrence(
        id=view.id,
        uid=view.uid,
        **times.span(view.starts, view.ends, view.zone),
        time_zone=view.zone,
        state=view.state,
        rank=view.rank,
        expires_at=times.utc_or_none(view.expires),
        challenge=_challenge(view.challenge),
        offer=_offer(view.offer, view.zone),
        approvals=[_approval(one) for one in view.allocations],
        verbs=[verb.value for verb in view.verbs],
    )


def _challenge(view: ChallengeView | None) -> schemas.Challenge | None:
    if view is None:
        return None
    due = times.utc(view.due)
    return schemas.Challenge.model_validate(
        {"made": view.made, "due_at": due, "moved_by": view.moved_by}
    )


def _offer(view: OfferView | None, zone: str) -> schemas.Offer | None:
    if view is None:
        return None
    span = times.span(view.starts, view.ends, zone)
    return schemas.Offer(
        swap=view.is_swap,
        facilities=list(view.codes),
        amounts=dict(view.amounts),
        message=view.message,
        off=view.is_off,
        **span,
    )


def _approval(view: AllocationView) -> schemas.Approval:
    return schemas.Approval.model_validate(
        {
            "facility": view.code,
            "name": view.name,
            "decision": view.decision,
            "decided_by": view.decided_by,
            "decided_at": times.utc_or_none(view.decided_at),
            "rank": view.rank,
            "amount": view.amount,
        }
    )


def line(line: Line) -> schemas.BookingLine:
    """A booking among others."""
    return schemas.BookingLine(
        number=line.number,
        title=line.title,
        **times.span(line.starts, line.ends, line.zone),
        time_zone=line.zone,
        state=line.state,
        rank=line.rank,
        expires_at=times.utc_or_none(line.expires),
        facilities=list(line.codes),
        company_name=line.company_name,
        requester=line.requester_name,
        production=line.production_code,
        waiting=line.waiting,
    )


def known(number: str) -> None:
    """What cannot be a number is nobody's booking. Raises NotFound."""
    if not NUMBER.fullmatch(number):
        raise NotFound(number=number)


def headers(revision: int) -> dict[str, str]:
    """What goes with a booking of that revision."""
    return {"ETag": f'"{revision}"', "Cache-Control": "private, no-cache"}
