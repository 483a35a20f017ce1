"""What every answer says to the browser, and which requests from elsewhere are not heard."""

import re

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

from booking.kernel.errors import Forbidden
from booking.web import packed
from booking.web.guard import SAFE_METHODS

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
STRICT_TRANSPORT_SECURITY = "max-age=31536000; includeSubDomains"
VERSIONED_NAME = re.compile(r"\.[0-9a-f]{10}\.[a-z0-9]+$")


class ForeignOrigin(Forbidden):
    """A page of another site sent the request."""

    code = "foreign_origin"


def register(app: Flask) -> None:
    """Check where writes come from; put the headers on every answer, errors included."""
    app.before_request(_refuse_foreign_writes)
    app.after_request(_complete)


def _complete(response: Response) -> Response:
    said = {name.lower() for name, _ in response.headers}
    response.headers.extend(
        [(name, value) for name, value in HEADERS.items() if name.lower() not in said]
    )
    if not current_app.config["DEMO"]:
        response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT_SECURITY)
    if request.endpoint == "static":
        _cache_file(response)
    elif request.endpoint not in packed.FILES:
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Cookie")
    return response


def _cache_file(response: Response) -> None:
    """Files under a name with a version never change; the others are asked for again."""
    versioned = "v" in request.args or VERSIONED_NAME.search(request.path)
    cacheable = response.status_code in (200, 206, 304)
    response.headers["Cache-Control"] = packed.FOREVER if versioned and cacheable else "no-cache"


def _refuse_foreign_writes() -> None:
    """A second lock beside the CSRF token (ASVS 5.0, 3.5.1).

    Referrer-Policy no-referrer makes browsers send `Origin: null` with the forms of our own pages
    (Fetch standard, "append a request Origin header"), so Sec-Fetch-Site comes first. A bearer
    token is no cookie: no other site can make a browser send it.
    """
    if request.method in SAFE_METHODS or _has_bearer_token():
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise ForeignOrigin
        return
    origin = request.headers.get("Origin", "null")
    if origin not in ("null", request.host_url.rstrip("/")):
        raise ForeignOrigin


def _has_bearer_token() -> bool:
    return request.headers.get("Authorization", "").lower().startswith("bearer ")
