"""Which language a page speaks and whether it is light or dark."""

from flask import has_request_context, request
from flask_login import current_user

from booking.kernel.i18n import DEFAULT_LOCALE, LOCALES

LOCALE_COOKIE = "locale"
THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")
YEAR_S = 365 * 24 * 3600


def select() -> str:
    """The browser's own choice, else the person's, else what the browser asks for, else French."""
    if not has_request_context():
        return DEFAULT_LOCALE
    chosen = request.cookies.get(LOCALE_COOKIE)
    if chosen in LOCALES:
        return chosen
    actor = getattr(current_user, "actor", None)
    if actor is not None and actor.locale in LOCALES:
        return str(actor.locale)
    return request.accept_languages.best_match(list(LOCALES)) or DEFAULT_LOCALE


def theme() -> str:
    """The browser's own choice, else the person's, else as the system is set."""
    chosen = request.cookies.get(THEME_COOKIE)
    if chosen in THEMES:
        return chosen
    return getattr(current_user, "theme", "auto")
