"""The planning as JSON: what the page's data block and the API's /calendar both say."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from booking.core.scheduling.interval import Interval
from booking.facilities.values import ClosureFacts, FacilityFacts
from booking.reservations.values import Entry


def facility(facts: FacilityFacts, locale: str) -> dict[str, Any]:
    """A facility as the planning needs it; opening hours are minutes, Monday first."""
    return {
        "code": facts.code,
        "name": facts.name_in(locale),
        "site": facts.site_code,
        "site_name": facts.site_name,
        "kind": facts.kind_code,
        "kind_name": facts.kind_in(locale),
        "group": facts.group_code or None,
        "capacity": facts.capacity,
        "quantity": facts.quantity,
        "bookable": facts.bookable,
        "setup_min": facts.setup_min,
        "turnaround_min": facts.turnaround_min,
        "approval": facts.approval,
        "opening": facts.opening,
    }


def calendar(
    window: Interval,
    zone: str,
    now: int,
    entries: Iterable[Entry],
    closures: Iterable[ClosureFacts],
    shown: Sequence[FacilityFacts],
) -> dict[str, Any]:
    """Bars and closures over a window; wall clock in `zone`, instants in UTC beside it."""
    clock = ZoneInfo(zone)
    return {
        "start": datetime.fromtimestamp(window.starts, clock).isoformat(),
        "end": datetime.fromtimestamp(window.ends, clock).isoformat(),
        "time_zone": zone,
        "now": wall(now, clock),
        "occurrences": [_occurrence(entry, clock) for entry in entries],
        "closures": [
            _closure(closure, row.code, clock)
            for closure in closures
            for row in shown
            if closure.concerns(row)
        ],
    }


def wall(instant: int, clock: ZoneInfo) -> str:
    """Wall clock without an offset: "2026-11-17T09:00"."""
    return datetime.fromtimestamp(instant, clock).isoformat(timespec="minutes")[:16]


def utc(instant: int) -> str:
    """An instant: "2026-11-17T08:00:00Z"."""
    return datetime.fromtimestamp(instant, UTC).isoformat()[:19] + "Z"


def _occurrence(entry: Entry, clock: ZoneInfo) -> dict[str, Any]:
    return {
        "facility": entry.facility,
        "start": wall(entry.starts, clock),
        "end": wall(entry.ends, clock),
        "start_utc": utc(entry.starts),
        "end_utc": utc(entry.ends),
        "setup_min": (entry.starts - entry.blocked_from) // 60,
        "turnaround_min": (entry.blocked_until - entry.ends) // 60,
        "state": entry.state,
        "rank": entry.rank,
        "mine": entry.mine,
        "via": entry.via,
        "booking": entry.booking,
        "title": entry.title,
        "company": entry.company,
        "company_name": entry.company_name,
        "production": entry.production,
    }


def _closure(closure: ClosureFacts, code: str, clock: ZoneInfo) -> dict[str, Any]:
    return {
        "facility": code,
        "start": wall(closure.starts, clock),
        "end": wall(closure.ends, clock),
        "reason": closure.reason,
    }
