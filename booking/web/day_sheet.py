"""The day sheet: what to prepare in a house or a room on a day; to be read on paper, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.core.scheduling import wallclock
from booking.core.scheduling.interval import Interval
from booking.facilities import queries as facilities
from booking.facilities.values import ClosureFacts, FacilityFacts
from booking.kernel.clock import now
from booking.kernel.errors import NotFound
from booking.reservations import sheets
from booking.reservations.sheets import Use
from booking.web.facilities import find
from booking.web.guard import current_actor, requires
from booking.wording import dates

Answer = str | Response

bp = Blueprint("day_sheet", __name__, url_prefix="/day-sheet")

DAY = timedelta(days=1)
YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Room:
    """A facility with its day; with neither it is free all day."""

    facility: FacilityFacts
    uses: list[Use]
    closures: list[ClosureFacts]

    @property
    def is_free(self) -> bool:
        """Whether nothing happens there."""
        return not self.uses and not self.closures

    @property
    def is_used(self) -> bool:
        """Whether there is more than bookings of facilities it shares its space with."""
        return bool(self.closures) or any(use.entry.via is None for use in self.uses)


@bp.get("")
@requires("planning:see")
def index() -> Answer:
    """Of a site, else of the first one."""
    every = [facility for facility in facilities.catalogue() if facility.active]
    sites = {facility.site_code: facility.site_name for facility in every}
    code = request.args.get("site", "")
    code = code if code in sites else next(iter(sites), "")
    rooms = [facility for facility in every if facility.site_code == code]
    day = _day()
    if day is None:
        return redirect(url_for(".index", site=code or None, date=_tomorrow(rooms)), 303)
    return _page(rooms, day, "", title=sites.get(code, ""), site=code, sites=sites)


@bp.get("/<code>")
@requires("planning:see")
def of_facility(code: str) -> Answer:
    facility = find(code)
    day = _day()
    if day is None:
        return redirect(url_for(".of_facility", code=code, date=_tomorrow([facility])), 303)
    return _page([facility], day, code, title="", site="", sites={})


def _page(
    rooms: Sequence[FacilityFacts],
    day: date,
    code: str,
    *,
    title: str,
    site: str,
    sites: dict[str, str],
) -> str:
    zone = _zone(rooms)
    window = wallclock.days(day, 1, zone)
    told = _rooms(rooms, window)
    endpoint, named = (".of_facility", {"code": code}) if code else (".index", {"site": site})
    return render_template(
        "day_sheet/index.html",
        rooms=[room for room in told if code or room.is_used],
        free=[room.facility for room in told if room.is_free],
        day=day,
        window=window,
        zone=zone,
        code=code,
        title=title,
        site=site,
        sites=sites,
        is_today=day == dates.today(zone),
        earlier=url_for(endpoint, date=day - DAY, **named),  # type: ignore[arg-type]
        later=url_for(endpoint, date=day + DAY, **named),  # type: ignore[arg-type]
        printed=now(),
    )


def _rooms(rooms: Sequence[FacilityFacts], window: Interval) -> list[Room]:
    used = sheets.uses(current_actor(), rooms, window, int(now().timestamp()))
    closures = facilities.closures([room.id for room in rooms], *window)
    return [
        Room(room, used[room.code], [c for c in closures if c.concerns(room)]) for room in rooms
    ]


def _day() -> date | None:
    """The day that was asked for; None where none was. Raises NotFound for one far away."""
    typed = request.args.get("date", "")
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    if day.year not in YEARS:
        raise NotFound
    return day


def _tomorrow(rooms: Sequence[FacilityFacts]) -> date:
    return dates.today(_zone(rooms)) + DAY


def _zone(rooms: Sequence[FacilityFacts]) -> str:
    return rooms[0].time_zone if rooms else dates.HOUSE_ZONE
