"""Codes to sentences: every code of a BookingError, a field error or a finding is worded here.

One dictionary for each noun; `%(name)s` takes the parameter `name` of the error, a percent sign is
written `%%`. A test makes every sentence in every language.
"""

from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from booking.kernel.errors import BookingError, FieldError
from booking.wording import (
    dates,
    external,
    facilities,
    members,
    operations,
    productions,
    reservations,
    rules,
    search,
    webhooks,
)

GENERAL: dict[str, LazyString] = {
    "error": _l("That did not work."),
    "invalid": _l("Something in the form is not right: see the fields marked below."),
    "not_found": _l("There is no such thing here, or it is not yours to see."),
    "forbidden": _l("You may see this, but not do that."),
    "refused": _l("A rule of the house stands against it."),
    "clash": _l("The slot is taken."),
    "wrong_state": _l("That is not possible any more: in the meantime it became something else."),
    "stale": _l("Somebody changed this in the meantime. Look at it again before you change it."),
    "too_many": _l("Too many attempts. Try again in %(wait)s."),
    "busy": _l("The system is very busy. Try again in a moment."),
    "csrf": _l("This form is too old, or was not made for this browser."),
    "foreign_origin": _l("The request came from another site."),
}

FIELDS: dict[str, LazyString] = {
    "required": _l("This cannot stay empty."),
    "too_long": _l("At most %(max)s characters."),
    "too_short": _l("At least %(min)s characters."),
    "not_a_number": _l("This is not a whole number."),
    "too_large": _l("At most %(max)s."),
    "negative": _l("This cannot be less than zero."),
    "unknown": _l("This is not one of the choices."),
    "taken": _l("This is taken."),
    "control_characters": _l("This holds characters that cannot be shown."),
}

SENTENCES: dict[str, LazyString] = {
    **GENERAL,
    **FIELDS,
    **members.ERRORS,
    **facilities.ERRORS,
    **external.ERRORS,
    **rules.ERRORS,
    **productions.ERRORS,
    **operations.ERRORS,
    **reservations.FIELDS,
    **reservations.ERRORS,
    **search.ERRORS,
    **webhooks.ERRORS,
}


def sentence(said: BookingError | FieldError | str, **params: object) -> str:
    """What an error, a field error or a bare code says, in the language of the request."""
    if isinstance(said, str):
        return _worded(said, params)
    return _worded(said.code, {**said.params, **params})


def _worded(code: str, params: dict[str, object]) -> str:
    if "retry_after_s" in params:
        params = {**params, "wait": dates.duration(int(str(params["retry_after_s"])))}
    if isinstance(params.get("moment"), int):
        at, zone = int(str(params["moment"])), str(params["zone"])
        params = {**params, "moment": dates.moment(at, zone)}
    if "date" in params:
        params = {**params, "date": dates.day(date.fromisoformat(str(params["date"])))}
    text = SENTENCES.get(code)
    return str(text) % params if text is not None else str(GENERAL["error"])
