"""Opening hours as VAVAILABILITY (RFC 7953): a week that repeats, and closures that outrank it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking.core.ical.lines import content_line, parameter, text, verbatim
from booking.core.ical.writer import head, stamp, utc
from booking.core.ical.zones import timezone_bytes
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.recurrence import WEEKDAYS

WEEK_FROM = date(2018, 1, 1)
"""A Monday since when the week counts; any would do, as long as it stays."""

_LOW, _HIGH = 9, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """When something can be had.

    `week` are spans (opens_min, closes_min) of each weekday from Monday on, wall clock of `zone`;
    `closed` are instants in UTC epoch seconds, each with a UID of its own.
    """

    product: str
    uid: str
    name: str
    zone: str
    changed: int
    week: Sequence[Sequence[tuple[int, int]]]
    closed: Sequence[tuple[str, Interval]] = ()


def availability_bytes(availability: Availability) -> bytes:
    """A VCALENDAR with the week and, above it, the closures. ValueError for a zone without rule."""
    zone = timezone_bytes(availability.zone)
    if zone is None:
        raise ValueError(f"no VTIMEZONE for {availability.zone}")
    return b"".join(
        [
            *head(availability.product),
            zone,
            *_week(availability),
            *(
                line
                for uid, span in availability.closed
                for line in _closed(uid, span, availability)
            ),
            content_line("END", "VCALENDAR"),
        ]
    )


def _week(availability: Availability) -> Iterator[bytes]:
    yield content_line("BEGIN", "VAVAILABILITY")
    yield from _named(availability.uid, availability)
    yield content_line("SUMMARY", text(availability.name))
    yield content_line("BUSYTYPE", "BUSY-UNAVAILABLE")
    yield content_line("PRIORITY", str(_LOW))
    spans: dict[tuple[int, int], list[int]] = {}
    for weekday, found in enumerate(availability.week):
        for span in found:
            spans.setdefault(span, []).append(weekday)
    for (opens, closes), weekdays in sorted(spans.items()):
        yield from _available(availability, opens, closes, weekdays)
    yield content_line("END", "VAVAILABILITY")


def _available(
    availability: Availability, opens: int, closes: int, weekdays: Sequence[int]
) -> Iterator[bytes]:
    zone = parameter("TZID", verbatim(availability.zone))
    first = datetime.combine(WEEK_FROM + timedelta(days=weekdays[0]), time())
    days = ",".join(WEEKDAYS[weekday] for weekday in weekdays)
    yield content_line("BEGIN", "AVAILABLE")
    yield from _named(f"{availability.uid}-{days.replace(',', '')}-{opens}", availability)
    yield content_line("DTSTART", stamp(first + timedelta(minutes=opens)), zone)
    yield content_line("DTEND", stamp(first + timedelta(minutes=closes)), zone)
    yield content_line("RRULE", f"FREQ=WEEKLY;BYDAY={days}")
    yield content_line("END", "AVAILABLE")


def _closed(uid: str, span: Interval, availability: Availability) -> Iterator[bytes]:
    """Nothing is available in it, and it goes before the week."""
    yield content_line("BEGIN", "VAVAILABILITY")
    yield from _named(uid, availability)
    yield content_line("DTSTART", utc(span.starts))
    yield content_line("DTEND", utc(span.ends))
    yield content_line("BUSYTYPE", "BUSY-UNAVAILABLE")
    yield content_line("PRIORITY", str(_HIGH))
    yield content_line("END", "VAVAILABILITY")


def _named(uid: str, availability: Availability) -> Iterator[bytes]:
    yield content_line("UID", verbatim(uid))
    yield content_line("DTSTAMP", utc(availability.changed))
