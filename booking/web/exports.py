"""Everything one may see, as files for a spreadsheet."""

from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from flask import Blueprint, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from booking.core.access import allowed
from booking.kernel.errors import FieldError, Forbidden, Invalid
from booking.web.guard import current_actor, requires
from booking.wording import dates, http, sheets
from booking.wording.exports import EXPORTS, Export, Period
from booking.wording.messages import sentence

bp = Blueprint("exports", __name__, url_prefix="/exports")

LONGEST_DAYS = 3660


@bp.get("")
@requires("facility:see")
def index() -> str:
    return _page(_this_year())


@bp.get("/<name>.csv")
@requires("facility:see")
def file(name: str) -> Response | tuple[str, int]:
    export = EXPORTS.get(name)
    if export is None:
        raise NotFound
    if not allowed(current_actor(), export.permission):
        raise Forbidden
    try:
        period = _asked_for() if export.dated else _this_year()
        body = _sheet(export, period)
    except Invalid as error:
        return _page(_this_year(), error), http.status(error)
    return _download(body, f"{name}-{dates.today()}.csv", sheets.MIMETYPE)


@bp.get("/everything.zip")
@requires("facility:see")
def everything() -> Response | tuple[str, int]:
    """Every file that the caller may have, in one."""
    try:
        period = _asked_for()
        files = {f"{name}.csv": _sheet(export, period) for name, export in _offered().items()}
    except Invalid as error:
        return _page(_this_year(), error), http.status(error)
    return _download(_zipped(files), f"everything-{dates.today()}.zip", "application/zip")


def _sheet(export: Export, period: Period) -> bytes:
    return sheets.sheet(export.header, export.rows(current_actor(), period))


def _zipped(files: dict[str, bytes]) -> bytes:
    """The files by name, dated today."""
    today, packed = dates.today(), BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, content in files.items():
            entry = ZipInfo(name, (today.year, today.month, today.day, 0, 0, 0))
            archive.writestr(entry, content, ZIP_DEFLATED)
    return packed.getvalue()


def _download(body: bytes, name: str, content_type: str) -> Response:
    saved_as = f'attachment; filename="{name}"'
    headers = {"Content-Disposition": saved_as, "Cache-Control": "no-store"}
    return Response(body, headers=headers, content_type=content_type)


def _offered() -> dict[str, Export]:
    """The files that the caller may have, by name."""
    return {n: e for n, e in EXPORTS.items() if allowed(current_actor(), e.permission)}


def _page(period: Period, error: Invalid | None = None) -> str:
    problems = {field.path: [str(sentence(field))] for field in error.fields} if error else {}
    return render_template(
        "exports/index.html",
        exports=_offered(),
        may_import=allowed(current_actor(), "import:use"),
        first=request.args.get("first", period.first.isoformat()),
        last=request.args.get("last", period.last.isoformat()),
        problems=problems,
    )


# ---- the period -----------------------------------------------------------------------------


def _this_year() -> Period:
    year = dates.today().year
    return Period(date(year, 1, 1), date(year, 12, 31))


def _asked_for() -> Period:
    """Raises Invalid with every field at fault."""
    errors: list[FieldError] = []
    first, last = (_day(name, errors) for name in ("first", "last"))
    if first and last and last < first:
        errors.append(FieldError("last", "end_before_start"))
    elif first and last and (last - first).days >= LONGEST_DAYS:
        errors.append(FieldError("last", "period_too_long", {"days": LONGEST_DAYS}))
    if errors or first is None or last is None:
        raise Invalid(*errors)
    return Period(first, last)


def _day(name: str, errors: list[FieldError]) -> date | None:
    typed = request.args.get(name, "")
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        found = None
    if found is None or not 1971 <= found.year <= 9000:
        errors.append(FieldError(name, "bad_date", {"value": typed[:60]}))
        return None
    return found
