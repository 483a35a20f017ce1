"""A browser for tests: it signs in, and sends forms with their CSRF token."""

from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from booking.kernel import clock
from booking.members.actions.sessions import Origin, open_session
from booking.members.queries import actor_by_email

RAW_CSRF_TOKEN = "5e" * 20
ORIGIN = Origin("127.0.0.1", "Tests")


class Browser(FlaskClient):
    """Flask's client with the two things that every page test needs."""

    def sign_in(self, email: str) -> str:
        """Be signed in as somebody, without the cost of a password; the session's secret."""
        with self.application.app_context():
            actor = actor_by_email(email)
            assert actor is not None, f"nobody is {email}"
            secret = open_session(actor.user_id, ORIGIN, clock.now())
        with self.session_transaction() as cookie:
            cookie.clear()
            cookie.permanent = True
            cookie["_user_id"] = secret
            cookie["_fresh"] = True
        return secret

    def csrf_token(self) -> str:
        """A token that forms and scripts of this browser send along."""
        with self.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", RAW_CSRF_TOKEN)
        key = self.application.secret_key
        assert key is not None
        signed = URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(raw)
        return signed.decode() if isinstance(signed, bytes) else signed

    def submit(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """POST a form with its CSRF token."""
        return self.post(path, data={"csrf_token": self.csrf_token(), **(data or {})}, **options)


def sign_in(client: Browser, email: str) -> str:
    """Let a browser be signed in as somebody; the session's secret."""
    return client.sign_in(email)
