"""Staying longer, from the page of a booking that is running."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext

from booking.kernel.clock import now
from booking.kernel.errors import BookingError, FieldError, Invalid, NotFound
from booking.reservations import actions, queries
from booking.web.bookings import LONGER_MIN, booking_page
from booking.web.forms.series import reach
from booking.web.guard import current_actor, requires
from booking.wording import http

bp = Blueprint("attending", __name__, url_prefix="/bookings/<number>")


@bp.post("/prolong")
@requires("booking:see")
def prolong(number: str) -> Response | tuple[str, int]:
    seen = request.form.get("revision", type=int)
    try:
        end, meant = _end(number), reach(request.form)
        actions.prolong(current_actor(), number, end, now(), revision=seen, reach=meant)
    except NotFound:
        raise
    except BookingError as error:
        return booking_page(number, failed="prolong", error=error), http.status(error)
    flash(gettext("You stay longer."), "good")
    return redirect(url_for("bookings.show", number=number), HTTPStatus.SEE_OTHER)  # type: ignore[return-value]


def _end(number: str) -> datetime:
    """So many minutes after the end of the date that is meant. Raises NotFound, Invalid."""
    minutes = request.form.get("minutes", type=int)
    if minutes not in LONGER_MIN:
        raise Invalid(FieldError("minutes", "unknown_choice"))
    at, named = now(), request.form.get("occurrence", type=int)
    view = queries.booking(current_actor(), number, int(at.timestamp()))
    seconds = int(at.timestamp())
    running = (one for one in view.occurrences if one.starts <= seconds < one.ends)
    chosen = next((one for one in view.occurrences if one.id == named), next(running, None))
    ends = (chosen or view.occurrences[-1]).ends
    return datetime.fromtimestamp(ends + minutes * 60, UTC)
