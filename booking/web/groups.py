"""Rows of like units: "any edit suite"."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.facilities import actions, queries
from booking.facilities.values import GroupFacts
from booking.kernel import clock
from booking.kernel.errors import Invalid, NotFound
from booking.web.forms.sites import GroupForm, NewGroupForm
from booking.web.guard import current_actor, requires

Answer = str | Response | tuple[str, int]

bp = Blueprint("groups", __name__, url_prefix="/groups")


@bp.route("/new", methods=["GET", "POST"])
@requires("facility:create")
def create() -> Answer:
    form = NewGroupForm()
    if form.validate_on_submit():
        try:
            code = form.code.data.strip()
            actions.create_group(current_actor(), code, form.name.data, clock.now())
            flash(_("Saved. A facility joins it where it is edited."), "good")
            return redirect(url_for("facilities.sites.index", _anchor="groups"), 303)
        except Invalid as error:
            form.blame(error)
    return _page(form, None)


@bp.route("/<code>", methods=["GET", "POST"])
@requires("facility:create")
def edit(code: str) -> Answer:
    group = _find(code)
    form = GroupForm(obj=group)
    if form.validate_on_submit():
        try:
            actions.rename_group(current_actor(), group.id, form.name.data, clock.now())
            flash(_("Saved."), "good")
            return redirect(url_for("facilities.sites.index", _anchor="groups"), 303)
        except Invalid as error:
            form.blame(error)
    return _page(form, group)


@bp.post("/<code>/remove")
@requires("facility:create")
def remove(code: str) -> Response:
    actions.remove_group(current_actor(), _find(code).id, clock.now())
    flash(_("The row is gone; its facilities are booked one by one."), "good")
    return redirect(url_for("facilities.sites.index", _anchor="groups"), 303)


def _page(form: GroupForm, group: GroupFacts | None) -> Answer:
    units = [f for f in queries.catalogue() if group and f.group_code == group.code]
    page = render_template("facilities/group_form.html", form=form, group=group, units=units)
    return page, 400 if form.errors else 200


def _find(code: str) -> GroupFacts:
    found = next((group for group in queries.groups() if group.code == code), None)
    if found is None:
        raise NotFound
    return found
