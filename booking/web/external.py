"""Other people's calendars of a facility: what they say, what they close, whom that hits."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.core.access import allowed
from booking.core.scheduling.interval import Interval
from booking.facilities.external import actions, queries
from booking.facilities.external.values import EventFacts
from booking.facilities.values import FacilityFacts
from booking.kernel import clock
from booking.kernel.errors import Forbidden, Invalid
from booking.reservations.closing import Hit, hit
from booking.web.facilities import find
from booking.web.forms.external import ExternalCalendarForm
from booking.web.guard import current_actor, requires
from booking.wording.external import EFFECTS, fault

Answer = str | Response | tuple[str, int]

bp = Blueprint("external", __name__)


@bp.get("/<code>/calendars")
@requires("closure:edit")
def index(code: str) -> Answer:
    return _page(_mine(code), ExternalCalendarForm(None))


@bp.post("/<code>/calendars")
@requires("closure:edit")
def add(code: str) -> Answer:
    facility, form = _mine(code), ExternalCalendarForm()
    if form.validate_on_submit():
        try:
            actions.add_calendar(current_actor(), form.calendar(code), clock.now())
            flash(_("It is read within a minute, then every hour."), "good")
            return redirect(url_for(".index", code=code), 303)
        except Invalid as error:
            form.blame(error)
    return _page(facility, form), 400


@bp.post("/<code>/calendars/<int:calendar_id>/remove")
@requires("closure:edit")
def remove(code: str, calendar_id: int) -> Response:
    _mine(code)
    actions.remove_calendar(current_actor(), calendar_id, clock.now())
    flash(_("The calendar is gone, and what it closed is open again."), "good")
    return redirect(url_for(".index", code=code), 303)


@bp.post("/<code>/calendars/<int:calendar_id>/look")
@requires("closure:edit")
def look(code: str, calendar_id: int) -> Response:
    _mine(code)
    actions.look_soon(current_actor(), calendar_id, clock.now())
    flash(_("It is read within a minute."), "good")
    return redirect(url_for(".index", code=code), 303)


def _page(facility: FacilityFacts, form: ExternalCalendarForm) -> str:
    now = int(clock.now().timestamp())
    events = queries.events(facility.id, now)
    hits = _hits(facility, events, now)
    return render_template(
        "facilities/external.html",
        facility=facility,
        form=form,
        calendars=queries.calendars(facility.id),
        events=[(event, _hit_by(event, hits)) for event in events],
        effects=EFFECTS,
        fault=fault,
    )


def _hits(facility: FacilityFacts, events: list[EventFacts], now: int) -> list[Hit]:
    """The bookings in the way of what is shown, all at once."""
    closed = [event for event in events if event.closed]
    if not closed:
        return []
    window = Interval(min(e.starts for e in closed), max(e.ends for e in closed))
    return hit(current_actor(), (facility,), window, now)


def _hit_by(event: EventFacts, hits: list[Hit]) -> list[Hit]:
    if not event.closed:
        return []
    return [one for one in hits if one.starts < event.ends and one.ends > event.starts]


def _mine(code: str) -> FacilityFacts:
    """The facility of an address, for whoever may close it. Raises NotFound or Forbidden."""
    facility = find(code)
    if not allowed(current_actor(), "closure:edit", facility.subject):
        raise Forbidden
    return facility
