"""Productions: those of one's company and those one is invited to, with their bookings."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.core.access import allowed
from booking.kernel.clock import now
from booking.kernel.errors import BookingError, Forbidden, Invalid, NotFound
from booking.members.queries import company_choices
from booking.productions import actions, queries
from booking.productions.values import ProductionFacts
from booking.reservations import lists
from booking.web.forms import offered
from booking.web.forms.productions import CoProducerForm, GuestForm, ProductionForm
from booking.web.guard import current_actor, requires
from booking.wording import http
from booking.wording import productions as words

Answer = str | Response | tuple[str, int]

bp = Blueprint("productions", __name__, url_prefix="/productions")


@bp.get("")
@requires("production:see")
def index() -> str:
    actor = current_actor()
    return render_template(
        "productions/index.html",
        productions=queries.visible(actor),
        words=words,
        may_create=allowed(actor, "production:create"),
    )


@bp.get("/<int:production_id>")
@requires("production:see")
def show(production_id: int) -> str:
    return _page(_found(production_id))


@bp.route("/new", methods=["GET", "POST"])
@requires("production:create")
def create() -> Answer:
    form = ProductionForm()
    if form.validate_on_submit():
        try:
            production_id = actions.create(current_actor(), form.change(), now())
            flash(_("%(name)s is here now.", name=form.code_name.data.upper()), "success")
            return redirect(url_for(".show", production_id=production_id), 303)
        except Invalid as error:
            form.blame(error)
    return _form(form, None)


@bp.route("/<int:production_id>/edit", methods=["GET", "POST"])
@requires("production:edit")
def edit(production_id: int) -> Answer:
    found = _found(production_id)
    if not allowed(current_actor(), "production:edit", actions.subject(found)):
        raise Forbidden
    form = ProductionForm(obj=found)
    if form.validate_on_submit():
        try:
            revision = form.revision.data or 0
            actions.edit(current_actor(), production_id, form.change(), revision, now())
            flash(_("Saved."), "success")
            return redirect(url_for(".show", production_id=production_id), 303)
        except BookingError as error:
            form.blame(error)
    return _form(form, found)


@bp.post("/<int:production_id>/coproducers")
@requires("production:edit")
def add_coproducer(production_id: int) -> Answer:
    form = CoProducerForm()
    company, country, share = form.company.data or "", form.country.data, form.share.data
    try:
        actions.add_coproducer(current_actor(), production_id, company, country, share, now())
    except Invalid as error:
        form.validate()
        form.blame(error)
        return _page(_found(production_id), coproducer=form), http.status(error)
    flash(_("Co-producer added."), "success")
    return redirect(url_for(".show", production_id=production_id), 303)


@bp.post("/<int:production_id>/coproducers/<int:company_id>/remove")
@requires("production:edit")
def remove_coproducer(production_id: int, company_id: int) -> Answer:
    actions.remove_coproducer(current_actor(), production_id, company_id, now())
    flash(_("Co-producer removed."), "success")
    return redirect(url_for(".show", production_id=production_id), 303)


@bp.post("/<int:production_id>/invitees")
@requires("production:edit")
def invite(production_id: int) -> Answer:
    form = GuestForm()
    try:
        actions.invite(current_actor(), production_id, form.email.data, now())
    except Invalid as error:
        form.validate()
        form.blame(error)
        return _page(_found(production_id), guest=form), http.status(error)
    flash(_("%(email)s may now see this production.", email=form.email.data), "success")
    return redirect(url_for(".show", production_id=production_id), 303)


@bp.post("/<int:production_id>/invitees/<int:user_id>/remove")
@requires("production:edit")
def uninvite(production_id: int, user_id: int) -> Answer:
    actions.uninvite(current_actor(), production_id, user_id, now())
    flash(_("No longer invited."), "success")
    return redirect(url_for(".show", production_id=production_id), 303)


def _page(
    found: ProductionFacts,
    coproducer: CoProducerForm | None = None,
    guest: GuestForm | None = None,
) -> str:
    actor, at = current_actor(), int(now().timestamp())
    form = coproducer or CoProducerForm(formdata=None)
    form.company.choices = offered((c.code, c.name) for c in company_choices())
    when = "past" if request.args.get("when") == "past" else "upcoming"
    try:
        page = lists.bookings(
            actor,
            whose="production",
            when=when,
            production_id=found.id,
            now=at,
            cursor=request.args.get("cursor"),
        )
    except ValueError:
        raise NotFound from None
    return render_template(
        "productions/show.html",
        production=found,
        when=when,
        gaps=words.gaps(page.lines),
        coproducers=queries.coproducers(found.id),
        invitees=queries.invitees(found.id),
        page=page,
        words=words,
        may_edit=allowed(actor, "production:edit", actions.subject(found)),
        coproducer=form,
        guest=guest or GuestForm(formdata=None),
    )


def _form(form: ProductionForm, found: ProductionFacts | None) -> Answer:
    page = render_template("productions/form.html", form=form, production=found)
    return page, 400 if form.errors or form.form_errors else 200


def _found(production_id: int) -> ProductionFacts:
    found = queries.get(current_actor(), production_id)
    if found is None:
        raise NotFound
    return found
