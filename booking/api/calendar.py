"""GET /calendar: the planning over a window, masked for the caller; 304 while it is the same."""

from flask import request

from booking.api import schemas, times
from booking.api.calls import Answer, call
from booking.api.facilities import chosen
from booking.api.problems import BadParameters
from booking.core.access import Actor
from booking.core.scheduling.interval import Interval
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel import clock
from booking.kernel.errors import FieldError
from booking.reservations.calendar import bars, calendar_tag
from booking.wording import calendar as words
from booking.wording import dates

LONGEST_DAYS = 400
DAY = 24 * 3600
REVALIDATE = "private, no-cache"


@call(
    "GET",
    "/calendar",
    permission="planning:see",
    summary="Who has what when, as far as the caller may know",
    query=schemas.Window,
    headers=("If-None-Match",),
    gives={200: schemas.Calendar, 304: None},
    refuses=(400,),
)
def show(actor: Actor, query: schemas.Window) -> Answer:
    rows = chosen(site=query.site, kind=query.kind, facility=query.facility)
    zone = rows[0].time_zone if rows else dates.HOUSE_ZONE
    window = window_of(query.start, query.end, zone, LONGEST_DAYS)
    now = int(clock.now().timestamp())
    tag = f"{calendar_tag(actor, rows, window, now)}-{dates.locale()}"
    headers = {"ETag": f'"{tag}"', "Cache-Control": REVALIDATE}
    if request.if_none_match.contains_weak(tag):
        return Answer(None, 304, headers)
    return Answer(_calendar(actor, window, zone, rows, now), headers=headers)


def window_of(start: times.Moment, end: times.Moment, zone: str, longest_days: int) -> Interval:
    """Both ends as instants. Raises BadParameters where the window is empty or too long."""
    window = times.window(start, end, zone)
    if window.seconds <= 0:
        raise BadParameters(FieldError("end", "window_backwards"))
    if window.seconds > longest_days * DAY:
        raise BadParameters(FieldError("end", "window_too_long", {"days": longest_days}))
    return window


def _calendar(
    actor: Actor, window: Interval, zone: str, rows: list[FacilityFacts], now: int
) -> str:
    """What schemas.Calendar describes, without making a model of each bar."""
    entries = bars(actor, rows, window, now)
    closures = facilities.closures([row.id for row in rows], *window)
    return words.calendar(window, zone, now, entries, closures, rows)
