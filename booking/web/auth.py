"""The way in and out: log in, log out, a forgotten password, an invitation."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from booking.kernel import clock
from booking.kernel.errors import Invalid, TooMany
from booking.members import actions, queries
from booking.members.actions.passwords import INVITATION, RESET
from booking.members.actions.sessions import Origin
from booking.members.values import TokenHolder
from booking.notices import actions as notices
from booking.web import session
from booking.web.forms.auth import ForgotForm, InvitationForm, LoginForm, NewPasswordForm
from booking.web.guard import public, signed_in
from booking.web.navigation import home
from booking.web.paths import safe_path, site_url
from booking.wording import http

Answer = str | Response | tuple[str, int]

bp = Blueprint("auth", __name__)

DEMONSTRATION = (
    ("producer@blf.example", _l("Producer")),
    ("post@gfe.example", _l("Post-production")),
    ("guest@mosel.example", _l("Co-producer")),
    ("manager@pil.example", _l("Facility manager")),
    ("board@pil.example", _l("Board")),
    ("admin@pil.example", _l("Administrator")),
)


@bp.route("/login", methods=["GET", "POST"])
@public
def login() -> Answer:
    form = LoginForm()
    wanted = safe_path(form.next.data or request.args.get("next"))
    if signed_in():
        return redirect(wanted or home(), 303)
    status = 200
    if form.validate_on_submit():
        try:
            session.begin(_sign_in(form))
            return redirect(wanted or home(), 303)
        except (Invalid, TooMany) as error:
            form.blame(error)
            status = 401 if isinstance(error, Invalid) else http.status(error)
    elif form.is_submitted():
        status = 400
    demo = DEMONSTRATION if current_app.config["DEMO"] else ()
    return render_template("auth/login.html", form=form, next=wanted, demo=demo), status


def _sign_in(form: LoginForm) -> str:
    return actions.sign_in(
        form.email.data,
        form.password.data,
        origin=origin(),
        now=clock.now(),
        demo=current_app.config["DEMO"],
    )


@bp.post("/logout")
@public
def logout() -> Response:
    session.end()
    flash(_("You are logged out."), "success")
    return redirect(url_for("auth.login"), 303)


@bp.route("/forgot", methods=["GET", "POST"])
@public
def forgot() -> Answer:
    """The answer is the same whether the address is known or not."""
    form = ForgotForm()
    if form.validate_on_submit():
        try:
            notices.ask_reset(
                form.email.data, origin=origin(), site_url=site_url(), now=clock.now()
            )
            return render_template("auth/forgot_sent.html", email=form.email.data)
        except TooMany as error:
            form.blame(error)
            return render_template("auth/forgot.html", form=form), http.status(error)
    return render_template("auth/forgot.html", form=form), 400 if form.errors else 200


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Answer:
    holder = queries.token_holder(token, RESET, clock.now())
    if holder is None:
        return _too_late(RESET)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            actions.reset_password(token, form.password.data, clock.now())
            return _reset_done(holder.user_id)
        except Invalid as error:
            form.blame(error)
    return _choose("auth/reset.html", form, holder)


def _reset_done(user_id: int) -> Response:
    notices.tell_password_changed(user_id, site_url=site_url(), now=clock.now())
    session.end()
    flash(_("Your new password is set. Log in with it."), "success")
    return redirect(url_for("auth.login"), 303)


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> Answer:
    holder = queries.token_holder(token, INVITATION, clock.now())
    if holder is None:
        return _too_late(INVITATION)
    form = InvitationForm(name=holder.name)
    if form.validate_on_submit():
        try:
            session.begin(_accept(token, form))
            flash(_("Welcome. This is what is booked this week."), "success")
            return redirect(home(), 303)
        except Invalid as error:
            form.blame(error)
    return _choose("auth/invitation.html", form, holder)


def _accept(token: str, form: InvitationForm) -> str:
    return actions.accept_invitation(
        token, form.name.data, form.password.data, origin=origin(), now=clock.now()
    )


def _choose(template: str, form: Any, holder: TokenHolder) -> Answer:
    wrong = form.errors or form.form_errors
    return render_template(template, form=form, holder=holder), 400 if wrong else 200


def _too_late(purpose: str) -> Answer:
    return render_template("auth/too_late.html", purpose=purpose), 410


def origin() -> Origin:
    """Where this request comes from."""
    return Origin(session.address(), request.headers.get("User-Agent", ""))
