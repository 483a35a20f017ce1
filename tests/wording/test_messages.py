import re

import pytest
from flask_babel import force_locale

from booking.kernel import errors
from booking.kernel.errors import FieldError, Invalid, TooMany
from booking.kernel.i18n import LOCALES
from booking.reservations.events import BOOKING_EVENTS
from booking.wording import http, reservations
from booking.wording.messages import SENTENCES, sentence

pytestmark = pytest.mark.one_engine


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_can_be_made(locale):
    with force_locale(locale):
        for code, text in SENTENCES.items():
            names = set(re.findall(r"%\((\w+)\)", str(text)))
            params = {**dict.fromkeys(names, "7"), "retry_after_s": 7, "date": "2026-11-17"}
            assert "%(" not in sentence(code, **params)


def test_errors_fields_and_codes_are_worded_alike():
    with force_locale("en"):
        assert sentence("too_long", max=5) == "At most 5 characters."
        assert sentence(FieldError("name", "too_long", {"max": 5})) == "At most 5 characters."
        assert sentence(Invalid()) == str(SENTENCES["invalid"])
        assert sentence("no such code") == "That did not work."


def test_whatever_happens_to_bookings_has_a_name():
    assert tuple(reservations.EVENTS) == BOOKING_EVENTS
    for locale in LOCALES:
        with force_locale(locale):
            assert len({str(name) for name in reservations.EVENTS.values()}) == len(BOOKING_EVENTS)


def test_a_wait_is_said_in_words():
    with force_locale("en"):
        assert "12 minutes" in sentence(TooMany(retry_after_s=720))
        assert "8 seconds" in sentence(TooMany(retry_after_s=8))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.Invalid(), 400),
        (errors.NotFound(), 404),
        (errors.Forbidden(), 403),
        (errors.Refused([]), 422),
        (errors.Clash([], [], 1), 409),
        (errors.WrongState(), 409),
        (errors.Stale(), 412),
        (errors.TooMany(retry_after_s=3), 429),
        (errors.Busy(), 503),
        (errors.BookingError("new_code"), 400),
    ],
)
def test_every_error_has_a_status(error, status):
    assert http.status(error) == status


def test_errors_that_pass_say_when_to_come_back():
    assert http.headers(TooMany(retry_after_s=3)) == {"Retry-After": "3"}
    assert "Retry-After" in http.headers(errors.Busy())
    assert http.headers(errors.NotFound()) == {}
