"""Who is where: every room of a house now, until when, and who comes next today."""

from itertools import groupby

from flask import Blueprint, render_template, request

from booking.core.scheduling import wallclock
from booking.facilities import queries as facilities
from booking.kernel.clock import now
from booking.reservations import sheets
from booking.reservations.sheets import Presence
from booking.web.guard import current_actor, requires
from booking.wording import dates

bp = Blueprint("today", __name__)


@bp.get("/today")
@requires("planning:see")
def index() -> str:
    """Of a site, else of the first one."""
    every = [facility for facility in facilities.catalogue() if facility.active]
    sites = {facility.site_code: facility.site_name for facility in every}
    site = request.args.get("site", "")
    site = site if site in sites else next(iter(sites), "")
    rooms = [f for f in every if f.site_code == site and not f.is_pool]
    zone = rooms[0].time_zone if rooms else dates.HOUSE_ZONE
    at = int(now().timestamp())
    window = wallclock.days(wallclock.local(at, zone).date(), 1, zone)
    found = sheets.presences(current_actor(), rooms, window.ends, at)
    return render_template(
        "today/index.html",
        kinds=[list(group) for _, group in groupby(found, key=_kind)],
        taken=sum(1 for one in found if one.here),
        count=len(found),
        closed={
            room.code: closure
            for closure in facilities.closures([room.id for room in rooms], at, at + 1)
            for room in rooms
            if closure.concerns(room)
        },
        sites=sites,
        site=site,
        at=at,
        zone=zone,
        ends=window.ends,
    )


def _kind(one: Presence) -> int:
    return one.facility.kind_id
