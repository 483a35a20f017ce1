"""Configuration from environment variables alone; docs/operations.md lists them all."""

import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
SHORTEST_SECRET = 32
MIB = 1024 * 1024


class ConfigError(Exception):
    """The app must not start like this; the message says how to mend it."""


def load(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Flask configuration read from `environ`.

    Raises ConfigError, with the exact fix, for settings that are not safe to serve with.
    """
    demo = environ.get("DEMO", "") == "1"
    data = Path(environ.get("DATA_DIR", ROOT / "instance")).resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "DEMO": demo,
        "DATA_DIR": data,
        "SQLALCHEMY_DATABASE_URI": _database_url(environ, data),
        # What is written is somebody's, and no error may bring it into a log.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "SECRET_KEY": _secret_key(environ, data, demo=demo),
        "SECRET_KEY_FALLBACKS": environ.get("SECRET_KEY_FALLBACKS", "").split(),
        "TRUSTED_PROXIES": _whole_number(environ, "TRUSTED_PROXIES", 0),
        "PUBLIC_URL": environ.get("PUBLIC_URL", "").rstrip("/"),
        "SMTP_URL": environ.get("SMTP_URL", ""),
        "MAIL_FROM": environ.get("MAIL_FROM", "reservations@localhost"),
        "WEBHOOKS": environ.get("WEBHOOKS", "") == "1",
        "PORT": _whole_number(environ, "PORT", 5000),
        **_cookies(demo=demo),
        **_limits(),
    }


def _database_url(environ: Mapping[str, str], data: Path) -> str:
    url = environ.get("DATABASE_URL") or f"sqlite:///{data / 'booking.sqlite3'}"
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _secret_key(environ: Mapping[str, str], data: Path, *, demo: bool) -> str:
    key = environ.get("SECRET_KEY", "")
    if len(key) >= SHORTEST_SECRET:
        return key
    if not demo:
        raise ConfigError(
            f"SECRET_KEY is {'too short' if key else 'not set'}. Make one with\n"
            "  python3 -c 'import secrets; print(secrets.token_urlsafe(48))'\n"
            "and give it to every process in the environment variable SECRET_KEY."
        )
    return _kept_secret(data / "secret_key")


def _kept_secret(path: Path) -> str:
    """The demonstration's own key, made once, so that a restart keeps people signed in."""
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


def _whole_number(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name, str(default))
    if not value.isdecimal():
        raise ConfigError(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def _cookies(*, demo: bool) -> dict[str, Any]:
    """`__Host-` cookies need HTTPS; the demonstration runs on plain http://127.0.0.1."""
    return {
        "SESSION_COOKIE_NAME": "session" if demo else "__Host-session",
        "SESSION_COOKIE_SECURE": not demo,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=7),
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "WTF_CSRF_SSL_STRICT": False,  # Referrer-Policy is no-referrer; Origin is checked instead
    }


def _limits() -> dict[str, Any]:
    return {
        "MAX_CONTENT_LENGTH": MIB,
        "MAX_FORM_MEMORY_SIZE": MIB // 4,
        "MAX_FORM_PARTS": 1000,
    }
