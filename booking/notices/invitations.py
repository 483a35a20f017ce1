"""Bookings as invitations for calendars (iTIP, RFC 5546), which mails carry (iMIP, RFC 6047).

One VEVENT each, in UTC, under the UID that the feeds give the occurrence. The house organizes, its
guest has accepted: nobody has to answer.
"""

import re
from dataclasses import dataclass

from booking.core.ical import PRODUCT, content_line, parameter, text
from booking.core.ical.writer import utc

_METHOD = re.compile(r"^METHOD:(\w+)\r$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A date to put into a calendar, or to take out where it is `cancelled`.

    Instants in UTC epoch seconds; `organizer` and `guest` are bare addresses.
    """

    uid: str
    sequence: int
    starts: int
    ends: int
    changed: int
    organizer: str
    house: str
    guest: str
    guest_name: str
    summary: str
    location: str
    description: str
    url: str
    cancelled: bool


def calendar_text(invitation: Invitation) -> str:
    """The iCalendar object, CRLF, folded. Raises ValueError for control characters in addresses."""
    cancelled = invitation.cancelled
    lines = [
        content_line("BEGIN", "VCALENDAR"),
        content_line("VERSION", "2.0"),
        content_line("PRODID", text(PRODUCT)),
        content_line("CALSCALE", "GREGORIAN"),
        content_line("METHOD", "CANCEL" if cancelled else "REQUEST"),
        content_line("BEGIN", "VEVENT"),
        content_line("UID", invitation.uid),
        content_line("DTSTAMP", utc(invitation.changed)),
        content_line("SEQUENCE", str(invitation.sequence)),
        content_line("DTSTART", utc(invitation.starts)),
        content_line("DTEND", utc(invitation.ends)),
        content_line("SUMMARY", text(invitation.summary)),
        content_line("LOCATION", text(invitation.location)),
        content_line("DESCRIPTION", text(invitation.description)),
        content_line("URL", invitation.url),
        content_line("STATUS", "CANCELLED" if cancelled else "CONFIRMED"),
        content_line("TRANSP", "TRANSPARENT" if cancelled else "OPAQUE"),
        *_people(invitation),
        content_line("END", "VEVENT"),
        content_line("END", "VCALENDAR"),
    ]
    return b"".join(lines).decode()


def method(calendar: str) -> str:
    """The METHOD of an iCalendar object, which the mail's own header repeats."""
    found = _METHOD.search(calendar)
    return found.group(1) if found else "PUBLISH"


def _people(invitation: Invitation) -> list[bytes]:
    accepted = (
        parameter("CN", invitation.guest_name)
        + parameter("ROLE", "REQ-PARTICIPANT")
        + parameter("PARTSTAT", "ACCEPTED")
        + parameter("RSVP", "FALSE")
    )
    organizer = _mailto(invitation.organizer)
    return [
        content_line("ORGANIZER", organizer, parameter("CN", invitation.house)),
        content_line("ATTENDEE", _mailto(invitation.guest), accepted),
    ]


def _mailto(address: str) -> str:
    if not address.isprintable():
        raise ValueError(f"a control character in {address!r}")
    return f"mailto:{address}"
