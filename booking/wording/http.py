"""What an expected refusal is in HTTP: one table for pages and for the API."""

from http import HTTPStatus

from booking.kernel import errors
from booking.kernel.errors import BookingError

STATUSES: dict[type[BookingError], HTTPStatus] = {
    errors.Invalid: HTTPStatus.BAD_REQUEST,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.Refused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Clash: HTTPStatus.CONFLICT,
    errors.WrongState: HTTPStatus.CONFLICT,
    errors.Stale: HTTPStatus.PRECONDITION_FAILED,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Busy: HTTPStatus.SERVICE_UNAVAILABLE,
}

BUSY_RETRY_S = 2


def status(error: BookingError) -> HTTPStatus:
    """The status of an error, by the nearest of its classes; 400 for a plain BookingError."""
    known = (STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    return next(known, HTTPStatus.BAD_REQUEST)


def headers(error: BookingError) -> dict[str, str]:
    """What goes with the status: when to try again, after `too_many` and `busy`."""
    if isinstance(error, errors.TooMany):
        return {"Retry-After": str(error.params.get("retry_after_s", 1))}
    if isinstance(error, errors.Busy):
        return {"Retry-After": str(BUSY_RETRY_S)}
    return {}
