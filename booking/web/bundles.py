"""Bundles: what is often booked together, for those who look after facilities."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.facilities import actions, bundles, queries
from booking.facilities.bundles import BundleFacts
from booking.kernel import clock
from booking.kernel.errors import Invalid, NotFound
from booking.web.forms.bundles import BundleForm, NewBundleForm, values
from booking.web.guard import current_actor, requires

Answer = str | Response | tuple[str, int]

bp = Blueprint("bundles", __name__, url_prefix="/bundles")


@bp.get("")
@requires("bundle:edit")
def index() -> str:
    return render_template("facilities/bundles.html", bundles=bundles.every(), names=_names())


@bp.route("/new", methods=["GET", "POST"])
@requires("bundle:edit")
def create() -> Answer:
    form = NewBundleForm()
    if form.validate_on_submit():
        try:
            code = form.code.data.strip()
            actions.create_bundle(current_actor(), code, form.change(), clock.now())
            flash(_("Saved."), "good")
            return redirect(url_for(".index"), 303)
        except Invalid as error:
            form.blame(error)
    return _page(form, None)


@bp.route("/<code>", methods=["GET", "POST"])
@requires("bundle:edit")
def edit(code: str) -> Answer:
    bundle = bundles.by_code(code)
    if bundle is None:
        raise NotFound
    form = BundleForm(data=values(bundle))
    if form.validate_on_submit():
        try:
            actions.edit_bundle(current_actor(), code, form.change(), clock.now())
            flash(_("Saved."), "good")
            return redirect(url_for(".index"), 303)
        except Invalid as error:
            form.blame(error)
    return _page(form, bundle)


def _page(form: BundleForm, bundle: BundleFacts | None) -> Answer:
    named = sorted(_names().items())
    page = render_template("facilities/bundle_form.html", form=form, bundle=bundle, known=named)
    return page, 400 if form.errors else 200


def _names() -> dict[str, str]:
    """What facilities and rows of them are called, by code."""
    locale = str(get_locale())
    rows = {group.code: _("Any of %(row)s", row=group.name) for group in queries.groups()}
    return rows | {f.code: f.name_in(locale) for f in queries.catalogue() if f.active}
