"""Door: the JSON API for other people's programs, /api/v1."""

from flask import Flask

from booking.api import (
    attending,
    availability,
    bookings,
    calendar,
    changes,
    document,
    facilities,
    feeds,
    me,
)
from booking.api.calls import bp
from booking.api.problems import refuse_unknown

PARTS = (me, facilities, calendar, availability, changes, attending, bookings, feeds, document)
"""Modules whose calls hang in `bp`."""


def register(app: Flask) -> None:
    """Hang this door into the application.

    Its calls check bearer tokens or, for sessions, the CSRF header themselves.
    """
    app.extensions["csrf"].exempt(bp)
    app.register_blueprint(bp)
    first = app.before_request_funcs.setdefault(None, [])
    first.insert(0, refuse_unknown)  # before any other door can answer with a page
