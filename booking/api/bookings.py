"""Bookings: ask, try, list, look, act. POST and the pages enter at the same BookingRequest."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from flask import request, url_for
from pydantic import BaseModel

from booking.api import schemas, times
from booking.api.calls import Answer, call
from booking.api.problems import BadParameters, Problem, dates
from booking.core.access import Actor
from booking.core.lifecycle import Verb
from booking.core.scheduling.recurrence import Recurrence
from booking.facilities import queries as facilities
from booking.kernel import clock
from booking.kernel.errors import FieldError, Invalid, NotFound, Stale
from booking.productions import queries as productions
from booking.reservations import actions, answers, choosing, lists, queries
from booking.reservations.actions import Reach
from booking.reservations.placing import RANK_OF_RIGHT
from booking.reservations.values import (
    AllocationView,
    BookingView,
    ChallengeView,
    HistoryView,
    Line,
    OccurrenceView,
    OfferView,
)
from booking.reservations.wish import BookingRequest, Repair

NUMBER = re.compile(r"[A-Z]{1,8}-\d{4}-\d{5,9}", re.ASCII)
VERBS = frozenset(Verb) - {Verb.EXPIRE, Verb.MOVE}
KEY = re.compile(r"[\x21-\x7e]{1,200}")
TAGS = re.compile(r'(?:W/)?"?(\d{1,9})"?', re.ASCII)
REACH = ("scope", "occurrence", "first", "last")
FIRST_ANSWERS = {"Idempotent-Replayed": "true"}


# ---- asking ---------------------------------------------------------------------------------


@call(
    "POST",
    "/bookings",
    permission="booking:request",
    summary="Book one or several facilities, all or nothing",
    body=schemas.NewBooking,
    headers=("Idempotency-Key",),
    gives={201: schemas.Booking},
    refuses=(400, 409, 413, 415, 422),
)
def create(actor: Actor, body: schemas.NewBooking) -> Answer:
    def book() -> tuple[int, dict[str, Any]]:
        number = actions.request(actor, _wish(body), clock.now())
        return 201, _booking(actor, number).model_dump(mode="json")

    return _once(actor, body.model_dump(), book)


@call(
    "POST",
    "/bookings/preview",
    permission="booking:request",
    summary="The answer that asking would get, with nothing stored",
    body=schemas.NewBooking,
    gives={200: schemas.Preview},
    refuses=(400, 409, 413, 415, 422),
)
def preview(actor: Actor, body: schemas.NewBooking) -> Answer:
    wish = choosing.settled(actor, _wish(body), _now())
    found = queries.preview(actor, wish, _now())
    if found.refusal:
        raise found.refusal
    return Answer(
        schemas.Preview(
            state=found.state or "",
            rank=found.rank or RANK_OF_RIGHT,
            expires_at=_utc(found.expires),
            facilities=list(wish.facilities),
            dates=[schemas.DateVerdict.model_validate(told) for told in dates(found.dates)],
        )
    )


def _wish(body: schemas.NewBooking) -> BookingRequest:
    return BookingRequest(
        facilities=tuple(body.facilities),
        title=body.title,
        start=body.start,
        end=body.end,
        start_fold=body.start_fold,
        end_fold=body.end_fold,
        hold=body.hold,
        on_clash=body.on_clash,
        production=body.production,
        attendees=body.attendees,
        note=body.note,
        recurrence=Recurrence(
            rule=body.rrule, exdates=tuple(body.exdates), dates=tuple(body.dates)
        ),
        repairs=tuple(Repair(**dict(repair)) for repair in body.repairs),
        override=body.override,
        amounts=body.amounts,
        bundle=body.bundle,
    )


# ---- looking --------------------------------------------------------------------------------


@call(
    "GET",
    "/bookings",
    permission="booking:see",
    summary="Bookings of the caller, their company or a production, page by page",
    query=schemas.BookingFilter,
    gives={200: schemas.BookingList},
    refuses=(400,),
)
def list_(actor: Actor, query: schemas.BookingFilter) -> Answer:
    page = _page(actor, query)
    told = [_line(line) for line in page.lines]
    return Answer(schemas.BookingList(bookings=told, next=page.cursor))


@call(
    "GET",
    "/bookings/{number}",
    permission="booking:see",
    summary="A booking in full, with what the caller may do to it",
    gives={200: schemas.Booking},
    refuses=(404,),
)
def show(actor: Actor, number: str) -> Answer:
    booking = _booking(actor, number)
    return Answer(booking, headers=_headers(booking.revision))


def _page(actor: Actor, query: schemas.BookingFilter) -> lists.Page:
    production = _production(actor, query)
    try:
        if query.whose == "to_decide":
            return lists.inbox(actor, _now(), cursor=query.cursor, size=query.limit)
        return lists.bookings(
            actor,
            whose=query.whose,
            when=query.when,
            now=_now(),
            production_id=production,
            cursor=query.cursor,
            size=query.limit,
        )
    except ValueError:
        raise BadParameters(FieldError("cursor", "unknown_cursor")) from None


def _production(actor: Actor, query: schemas.BookingFilter) -> int | None:
    if query.whose != "production":
        return None
    if not query.production:
        raise BadParameters(FieldError("production", "required"))
    found = productions.find(actor, query.production)
    if found is None:
        value = {"value": query.production[:60]}
        raise BadParameters(FieldError("production", "unknown_production", value))
    return found.id


# ---- acting ---------------------------------------------------------------------------------


@call(
    "POST",
    "/bookings/{number}/{verb}",
    permission="booking:see",
    summary="Approve, decline, confirm, withdraw, release, cancel, challenge or extend",
    body=schemas.Reason,
    body_optional=True,
    headers=("If-Match", "Idempotency-Key"),
    gives={200: schemas.Booking},
    refuses=(400, 404, 409, 412, 413, 415),
)
def act(actor: Actor, number: str, verb: str, body: schemas.Reason) -> Answer:
    if verb not in VERBS:
        raise NotFound

    def do() -> tuple[int, dict[str, Any]]:
        revision = _revision_seen(actor, number)
        reach = Reach(
            scope=body.scope, occurrence=body.occurrence, first=body.first, last=body.last
        )
        now, why = clock.now(), body.reason
        actions.act(actor, number, Verb(verb), now, reason=why, revision=revision, reach=reach)
        return 200, _booking(actor, number).model_dump(mode="json")

    _known(number)
    return _once(actor, body.model_dump(), do)


@call(
    "PATCH",
    "/bookings/{number}",
    permission="booking:see",
    summary="Change time, facilities or words of a booking, all or nothing",
    body=schemas.Change,
    body_optional=True,
    headers=("If-Match", "Idempotency-Key"),
    gives={200: schemas.Booking},
    refuses=(400, 403, 404, 409, 412, 413, 415, 422, 428),
)
def change(actor: Actor, number: str, body: schemas.Change) -> Answer:
    _known(number)
    actions.refuse_change(actor, number, _now())
    if "If-Match" not in request.headers:
        raise Problem(428, "precondition_required")
    return _changed(actor, number, body)


@call(
    "POST",
    "/bookings/{number}/move",
    permission="booking:see",
    summary="The same for programs that keep no revisions",
    body=schemas.Change,
    body_optional=True,
    headers=("If-Match", "Idempotency-Key"),
    gives={200: schemas.Booking},
    refuses=(400, 403, 404, 409, 412, 413, 415, 422),
)
def move(actor: Actor, number: str, body: schemas.Change) -> Answer:
    return _changed(actor, number, body)


@call(
    "POST",
    "/bookings/{number}/offer",
    permission="booking:see",
    summary="As a manager, offer another time or other facilities",
    body=schemas.NewOffer,
    body_optional=True,
    headers=("Idempotency-Key",),
    gives={200: schemas.Booking},
    refuses=(400, 403, 404, 409, 413, 415, 422),
)
def offer(actor: Actor, number: str, body: schemas.NewOffer) -> Answer:
    _known(number)
    wanted, reach = _wanted(body)

    def do() -> None:
        said = body.message
        actions.offer(actor, number, wanted, clock.now(), message=said, reach=reach)

    return _done(actor, number, body, do)


@call(
    "POST",
    "/bookings/{number}/swap",
    permission="booking:see",
    summary="Propose to swap a confirmed booking for what somebody else has",
    body=schemas.NewSwap,
    body_optional=True,
    headers=("Idempotency-Key",),
    gives={200: schemas.Booking},
    refuses=(400, 403, 404, 409, 413, 415, 422),
)
def swap(actor: Actor, number: str, body: schemas.NewSwap) -> Answer:
    _known(number)
    actions.refuse_swap(actor, number, _now())
    found = facilities.by_codes([body.facility]).get(body.facility)
    if found is None:
        raise Invalid(FieldError("facility", "unknown_facility", {"value": body.facility}))
    if body.start is None:
        raise Invalid(FieldError("start", "required"))
    start = times.instant(body.start, found.time_zone)
    return _done(
        actor,
        number,
        body,
        lambda: actions.propose_swap(
            actor, number, body.facility, start, clock.now(), message=body.message
        ),
    )


@call(
    "POST",
    "/bookings/{number}/accept-offer",
    permission="booking:see",
    summary="Take the place that was offered, or swap",
    headers=("If-Match", "Idempotency-Key"),
    gives={200: schemas.Booking},
    refuses=(400, 403, 404, 409, 412, 422),
)
def accept_offer(actor: Actor, number: str) -> Answer:
    _known(number)

    def do() -> None:
        revision = _revision_seen(actor, number)
        actions.accept(actor, number, clock.now(), revision=revision)

    return _done(actor, number, None, do)


@call(
    "POST",
    "/bookings/{number}/refuse-offer",
    permission="booking:see",
    summary="Say no to an offer",
    headers=("Idempotency-Key",),
    gives={200: schemas.Booking},
    refuses=(400, 403, 404, 409, 422),
)
def refuse_offer(actor: Actor, number: str) -> Answer:
    _known(number)
    return _done(actor, number, None, lambda: actions.refuse(actor, number, clock.now()))


def _done(actor: Actor, number: str, body: BaseModel | None, work: Callable[[], None]) -> Answer:
    """Do something to a booking, once for each key; the booking as it is then."""

    def do() -> tuple[int, dict[str, Any]]:
        work()
        return 200, _booking(actor, number).model_dump(mode="json")

    return _once(actor, body.model_dump() if body else {}, do)


def _changed(actor: Actor, number: str, body: schemas.Change) -> Answer:
    _known(number)
    wanted, reach = _wanted(body)

    def do() -> None:
        revision = _revision_seen(actor, number)
        actions.change(actor, number, wanted, clock.now(), revision=revision, reach=reach)

    return _done(actor, number, body, do)


def _wanted(body: schemas.Change) -> tuple[actions.Change, Reach]:
    """What is to be different, and of which dates; people that are left out stay as they are."""
    given = body.model_dump(exclude={"message"})
    reach = Reach(**{name: given.pop(name) for name in REACH})
    if "attendees" not in body.model_fields_set:
        given.pop("attendees")
    codes = given.pop("facilities")
    return actions.Change(**given, facilities=None if codes is None else tuple(codes)), reach


def _revision_seen(actor: Actor, number: str) -> int | None:
    """The revision that If-Match names, None where it names none. Raises Stale."""
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    tags = (TAGS.fullmatch(part.strip()) for part in header.split(","))
    seen = {int(tag[1]) for tag in tags if tag}
    current = queries.booking(actor, number, _now()).revision
    if current not in seen:
        raise Stale(current=current)
    return current


def _once(
    actor: Actor, asked: dict[str, Any], work: Callable[[], tuple[int, dict[str, Any]]]
) -> Answer:
    """Do it, or give the first answer to the same Idempotency-Key again."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return _first(*work())
    if not KEY.fullmatch(key):
        raise Problem(400, "idempotency_key")
    said = json.dumps([request.method, request.path, asked], sort_keys=True, default=str)
    fingerprint = hashlib.sha256(said.encode()).hexdigest()
    given = answers.once(actor.user_id, key, fingerprint, clock.now(), work)
    answer = _first(given.status, given.body)
    more = FIRST_ANSWERS if given.repeated else {}
    return Answer(answer.model, answer.status, {**answer.headers, **more})


def _first(status: int, body: dict[str, Any]) -> Answer:
    booking = schemas.Booking.model_validate(body)
    headers = _headers(booking.revision)
    if status == 201:
        headers["Location"] = url_for("api.bookings_show", number=booking.number)
    return Answer(booking, status, headers)


# ---- telling --------------------------------------------------------------------------------


def _booking(actor: Actor, number: str) -> schemas.Booking:
    _known(number)
    view = queries.booking(actor, number, _now())
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
        company=schemas.Named(code=view.company_code, name=view.company_name),
        requester=view.requester_name,
        production=view.production_code,
        production_title=view.production_title,
        rrule=view.rule,
        created_at=times.utc(view.created),
        revision=view.revision,
        verbs=list(dict.fromkeys(verbs)),
        occurrences=[_occurrence(one) for one in view.occurrences],
        history=_history(view),
    )


def _history(view: BookingView) -> list[schemas.HistoryLine]:
    return [_event(line) for line in queries.history(view)]


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
        expires_at=_utc(view.expires),
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
    rooms, said = list(view.codes), view.message
    return schemas.Offer(swap=view.is_swap, facilities=rooms, message=said, **span)


def _approval(view: AllocationView) -> schemas.Approval:
    return schemas.Approval.model_validate(
        {
            "facility": view.code,
            "name": view.name,
            "decision": view.decision,
            "decided_by": view.decided_by,
            "decided_at": _utc(view.decided_at),
            "rank": view.rank,
            "amount": view.amount,
        }
    )


def _line(line: Line) -> schemas.BookingLine:
    return schemas.BookingLine(
        number=line.number,
        title=line.title,
        **times.span(line.starts, line.ends, line.zone),
        time_zone=line.zone,
        state=line.state,
        rank=line.rank,
        expires_at=_utc(line.expires),
        facilities=list(line.codes),
        company_name=line.company_name,
        requester=line.requester_name,
        production=line.production_code,
        waiting=line.waiting,
    )


def _known(number: str) -> None:
    """What cannot be a number is nobody's booking."""
    if not NUMBER.fullmatch(number):
        raise NotFound(number=number)


def _headers(revision: int) -> dict[str, str]:
    return {"ETag": f'"{revision}"', "Cache-Control": "private, no-cache"}


def _utc(instant: int | None) -> str | None:
    return None if instant is None else times.utc(instant)


def _now() -> int:
    return int(clock.now().timestamp())
