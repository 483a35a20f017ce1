"""Looking after facilities: made, described, opened, taken out of service."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.facilities import actions, queries
from booking.facilities.actions.facilities import editable
from booking.facilities.values import AttributeFacts, FacilityFacts
from booking.kernel import clock
from booking.kernel.errors import BookingError, Invalid, Stale
from booking.reservations.actions.resizing import edit_facility
from booking.web.facilities import find
from booking.web.forms import Form, offered
from booking.web.forms.facilities import FacilityForm, NewFacilityForm, facility_form
from booking.web.forms.hours import EDGES, HoursForm, hours_form
from booking.web.guard import current_actor, requires
from booking.wording import dates, http
from booking.wording import facilities as words

Answer = str | Response | tuple[str, int]

bp = Blueprint("admin", __name__)


@bp.route("/new", methods=["GET", "POST"])
@requires("facility:create")
def create() -> Answer:
    form = NewFacilityForm(approval="manager")
    _offer(form)
    form.site_id.choices = offered((str(site.id), site.name) for site in queries.sites())
    locale = str(get_locale())
    form.kind_id.choices = offered((str(k.id), k.name_in(locale)) for k in queries.kinds())
    if form.validate_on_submit():
        try:
            actions.create_facility(current_actor(), form.new(), form.change(), clock.now())
            flash(_("%(name)s is here now. Next: when is it open?", name=form.name.data), "good")
            return redirect(url_for(".hours", code=form.new().code), 303)
        except Invalid as error:
            form.blame(error)
    page = render_template("facilities/form.html", form=form, facility=None, words=words)
    return page, 400 if form.errors else 200


@bp.route("/<code>/edit", methods=["GET", "POST"])
@requires("facility:edit")
def edit(code: str) -> Answer:
    facility = _mine(code)
    form = facility_form(
        facility, queries.details(facility.id), _sayable(facility), str(get_locale())
    )
    _offer(form)
    status = 200
    if form.validate_on_submit():
        try:
            edit_facility(
                current_actor(),
                facility.id,
                _revision(form),
                form.change(),
                form.attributes(),
                clock.now(),
            )
            flash(_("Saved."), "good")
            return redirect(url_for("facilities.show", code=code), 303)
        except (Invalid, Stale) as error:
            form.blame(error)
            status = http.status(error)
    page = render_template("facilities/form.html", form=form, facility=facility, words=words)
    return page, status if not form.errors else max(status, 400)


@bp.route("/<code>/hours", methods=["GET", "POST"])
@requires("facility:edit")
def hours(code: str) -> Answer:
    facility = _mine(code)
    form = hours_form(facility.opening, queries.details(facility.id).revision)
    status = 200
    if form.validate_on_submit():
        error = _set_hours(facility, form)
        if error is None:
            flash(_("Saved."), "good")
            return redirect(url_for("facilities.show", code=code), 303)
        status = http.status(error)
    days = [(number, dates.weekday(number)) for number in range(7)]
    page = render_template(
        "facilities/hours.html", form=form, facility=facility, days=days, edges=EDGES
    )
    return page, status


@bp.post("/<code>/active")
@requires("facility:edit")
def active(code: str) -> Answer:
    facility = _mine(code)
    wanted = request.form.get("active") == "1"
    revision = request.form.get("revision", 0, type=int)
    actions.set_active(current_actor(), facility.id, revision, wanted, clock.now())
    said = _("%(name)s is in service again.") if wanted else _("%(name)s is out of service.")
    flash(said % {"name": facility.name}, "good")
    return redirect(url_for("facilities.show", code=code), 303)


def _set_hours(facility: FacilityFacts, form: HoursForm) -> BookingError | None:
    try:
        actions.set_hours(current_actor(), facility.id, _revision(form), form.week(), clock.now())
    except (Invalid, Stale) as error:
        form.blame_days(error)
        return error
    return None


def _mine(code: str) -> FacilityFacts:
    """The facility of an address, for whoever may edit it. Raises NotFound or Forbidden."""
    return editable(current_actor(), find(code).id)


def _sayable(facility: FacilityFacts) -> Sequence[AttributeFacts]:
    """Every attribute of the kind, with what the facility says for it."""
    said = {each.code: each.value for each in queries.attributes((facility.id,))[facility.id]}
    known = queries.definitions(facility.kind_id)
    return [replace(each, value=said.get(each.code)) for each in known]


def _offer(form: FacilityForm) -> None:
    groups = ((str(group.id), f"{group.name} ({group.code})") for group in queries.groups())
    form.group_id.choices = offered([("", _("None")), *groups])


def _revision(form: Form) -> int:
    """The revision that the page was made from; 0, which never is the current one, if none."""
    typed: str = form["revision"].data
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
