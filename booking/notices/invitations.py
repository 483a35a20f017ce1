"""Bookings as invitations for calendars (iTIP, RFC 5546), which mails carry (iMIP, RFC 6047).

One booking is one object with one UID, whatever its number of dates: programs take but the first of
several out of a mail. A single date has the UID that the feeds give the occurrence; a series is a
rule with what differs from it, under the UID of its feeds' series form. Dates that follow no rule
are a daily one without the days between. The house organizes; nobody has to answer.
"""

import re
from dataclasses import dataclass, replace

from booking.core.ical import PRODUCT, Event, Status, content_line, event_bytes, parameter
from booking.core.ical.series import Series, series_bytes, series_of
from booking.core.ical.writer import END, head
from booking.core.ical.zones import timezone_bytes

_METHOD = re.compile(r"^METHOD:(\w+)\r$", re.MULTILINE)
_EVERY_DAY = "FREQ=DAILY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Dates to put into a calendar, or to take out where it is `cancelled`.

    `events` are all that stand, by start, in the wall clock of `zone`; of what is cancelled any of
    them. `organizer` and `guest` are bare addresses; with `accepted` the guest is the one who asked
    for it.
    """

    uid: str
    sequence: int
    events: tuple[Event, ...]
    rule: str
    zone: str
    organizer: str
    house: str
    guest: str
    guest_name: str
    accepted: bool
    cancelled: bool

    def withdrawn(self) -> "Invitation":
        """The same, taken out of the calendar."""
        (first, *_) = self.events
        gone = first._replace(status=Status.CANCELLED, transparent=True)
        return replace(self, events=(gone,), cancelled=True)


def calendar_text(invitation: Invitation) -> str | None:
    """The iCalendar object, CRLF, folded; None for dates that no program takes as one.

    Raises ValueError for control characters in addresses.
    """
    components = _components(invitation)
    if components is None:
        return None
    purpose = content_line("METHOD", "CANCEL" if invitation.cancelled else "REQUEST")
    return b"".join([*head(PRODUCT), purpose, *components, END]).decode()


def method(calendar: str) -> str:
    """The METHOD of an iCalendar object, which the mail's own header repeats."""
    found = _METHOD.search(calendar)
    return found.group(1) if found else "PUBLISH"


def _components(invitation: Invitation) -> list[bytes] | None:
    people = b"".join(_people(invitation))
    first, *others = invitation.events
    if not others or invitation.cancelled:
        single = first._replace(uid=invitation.uid, sequence=invitation.sequence)
        return [event_bytes(single, people)]
    series, zone = _series(invitation), timezone_bytes(invitation.zone)
    if series is None or zone is None:
        return None
    return [zone, *series_bytes(series, people)]


def _series(invitation: Invitation) -> Series | None:
    for rule in filter(None, (invitation.rule, _EVERY_DAY)):
        found = series_of(invitation.uid, invitation.events, rule, invitation.zone)
        if found is not None and not found.singles:
            return _numbered(found, invitation.sequence)
    return None


def _numbered(series: Series, sequence: int) -> Series:
    """With one SEQUENCE for all of it."""
    overrides = {at: one._replace(sequence=sequence) for at, one in series.overrides.items()}
    return replace(series, master=series.master._replace(sequence=sequence), overrides=overrides)


def _people(invitation: Invitation) -> list[bytes]:
    stands = "ACCEPTED" if invitation.accepted else "NEEDS-ACTION"
    guest = (
        parameter("CN", invitation.guest_name)
        + parameter("ROLE", "REQ-PARTICIPANT")
        + parameter("PARTSTAT", stands)
        + parameter("RSVP", "FALSE")
    )
    organizer = _mailto(invitation.organizer)
    return [
        content_line("ORGANIZER", organizer, parameter("CN", invitation.house)),
        content_line("ATTENDEE", _mailto(invitation.guest), guest),
    ]


def _mailto(address: str) -> str:
    if not address.isprintable():
        raise ValueError(f"a control character in {address!r}")
    return f"mailto:{address}"
