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
from booking.web import agenda
from booking.web.guard import current_actor, public, requires, signed_in
from booking.wording import calendar, dates

bp = Blueprint("planning", __name__)

VIEWS = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Shown:
    """What part of the planning a request asks for; anything odd falls back to this week."""

    view: str
    first: date
    day: date
    """The one that the agenda lists."""
    today: date
    query: str
    mine: bool
    h24: bool

    @property
    def count(self) -> int:
        """How many days."""
        return VIEWS[self.view]

    def url(self, **changed: object) -> str:
        """The address of this view with something changed."""
        values = {"view": self.view, "date": self.first, "q": self.query or None}
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
    listed = [f for f in rows if _matches(f, shown.query)]
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
        zone_label=dates.zone_label(zone, at),
        h24=shown.h24,
        mine=shown.mine,
        q=shown.query,
        urls=_urls(shown),
    )


def _asked_for(zone: str, at: int) -> Shown:
    today = wallclock.local(at, zone).date()
    view = request.args.get("view", "week")
    view = view if view in VIEWS else "week"
    first = _date(request.args.get("date", "")) or today
    if view == "week":
        first -= timedelta(days=first.weekday())
    return Shown(
        view=view,
        first=first,
        day=_day_within(first, VIEWS[view], today),
        today=today,
        query=request.args.get("q", "").strip(),
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


def _matches(row: FacilityFacts, query: str) -> bool:
    locale = str(get_locale())
    words = f"{row.code} {row.name_in(locale)} {row.kind_in(locale)} {row.site_name}".casefold()
    return all(word in words for word in query.casefold().split())


def _heading(shown: Shown) -> str:
    last = shown.first + timedelta(days=shown.count - 1)
    return dates.day(shown.first) if shown.view == "day" else dates.period(shown.first, last)


def _urls(shown: Shown) -> dict[str, str]:
    step = timedelta(days=shown.count)
    return {
        "planning": url_for("planning.index"),
        "prev": shown.url(date=shown.first - step),
        "next": shown.url(date=shown.first + step),
        "today": shown.url(date=None),
        "day": shown.url(view="day", date=shown.day),
        "strip": shown.url(day="DAY"),
        "week": shown.url(view="week"),
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
