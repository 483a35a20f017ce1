"""Door: calendar feeds, where the address itself is the key."""

from pathlib import Path

from flask import Flask

from booking.feeds import log, views
from booking.feeds.copies import Copies
from booking.feeds.limits import ReadLimit
from booking.kernel.edition import edition


def register(app: Flask) -> None:
    """Hang this door into the application."""
    log.install(app.logger)
    app.register_blueprint(views.bp)
    app.extensions[views.READS] = ReadLimit()
    app.extensions[views.COPIES] = Copies(app.config["DATA_DIR"] / views.COPIES_IN)
    app.extensions[views.EDITION] = edition(Path(app.root_path))
    first = app.before_request_funcs.setdefault(None, [])
    first.insert(0, views.refuse)  # before any other door can answer with a page
