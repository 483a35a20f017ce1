"""Kinds of facility and what facilities of a kind can say about themselves."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.facilities import actions, queries
from booking.facilities.actions.kinds import InUse
from booking.facilities.values import KindFacts
from booking.kernel import clock
from booking.kernel.errors import Invalid, NotFound
from booking.web.forms.kinds import AttributeForm, KindForm, NewKindForm
from booking.web.guard import current_actor, requires
from booking.wording import facilities as words
from booking.wording.messages import sentence

Answer = str | Response | tuple[str, int]

bp = Blueprint("kinds", __name__, url_prefix="/kinds")

NEW = "new"
"""Before the names of fields of the attribute that is added: the kind has some of the same."""


@bp.get("")
@requires("facility:create")
def index() -> str:
    every = queries.catalogue()
    counts = {kind.id: sum(f.kind_id == kind.id for f in every) for kind in queries.kinds()}
    return render_template("facilities/kinds.html", kinds=queries.kinds(), counts=counts)


@bp.route("/new", methods=["GET", "POST"])
@requires("facility:create")
def create() -> Answer:
    form = NewKindForm()
    if form.validate_on_submit():
        try:
            code = form.code.data.strip()
            actions.create_kind(current_actor(), code, form.change(), clock.now())
            flash(_("Saved. What can facilities of this kind say about themselves?"), "good")
            return redirect(url_for(".edit", code=code), 303)
        except Invalid as error:
            form.blame(error)
    page = render_template("facilities/kind_form.html", form=form, kind=None, known=())
    return page, 400 if form.errors else 200


@bp.route("/<code>", methods=["GET", "POST"])
@requires("facility:create")
def edit(code: str) -> Answer:
    kind = _find(code)
    form = KindForm(data=_values(kind))
    if form.validate_on_submit():
        try:
            actions.edit_kind(current_actor(), kind.id, form.change(), clock.now())
            flash(_("Saved."), "good")
            return redirect(url_for(".index"), 303)
        except Invalid as error:
            form.blame(error)
    return _kind_page(kind, form, AttributeForm(formdata=None, prefix=NEW))


@bp.post("/<code>/attributes")
@requires("facility:create")
def add(code: str) -> Answer:
    kind = _find(code)
    form = AttributeForm(prefix=NEW)
    if form.validate_on_submit():
        try:
            actions.add_attribute(current_actor(), kind.id, form.definition(), clock.now())
            return redirect(url_for(".edit", code=code, _anchor="attributes"), 303)
        except Invalid as error:
            form.blame(error)
    return _kind_page(kind, KindForm(formdata=None, data=_values(kind)), form)


@bp.post("/<code>/attributes/<int:definition_id>/remove")
@requires("facility:create")
def remove(code: str, definition_id: int) -> Response:
    kind = _find(code)
    try:
        actions.remove_attribute(current_actor(), kind.id, definition_id, clock.now())
    except InUse as error:
        flash(sentence(error), "bad")
    return redirect(url_for(".edit", code=code, _anchor="attributes"), 303)


def _kind_page(kind: KindFacts, form: KindForm, attribute_form: AttributeForm) -> Answer:
    page = render_template(
        "facilities/kind_form.html",
        form=form,
        attribute_form=attribute_form,
        kind=kind,
        known=queries.definitions(kind.id),
        title=kind.name_in(str(get_locale())),
        words=words,
    )
    return page, 400 if form.errors or attribute_form.errors else 200


def _find(code: str) -> KindFacts:
    found = next((kind for kind in queries.kinds() if kind.code == code), None)
    if found is None:
        raise NotFound
    return found


def _values(kind: KindFacts) -> dict[str, object]:
    names = {f"names_{locale}": name for locale, name in kind.names.items()}
    return {**names, "option_days": kind.option_days, "position": kind.position}
