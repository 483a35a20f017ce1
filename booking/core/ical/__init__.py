"""iCalendar as real clients read it: frozen values in, bytes out, nothing of the moment in them."""

from booking.core.ical.lines import content_line, fold, parameter, plain, text
from booking.core.ical.objects import PRODUCT, Calendar, Event, FreeBusy, Status
from booking.core.ical.writer import calendar_bytes, event_bytes, free_busy_bytes, joined

__all__ = [
    "PRODUCT",
    "Calendar",
    "Event",
    "FreeBusy",
    "Status",
    "calendar_bytes",
    "content_line",
    "event_bytes",
    "fold",
    "free_busy_bytes",
    "joined",
    "parameter",
    "plain",
    "text",
]
