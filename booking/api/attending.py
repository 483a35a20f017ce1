"""Staying longer than was booked; checking in and ending early are verbs of their own."""

from booking.api import bodies, deeds, told
from booking.api.calls import Answer, call
from booking.core.access import Actor
from booking.kernel import clock
from booking.kernel.errors import FieldError, Invalid
from booking.reservations import actions
from booking.reservations.actions import Reach


@call(
    "POST",
    "/bookings/{number}/prolong",
    permission="booking:see",
    summary="Let a booking that is running end later, until the next one at most",
    body=bodies.Prolong,
    body_optional=True,
    headers=("If-Match", *deeds.HEADERS),
    gives={200: deeds.Given},
    refuses=(400, 403, 404, 409, 412, 413, 415, 422),
)
def prolong(actor: Actor, number: str, body: bodies.Prolong) -> Answer:
    told.known(number)
    reach = Reach() if body.occurrence is None else Reach(scope="this", occurrence=body.occurrence)

    def do() -> None:
        actions.refuse_prolong(actor, number, int(clock.now().timestamp()), reach)
        if body.end is None:
            raise Invalid(FieldError("end", "required"))
        revision = deeds.revision_seen(actor, number)
        actions.prolong(actor, number, body.end, clock.now(), revision=revision, reach=reach)

    return deeds.done(actor, number, body, do)
