"""Calendars as bytes: the whole of one, read back by icalendar, and what must never change."""

from dataclasses import replace
from datetime import UTC, date, datetime

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.core.ical import Calendar, Event, FreeBusy, Status, calendar_bytes, free_busy_bytes
from booking.core.ical.lines import plain, text
from booking.core.scheduling.interval import Interval
from tests.support.properties import short


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


EVENT = Event(
    uid="2f1e9a54-0000-4000-8000-000000000001",
    starts=instant("2026-11-17T08:00"),
    ends=instant("2026-11-17T12:00"),
    changed=instant("2026-11-10T09:30"),
    created=instant("2026-11-09T09:30"),
    sequence=2,
    status=Status.TENTATIVE,
    summary="(en attente) Étalonnage, bobine 3",
    location="Étalonnage 1, Rue de Mulhouse 36, 4020 Liège",
    description="PIL-2026-00042\nHERON",
    url="https://booking.example/bookings/PIL-2026-00042",
    categories=("En attente", "Étalonnage, image"),
)
CALENDAR = Calendar(
    product="-//Mediacite//Booking 1//FR",
    uid="2f1e9a54-0000-4000-8000-00000000ffff",
    name="Étalonnage 1",
    description="Pôle Image de Liège",
    time_zone="Europe/Brussels",
    changed=instant("2026-11-10T09:30"),
    refresh_h=1,
    color="steelblue",
    color_code="#4682B4",
    events=(EVENT,),
)
BYTES = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Mediacite//Booking 1//FR
CALSCALE:GREGORIAN
UID:2f1e9a54-0000-4000-8000-00000000ffff
LAST-MODIFIED:20261110T093000Z
NAME:Étalonnage 1
X-WR-CALNAME:Étalonnage 1
DESCRIPTION:Pôle Image de Liège
X-WR-CALDESC:Pôle Image de Liège
X-WR-TIMEZONE:Europe/Brussels
REFRESH-INTERVAL;VALUE=DURATION:PT1H
X-PUBLISHED-TTL:PT1H
COLOR:steelblue
X-APPLE-CALENDAR-COLOR:#4682B4
BEGIN:VEVENT
UID:2f1e9a54-0000-4000-8000-000000000001
DTSTAMP:20261110T093000Z
CREATED:20261109T093000Z
LAST-MODIFIED:20261110T093000Z
SEQUENCE:2
DTSTART:20261117T080000Z
DTEND:20261117T120000Z
SUMMARY:(en attente) Étalonnage\\, bobine 3
STATUS:TENTATIVE
TRANSP:OPAQUE
X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE
LOCATION:Étalonnage 1\\, Rue de Mulhouse 36\\, 4020 Liège
DESCRIPTION:PIL-2026-00042\\nHERON
CATEGORIES:En attente,Étalonnage\\, image
URL:https://booking.example/bookings/PIL-2026-00042
END:VEVENT
END:VCALENDAR
"""


def test_calendar_is_written_exactly():
    assert calendar_bytes(CALENDAR) == BYTES.replace("\n", "\r\n").encode()


def test_calendar_is_the_same_every_time():
    assert calendar_bytes(CALENDAR) == calendar_bytes(replace(CALENDAR))


def test_all_day_event_has_dates():
    day = EVENT._replace(
        starts=instant("2026-10-17T00:00"),
        ends=instant("2026-10-18T00:00"),
        whole_days=True,
        transparent=True,
        status=Status.CONFIRMED,
    )
    read = icalendar.Calendar.from_ical(calendar_bytes(replace(CALENDAR, events=(day,))))
    event = read.walk("VEVENT")[0]
    assert (event.start, event.end) == (date(2026, 10, 17), date(2026, 10, 18))
    assert event["X-MICROSOFT-CDO-BUSYSTATUS"] == "FREE"
    assert event["TRANSP"] == "TRANSPARENT"


@short
@given(
    st.lists(st.text(max_size=200), min_size=4, max_size=4),
    st.integers(0, 4_000_000_000),
    st.integers(60, 40_000_000),
)
def test_whatever_goes_in_comes_out(texts, starts, length):
    name, summary, location, description = texts
    event = EVENT._replace(
        starts=starts,
        ends=starts + length,
        summary=summary,
        location=location,
        description=description,
    )
    written = calendar_bytes(replace(CALENDAR, name=name, events=(event,)))
    assert max(len(line) for line in written.split(b"\r\n")) <= 75
    read = icalendar.Calendar.from_ical(written)
    found = read.walk("VEVENT")[0]
    assert read["NAME"] == read["X-WR-CALNAME"] == text(name)  # unknown to icalendar: left as is
    assert str(found["SUMMARY"]) == plain(summary)
    assert str(found.get("LOCATION", "")) == plain(location)
    assert str(found.get("DESCRIPTION", "")) == plain(description)
    assert (found.start.timestamp(), found.end.timestamp()) == (starts, starts + length)


def test_both_clock_changes_keep_their_instants():
    """Nights of 25 and of 23 hours: what is written is UTC, so their length is real."""
    nights = [
        Interval(instant("2026-10-24T20:00"), instant("2026-10-25T06:00")),
        Interval(instant("2027-03-27T21:00"), instant("2027-03-28T04:00")),
    ]
    events = [EVENT._replace(uid=f"n{n.starts}", starts=n.starts, ends=n.ends) for n in nights]
    read = icalendar.Calendar.from_ical(calendar_bytes(replace(CALENDAR, events=events)))
    found = [Interval(int(e.start.timestamp()), int(e.end.timestamp())) for e in read.events]
    assert found == nights


def test_event_needs_a_length():
    with pytest.raises(ValueError, match="ends before it begins"):
        calendar_bytes(replace(CALENDAR, events=(EVENT._replace(ends=EVENT.starts),)))


@pytest.mark.parametrize("url", ["https://x\r\nATTENDEE:mailto:a@b", "https://x\x00", "a\u2028b"])
def test_addresses_with_control_characters_are_refused(url):
    with pytest.raises(ValueError, match="control character"):
        calendar_bytes(replace(CALENDAR, events=(EVENT._replace(url=url),)))


def test_free_busy_is_merged_sorted_and_clipped():
    window = Interval(instant("2026-11-16T00:00"), instant("2026-11-18T00:00"))
    busy = [
        Interval(instant("2026-11-17T10:00"), instant("2026-11-17T12:00")),
        Interval(instant("2026-11-15T22:00"), instant("2026-11-16T02:00")),
        Interval(instant("2026-11-17T08:00"), instant("2026-11-17T10:00")),
        Interval(instant("2026-11-19T08:00"), instant("2026-11-19T10:00")),
    ]
    written = free_busy_bytes(
        FreeBusy(product="-//X//EN", uid="u", changed=window.starts, window=window, busy=busy)
    )
    assert written == (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//X//EN\r\nCALSCALE:GREGORIAN\r\n"
        b"BEGIN:VFREEBUSY\r\nUID:u\r\nDTSTAMP:20261116T000000Z\r\n"
        b"DTSTART:20261116T000000Z\r\nDTEND:20261118T000000Z\r\n"
        b"FREEBUSY;FBTYPE=BUSY:20261116T000000Z/20261116T020000Z\r\n"
        b"FREEBUSY;FBTYPE=BUSY:20261117T080000Z/20261117T120000Z\r\n"
        b"END:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )
    assert icalendar.Calendar.from_ical(written).freebusy
