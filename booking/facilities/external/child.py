"""Reads a calendar in a process of its own: whatever stands in it, it hangs nobody else.

Run as a script, alone: the calendar on stdin, from and to as arguments, JSON on stdout.
"""

import json
import resource
import sys
from datetime import UTC, date, datetime, time
from itertools import islice

import icalendar
import recurring_ical_events

CPU_S = 10
MEMORY = 1024 * 1024 * 1024
MOST = 2000
EARLIEST, LATEST = 1800, 2400
"""Years: what begins before or ends after lasts as long for us. "For ever" is written as 9999."""
LONGEST_TEXT = 12_000
"""More than any note may have: who takes them over refuses what is too long, and cuts nothing."""


def main() -> int:
    """Print the occurrences between two instants; 1 for no calendar, 2 for too many."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
        if calendar.name != "VCALENDAR":
            return 1
        keep_to_calendar(calendar)
    except (ValueError, IndexError, KeyError):
        return 1
    window = (datetime.fromtimestamp(int(at), UTC) for at in sys.argv[1:])
    found = list(islice(recurring_ical_events.of(calendar).between(*window), MOST + 1))
    if len(found) > MOST:
        return 2
    json.dump([read(event) for event in found if not is_off(event)], sys.stdout)
    return 0


def keep_to_calendar(calendar: icalendar.Component) -> None:
    """Bring the ends of what lasts for ever near enough to be reckoned with."""
    for event in calendar.walk("VEVENT"):
        for name in ("DTSTART", "DTEND"):
            said = event.get(name)
            if isinstance(said, icalendar.vDDDTypes) and isinstance(said.dt, date):
                year = min(max(said.dt.year, EARLIEST), LATEST)
                said.dt = said.dt if year == said.dt.year else said.dt.replace(year=year, day=1)


def is_off(event: icalendar.Event) -> bool:
    """Whether it will not take place."""
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def read(event: icalendar.Event) -> list[object]:
    """What `reading.Told` holds, in its order."""
    at = event.get("RECURRENCE-ID")
    return [
        text(event, "UID"),
        moment(at.dt) if at else "",
        moment(event.start),
        moment(event.end),
        text(event, "SUMMARY"),
        text(event, "DESCRIPTION"),
        str(event.get("TRANSP", "OPAQUE")).upper() != "TRANSPARENT",
    ]


def text(event: icalendar.Event, name: str) -> str:
    """What stands there, bounded."""
    return str(event.get(name, ""))[:LONGEST_TEXT]


def moment(value: date | datetime) -> str:
    """ISO 8601, without an offset where no zone is named."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return value.isoformat(timespec="seconds")


if __name__ == "__main__":
    sys.exit(main())
