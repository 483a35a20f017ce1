"""Sites: where facilities are, whose clock and whose holidays apply."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.facilities import actions, queries
from booking.facilities.values import SiteFacts
from booking.kernel import clock
from booking.kernel.errors import Invalid, NotFound
from booking.web.forms.sites import NewSiteForm, SiteForm
from booking.web.guard import current_actor, requires

Answer = str | Response | tuple[str, int]

bp = Blueprint("sites", __name__, url_prefix="/sites")


@bp.get("")
@requires("facility:create")
def index() -> str:
    every = queries.catalogue()
    groups = queries.groups()
    return render_template(
        "facilities/sites.html",
        sites=queries.sites(),
        counts={site.id: sum(f.site_id == site.id for f in every) for site in queries.sites()},
        groups=groups,
        units={group.id: [f for f in every if f.group_code == group.code] for group in groups},
    )


@bp.route("/new", methods=["GET", "POST"])
@requires("facility:create")
def create() -> Answer:
    form = NewSiteForm()
    form.offer()
    if form.validate_on_submit():
        try:
            actions.create_site(current_actor(), form.new(), form.change(), clock.now())
            flash(_("%(name)s is here now. Next: its facilities.", name=form.name.data), "good")
            return redirect(url_for(".index"), 303)
        except Invalid as error:
            form.blame(error)
    page = render_template("facilities/site_form.html", form=form, site=None)
    return page, 400 if form.errors else 200


@bp.route("/<code>", methods=["GET", "POST"])
@requires("facility:create")
def edit(code: str) -> Answer:
    site = _site(code)
    form = SiteForm(obj=site)
    if form.validate_on_submit():
        try:
            actions.edit_site(current_actor(), site.id, form.change(), clock.now())
            flash(_("Saved."), "good")
            return redirect(url_for(".index"), 303)
        except Invalid as error:
            form.blame(error)
    page = render_template("facilities/site_form.html", form=form, site=site)
    return page, 400 if form.errors else 200


def _site(code: str) -> SiteFacts:
    found = next((site for site in queries.sites() if site.code == code), None)
    if found is None:
        raise NotFound
    return found
