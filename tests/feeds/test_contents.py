"""What stands in a feed: read back by icalendar, masked as on the planning."""

import icalendar
import pytest
from flask_babel import force_locale, gettext
from sqlalchemy import update

from booking.core.ical import plain
from booking.feeds.catalog import CATALOG
from booking.kernel.db import db
from booking.reservations.feed import SCOPES
from booking.reservations.models import Booking
from booking.wording import feeds as words
from tests.feeds.conftest import bookings
from tests.support.world import USERS

PRODUCER, OTHER, MANAGER = "producer@blf.example", "post@gfe.example", "manager@pil.example"
SECRETS = ("Titre très secret", "HERON", "Camille", "Batte", "BLF", "PIL-2026", "Note cachée")


@pytest.fixture
def french(app):
    """`french("Occupied")`: the text as a French feed writes it."""

    def say(text, **params):
        with app.test_request_context(), force_locale("fr"):
            return gettext(text, **params)

    return say


def only(calendar: icalendar.Calendar) -> icalendar.Event:
    (event,) = bookings(calendar)
    return event


def summary_of(event: icalendar.Event) -> str:
    return str(event["SUMMARY"])


def test_catalog_names_and_scopes_agree():
    assert set(CATALOG) == set(SCOPES) == set(words.NAMES) == set(words.CHOICES)


def test_own_booking_comes_back_whole(address, book, read, app):
    title = "Étalonnage; “nuit”, bobine 3\\4"
    number = book(PRODUCER, "N-RE1", "2026-11-17T09:00", "2026-11-17T13:00", title=title)
    event = only(read(address(PRODUCER, "me")))
    assert summary_of(event) == f"{title} · Salle de réunion 1"
    assert event.start.isoformat() == "2026-11-17T08:00:00+00:00"
    assert event.end.isoformat() == "2026-11-17T12:00:00+00:00"
    assert (event["STATUS"], event["TRANSP"]) == ("CONFIRMED", "OPAQUE")
    assert event["X-MICROSOFT-CDO-BUSYSTATUS"] == "BUSY"
    assert event.DTSTAMP == event.LAST_MODIFIED
    assert str(event["URL"]).endswith(f"/bookings/{number}")
    assert number in event["DESCRIPTION"]
    for absent in ("ORGANIZER", "ATTENDEE", "RRULE", "DURATION", "VALARM"):
        assert absent not in event


def test_calendar_has_its_names_and_no_method(address, read):
    calendar = read(address(PRODUCER, "facility:M-ET1"))
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Étalonnage 1 (projection)"
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert calendar["X-PUBLISHED-TTL"] == "PT1H"
    assert calendar["X-WR-TIMEZONE"] == "Europe/Brussels"
    assert "METHOD" not in calendar
    assert not calendar.timezones


EMPTY = ("me", "company", "production:HERON", "facility:M-ET1", "freebusy:M-ET1", "site:M")


@pytest.mark.parametrize("text", [*EMPTY, "kind:grading"])
def test_calendar_without_bookings_has_one_quiet_event(address, read, text):
    """Evolution keeps the old events of a calendar without any, for ever."""
    event = only(read(address(PRODUCER, text)))
    assert (event["TRANSP"], event["X-MICROSOFT-CDO-BUSYSTATUS"]) == ("TRANSPARENT", "FREE")
    assert event.start.isoformat() == "2026-10-17"


def test_states_stand_in_front_of_the_title(address, book, act, read, french):
    book(PRODUCER, "M-ET1", "2026-12-01T09:00", "2026-12-01T13:00", title="A")
    book(PRODUCER, "M-ET1", "2026-12-02T09:00", "2026-12-02T13:00", title="B", hold="option")
    book(OTHER, "M-MI1", "2026-12-03T09:00", "2026-12-03T13:00")
    queued = {"title": "C", "on_clash": "queue"}
    book(PRODUCER, "M-MI1", "2026-12-03T09:00", "2026-12-03T13:00", **queued)
    book(PRODUCER, "M-MI1", "2026-12-03T12:00", "2026-12-03T14:00", hold="option", **queued)
    said = [summary_of(e) for e in bookings(read(address(PRODUCER, "me")))]
    grading, editing = " · Étalonnage 1 (projection)", " · Montage image 1"
    first, third = french("1st option"), french("3rd option")
    assert said == [
        french("(to be approved) %(title)s", title="A" + grading),
        french("(%(option)s) %(title)s", option=first, title="B" + grading),
        french("(waiting list, no. %(place)s) %(title)s", place=1, title="C" + editing),
        french("(%(option)s) %(title)s", option=third, title="C" + editing),
    ]


@pytest.mark.parametrize(
    ("verb", "who", "wish", "text"),
    [
        ("decline", MANAGER, {}, "DECLINED – %(title)s"),
        ("withdraw", PRODUCER, {}, "WITHDRAWN – %(title)s"),
        ("release", PRODUCER, {"hold": "option"}, "RELEASED – %(title)s"),
    ],
)
def test_what_ended_stays_for_thirty_days(
    address, book, act, read, french, clock, verb, who, wish, text
):
    number = book(PRODUCER, "M-ET1", "2026-12-20T09:00", "2026-12-20T13:00", **wish)
    path = address(PRODUCER, "me")
    before = only(read(path))
    clock.advance(hours=1)
    act(who, number, verb, "en travaux")
    after = only(read(path))
    title = "Étalonnage, bobine 3 · Étalonnage 1 (projection)"
    assert summary_of(after) == french(text, title=title)
    assert (after["STATUS"], after["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
    assert after["X-MICROSOFT-CDO-BUSYSTATUS"] == "FREE"
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after.DTSTAMP == clock.now > before.DTSTAMP
    clock.advance(days=31)
    assert only(read(path))["UID"] != before["UID"]


def test_lapsed_option_ended_although_nobody_wrote_it_down(address, book, read, french, clock):
    book(PRODUCER, "M-ET1", "2026-12-17T09:00", "2026-12-17T13:00", hold="option", title="A")
    book(OTHER, "M-ET1", "2026-12-17T09:00", "2026-12-17T13:00", hold="option", on_clash="queue")
    clock.move_to("2026-11-20T09:00")
    other = read(address(OTHER, "me"))
    clock.move_to("2026-11-23T08:59")
    book(OTHER, "M-ET1", "2027-01-05T09:00", "2027-01-05T13:00", hold="option")
    clock.move_to("2026-11-23T09:00")
    event = only(read(address(PRODUCER, "me")))
    title = "A · Étalonnage 1 (projection)"
    assert summary_of(event) == french("EXPIRED – %(title)s", title=title)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert clock.now == event.DTSTAMP
    assert french("2nd option") in summary_of(only(other))


def test_those_behind_a_lapsed_option_move_up(address, book, read, french, clock):
    book(PRODUCER, "M-ET1", "2026-12-17T09:00", "2026-12-17T13:00", hold="option")
    clock.advance(hours=1)
    book(OTHER, "M-ET1", "2026-12-17T09:00", "2026-12-17T13:00", hold="option", on_clash="queue")
    path = address(OTHER, "me")
    before = only(read(path))
    clock.move_to("2026-11-23T09:30")
    after = only(read(path))
    assert french("2nd option") in summary_of(before)
    assert french("1st option") in summary_of(after)
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after.DTSTAMP > before.DTSTAMP


def test_clock_changes_keep_their_instants(address, book, read):
    """A night of 25 hours' day and one of 23: the feed says UTC, so lengths are real."""
    book(PRODUCER, "M-PLA1", "2027-10-30T22:00", "2027-10-31T06:00")
    book(PRODUCER, "M-PLA1", "2027-03-27T22:00", "2027-03-28T06:00")
    lengths = [
        (e.end - e.start).total_seconds() / 3600 for e in read(address(PRODUCER, "me")).events
    ]
    assert lengths == [7.0, 9.0]


def test_facility_feed_masks_as_the_planning_does(address, book, read, french):
    book(OTHER, "M-ET1", "2026-12-01T09:00", "2026-12-01T13:00")
    book(OTHER, "M-ET1", "2026-12-02T09:00", "2026-12-02T13:00", hold="option")
    book(PRODUCER, "M-ET1", "2026-12-03T09:00", "2026-12-03T13:00", title="A")
    said = [summary_of(e) for e in read(address(PRODUCER, "facility:M-ET1")).events]
    mine = french("(to be approved) %(title)s", title="A · Batte Lune Films")
    assert said == [french("Occupied"), french("Option %(rank)s", rank=1), mine]


def test_free_busy_says_occupied_to_everybody(address, book, read, french):
    book(PRODUCER, "M-ET1", "2026-12-01T09:00", "2026-12-01T13:00")
    book(PRODUCER, "M-ET1", "2026-12-02T09:00", "2026-12-02T13:00", hold="option")
    book(OTHER, "M-ET1", "2026-12-02T09:00", "2026-12-02T13:00", hold="option", on_clash="queue")
    for reader in (PRODUCER, OTHER, MANAGER):
        events = read(address(reader, "freebusy:M-ET1")).events
        assert [summary_of(e) for e in events] == [french("Occupied")] * 2
        assert {e["STATUS"] for e in events} == {"CONFIRMED"}


def test_shared_space_is_taken_under_either_name(address, book, read, french):
    book(OTHER, "M-PLA", "2026-12-01T09:00", "2026-12-01T13:00")
    for code in ("M-PLA1", "M-PLA2", "M-PLA"):
        event = only(read(address(PRODUCER, f"facility:{code}")))
        assert summary_of(event) == french("Occupied")


def test_masked_events_cannot_be_joined(address, book, read):
    """The same booking has one UID for those who know it, and others for everybody else."""
    book(OTHER, "M-PLA", "2026-12-01T09:00", "2026-12-01T13:00")
    scopes = ("facility:M-PLA", "facility:M-PLA1", "freebusy:M-PLA")
    masked = {str(only(read(address(PRODUCER, s)))["UID"]) for s in scopes}
    known = {str(only(read(address(OTHER, s)))["UID"]) for s in (*scopes[:2], "me", "company")}
    assert (len(masked), len(known)) == (3, 1)
    assert known.isdisjoint(masked)


def test_ended_bookings_of_others_leave_no_trace(address, book, act, read):
    number = book(OTHER, "M-MI1", "2026-12-01T09:00", "2026-12-01T13:00")
    act(OTHER, number, "cancel", "remis")
    event = only(read(address(PRODUCER, "facility:M-MI1")))
    assert event["TRANSP"] == "TRANSPARENT"
    assert only(read(address(OTHER, "facility:M-MI1")))["STATUS"] == "CANCELLED"


@pytest.mark.parametrize("reader", [email for email in USERS if "@blf" not in email])
def test_no_feed_tells_what_is_not_the_readers(address, book, act, client, reader):
    """Everybody outside of the company and not invited, board and administrators included."""
    wish = {"title": SECRETS[0], "production": "HERON", "note": SECRETS[-1]}
    numbers = [
        book(PRODUCER, "M-ET1", "2026-12-01T09:00", "2026-12-01T13:00", **wish),
        book(PRODUCER, "M-ET1", "2026-12-02T09:00", "2026-12-02T13:00", hold="option", **wish),
    ]
    gone = book(PRODUCER, "M-ET1", "2026-12-03T09:00", "2026-12-03T13:00", **wish)
    act(PRODUCER, gone, "withdraw")
    knows = reader in (MANAGER, "guest@mosel.example")
    for text in ("me", "company", "facility:M-ET1", "freebusy:M-ET1"):
        body = client.get(address(reader, text)).get_data(as_text=True).replace("\r\n ", "")
        told = [secret for secret in (*SECRETS, *numbers) if secret in body]
        if text == "facility:M-ET1" and knows:
            assert SECRETS[0] in told
        else:
            assert told == []


def test_hostile_title_stays_in_its_line(app, address, book, read, world):
    """Whatever found its way into the database: it begins no line and breaks no calendar."""
    hostile = "x\r\nATTENDEE:mailto:a@b\x00\x0b\u2028END:VEVENT\n;,\\"
    number = book(PRODUCER, "N-RE1", "2026-12-01T09:00", "2026-12-01T13:00")
    clean = hostile if world.companies and _keeps_nul(app) else hostile.replace("\x00", "")
    with app.app_context():
        db.session.execute(update(Booking).where(Booking.number == number).values(title=clean))
        db.session.commit()
    event = only(read(address(PRODUCER, "me")))
    assert "ATTENDEE" not in event
    assert summary_of(event) == f"{plain(hostile)} · Salle de réunion 1"


def _keeps_nul(app):
    with app.app_context():
        return db.engine.dialect.name == "sqlite"


def test_guest_sees_the_production_in_facility_feeds(address, book, read):
    book(PRODUCER, "M-ET1", "2026-12-01T09:00", "2026-12-01T13:00", title="T", production="HERON")
    event = only(read(address("guest@mosel.example", "facility:M-ET1")))
    assert "HERON" in event["DESCRIPTION"]


def test_each_reader_gets_their_language(app, address, client, world):
    from booking.kernel import clock
    from booking.members.actions import set_locale

    path = address(PRODUCER, "me")
    first = client.get(path)
    with app.app_context():
        set_locale(world.actor(PRODUCER), "en", clock.now())
    second = client.get(path, headers={"Accept-Language": "de"})
    assert second.headers["ETag"] != first.headers["ETag"]
    assert b"NAME:My bookings" in second.get_data()
