"""Licences: who was trained for what, and may hire it without an operator."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.kernel import clock
from booking.kernel.errors import Invalid
from booking.members import actions, licences
from booking.members.actions.licences import writable
from booking.web.forms.rules import LicenceForm
from booking.web.guard import current_actor, requires
from booking.wording import dates

Answer = str | Response | tuple[str, int]

bp = Blueprint("licences", __name__, url_prefix="/licences")


@bp.get("")
@requires("licence:edit")
def index() -> Answer:
    return _page(LicenceForm(formdata=None))


@bp.post("")
@requires("licence:edit")
def give() -> Answer:
    form = LicenceForm()
    if form.validate():
        try:
            code, email = form.code.data.strip(), form.email.data
            actions.give_licence(current_actor(), email, code, form.last_day(), clock.now())
            flash(_("Saved."), "good")
            return redirect(url_for(".index"), 303)
        except Invalid as error:
            form.blame(error)
    return _page(form), 400


@bp.post("/<int:licence_id>/take")
@requires("licence:edit")
def take(licence_id: int) -> Response:
    actions.take_licence(current_actor(), licence_id, clock.now())
    flash(_("This licence is gone."), "good")
    return redirect(url_for(".index"), 303)


def _page(form: LicenceForm) -> str:
    listed, actor = licences.every(), current_actor()
    mine = {code for code in {x.code for x in listed} if writable(actor, code)}
    return render_template(
        "facilities/licences.html", licences=listed, mine=mine, form=form, today=dates.today()
    )
