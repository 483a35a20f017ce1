"""Reading external calendars."""

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select

from booking.facilities.external.models import ExternalCalendar, ExternalEvent
from booking.facilities.external.values import CalendarFacts, EventFacts
from booking.kernel.db import connection

_CALENDARS = (
    select(
        ExternalCalendar.id,
        ExternalCalendar.facility_id,
        ExternalCalendar.name,
        ExternalCalendar.url,
        ExternalCalendar.effect,
        ExternalCalendar.read_at,
        ExternalCalendar.next_at,
        ExternalCalendar.failures,
        ExternalCalendar.error,
    )
    .where(ExternalCalendar.facility_id == bindparam("facility"))
    .order_by(ExternalCalendar.name, ExternalCalendar.id)
)
_EVENTS = (
    select(
        ExternalEvent.calendar_id,
        ExternalEvent.starts,
        ExternalEvent.ends,
        ExternalEvent.summary,
        ExternalEvent.closure_id,
    )
    .join(ExternalCalendar, ExternalCalendar.id == ExternalEvent.calendar_id)
    .where(
        ExternalCalendar.facility_id == bindparam("facility"), ExternalEvent.ends > bindparam("now")
    )
    .order_by(ExternalEvent.starts, ExternalEvent.id)
    .limit(bindparam("most"))
)
_DUE = (
    select(ExternalCalendar.id)
    .where(ExternalCalendar.next_at <= bindparam("now"))
    .order_by(ExternalCalendar.next_at)
    .limit(20)
)


def calendars(facility_id: int) -> list[CalendarFacts]:
    """The external calendars of a facility, by name, without their addresses. One statement."""
    rows = connection().execute(_CALENDARS, {"facility": facility_id}).mappings()
    return [
        CalendarFacts(
            host=urlsplit(row["url"]).hostname or "",
            **{name: value for name, value in row.items() if name != "url"},
        )
        for row in rows
    ]


def events(facility_id: int, now: int, most: int = 50) -> list[EventFacts]:
    """What stands in them and is not over at `now` (UTC epoch seconds), by start. One statement."""
    asked = {"facility": facility_id, "now": now, "most": most}
    return [
        EventFacts(
            calendar_id=row.calendar_id,
            starts=row.starts,
            ends=row.ends,
            summary=row.summary,
            closed=row.closure_id is not None,
        )
        for row in connection().execute(_EVENTS, asked)
    ]


def due(now: datetime) -> list[int]:
    """The calendars that are to be looked at, longest overdue first, 20 at most. One statement."""
    return list(connection().scalars(_DUE, {"now": now}))
