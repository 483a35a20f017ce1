"""Who calls: a bearer token, else the session of a browser, which must show its CSRF token too."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import current_app, g, request
from flask_babel import force_locale
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from booking.api.problems import Problem
from booking.core.access import Actor, allowed
from booking.kernel import clock
from booking.kernel.errors import Busy, Forbidden
from booking.kernel.i18n import LOCALES
from booking.kernel.tokens import digest
from booking.members import actions, queries
from booking.productions.queries import ask_invited_by_api_token

CHALLENGE = 'Bearer realm="booking"'
CSRF_HEADER = "X-CSRFToken"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NOTED_EVERY = timedelta(minutes=1)
MOST_NOTED = 1000
LONGEST_TOKEN = 200


@dataclass(frozen=True, slots=True)
class _Noted:
    """When this process last wrote down that a token is in use."""

    at: datetime


def caller(permission: str) -> Actor:
    """The person who calls, holding the permission over anything at all.

    Raises Problem 401 for strangers and 400 `csrf` for writes of a session without its token,
    Forbidden.
    """
    token = _bearer()
    actor = _by_token(token) if token is not None else _by_session()
    if not allowed(actor, permission):
        raise Forbidden
    return actor


def _bearer() -> str | None:
    """The token, None where the request brings none; a broken header is a wrong token."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _by_token(token: str) -> Actor:
    if not 0 < len(token) <= LONGEST_TOKEN:
        raise _unknown_token()
    invited = ask_invited_by_api_token(token)
    found = queries.api_actor(token)
    if found is None:
        raise _unknown_token()
    token_id, actor = found
    known = replace(actor, productions=invited())
    _note_use(token_id, token)
    _speak(actor.locale)
    return known


def _unknown_token() -> Problem:
    challenge = f'{CHALLENGE}, error="invalid_token"'
    return Problem(401, "unauthorized", WWW_Authenticate=challenge)


def _by_session() -> Actor:
    actor = getattr(current_user, "actor", None)
    if actor is None:
        raise Problem(401, "unauthorized", WWW_Authenticate=CHALLENGE)
    if request.method not in SAFE_METHODS and current_app.config.get("WTF_CSRF_ENABLED", True):
        try:
            validate_csrf(request.headers.get(CSRF_HEADER))
        except ValidationError:
            raise Problem(400, "csrf") from None
    assert isinstance(actor, Actor)
    return actor


def _note_use(token_id: int, token: str) -> None:
    """Once a minute for each process; a call is not refused because that must wait."""
    noted: dict[str, _Noted] = current_app.extensions.setdefault("booking_tokens_noted", {})
    key, now = digest(token), clock.now()
    before = noted.get(key)
    if before is not None and timedelta(0) <= now - before.at < NOTED_EVERY:
        return
    if len(noted) >= MOST_NOTED:
        noted.clear()
    noted[key] = _Noted(now)
    try:
        actions.use_api_token(token_id, now)
    except Busy:
        return


def _speak(locale: str) -> None:
    """Answer in the person's language to the end of the request, errors included."""
    if locale in LOCALES:
        g.api_language = ExitStack()
        g.api_language.enter_context(force_locale(locale))


def fall_silent(_error: BaseException | None = None) -> None:
    """The end of the request."""
    language: ExitStack | None = g.pop("api_language", None)
    if language is not None:
        language.close()
