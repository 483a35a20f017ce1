"""iCalendar as real clients read it: frozen values in, bytes out, nothing of the moment in them."""

from booking.core.ical.lines import content_line, fold, parameter, plain, text
from booking.core.ical.objects import Calendar, Event, FreeBusy, Status
from booking.core.ical.writer import calendar_bytes, free_busy_bytes

__all__ = [
    "Calendar",
    "Event",
    "FreeBusy",
    "Status",
    "calendar_bytes",
    "content_line",
    "fold",
    "free_busy_bytes",
    "parameter",
    "plain",
    "text",
]
