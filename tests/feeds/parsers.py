"""Calendars as other people's programs read them: every occurrence in a window, as instants.

Each reader answers a list of (starts, ends, summary, status), sorted; UTC epoch seconds.
"""

import ctypes.util
import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import recurring_ical_events
import vobject

TOP = Path(__file__).resolve().parent.parent.parent
ICAL_JS = TOP / "node_modules" / "ical.js" / "dist" / "ical.js"
Read = list[tuple[int, int, str, str]]


def _instant(value: date | datetime) -> int:
    if isinstance(value, datetime):
        return int(value.astimezone(UTC).timestamp())
    return int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp())


def by_icalendar(body: bytes, starts: int, ends: int) -> Read:
    """icalendar with recurring-ical-events."""
    calendar = icalendar.Calendar.from_ical(body)
    window = (datetime.fromtimestamp(at, UTC) for at in (starts, ends))
    found = recurring_ical_events.of(calendar).between(*window)
    return sorted(
        (_instant(e.start), _instant(e.end), str(e["SUMMARY"]), str(e["STATUS"])) for e in found
    )


def by_vobject(body: bytes, starts: int, ends: int) -> Read:
    """vobject, with its own expansion of rules; it leaves overrides to its caller."""
    calendar = vobject.readOne(body.decode())
    events = calendar.vevent_list
    replaced = {
        (e.uid.value, _instant(e.recurrence_id.value))
        for e in events
        if hasattr(e, "recurrence_id")
    }
    found = []
    for event in events:
        first, last = event.dtstart.value, event.dtend.value
        said = (event.summary.value, event.status.value)
        if not hasattr(event, "rrule"):
            found.append((_instant(first), _instant(last), *said))
            continue
        for at in event.getrruleset(addRDate=True):
            moment = at if at.tzinfo else at.replace(tzinfo=first.tzinfo)
            if (event.uid.value, _instant(moment)) not in replaced:
                wall = last.replace(tzinfo=None) - first.replace(tzinfo=None)
                until = (moment.replace(tzinfo=None) + wall).replace(tzinfo=first.tzinfo)
                found.append((_instant(moment), _instant(until), *said))
    return _within(found, starts, ends)


SCRIPT = """
import ICAL from "%s";
let text = "";
for await (const part of process.stdin) text += part;
const root = new ICAL.Component(ICAL.parse(text));
for (const zone of root.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const events = root.getAllSubcomponents("vevent").map((c) => new ICAL.Event(c));
const series = new Map(events.filter((e) => e.isRecurring()).map((e) => [e.uid, e]));
for (const e of events) if (e.isRecurrenceException()) series.get(e.uid).relateException(e);
const found = [];
const add = (e, from, to) => {
  const state = e.component.getFirstPropertyValue("status");
  found.push([from.toUnixTime(), to.toUnixTime(), e.summary, state]);
};
for (const e of events) {
  if (e.isRecurrenceException()) continue;
  if (!e.isRecurring()) { add(e, e.startDate, e.endDate); continue; }
  const each = e.iterator();
  for (let at = each.next(); at; at = each.next()) {
    const o = e.getOccurrenceDetails(at);
    add(o.item, o.startDate, o.endDate);
  }
}
console.log(JSON.stringify(found));
"""


def by_ical_js(body: bytes, starts: int, ends: int) -> Read:
    """ical.js, which is in Thunderbird."""
    script = SCRIPT % ICAL_JS.as_uri()
    command = ["node", "--input-type=module", "--eval", script]
    told = subprocess.run(command, input=body, capture_output=True, check=True).stdout
    return _within([(a, b, said, state) for a, b, said, state in json.loads(told)], starts, ends)


def by_libical(body: bytes, starts: int, ends: int) -> Read:
    """libical, which is in Evolution; its expansion takes no notice of overrides, so we do."""
    lib = _libical()
    lib.icalparser_parse_string.restype = ctypes.c_void_p
    root = ctypes.c_void_p(lib.icalparser_parse_string(body))
    assert root.value
    return _within(_walk(lib, root), starts, ends)


class _Span(ctypes.Structure):
    _fields_ = (("start", ctypes.c_long), ("end", ctypes.c_long), ("busy", ctypes.c_int))


def _libical() -> Any:
    name = ctypes.util.find_library("ical")
    assert name
    return ctypes.CDLL(name)


def _walk(lib: Any, root: Any) -> list[tuple[int, int, str, str]]:
    event_kind = lib.icalcomponent_string_to_kind(b"VEVENT")
    for name in ("icalcomponent_get_first_component", "icalcomponent_get_next_component"):
        getattr(lib, name).restype = ctypes.c_void_p
    lib.icalcomponent_get_summary.restype = ctypes.c_char_p
    lib.icalcomponent_get_span.restype = _Span
    lib.icalproperty_status_to_string.restype = ctypes.c_char_p
    found = []
    each = ctypes.c_void_p(lib.icalcomponent_get_first_component(root, event_kind))
    while each.value:
        span = lib.icalcomponent_get_span(each)
        state = lib.icalproperty_status_to_string(lib.icalcomponent_get_status(each)).decode()
        found.append((span.start, span.end, lib.icalcomponent_get_summary(each).decode(), state))
        each = ctypes.c_void_p(lib.icalcomponent_get_next_component(root, event_kind))
    return found


def _within(found: list[tuple[int, int, str, str]], starts: int, ends: int) -> Read:
    return sorted(one for one in found if one[0] < ends and one[1] > starts)


PARSERS: dict[str, Callable[[bytes, int, int], Read]] = {
    "icalendar + recurring-ical-events": by_icalendar,
    "vobject": by_vobject,
    "ical.js": by_ical_js,
    "libical": by_libical,
}
EXPANDING = tuple(name for name in PARSERS if name != "libical")
"""Those that expand rules; libical is asked for what stands in the expanded form."""


def missing(name: str) -> str:
    """Why a parser cannot be asked on this machine; empty if it can."""
    if name == "ical.js" and not (shutil.which("node") and ICAL_JS.is_file()):
        return "ical.js needs node, and `python -m tools.assets --dev`"
    if name == "libical" and not ctypes.util.find_library("ical"):
        return "libical is not installed (Debian: libical3)"
    return ""
