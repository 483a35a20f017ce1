"""Companies and who belongs to them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.core.access import Subject, allowed
from booking.facilities.queries import sites
from booking.kernel import clock
from booking.kernel.errors import Invalid, NotFound
from booking.members import actions, queries
from booking.members.actions.people import NewPerson
from booking.members.values import CompanyFacts
from booking.notices import actions as notices
from booking.web.forms import offered
from booking.web.forms.members import CompanyForm, InviteForm, NewCompanyForm
from booking.web.guard import current_actor, requires
from booking.web.paths import site_url
from booking.wording import members as words

Answer = str | Response | tuple[str, int]

bp = Blueprint("companies", __name__, url_prefix="/companies")


@bp.get("")
@requires("company:see")
def index() -> Answer:
    """All companies for administrators; others have one, and go to it."""
    actor = current_actor()
    if not allowed(actor, "company:edit"):
        return redirect(url_for("companies.show", code=actor.company_code))
    wanted = request.args.get("kind", "")
    companies = [c for c in queries.companies(actor) if wanted in ("", c.kind)]
    return render_template(
        "members/companies.html", companies=companies, wanted=wanted, words=words
    )


@bp.get("/<code>")
@requires("company:see")
def show(code: str) -> Answer:
    actor = current_actor()
    company = queries.company(actor, code)
    return render_template(
        "members/company.html",
        company=company,
        people=queries.people(actor, company.id),
        words=words,
        may_edit=allowed(actor, "company:edit", Subject(company_id=company.id)),
        may_invite=allowed(actor, "user:invite", Subject(company_id=company.id)),
    )


# ---- writing --------------------------------------------------------------------------------


@bp.route("/new", methods=["GET", "POST"])
@requires("company:edit")
def create() -> Answer:
    form = NewCompanyForm(country="BE")
    form.site_id.choices = offered(_sites())
    if form.validate_on_submit():
        try:
            actions.create_company(current_actor(), form.code.data, form.change(), clock.now())
            flash(_("%(name)s is here now.", name=form.name.data), "success")
            return redirect(url_for("companies.show", code=form.code.data.strip().upper()), 303)
        except Invalid as error:
            form.blame(error)
    page = render_template("members/company_form.html", form=form, company=None, words=words)
    return page, 400 if form.errors else 200


@bp.route("/<code>/edit", methods=["GET", "POST"])
@requires("company:edit")
def edit(code: str) -> Answer:
    company = queries.company(current_actor(), code)
    form = CompanyForm(obj=company)
    form.site_id.choices = offered(_sites())
    if form.validate_on_submit():
        try:
            actions.edit_company(current_actor(), code, form.change(), clock.now())
            flash(_("Saved."), "success")
            return redirect(url_for("companies.show", code=company.code), 303)
        except Invalid as error:
            form.blame(error)
    page = render_template("members/company_form.html", form=form, company=company, words=words)
    return page, 400 if form.errors else 200


def _sites() -> list[tuple[str, str]]:
    return [("", _("None")), *((str(site.id), site.name) for site in sites())]


@bp.route("/<code>/invite", methods=["GET", "POST"])
@requires("user:invite")
def invite(code: str) -> Answer:
    actor = current_actor()
    company = queries.company(actor, code)
    if not allowed(actor, "user:invite", Subject(company_id=company.id)):
        raise NotFound
    form = InviteForm(locale=str(get_locale()))
    if form.validate_on_submit():
        try:
            notices.invite(actor, _person(form, company), site_url=site_url(), now=clock.now())
            flash(_("An invitation is on its way to %(email)s.", email=form.email.data), "success")
            return redirect(url_for("companies.show", code=company.code), 303)
        except Invalid as error:
            form.blame(error)
    page = render_template("members/invite.html", form=form, company=company)
    return page, 400 if form.errors else 200


def _person(form: InviteForm, company: CompanyFacts) -> NewPerson:
    return NewPerson(
        email=form.email.data,
        name=form.name.data,
        company_id=company.id,
        locale=form.locale.data,
        company_admin=form.company_admin.data,
    )
