"""Health, for whoever watches the process: alive, and ready to serve."""

from flask import Blueprint
from werkzeug.wrappers import Response

from booking.kernel import diagnosis
from booking.web.guard import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> Response:
    return _plain("alive", 200)


@bp.get("/readyz")
@public
def readyz() -> Response:
    if not diagnosis.is_reachable():
        return _plain("the database does not answer", 503)
    if not diagnosis.is_migrated():
        return _plain("the database is of another version: flask --app wsgi db upgrade", 503)
    return _plain("ready", 200)


def _plain(text: str, status: int) -> Response:
    return Response(text + "\n", status, mimetype="text/plain")
