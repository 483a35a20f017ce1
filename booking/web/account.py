"""One's own account: name, language, password, browsers, keys for programs."""

from dataclasses import asdict

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from booking.core.access import allowed
from booking.kernel import clock
from booking.kernel.errors import Invalid, TooMany
from booking.members import actions, queries
from booking.notices import actions as notices
from booking.notices import choices
from booking.notices.values import Choices, Requests
from booking.web import locale as looks
from booking.web import session
from booking.web.auth import origin
from booking.web.forms import Form
from booking.web.forms.account import (
    DeputyForm,
    MailsForm,
    PasswordForm,
    ProfileForm,
    TokenForm,
)
from booking.web.guard import current_actor, requires
from booking.web.paths import site_url
from booking.web.settings import keep
from booking.wording import dates

Answer = str | Response | tuple[str, int]

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
@requires("account:use")
def index() -> Answer:
    return _page()


def _page(form: Form | None = None, secret: str | None = None, status: int = 200) -> Answer:
    """The whole page, with the form that was just sent in its place, errors and all."""
    actor = current_actor()
    forms = {
        "profile": ProfileForm(None, data=_profile()),
        "password": PasswordForm(None),
        "token": TokenForm(None),
        "deputy": DeputyForm(None),
        "mails": MailsForm(None, data=asdict(choices.of({actor.user_id})[actor.user_id])),
    }
    if form is not None:
        forms |= {name: form for name, fresh in forms.items() if type(fresh) is type(form)}
    manages = allowed(actor, "approval:see") and queries.manages_for_good(actor)
    if manages:
        forms["deputy"].deputy.choices = queries.possible_deputies(actor)
    return render_template(
        "account/index.html",
        manages=manages,
        deputies=queries.deputies(actor, int(clock.now().timestamp())) if manages else [],
        forms=forms,
        sessions=queries.sessions(actor, clock.now()),
        this_session=queries.session_key(current_user.secret),
        tokens=queries.api_tokens(actor),
        new_secret=secret,
        webhooks=current_app.config["WEBHOOKS"],
    ), status


def _profile() -> dict[str, str]:
    actor = current_actor()
    return {"name": actor.name, "locale": actor.locale, "theme": current_user.theme}


@bp.post("/profile")
@requires("account:use")
def profile() -> Answer:
    form, actor, now = ProfileForm(), current_actor(), clock.now()
    if not form.validate():
        return _page(form, status=400)
    try:
        actions.edit_profile(actor, form.name.data, now)
    except Invalid as error:
        form.blame(error)
        return _page(form, status=400)
    actions.set_locale(actor, form.locale.data, now)
    actions.set_theme(actor, form.theme.data, now)
    flash(_("Saved."), "success")
    response = redirect(url_for("account.index"), 303)
    keep(response, looks.LOCALE_COOKIE, form.locale.data)
    return keep(response, looks.THEME_COOKIE, form.theme.data)


@bp.post("/mails")
@requires("account:use")
def mails() -> Answer:
    form, actor = MailsForm(), current_actor()
    if not allowed(actor, "approval:see"):
        del form.requests
    if not form.validate():
        return _page(form, status=400)
    choices.choose(
        actor,
        Choices(
            decisions=form.decisions.data,
            options=form.options.data,
            reminders=form.reminders.data,
            requests=Requests(form.requests.data) if form.requests else Requests.EACH,
            calendar=form.calendar.data,
        ),
    )
    flash(_("Saved."), "success")
    return redirect(url_for("account.index") + "#mails", 303)


@bp.post("/deputies")
@requires("approval:see")
def name_deputy() -> Answer:
    form, actor = DeputyForm(), current_actor()
    form.deputy.choices = queries.possible_deputies(actor)
    if not form.validate():
        return _page(form, status=400)
    deputy, first, last = form.deputy.data, form.first_on.data, form.last_on.data
    assert first
    assert last
    try:
        actions.name_deputy(actor, deputy, first, last, dates.HOUSE_ZONE, clock.now())
    except Invalid as error:
        form.blame(error)
        return _page(form, status=400)
    flash(_("Your deputy decides on these days."), "success")
    return redirect(url_for("account.index") + "#deputies", 303)


@bp.post("/deputies/<int:user_id>/<int:starts>/end")
@requires("approval:see")
def end_deputy(user_id: int, starts: int) -> Answer:
    actions.end_deputy(current_actor(), user_id, starts, clock.now())
    flash(_("You decide again yourself."), "success")
    return redirect(url_for("account.index") + "#deputies", 303)


@bp.post("/password")
@requires("account:use")
def password() -> Answer:
    form, actor, now = PasswordForm(), current_actor(), clock.now()
    if not form.validate():
        return _page(form, status=400)
    try:
        secret = actions.change_password(
            actor, form.current.data, form.password.data, origin=origin(), now=now
        )
    except (Invalid, TooMany) as error:
        form.blame(error)
        return _page(form, status=429 if isinstance(error, TooMany) else 400)
    notices.tell_password_changed(actor.user_id, site_url=site_url(), now=now)
    session.begin(secret)
    flash(_("Your password is changed; all your other browsers are logged out."), "success")
    return redirect(url_for("account.index"), 303)


# ---- browsers -------------------------------------------------------------------------------


@bp.post("/sessions/<key>/end")
@requires("account:use")
def end_session(key: str) -> Response:
    if key == queries.session_key(current_user.secret):
        session.end()
        return redirect(url_for("auth.login"), 303)
    actions.end_session(current_actor(), key, clock.now())
    flash(_("That browser is logged out."), "success")
    return redirect(url_for("account.index"), 303)


@bp.post("/sessions/end-others")
@requires("account:use")
def end_other_sessions() -> Response:
    actions.sign_out_everywhere(current_actor(), clock.now(), keep=current_user.secret)
    flash(_("All your other browsers are logged out."), "success")
    return redirect(url_for("account.index"), 303)


# ---- keys for programs ----------------------------------------------------------------------


@bp.post("/tokens")
@requires("account:use")
def create_token() -> Answer:
    """The secret is on this very answer and nowhere else: a redirect would have to keep it."""
    form = TokenForm()
    if not form.validate():
        return _page(form, status=400)
    try:
        _id, secret = actions.create_api_token(current_actor(), form.name.data, clock.now())
    except Invalid as error:
        form.blame(error)
        return _page(form, status=400)
    return _page(secret=secret, status=201)


@bp.post("/tokens/<int:token_id>/revoke")
@requires("account:use")
def revoke_token(token_id: int) -> Response:
    actions.revoke_api_token(current_actor(), token_id, clock.now())
    flash(_("That key does not work any more."), "success")
    return redirect(url_for("account.index"), 303)
