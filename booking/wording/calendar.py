"""The planning as JSON: what the page's data block and the API's /calendar both say."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from pydantic_core import to_json

from booking.core.scheduling.holiday import holiday
from booking.core.scheduling.interval import Interval
from booking.facilities.values import ClosureFacts, FacilityFacts
from booking.reservations.values import Entry
from booking.wording import dates


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
    entries: tuple[Entry, ...],
    closures: Iterable[ClosureFacts],
    shown: Sequence[FacilityFacts],
) -> Markup:
    """Bars and closures over a window; wall clock in `zone`, instants in UTC beside it.

    JSON that may stand in a page as it is: no character of it means anything to HTML.
    """
    clock = ZoneInfo(zone)
    head = {
        "start": datetime.fromtimestamp(window.starts, clock).isoformat(),
        "end": datetime.fromtimestamp(window.ends, clock).isoformat(),
        "time_zone": zone,
        "now": wall(now, clock),
        "closures": [
            _closure(closure, row.code, clock)
            for closure in closures
            for row in shown
            if closure.concerns(row)
        ],
        "holidays": list(_holidays(window, clock, shown)),
    }
    return Markup('{},"occurrences":{}}}').format(
        Markup(_json(head)[:-1]), Markup(_occurrences(entries, zone))
    )


def _holidays(
    window: Interval, clock: ZoneInfo, shown: Sequence[FacilityFacts]
) -> Iterator[dict[str, str]]:
    """The public holidays of the countries of the facilities, in the reader's language."""
    first, last = (datetime.fromtimestamp(at, clock).date() for at in (window[0], window[1] - 1))
    locale = dates.locale()
    for country in sorted({row.country for row in shown}):
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if name := holiday(day, country, locale):
                yield {"date": day.isoformat(), "country": country, "name": name}


@lru_cache(maxsize=32)
def _occurrences(entries: tuple[Entry, ...], zone: str) -> str:
    """Remembered, for many look at the same weeks between two changes."""
    clock = ZoneInfo(zone)
    said = cache(lambda instant: (wall(instant, clock), utc(instant)))
    return _json([_occurrence(entry, said) for entry in entries])


def _json(value: object) -> str:
    return str(htmlsafe_json_dumps(value, dumps=lambda said: to_json(said).decode()))


def wall(instant: int, clock: ZoneInfo) -> str:
    """Wall clock without an offset: "2026-11-17T09:00"."""
    return datetime.fromtimestamp(instant, clock).isoformat(timespec="minutes")[:16]


def utc(instant: int) -> str:
    """An instant: "2026-11-17T08:00:00Z"."""
    return datetime.fromtimestamp(instant, UTC).isoformat()[:19] + "Z"


Said = Callable[[int], tuple[str, str]]
"""An instant as wall clock and in UTC; many bookings share their instants."""


def _occurrence(entry: Entry, said: Said) -> dict[str, Any]:
    start, start_utc = said(entry.starts)
    end, end_utc = said(entry.ends)
    return {
        "facility": entry.facility,
        "start": start,
        "end": end,
        "start_utc": start_utc,
        "end_utc": end_utc,
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
        "amount": entry.amount,
        "expires": None if entry.expires is None else said(entry.expires)[0],
    }


def _closure(closure: ClosureFacts, code: str, clock: ZoneInfo) -> dict[str, Any]:
    return {
        "facility": code,
        "start": wall(closure.starts, clock),
        "end": wall(closure.ends, clock),
        "reason": closure.reason,
    }
