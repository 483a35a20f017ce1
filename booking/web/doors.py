"""Displays at the door of a facility: make an address, see whether it is on, renew or end it."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.facilities.actions.facilities import editable
from booking.facilities.values import FacilityFacts
from booking.kernel import clock
from booking.kernel.errors import Invalid
from booking.reservations import doors
from booking.reservations.actions import doors as actions
from booking.web.facilities import find
from booking.web.forms.doors import DoorForm
from booking.web.guard import current_actor, requires
from booking.wording.doors import SHOWS

Answer = str | Response | tuple[str, int]

ALIVE = timedelta(minutes=10)
"""A display that has not asked for longer than that is not on."""

bp = Blueprint("doors", __name__)


@bp.get("/<code>/doors")
@requires("facility:edit")
def index(code: str) -> Answer:
    return _page(_facility(code), DoorForm(formdata=None, locale=str(get_locale())))


@bp.post("/<code>/doors")
@requires("facility:edit")
def create(code: str) -> Answer:
    room, form = _facility(code), DoorForm()
    if form.validate():
        try:
            _id, secret = actions.open_door(current_actor(), room.id, form.change(), clock.now())
            return _page(room, DoorForm(formdata=None, locale=str(get_locale())), secret)
        except Invalid as error:
            form.blame(error)
    return _page(room, form), 400


@bp.post("/<code>/doors/<int:door_id>/renew")
@requires("facility:edit")
def renew(code: str, door_id: int) -> Answer:
    room = _facility(code)
    secret = actions.renew_door(current_actor(), room.id, door_id, clock.now())
    return _page(room, DoorForm(formdata=None, locale=str(get_locale())), secret)


@bp.post("/<code>/doors/<int:door_id>/close")
@requires("facility:edit")
def close(code: str, door_id: int) -> Response:
    actions.close_door(current_actor(), _facility(code).id, door_id, clock.now())
    flash(_("The display shows nothing any more."), "good")
    return redirect(url_for(".index", code=code), 303)


def _page(room: FacilityFacts, form: DoorForm, secret: str = "") -> str:
    """With a secret: the address in full, this once."""
    actor = current_actor()
    return render_template(
        "facilities/doors.html",
        facility=room,
        form=form,
        listed=doors.of_facility(room.id),
        alive_since=clock.now() - ALIVE,
        address=url_for("door.show", secret=secret, _external=True) if secret else None,
        may_open=actor.manages(room.id, room.site_id),
        shows=SHOWS,
    )


def _facility(code: str) -> FacilityFacts:
    """Raises NotFound, or Forbidden where the caller does not look after it."""
    return editable(current_actor(), find(code).id)
