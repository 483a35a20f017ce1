"""Reads a calendar in a process of its own: whatever stands in it, it cannot hang the worker.

Run as a script, alone: the calendar on stdin, from, to and zone as arguments, JSON on stdout.
"""

import json
import resource
import sys
from datetime import UTC, date, datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

CPU_S = 10
MEMORY = 1024 * 1024 * 1024
MOST = 2000
LONGEST_SUMMARY = 200


def main() -> int:
    """Print the occurrences between two instants; 1 for no calendar, 2 for too many."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    starts, ends, zone = int(sys.argv[1]), int(sys.argv[2]), ZoneInfo(sys.argv[3])
    try:
        calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
        if calendar.name != "VCALENDAR":
            return 1
    except (ValueError, IndexError, KeyError):
        return 1
    window = (datetime.fromtimestamp(at, UTC) for at in (starts, ends))
    found = list(islice(recurring_ical_events.of(calendar).between(*window), MOST + 1))
    if len(found) > MOST:
        return 2
    json.dump([told for event in found if (told := read(event, zone))], sys.stdout)
    return 0


def read(event: icalendar.Event, zone: ZoneInfo) -> list[object] | None:
    """What identifies an event, when it begins and ends, what it is called; None if it is off."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    starts, ends = instant(event.start, zone), instant(event.end, zone)
    if ends <= starts:
        return None
    at = event.get("RECURRENCE-ID")
    place = instant(at.dt, zone) if at else 0
    takes_time = str(event.get("TRANSP", "OPAQUE")).upper() != "TRANSPARENT"
    summary = " ".join(str(event.get("SUMMARY", "")).split())[:LONGEST_SUMMARY]
    return [str(event.get("UID", "")), place, starts, ends, summary, takes_time]


def instant(value: date | datetime, zone: ZoneInfo) -> int:
    """UTC epoch seconds; what has no zone of its own is on the clock of the facility."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return int((value if value.tzinfo else value.replace(tzinfo=zone)).timestamp())


if __name__ == "__main__":
    sys.exit(main())
