"""Bookings that become different: change and move, offer and swap."""

from flask import request

from booking.api import bodies, deeds, times, told
from booking.api.calls import Answer, call
from booking.api.problems import Problem
from booking.core.access import Actor
from booking.facilities import queries as facilities
from booking.kernel import clock
from booking.kernel.errors import FieldError, Invalid
from booking.reservations import actions
from booking.reservations.actions import Reach

REACH = ("scope", "occurrence", "first", "last")


@call(
    "PATCH",
    "/bookings/{number}",
    permission="booking:see",
    summary="Change time, facilities or words of a booking, all or nothing",
    body=bodies.Change,
    body_optional=True,
    headers=("If-Match", *deeds.HEADERS),
    gives={200: deeds.Given},
    refuses=(400, 403, 404, 409, 412, 413, 415, 422, 428),
)
def change(actor: Actor, number: str, body: bodies.Change) -> Answer:
    return _changed(actor, number, body, named=True)


@call(
    "POST",
    "/bookings/{number}/move",
    permission="booking:see",
    summary="The same for programs that keep no revisions",
    body=bodies.Change,
    body_optional=True,
    headers=("If-Match", *deeds.HEADERS),
    gives={200: deeds.Given},
    refuses=(400, 403, 404, 409, 412, 413, 415, 422),
)
def move(actor: Actor, number: str, body: bodies.Change) -> Answer:
    return _changed(actor, number, body, named=False)


@call(
    "POST",
    "/bookings/{number}/offer",
    permission="booking:see",
    summary="As a manager, offer another time or other facilities",
    body=bodies.NewOffer,
    body_optional=True,
    headers=deeds.HEADERS,
    gives={200: deeds.Given},
    refuses=(400, 403, 404, 409, 413, 415, 422),
)
def offer(actor: Actor, number: str, body: bodies.NewOffer) -> Answer:
    told.known(number)
    wanted, reach = _wanted(body)

    def do() -> None:
        said = body.message
        actions.offer(actor, number, wanted, clock.now(), message=said, reach=reach)

    return deeds.done(actor, number, body, do)


@call(
    "POST",
    "/bookings/{number}/swap",
    permission="booking:see",
    summary="Propose to swap a confirmed booking for what somebody else has",
    body=bodies.NewSwap,
    body_optional=True,
    headers=deeds.HEADERS,
    gives={200: deeds.Given},
    refuses=(400, 403, 404, 409, 413, 415, 422),
)
def swap(actor: Actor, number: str, body: bodies.NewSwap) -> Answer:
    told.known(number)

    def do() -> None:
        actions.refuse_swap(actor, number, _now())
        found = facilities.by_codes([body.facility]).get(body.facility)
        if found is None:
            raise Invalid(FieldError("facility", "unknown_facility", {"value": body.facility}))
        if body.start is None:
            raise Invalid(FieldError("start", "required"))
        start, said = times.instant(body.start, found.time_zone), body.message
        actions.propose_swap(actor, number, body.facility, start, clock.now(), message=said)

    return deeds.done(actor, number, body, do)


@call(
    "POST",
    "/bookings/{number}/accept-offer",
    permission="booking:see",
    summary="Take the place that was offered, or swap",
    headers=("If-Match", *deeds.HEADERS),
    gives={200: deeds.Given},
    refuses=(400, 403, 404, 409, 412, 422),
)
def accept_offer(actor: Actor, number: str) -> Answer:
    told.known(number)

    def do() -> None:
        revision = deeds.revision_seen(actor, number)
        actions.accept(actor, number, clock.now(), revision=revision)

    return deeds.done(actor, number, None, do)


@call(
    "POST",
    "/bookings/{number}/refuse-offer",
    permission="booking:see",
    summary="Say no to an offer",
    headers=deeds.HEADERS,
    gives={200: deeds.Given},
    refuses=(400, 403, 404, 409, 422),
)
def refuse_offer(actor: Actor, number: str) -> Answer:
    told.known(number)
    return deeds.done(actor, number, None, lambda: actions.refuse(actor, number, clock.now()))


def _changed(actor: Actor, number: str, body: bodies.Change, *, named: bool) -> Answer:
    """With `named`, only where If-Match names the revision that was seen."""
    told.known(number)

    def do() -> None:
        actions.refuse_change(actor, number, _now())
        if named and "If-Match" not in request.headers:
            raise Problem(428, "precondition_required")
        wanted, reach = _wanted(body)
        revision = deeds.revision_seen(actor, number)
        actions.change(actor, number, wanted, clock.now(), revision=revision, reach=reach)

    return deeds.done(actor, number, body, do)


def _wanted(body: bodies.Change) -> tuple[actions.Change, Reach]:
    """What is to be different, and of which dates; people that are left out stay as they are."""
    given = body.model_dump(exclude={"message"})
    reach = Reach(**{name: given.pop(name) for name in REACH})
    if "attendees" not in body.model_fields_set:
        given.pop("attendees")
    for name in ("facilities", "participants"):
        given[name] = None if given[name] is None else tuple(given[name])
    return actions.Change(**given), reach


def _now() -> int:
    return int(clock.now().timestamp())
