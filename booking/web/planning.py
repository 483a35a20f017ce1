"""The planning: who has which facility when."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from booking.core.scheduling import wallclock
from booking.core.scheduling.interval import Interval
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.clock import now
from booking.reservations.calendar import bars
from booking.reservations.values import Entry
from booking.web import agenda, periods
from booking.web.guard import current_actor, public, requires, signed_in
from booking.web.sieve import Sieve, free_at
from booking.wording import calendar, dates

bp = Blueprint("planning", __name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What part of the planning a request asks for; anything odd falls back to this week."""

    view: str
    first: date
    day: date
    """The one that the agenda lists."""
    today: date
    sieve: Sieve
    mine: bool
    h24: bool

    @property
    def count(self) -> int:
        """How many days."""
        return periods.length(self.view, self.first)

    def url(self, **changed: object) -> str:
        """The address of this view with something changed."""
        values = {"view": self.view, "date": self.first, **self.sieve.address}
        flags = {"mine": "1" if self.mine else None, "h24": "1" if self.h24 else None}
        return url_for("planning.index", **{**values, **flags, **changed})  # type: ignore[arg-type]


@bp.get("/")
@public
def home() -> Response:
    return redirect(url_for("planning.index" if signed_in() else "auth.login"), 303)


@bp.get("/planning")
@requires("planning:see")
def index() -> str:
    actor, at = current_actor(), int(now().timestamp())
    every = [f for f in facilities.catalogue() if f.active]
    zone = every[0].time_zone if every else dates.HOUSE_ZONE
    shown = _asked_for(zone, at)
    window = wallclock.days(shown.first, shown.count, zone)
    return _page(shown, every, bars(actor, every, window, at), window, zone, at)


def _page(
    shown: Shown,
    rows: list[FacilityFacts],
    entries: tuple[Entry, ...],
    window: Interval,
    zone: str,
    at: int,
) -> str:
    """Scripts filter by themselves and get everything; the agenda is narrowed here."""
    locale = str(get_locale())
    closures = facilities.closures([f.id for f in rows], *window)
    listed = _listed(shown.sieve, rows, at)
    wanted = [entry for entry in entries if entry.mine or not shown.mine]
    return render_template(
        "planning/index.html",
        facilities=[calendar.facility(f, locale) for f in rows],
        calendar=calendar.calendar(window, zone, at, entries, closures, rows),
        day=agenda.day(shown.day, shown.today, listed, wanted, closures),
        strip=agenda.strip(shown.first, shown.count, shown.day, listed, wanted, closures),
        view=shown.view,
        date=shown.first,
        heading=_heading(shown),
        zone_label=dates.zone_label(zone, window.starts, window.ends),
        h24=shown.h24,
        mine=shown.mine,
        sieve=shown.sieve,
        sites={f.site_code: f.site_name for f in rows},
        kinds={f.kind_code: f.kind_in(locale) for f in rows},
        urls=_urls(shown),
    )


def _listed(sieve: Sieve, rows: list[FacilityFacts], at: int) -> list[FacilityFacts]:
    """What passes the filter; what is taken now is looked up only where it matters."""
    kept = [row for row in rows if sieve.keeps(row, str(get_locale()))]
    if not sieve.free:
        return kept
    moment = Interval(at, at + 1)
    taken = bars(current_actor(), rows, moment, at)
    free = free_at(at, kept, taken, facilities.closures([row.id for row in kept], *moment))
    return [row for row in kept if row.code in free]


def _asked_for(zone: str, at: int) -> Shown:
    today = wallclock.local(at, zone).date()
    view = request.args.get("view", "week")
    view = view if view in periods.VIEWS else "week"
    first = periods.first_of(view, _date(request.args.get("date", "")) or today)
    return Shown(
        view=view,
        first=first,
        day=_day_within(first, periods.length(view, first), today),
        today=today,
        sieve=Sieve.of(request.args),
        mine=request.args.get("mine") == "1",
        h24=request.args.get("h24") == "1",
    )


def _date(text: str) -> date | None:
    """A day the calendar can go to and a week beyond; None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1971 <= found.year <= 9000 else None


def _heading(shown: Shown) -> str:
    last = shown.first + timedelta(days=shown.count - 1)
    if shown.view == "month":
        return dates.month(shown.first)
    return dates.day(shown.first) if shown.view == "day" else dates.period(shown.first, last)


def _urls(shown: Shown) -> dict[str, str]:
    views = {view: shown.url(view=view, date=shown.day) for view in periods.VIEWS}
    return {
        **views,
        "planning": url_for("planning.index"),
        "prev": shown.url(date=periods.preceding(shown.view, shown.first)),
        "next": shown.url(date=periods.following(shown.view, shown.first)),
        "today": shown.url(date=None),
        "strip": shown.url(day="DAY"),
        "clear": shown.url(**dict.fromkeys(shown.sieve.address)),
        "h24": shown.url(h24=None if shown.h24 else "1"),
        "mine": shown.url(mine=None if shown.mine else "1"),
        "new_booking": url_for("bookings.new"),
        "calendar": "/api/v1/calendar",
        "booking": url_for("bookings.show", number="NUMBER").removesuffix("NUMBER"),
    }


def _day_within(first: date, count: int, today: date) -> date:
    """The day asked for, else today, where the days shown hold it; else the first of them."""
    last = first + timedelta(days=count - 1)
    asked = (_date(request.args.get("day", "")), today)
    return next((day for day in asked if day and first <= day <= last), first)
