"""Language and looks, for everybody: kept in the browser, and with the person who is signed in."""

from flask import Blueprint, current_app, redirect, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from booking.kernel import clock
from booking.kernel.i18n import LOCALES
from booking.members import actions
from booking.web import locale
from booking.web.guard import public, signed_in
from booking.web.navigation import home
from booking.web.paths import safe_path

bp = Blueprint("settings", __name__)


@bp.post("/language")
@public
def language() -> Response:
    chosen = request.form.get("locale")
    if chosen not in LOCALES:
        raise BadRequest
    if actor := signed_in():
        actions.set_locale(actor, chosen, clock.now())
    return keep(_back(), locale.LOCALE_COOKIE, chosen)


@bp.post("/theme")
@public
def theme() -> Response:
    chosen = request.form.get("theme")
    if chosen not in locale.THEMES:
        raise BadRequest
    if actor := signed_in():
        actions.set_theme(actor, chosen, clock.now())
    return keep(_back(), locale.THEME_COOKIE, chosen)


def _back() -> Response:
    return redirect(safe_path(request.form.get("next")) or home(), 303)


def keep(response: Response, cookie: str, value: str) -> Response:
    """Let the browser remember a choice, for its next visitor's log-in page too."""
    response.set_cookie(
        cookie,
        value,
        max_age=locale.YEAR_S,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response
