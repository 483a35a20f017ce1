"""Bookings: ask, try, list, look, act. POST and the pages enter at the same BookingRequest."""

from booking.api import bodies, deeds, schemas, times, told
from booking.api.calls import Answer, call
from booking.api.problems import BadParameters, dates
from booking.core.access import Actor
from booking.core.lifecycle import Verb
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.core.scheduling.recurrence import Recurrence
from booking.kernel import clock
from booking.kernel.errors import FieldError, NotFound
from booking.productions import queries as productions
from booking.reservations import actions, lists, queries
from booking.reservations.actions import Reach
from booking.reservations.wish import BookingRequest, Repair

VERBS = frozenset(Verb) - {Verb.EXPIRE, Verb.MOVE, Verb.PROLONG}


# ---- asking ---------------------------------------------------------------------------------


@call(
    "POST",
    "/bookings",
    permission="booking:request",
    summary="Book one or several facilities, all or nothing",
    body=bodies.NewBooking,
    headers=deeds.HEADERS,
    gives={201: deeds.Given},
    refuses=(400, 409, 413, 415, 422),
)
def create(actor: Actor, body: bodies.NewBooking) -> Answer:
    def book() -> str:
        return actions.request(actor, _wish(body), clock.now())

    return deeds.once(actor, body.model_dump(), book, 201)


@call(
    "POST",
    "/bookings/preview",
    permission="booking:request",
    summary="The answer that asking would get, with nothing stored",
    body=bodies.NewBooking,
    gives={200: schemas.Preview},
    refuses=(400, 409, 413, 415, 422),
)
def preview(actor: Actor, body: bodies.NewBooking) -> Answer:
    found = queries.preview(actor, _wish(body), _now())
    if found.refusal:
        raise found.refusal
    return Answer(
        schemas.Preview(
            state=found.state or "",
            rank=found.rank or RANK_OF_RIGHT,
            expires_at=times.utc_or_none(found.expires),
            facilities=list(found.facilities),
            dates=[schemas.DateVerdict.model_validate(verdict) for verdict in dates(found.dates)],
        )
    )


def _wish(body: bodies.NewBooking) -> BookingRequest:
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
        participants=tuple(body.participants),
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
    lines = [told.line(line) for line in page.lines]
    return Answer(schemas.BookingList(bookings=lines, next=page.cursor))


@call(
    "GET",
    "/bookings/{number}",
    permission="booking:see",
    summary="A booking in full, with what the caller may do to it",
    gives={200: schemas.Booking},
    refuses=(404,),
)
def show(actor: Actor, number: str) -> Answer:
    booking = told.booking(actor, number)
    return Answer(booking, headers=told.headers(booking.revision))


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
            text=query.q,
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
    summary="Approve, decline, confirm, withdraw, release, cancel, challenge, extend, check in or"
    " end early",
    body=bodies.Reason,
    body_optional=True,
    headers=("If-Match", *deeds.HEADERS),
    gives={200: deeds.Given},
    refuses=(400, 404, 409, 412, 413, 415),
)
def act(actor: Actor, number: str, verb: str, body: bodies.Reason) -> Answer:
    if verb not in VERBS:
        raise NotFound

    def do() -> None:
        revision = deeds.revision_seen(actor, number)
        reach = Reach(
            scope=body.scope, occurrence=body.occurrence, first=body.first, last=body.last
        )
        now, why = clock.now(), body.reason
        actions.act(actor, number, Verb(verb), now, reason=why, revision=revision, reach=reach)

    told.known(number)
    return deeds.done(actor, number, body, do)


def _now() -> int:
    return int(clock.now().timestamp())
