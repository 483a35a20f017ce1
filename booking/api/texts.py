"""Sentences that only programs' authors read; everything else is worded in `booking.wording`."""

from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from booking.kernel.errors import FieldError
from booking.wording import messages

LONGEST_ECHO = 60

PROBLEMS: dict[str, LazyString] = {
    "bad_request": _l("The request cannot be understood."),
    "unauthorized": _l("Send a valid token in the header Authorization: Bearer …, or log in."),
    "method_not_allowed": _l("That address takes other methods: see the header Allow."),
    "content_too_large": _l("The body is too large."),
    "precondition_required": _l("Name the revision you saw: If-Match with the ETag of a GET."),
    "unsupported_media_type": _l("The body must be JSON: Content-Type: application/json."),
    "not_json": _l("The body is not JSON in UTF-8."),
    "duplicate_key": _l("The body names the same key twice."),
    "csrf": _l("A session needs its CSRF token in the header X-CSRFToken."),
    "idempotency_key": _l("The header Idempotency-Key takes 1 to 200 visible ASCII characters."),
    "invalid_body": _l("Something in the body is not right: see the errors."),
    "invalid_parameters": _l("Something in the query of the address is not right: see the errors."),
}

FIELDS: dict[str, LazyString] = {
    "unknown_field": _l("There is no such field here."),
    "not_a_day": _l("A date, like 2026-12-01."),
    "duplicate_key": _l("This key stands here twice."),
    "repeated": _l("Give this once."),
    "not_text": _l("This must be a text."),
    "not_a_list": _l("This must be a list."),
    "not_an_object": _l("This must be an object."),
    "not_a_number": _l("This must be a whole number."),
    "not_a_moment": _l(
        "Write a date and a time, as in 2026-12-01T09:00 (the clock of the site) or"
        " 2026-12-01T08:00Z."
    ),
    "date_only": _l("The time is missing: write it as in 2026-12-01T09:00."),
    "no_such_day": _l("There is no such day in the calendar."),
    "no_such_time": _l("There is no such time of day: hours go to 23, minutes to 59."),
    "no_such_offset": _l("There is no such offset from UTC."),
    "not_a_duration": _l("Write a length of time, as in PT2H or PT1H30M."),
    "window_backwards": _l("The end must be after the start."),
    "window_too_long": _l("At most %(days)s days at once."),
    "duration_too_long": _l("It does not fit between start and end."),
    "unknown_cursor": _l("This list did not give that cursor."),
    "unknown_site": _l("There is no site “%(value)s”."),
    "unknown_kind": _l("There is no kind of facility “%(value)s”."),
    "unknown_attribute": _l("No facility says anything about “%(value)s”."),
    "bad_value": _l("This is not a value for it."),
}


def sentence(code: str) -> str:
    """What a problem's code says."""
    text = PROBLEMS.get(code)
    return str(text) if text is not None else messages.sentence(code)


def field(error: FieldError) -> str:
    """What is wrong with one field; long values are not sent back whole."""
    error = FieldError(error.path, error.code, {k: _short(v) for k, v in error.params.items()})
    text = FIELDS.get(error.code)
    return str(text) % error.params if text is not None else messages.sentence(error)


def _short(value: Any) -> Any:
    too_long = isinstance(value, str) and len(value) > LONGEST_ECHO
    return f"{value[:LONGEST_ECHO]}…" if too_long else value
