"""One person, as those who administer them see them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.core.access import Role, allowed
from booking.facilities.queries import catalogue, sites
from booking.kernel import clock
from booking.kernel.errors import BookingError, Invalid
from booking.members import actions, queries
from booking.members.actions.people import PersonChange
from booking.members.values import PersonFacts
from booking.notices import actions as notices
from booking.web.forms import offered
from booking.web.forms.members import PersonForm, RoleForm
from booking.web.guard import current_actor, requires
from booking.web.paths import site_url
from booking.wording import members as words
from booking.wording.messages import sentence

Answer = str | Response | tuple[str, int]

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.get("/<int:user_id>")
@requires("user:edit")
def show(user_id: int) -> Answer:
    return _page(queries.person(current_actor(), user_id))


def _page(
    person: PersonFacts,
    form: PersonForm | None = None,
    role_form: RoleForm | None = None,
    status: int = 200,
) -> Answer:
    """The whole page, with the form that was just sent in its place, errors and all."""
    role_form = role_form or RoleForm(None)
    role_form.place.choices = offered(_places())
    return render_template(
        "members/person.html",
        person=person,
        form=form or PersonForm(None, data=_as_form(person)),
        role_form=role_form,
        words=words,
        may_grant=allowed(current_actor(), "role:grant"),
    ), status


def _as_form(person: PersonFacts) -> dict[str, object]:
    return {
        "name": person.name,
        "email": person.email,
        "locale": person.locale,
        "company_admin": person.holds(Role.COMPANY_ADMIN),
    }


def _places() -> list[tuple[str, str]]:
    """Sites first, then facilities."""
    return [
        ("", _("no place: other roles have none")),
        *((f"site:{site.id}", site.name) for site in sites()),
        *((f"facility:{room.id}", f"{room.code} {room.name}") for room in catalogue()),
    ]


@bp.post("/<int:user_id>")
@requires("user:edit")
def edit(user_id: int) -> Answer:
    person = queries.person(current_actor(), user_id)
    form = PersonForm()
    if not form.validate():
        return _page(person, form, status=400)
    try:
        actions.edit_user(current_actor(), user_id, _change(form), clock.now())
    except Invalid as error:
        form.blame(error)
        return _page(person, form, status=400)
    flash(_("Saved."), "success")
    return redirect(url_for("companies.show", code=person.company_code), 303)


def _change(form: PersonForm) -> PersonChange:
    return PersonChange(
        name=form.name.data,
        email=form.email.data,
        locale=form.locale.data,
        company_admin=form.company_admin.data,
    )


# ---- coming and going -----------------------------------------------------------------------


@bp.post("/<int:user_id>/deactivate")
@requires("user:edit")
def deactivate(user_id: int) -> Response:
    try:
        actions.deactivate(current_actor(), user_id, clock.now())
        flash(_("This account is closed, and all its keys with it."), "success")
    except Invalid as error:
        _complain(error)
    return _back(user_id)


@bp.post("/<int:user_id>/reactivate")
@requires("user:edit")
def reactivate(user_id: int) -> Response:
    actions.reactivate(current_actor(), user_id, clock.now())
    flash(_("This account is open again."), "success")
    return _back(user_id)


@bp.post("/<int:user_id>/invite")
@requires("user:invite")
def invite_again(user_id: int) -> Response:
    try:
        notices.invite_again(current_actor(), user_id, site_url=site_url(), now=clock.now())
        flash(
            _("Another invitation is on its way; the earlier one does not work any more."),
            "success",
        )
    except Invalid as error:
        _complain(error)
    return _back(user_id)


# ---- roles ----------------------------------------------------------------------------------


@bp.post("/<int:user_id>/roles")
@requires("role:grant")
def grant(user_id: int) -> Answer:
    person = queries.person(current_actor(), user_id)
    form = RoleForm()
    if not form.validate():
        return _page(person, role_form=form, status=400)
    try:
        actions.grant_role(
            current_actor(), user_id, Role(form.role.data), clock.now(), **form.scope()
        )
    except Invalid as error:
        form.blame(error)
        return _page(person, role_form=form, status=400)
    flash(_("Saved."), "success")
    return _back(user_id)


@bp.post("/<int:user_id>/roles/<int:role_id>/revoke")
@requires("role:grant")
def revoke(user_id: int, role_id: int) -> Response:
    try:
        actions.revoke_role(current_actor(), role_id, clock.now())
        flash(_("Saved."), "success")
    except Invalid as error:
        _complain(error)
    return _back(user_id)


def _complain(error: BookingError) -> None:
    for wrong in getattr(error, "fields", ()):
        flash(sentence(wrong), "error")


def _back(user_id: int) -> Response:
    return redirect(url_for("people.show", user_id=user_id), 303)
