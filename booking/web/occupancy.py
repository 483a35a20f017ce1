"""How much the house is used, for its board: sums by site, kind and month, never whose."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel.dates import get_month_names
from flask import Blueprint, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.facilities import queries as facilities
from booking.kernel import clock
from booking.kernel.errors import NotFound
from booking.reservations import occupancy
from booking.reservations.occupancy import FEWEST, MONTHS, YEAR, Occupancy, Sum
from booking.web import charts
from booking.web.guard import requires
from booking.wording import dates, sheets

HOUR_S = 3600
YEARS = range(2000, 2100)
PATTERNS = 4
"""Looks of bars that can be told apart without colour."""

bp = Blueprint("occupancy", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A site or a kind, month by month and over the year."""

    name: str
    months: Mapping[int, Sum]

    @property
    def year(self) -> Sum:
        """Over all months."""
        return self.months[YEAR]


@bp.get("/occupancy")
@requires("figures:see")
def index() -> str:
    year, told = _asked()
    sites, kinds = _rows(told)
    return render_template(
        "occupancy/index.html",
        year=year,
        sites=sites,
        kinds=kinds,
        months=_months(),
        stacked=charts.stacked(
            [[_hours(site.months[month]) for site in sites] for month in MONTHS], PATTERNS
        ),
        lengths=charts.lengths([row.year.share for row in kinds]),
        fewest=FEWEST,
        hours=_hours,
        percent=_percent,
        heat=charts.heat,
        this_year=_this_year(),
    )


@bp.get("/occupancy/<int:year>.csv")
@requires("figures:see")
def file(year: int) -> Response:
    if year not in YEARS:
        raise NotFound
    sites, kinds = _rows(occupancy.of_year(year, _at()))
    header = [_("Month"), _("Site"), _("Kind"), _("Hours booked"), _("Opening hours"), _("Share")]
    body = sheets.sheet(header, [*_lines(year, sites, 1), *_lines(year, kinds, 2)])
    headers = {"Content-Disposition": f'attachment; filename="occupancy-{year}.csv"'}
    return Response(body, headers=headers, content_type=sheets.MIMETYPE)


def _lines(year: int, rows: list[Row], column: int) -> list[list[sheets.Cell]]:
    """A line for each month and row; what must not be told is left empty."""
    found = []
    for row in rows:
        for month in MONTHS:
            one = row.months[month]
            names: list[sheets.Cell] = [f"{year}-{month:02d}", "", ""]
            names[column] = row.name
            hours = _hours(one)
            share = None if one.share is None else round(100 * one.share)
            told = None if hours is None else round(hours)
            found.append([*names, told, round(one.open_s / HOUR_S), share])
    return found


def _asked() -> tuple[int, Occupancy]:
    """The year of the address, else this one. Raises NotFound for one far away."""
    typed = request.args.get("year", "")
    said = typed.isascii() and typed.isdecimal()
    year = int(typed[:5]) if said else _this_year()  # nobody says more than four digits
    if year not in YEARS:
        raise NotFound
    return year, occupancy.of_year(year, _at())


def _rows(told: Occupancy) -> tuple[list[Row], list[Row]]:
    """Sites and kinds, named and in the order of the planning."""
    locale = str(get_locale())
    sites = {f.site_code: f.site_name for f in facilities.catalogue()}
    kinds = {f.kind_code: f.kind_in(locale) for f in facilities.catalogue()}
    return (
        [Row(sites[code], months) for code, months in told.sites.items()],
        [Row(kinds[code], months) for code, months in told.kinds.items()],
    )


def _hours(one: Sum) -> float | None:
    return None if one.booked_s is None else one.booked_s / HOUR_S


def _percent(one: Sum) -> str:
    return dates.percent(Decimal(round(100 * (one.share or 0))))


def _months() -> list[tuple[int, str]]:
    names = get_month_names("abbreviated", "stand-alone", str(get_locale()))
    return [(month, str(names[month])) for month in MONTHS]


def _at() -> int:
    return int(clock.now().timestamp())


def _this_year() -> int:
    return dates.today().year
