"""Deadlines of one's own options: entries of their own, in nobody else's calendar."""

import pytest
from flask_babel import force_locale, gettext

from booking.core.scheduling.recurrence import Recurrence

PRODUCER, OTHER, MANAGER = "producer@blf.example", "post@gfe.example", "manager@pil.example"
SLOT = ("2026-12-17T09:00", "2026-12-17T13:00")


@pytest.fixture
def french(app):
    def say(text, **params):
        with app.test_request_context(), force_locale("fr"):
            return gettext(text, **params)

    return say


def deadlines(calendar):
    return [event for event in calendar.events if "URL" in event and "LOCATION" not in event]


def test_option_runs_out_in_the_holders_calendar_alone(address, book, read, french):
    number = book(PRODUCER, "M-ET1", *SLOT, hold="option", title="A")
    (event,) = deadlines(read(address(PRODUCER, "me")))
    about = "A · Étalonnage 1 (projection)"
    assert str(event["SUMMARY"]) == french("The option runs out: %(booking)s", booking=about)
    assert event.end.isoformat() == "2026-11-23T08:00:00+00:00"
    assert (event.end - event.start).total_seconds() == 1800
    assert (event["TRANSP"], event["X-MICROSOFT-CDO-BUSYSTATUS"]) == ("TRANSPARENT", "FREE")
    assert number in event["DESCRIPTION"]
    for who, scope in (
        (PRODUCER, "company"),
        (PRODUCER, "facility:M-ET1"),
        (PRODUCER, "freebusy:M-ET1"),
        ("colleague@blf.example", "me"),
        (MANAGER, "facility:M-ET1"),
    ):
        assert deadlines(read(address(who, scope))) == []


def test_challenge_moves_the_deadline_and_keeps_its_uid(address, book, act, read, french, clock):
    book(PRODUCER, "M-ET1", *SLOT, hold="option", title="A")
    second = book(OTHER, "M-ET1", *SLOT, hold="option", on_clash="queue")
    path = address(PRODUCER, "me")
    (before,) = deadlines(read(path))
    clock.advance(hours=1)
    act(OTHER, second, "challenge")
    (after,) = deadlines(read(path))
    about = "A · Étalonnage 1 (projection)"
    assert str(after["SUMMARY"]) == french("Confirm or release now: %(booking)s", booking=about)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert clock.now == after.DTSTAMP
    assert after.end < before.end
    act(MANAGER, second, "decline", "en travaux")
    (again,) = deadlines(read(path))
    assert (again["UID"], again.end) == (before["UID"], before.end)


@pytest.mark.parametrize("verb", ["confirm", "release"])
def test_answered_option_has_no_deadline(address, book, act, read, verb):
    number = book(PRODUCER, "M-ET1", *SLOT, hold="option")
    path = address(PRODUCER, "me")
    assert len(deadlines(read(path))) == 1
    act(PRODUCER, number, verb)
    assert deadlines(read(path)) == []


def test_lapsed_option_has_no_deadline(address, book, read, clock):
    book(PRODUCER, "M-ET1", *SLOT, hold="option")
    path = address(PRODUCER, "me")
    clock.move_to("2026-11-23T09:01")
    assert deadlines(read(path)) == []


def test_dates_that_share_a_clock_share_an_entry(address, book, read):
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
    book(PRODUCER, "M-ET1", *SLOT, hold="option", recurrence=weekly)
    (event,) = deadlines(read(address(PRODUCER, "me")))
    assert "3 dates" in event["DESCRIPTION"]
