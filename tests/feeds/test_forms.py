"""The other forms of a feed: free-busy over a range, opening hours, series; and how often."""

from datetime import UTC, datetime

import icalendar
import pytest

from booking.core.lifecycle import Verb
from booking.core.scheduling.recurrence import Recurrence
from booking.facilities.actions import add_closure
from booking.facilities.actions.closures import Closing
from booking.feeds.limits import BURST, EACH_S
from booking.kernel import clock as product_clock
from booking.reservations import actions, feed, queries
from booking.reservations.actions import Change

PRODUCER, OTHER, MANAGER = "producer@blf.example", "post@gfe.example", "manager@pil.example"
FREEBUSY = "freebusy:M-ET1"


def _lines(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.get_data(as_text=True).replace("\r\n ", "").splitlines()


def periods(client, path):
    return [line for line in _lines(client, path) if line.startswith("FREEBUSY")]


def test_range_of_free_busy_is_what_was_asked(address, book, client):
    book(OTHER, "M-ET1", "2027-12-08T09:00", "2027-12-08T11:00", title="Secret")
    path = address(PRODUCER, FREEBUSY).replace(".ics", ".ifb")
    day = "start=2027-12-08&end=2027-12-09"
    assert periods(client, f"{path}?{day}") == [
        "FREEBUSY;FBTYPE=BUSY:20271208T080000Z/20271208T100000Z",
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20271207T230000Z/20271208T070000Z",
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20271208T210000Z/20271208T230000Z",
    ]
    told = _lines(client, f"{path}?{day}")
    assert "DTSTART:20271207T230000Z" in told
    assert "DTEND:20271208T230000Z" in told
    part = "start=2027-12-08T10:00&end=2027-12-08T10:30"
    assert periods(client, f"{path}?{part}") == [
        "FREEBUSY;FBTYPE=BUSY:20271208T090000Z/20271208T093000Z"
    ]
    utc = "start=20271208T080000Z&end=2027-12-08T09:00:00%2B00:00"
    assert periods(client, f"{path}?{utc}") == [
        "FREEBUSY;FBTYPE=BUSY:20271208T080000Z/20271208T090000Z"
    ]


def test_closures_are_unavailable(app, world, address, client):
    with app.app_context():
        start, end = datetime(2026, 12, 8, 10), datetime(2026, 12, 8, 12)
        shut = Closing(facility="M-ET1", start=start, end=end, reason="Lampe")
        add_closure(world.actor(MANAGER), shut, product_clock.now())
    path = address(PRODUCER, FREEBUSY).replace(".ics", ".ifb")
    asked = f"{path}?start=2026-12-08T09:00&end=2026-12-08T13:00"
    assert periods(client, asked) == [
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261208T090000Z/20261208T110000Z"
    ]
    assert "Lampe" not in "".join(_lines(client, asked))


@pytest.mark.parametrize(
    "query",
    [
        "start=2026-12-08&end=2026-12-08",
        "start=2026-12-09&end=2026-12-08",
        "start=2026-01-01&end=2027-12-31",
        "start=tomorrow&end=2026-12-08",
        "start=0001-01-01T00:00",
        "start=99999-01-01",
        "end=1900-01-01",
    ],
)
def test_odd_ranges_are_refused_in_plain_text(address, client, query):
    path = address(PRODUCER, FREEBUSY).replace(".ics", ".ifb")
    answer = client.get(f"{path}?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    gone = client.get(f"/feeds/{'x' * 43}/a.ifb?{query}")
    assert gone.status_code == 410, "who has no address learns nothing"


def test_each_range_has_its_own_tag(address, client):
    path = address(PRODUCER, FREEBUSY).replace(".ics", ".ifb")
    one, other = (client.get(f"{path}?start=2026-12-0{n}&end=2026-12-08") for n in (1, 2))
    assert one.headers["ETag"] != other.headers["ETag"]
    asked = {"If-None-Match": one.headers["ETag"]}
    assert client.get(f"{path}?start=2026-12-01&end=2026-12-08", headers=asked).status_code == 304


def test_opening_hours_are_an_availability(app, world, address, client):
    with app.app_context():
        start, end = datetime(2026, 12, 8, 10), datetime(2026, 12, 8, 12)
        shut = Closing(facility="M-ET1", start=start, end=end, reason="Lampe")
        add_closure(world.actor(MANAGER), shut, product_clock.now())
    body = client.get(f"{address(PRODUCER, FREEBUSY)}?form=availability").get_data()
    calendar = icalendar.Calendar.from_ical(body)
    week, closed = calendar.walk("VAVAILABILITY")
    (available,) = week.walk("AVAILABLE")
    assert (week["BUSYTYPE"], week["PRIORITY"]) == ("BUSY-UNAVAILABLE", 9)
    assert available["RRULE"]["BYDAY"] == ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    assert f"{available['DTSTART'].dt:%H:%M} {available['DTEND'].dt:%H:%M}" == "08:00 22:00"
    assert available["DTSTART"].params["TZID"] == "Europe/Brussels"
    assert closed["DTSTART"].dt == datetime(2026, 12, 8, 9, tzinfo=UTC)
    assert (closed["PRIORITY"], closed.walk("AVAILABLE")) == (1, [])
    assert len(calendar.walk("VTIMEZONE")) == 1
    assert b"Lampe" not in body


@pytest.mark.parametrize(("scope", "form"), [("me", "availability"), ("me", "x"), (FREEBUSY, "")])
def test_forms_that_there_are_not(address, client, scope, form):
    assert client.get(f"{address(PRODUCER, scope)}?form={form}").status_code == 400


def test_series_is_one_object_with_what_differs(app, world, address, book, act, client, clock):
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=20", exdates=(datetime(2027, 1, 5).date(),))
    number = book(
        PRODUCER, "M-MI1", "2026-12-01T21:00", "2026-12-01T22:00", recurrence=weekly, title="S"
    )
    with app.app_context():
        actor, now = world.actor(PRODUCER), int(clock.now.timestamp())
        dates = queries.booking(actor, number, now).occurrences
        third = actions.Reach(scope="this", occurrence=dates[2].id)
        moved = Change(start=datetime(2026, 12, 16, 9), end=datetime(2026, 12, 16, 10))
        actions.change(actor, number, moved, product_clock.now(), reach=third)
        fifth = actions.Reach(scope="this", occurrence=dates[4].id)
        actions.act(actor, number, Verb.CANCEL, product_clock.now(), reason="remis", reach=fifth)
    path = address(PRODUCER, "me")
    calendar = icalendar.Calendar.from_ical(client.get(f"{path}?form=series").get_data())
    master, *overrides = calendar.events
    assert "RECURRENCE-ID" not in master, "the master comes first"
    assert master["DTSTART"].params["TZID"] == "Europe/Brussels"
    assert master["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20270413T190000Z"
    assert [d.dt.date().isoformat() for d in master["EXDATE"].dts] == ["2027-01-05"]
    assert master["SEQUENCE"] == 3, "the revision of a booking that changed twice"
    (timezone,) = calendar.walk("VTIMEZONE")
    assert all("RRULE" in part for part in timezone.subcomponents)
    there = {str(e["RECURRENCE-ID"].dt.date()): e for e in overrides}
    assert set(there) == {"2026-12-15", "2026-12-29"}
    assert there["2026-12-15"]["DTSTART"].dt == datetime(2026, 12, 16, 8, tzinfo=UTC)
    assert there["2026-12-29"]["STATUS"] == "CANCELLED"
    assert {str(e["UID"]) for e in overrides} == {str(master["UID"])}
    other = client.get(f"{address(PRODUCER, 'company')}?form=series").get_data(as_text=True)
    assert str(master["UID"]) in other, "the same series in every calendar"


def test_series_of_others_stay_dates_without_a_rule(address, book, client):
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=5")
    book(OTHER, "M-MI1", "2026-12-01T09:00", "2026-12-01T10:00", recurrence=weekly)
    body = client.get(f"{address(PRODUCER, 'facility:M-MI1')}?form=series").get_data()
    assert b"RRULE" not in body
    assert body.count(b"BEGIN:VEVENT") == 5


def test_what_is_too_much_is_counted_in_either_form(monkeypatch, address, book, client):
    monkeypatch.setattr(feed, "MOST_OCCURRENCES", 2)
    for day in (1, 2, 3):
        book(PRODUCER, "M-ET1", f"2026-12-0{day}T09:00", f"2026-12-0{day}T10:00")
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=5")
    book(PRODUCER, "M-MI1", "2026-12-01T11:00", "2026-12-01T12:00", recurrence=weekly)
    path = address(PRODUCER, "me")
    flat, whole = (
        icalendar.Calendar.from_ical(client.get(f"{path}{form}").get_data())
        for form in ("", "?form=series")
    )
    assert len(flat.events) == 2
    assert "6 dates ultérieures n’y figurent pas" in flat["DESCRIPTION"]
    assert sum("RRULE" in event for event in whole.events) == 1, "and so all its dates are there"
    assert "2 dates ultérieures n’y figurent pas" in whole["DESCRIPTION"]


def test_feed_read_without_end_is_told_to_wait(address, client, clock):
    path = address(PRODUCER, "me")
    assert [client.get(path).status_code for _ in range(BURST)] == [200] * BURST
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (429, "text/plain")
    assert 0 < int(answer.headers["Retry-After"]) <= EACH_S
    assert client.get(address(PRODUCER, "me")).status_code == 200, "another address is another"
    clock.advance(seconds=int(answer.headers["Retry-After"]))
    assert client.get(path).status_code == 200


def test_whoever_asks_every_minute_is_never_told_to_wait(address, client, clock):
    path = address(PRODUCER, "me")
    for _ in range(BURST + 20):
        clock.advance(minutes=1)
        assert client.get(path).status_code == 200
