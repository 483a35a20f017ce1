"""Signed in or not: the cookie holds a random id, a row in the database decides what it is worth.

Flask-Login 0.6.3 keeps `current_user`; its own protections stay off, because they trust the header
X-Forwarded-For and let a copied cookie live on after signing out. There is no "remember me".
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Flask, Response, current_app, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import current_user, login_user

from booking.core.access import Actor
from booking.kernel import clock
from booking.kernel.errors import Busy
from booking.members import actions, queries
from booking.productions.queries import ask_invited_by_session
from booking.web import packed


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who Flask-Login knows as `current_user`: the actor, and how they like their pages."""

    secret: str
    actor: Actor
    theme: str
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the cookie holds: never the number of the user."""
        return self.secret


class PageCookies(SecureCookieSessionInterface):
    """Flask's signed cookie, for pages: files must be cacheable whoever asks for them."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where it changed, and say that the answer depends on it."""
        if request.endpoint not in packed.FILES:
            super().save_session(app, session, response)


def register(app: Flask) -> None:
    """Let Flask-Login ask the table of sessions, and nothing else."""
    app.session_interface = PageCookies()
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False  # the row decides how long it lasts
    app.login_manager.session_protection = None  # type: ignore[attr-defined]
    app.login_manager.user_loader(_load)  # type: ignore[attr-defined]


def begin(secret: str) -> None:
    """Give the browser a session that was just opened, and nothing of what its cookie held.

    A form that was open when an earlier session of this browser ran out keeps its CSRF token, so
    that it can still be sent; a stranger's is replaced.
    """
    kept = session.get("csrf_token") if "_user_id" in session else None
    session.clear()
    session.permanent = True
    if kept:
        session["csrf_token"] = kept
    login_user(_load(secret))
    for unused in ("_id", "_fresh"):  # what Flask-Login's own protections would compare
        session.pop(unused)


def end() -> None:
    """Close the session of this browser, in the database first."""
    if not current_user.is_anonymous:
        actions.sign_out(current_user.secret, clock.now())
    session.clear()
    current_app.login_manager._update_request_context_with_user()  # type: ignore[attr-defined]


def address() -> str:
    """Where the request comes from: as many proxies back as the configuration trusts."""
    return request.remote_addr or ""


def _load(secret: str) -> Visitor | None:
    """The visitor behind a secret, None once the session ended; two statements."""
    now = clock.now()
    invited = ask_invited_by_session(secret)
    found = queries.session_holder(secret, now)
    if found is None:
        return None
    actor = replace(found.actor, productions=invited())
    if queries.is_stale(found.seen_at, now):
        _see(secret, now)
    return Visitor(secret, actor, found.theme)


def _see(secret: str, now: datetime) -> None:
    """Note that the session is in use. A page is not refused because that must wait."""
    with suppress(Busy):
        actions.see_session(secret, now)
