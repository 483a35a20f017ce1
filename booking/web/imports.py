"""Bringing facilities and bookings in a file: what would happen first, then all of it or none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, StringField, TextAreaField

from booking.core.access import Actor, allowed
from booking.core.scheduling import wallclock
from booking.facilities import actions as facility_actions
from booking.facilities import queries as facilities
from booking.kernel import clock
from booking.kernel.errors import BookingError, Clash, FieldError, Invalid, Refused
from booking.reservations import actions
from booking.reservations.actions import Brought, Imported
from booking.web.bookings import choices
from booking.web.forms import imports as files
from booking.web.forms.imports import Row, Table
from booking.web.guard import current_actor, requires
from booking.wording import dates, http
from booking.wording.messages import sentence
from booking.wording.reservations import finding, state

bp = Blueprint("imports", __name__, url_prefix="/imports")

DAYS_AHEAD = 366
"""Of a calendar that goes on for ever."""

T = TypeVar("T")
Results = tuple[Sequence[Imported | str | BookingError], bool]


class ImportForm(FlaskForm):
    """A file, or its text, and what it is."""

    what = StringField(default="bookings")
    file = FileField()
    content = TextAreaField()
    facility = StringField()
    """Where the events of a calendar take place."""
    approve = BooleanField()


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the file and what becomes of it."""

    line: int
    said: str
    good: str
    wrong: tuple[str, ...] = ()


@bp.get("")
@requires("import:use")
def index() -> str:
    return _page(ImportForm(formdata=None))


@bp.post("")
@requires("import:use")
def bring() -> str | tuple[str, int]:
    form = ImportForm()
    rehearse = "go" not in request.form
    try:
        form.content.data = _content(form)
        table = _table(form)
        outcomes, stands = _deeds(form, table, rehearse)
    except Invalid as error:
        return _page(form, problem=str(sentence(error.fields[0]))), http.status(error)
    told = [_told(*pair) for pair in zip(table.rows, outcomes, strict=True)]
    return _page(form, told=told, unread=table.unread, stands=stands)


def _page(form: ImportForm, **more: object) -> str:
    actor = current_actor()
    whats = [("bookings", _("Bookings"))] if allowed(actor, "booking:request_for") else []
    if allowed(actor, "facility:create"):
        whats.append(("facilities", _("Facilities")))
    return render_template("imports/index.html", form=form, whats=whats, rooms=choices(), **more)


def _content(form: ImportForm) -> str:
    """What was uploaded, else what stands in the text. Raises Invalid for what is no text."""
    uploaded = form.file.data
    if not uploaded or not uploaded.filename:
        return form.content.data or ""
    try:
        text: str = uploaded.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(FieldError("content", "not_utf8")) from error
    return text


def _table(form: ImportForm) -> Table:
    text = form.content.data or ""
    if form.what.data == "facilities":
        return files.table(text, files.ROOM_COLUMNS, ("code", "name", "site", "kind"))
    if text.lstrip("\ufeff \r\n").upper().startswith("BEGIN:VCALENDAR"):
        return _events(text, form.facility.data or "")
    return files.table(text, files.BOOKING_COLUMNS, ("facility", "title", "start", "end"))


def _events(text: str, code: str) -> Table:
    window = wallclock.days(dates.today(_zone(code)), DAYS_AHEAD, _zone(code))
    return files.events(text, code, window)


def _deeds(form: ImportForm, table: Table, rehearse: bool) -> Results:
    actor, now = current_actor(), clock.now()
    if form.what.data == "facilities":
        known = facilities.sites(), facilities.kinds(), facilities.groups()
        rooms = [_read(files.room, row, *known) for row in table.rows]
        return facility_actions.import_facilities(actor, rooms, now, rehearse=rehearse)
    brought = [_brought(actor, row) for row in table.rows]
    approve = bool(form.approve.data)
    return actions.import_bookings(actor, brought, now, approve=approve, rehearse=rehearse)


def _brought(actor: Actor, row: Row) -> Brought | BookingError:
    code = row.said.get("facility", "")
    wish = _read(files.booking, row, _zone(code))
    return wish if isinstance(wish, BookingError) else Brought(wish, row.said.get("requester", ""))


def _zone(code: str) -> str:
    """The zone of a facility; where there is none of that code, the house's."""
    room = facilities.by_codes([code]).get(code)
    return room.time_zone if room else dates.HOUSE_ZONE


def _read(read: Callable[..., T], row: Row, *known: object) -> T | BookingError:
    """What a row says, or what is wrong with it."""
    try:
        return read(row, *known)
    except Invalid as error:
        return error


# ---- telling --------------------------------------------------------------------------------


def _told(row: Row, outcome: Imported | str | BookingError) -> Told:
    said = " · ".join(row.said.values())[:200]
    if isinstance(outcome, BookingError):
        return Told(row.line, said, "", tuple(_wrong(outcome)))
    if isinstance(outcome, Imported):
        return Told(row.line, said, state(outcome.state, outcome.rank))
    return Told(row.line, said, outcome)


def _wrong(error: BookingError) -> Sequence[str]:
    if isinstance(error, Invalid):
        return [f"{each.path}: {sentence(each)}" for each in error.fields]
    if isinstance(error, Refused):
        return [finding(each) for each in error.findings]
    if isinstance(error, Clash):
        return [
            f"{sentence(error)} {dates.span(one.starts, one.ends, dates.HOUSE_ZONE)}"
            for one in error.conflicts[:3]
        ] or [str(sentence(error))]
    return [str(sentence(error))]
