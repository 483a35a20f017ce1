"""Médiacité Booking: shared facilities of an audiovisual cluster, reserved without conflicts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from booking import api, cli, extensions, feeds, web
from booking.kernel.db import prepare_engine

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application; `settings` override what the environment says.

    Raises config.ConfigError when it must not start like this.
    """
    app = Flask(__name__)
    app.config.from_mapping(config.load() if settings is None else settings)
    _trust_proxies(app)
    _bind_extensions(app)
    for door in (web, api, feeds, cli):
        door.register(app)
    return app


def _trust_proxies(app: Flask) -> None:
    hops = app.config["TRUSTED_PROXIES"]
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def _bind_extensions(app: Flask) -> None:
    extensions.db.init_app(app)
    with app.app_context():
        prepare_engine(extensions.db.engine)
    extensions.migrate.init_app(app, extensions.db, directory=str(MIGRATIONS))
    extensions.csrf.init_app(app)
    extensions.login.init_app(app)
    extensions.babel.init_app(app, locale_selector=web.locale.select)
