"""Offers on a booking's page: a manager's other place, a swap, and the answer to them."""

from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext

from booking.facilities import queries as facilities
from booking.kernel.clock import now
from booking.kernel.errors import BookingError, FieldError, Invalid, NotFound
from booking.reservations import actions
from booking.web.bookings import booking_page
from booking.web.forms.swaps import moment
from booking.web.guard import current_actor, requires
from booking.wording import http

bp = Blueprint("offers", __name__, url_prefix="/bookings/<number>")


@bp.post("/accept-offer")
@requires("booking:see")
def accept(number: str) -> Response | tuple[str, int]:
    seen = request.form.get("revision", type=int)
    try:
        actions.accept(current_actor(), number, now(), revision=seen)
    except NotFound:
        raise
    except BookingError as error:
        return booking_page(number, "accept-offer", error), http.status(error)
    return _back(number, gettext("Accepted: the booking has its new place."))


@bp.post("/refuse-offer")
@requires("booking:see")
def refuse(number: str) -> Response | tuple[str, int]:
    try:
        actions.refuse(current_actor(), number, now())
    except NotFound:
        raise
    except BookingError as error:
        return booking_page(number, "refuse-offer", error), http.status(error)
    return _back(number, gettext("Refused: everything stays as it was."))


@bp.post("/swap")
@requires("booking:see")
def swap(number: str) -> Response | tuple[str, int]:
    code, message = request.form.get("facility", ""), request.form.get("message", "")
    try:
        actions.refuse_swap(current_actor(), number, int(now().timestamp()))
        room = facilities.by_codes([code]).get(code)
        if room is None:
            raise Invalid(FieldError("facility", "required"))
        start = moment(request.form, room.time_zone)
        actions.propose_swap(current_actor(), number, code, start, now(), message=message)
    except NotFound as error:
        if "number" in error.params:
            raise
        nobody = Invalid(FieldError("facility", "nobody_there"))
        return booking_page(number, "swap", nobody), HTTPStatus.UNPROCESSABLE_ENTITY
    except BookingError as error:
        return booking_page(number, "swap", error), http.status(error)
    return _back(number, gettext("Proposed: whoever has that slot is asked."))


def _back(number: str, said: str) -> Response:
    flash(said, "good")
    target = url_for("bookings.show", number=number)
    return redirect(target, HTTPStatus.SEE_OTHER)  # type: ignore[return-value]
