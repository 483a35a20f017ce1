"""Values to iCalendar, byte for byte the same for the same values.

The shape was measured against eleven parsers and two real clients: every occurrence by itself, in
UTC, with no RRULE, VTIMEZONE, METHOD, ORGANIZER or ATTENDEE. RFC 5545, 6868, 7986.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from booking.core.ical.lines import content_line, parameter, text, verbatim
from booking.core.ical.objects import Calendar, Event, FreeBusy
from booking.core.scheduling.interval import Interval, intersected, merged

VALUE_DATE = parameter("VALUE", "DATE")
VALUE_DURATION = parameter("VALUE", "DURATION")


def calendar_bytes(calendar: Calendar) -> bytes:
    """A VCALENDAR of VEVENTs, UTF-8 without a byte order mark, CRLF.

    Raises ValueError for an event that is over before it began, and for control characters in
    identifiers and addresses.
    """
    lines = [*_head(calendar.product), *_about(calendar)]
    for event in calendar.events:
        lines += _event(event)
    lines.append(content_line("END", "VCALENDAR"))
    return b"".join(lines)


def free_busy_bytes(free_busy: FreeBusy) -> bytes:
    """A VCALENDAR of one VFREEBUSY: its periods merged, sorted, clipped to the window."""
    periods = intersected(free_busy.busy, [free_busy.window])
    return b"".join(
        [
            *_head(free_busy.product),
            content_line("BEGIN", "VFREEBUSY"),
            content_line("UID", verbatim(free_busy.uid)),
            content_line("DTSTAMP", utc(free_busy.changed)),
            content_line("DTSTART", utc(free_busy.window.starts)),
            content_line("DTEND", utc(free_busy.window.ends)),
            *(_period(period) for period in merged(periods)),
            content_line("END", "VFREEBUSY"),
            content_line("END", "VCALENDAR"),
        ]
    )


def utc(instant: int) -> str:
    """DATE-TIME in UTC (RFC 5545, 3.3.5, form 2): "20261117T080000Z"."""
    at = datetime.fromtimestamp(instant, UTC)  # strftime takes four times as long
    day = f"{at.year:04}{at.month:02}{at.day:02}"
    return f"{day}T{at.hour:02}{at.minute:02}{at.second:02}Z"


def _date(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y%m%d")


def _head(product: str) -> Iterator[bytes]:
    yield content_line("BEGIN", "VCALENDAR")
    yield content_line("VERSION", "2.0")
    yield content_line("PRODID", text(product))
    yield content_line("CALSCALE", "GREGORIAN")


def _about(calendar: Calendar) -> Iterator[bytes]:
    """Both the standard's names and those that came before it: each client reads its own."""
    refresh = f"PT{calendar.refresh_h}H"
    yield content_line("UID", verbatim(calendar.uid))
    yield content_line("LAST-MODIFIED", utc(calendar.changed))
    yield content_line("NAME", text(calendar.name))
    yield content_line("X-WR-CALNAME", text(calendar.name))
    yield content_line("DESCRIPTION", text(calendar.description))
    yield content_line("X-WR-CALDESC", text(calendar.description))
    yield content_line("X-WR-TIMEZONE", verbatim(calendar.time_zone))
    yield content_line("REFRESH-INTERVAL", refresh, VALUE_DURATION)
    yield content_line("X-PUBLISHED-TTL", refresh)
    yield content_line("COLOR", verbatim(calendar.color))
    yield content_line("X-APPLE-CALENDAR-COLOR", verbatim(calendar.color_code))


def _event(event: Event) -> Iterator[bytes]:
    if event.ends <= event.starts:
        raise ValueError(f"event {event.uid} ends before it begins")
    yield content_line("BEGIN", "VEVENT")
    yield content_line("UID", verbatim(event.uid))
    yield content_line("DTSTAMP", utc(event.changed))
    if event.created is not None:
        yield content_line("CREATED", utc(event.created))
    yield content_line("LAST-MODIFIED", utc(event.changed))
    yield content_line("SEQUENCE", str(event.sequence))
    yield from _span(event)
    yield content_line("SUMMARY", text(event.summary))
    yield content_line("STATUS", event.status.value)
    yield content_line("TRANSP", "TRANSPARENT" if event.transparent else "OPAQUE")
    yield content_line("X-MICROSOFT-CDO-BUSYSTATUS", event.busy_status)
    yield from _details(event)
    yield content_line("END", "VEVENT")


def _span(event: Event) -> Iterator[bytes]:
    if event.whole_days:
        yield content_line("DTSTART", _date(event.starts), VALUE_DATE)
        yield content_line("DTEND", _date(event.ends), VALUE_DATE)
    else:
        yield content_line("DTSTART", utc(event.starts))
        yield content_line("DTEND", utc(event.ends))


def _details(event: Event) -> Iterator[bytes]:
    """What is empty is left out."""
    if event.location:
        yield content_line("LOCATION", text(event.location))
    if event.description:
        yield content_line("DESCRIPTION", text(event.description))
    if event.categories:
        yield content_line("CATEGORIES", ",".join(text(name) for name in event.categories))
    if event.url:
        yield content_line("URL", verbatim(event.url))


def _period(period: Interval) -> bytes:
    value = f"{utc(period.starts)}/{utc(period.ends)}"
    return content_line("FREEBUSY", value, parameter("FBTYPE", "BUSY"))
