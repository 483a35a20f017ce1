"""Pages for what went wrong: they say what happened and where to go on."""

import secrets
from http import HTTPStatus

from flask import Flask, current_app, jsonify, render_template, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from booking.kernel.errors import BookingError
from booking.wording import http
from booking.wording.messages import sentence

Answer = Response | tuple[str | Response, int] | tuple[str | Response, int, dict[str, str]]

TITLES: dict[int, LazyString] = {
    400: _l("That request cannot be understood"),
    401: _l("Please log in"),
    403: _l("That is not yours to do"),
    404: _l("There is nothing here"),
    405: _l("That cannot be done here"),
    409: _l("Somebody was faster"),
    412: _l("This has changed in the meantime"),
    413: _l("That is too large"),
    422: _l("A rule stands against it"),
    429: _l("One moment, please"),
    500: _l("Something broke on our side"),
    503: _l("The system is very busy"),
}
LEADS: dict[int, LazyString] = {
    404: _l("The address may be wrong, or what it showed is gone or not yours to see."),
    405: _l("The page exists, but not for what the browser asked of it."),
    413: _l("It is more than can be sent at once. What you typed is still in the page before."),
    500: _l("Nothing of what you sent was kept. Try again; if it stays, tell us this number:"),
}

PLAIN = (
    "<!doctype html><html lang=en><title>Error</title>"
    "<h1>Something broke on our side</h1><p>If it stays, tell us this number: <code>{number}</code>"
)


def register(app: Flask) -> None:
    """Answer every error with a page, and those of the API with a problem."""
    app.register_error_handler(BookingError, _expected)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _unexpected)


def _expected(error: BookingError) -> Answer:
    return _answer(http.status(error), error.code, sentence(error), http.headers(error))


def _csrf(error: CSRFError) -> Answer:
    """Nothing was done; the page before still holds what was typed."""
    if _is_api():
        return _answer(400, "csrf", sentence("csrf"))
    return render_template("errors/csrf.html"), HTTPStatus.BAD_REQUEST


def _http(error: HTTPException) -> Answer:
    if error.code is None or error.code < 400:
        return error.get_response()  # a redirect that Werkzeug raised
    headers = {k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After")}
    code = HTTPStatus(error.code).phrase.lower().replace(" ", "_")
    return _answer(error.code, code, str(LEADS.get(error.code, "")), headers)


def _unexpected(error: InternalServerError) -> Answer:
    """The number stands in the log and on the page, and nothing else of what happened."""
    number = secrets.token_hex(4)
    path = request.path.encode("unicode_escape").decode()
    current_app.logger.error(
        "error %s at %s %s", number, request.method, path, exc_info=error.original_exception
    )
    try:
        return _answer(500, "error", str(LEADS[500]), number=number)
    except Exception:  # what broke the page, such as a lost database, may break this one as well
        return PLAIN.format(number=number), 500


def _answer(
    status: int,
    code: str,
    lead: str,
    headers: dict[str, str] | None = None,
    number: str | None = None,
) -> Answer:
    if _is_api():
        return _problem(status, code, lead, number), status, headers or {}
    title = TITLES.get(status, TITLES[400])
    page = render_template("errors/page.html", title=title, lead=lead, number=number, status=status)
    return page, status, headers or {}


def _problem(status: int, code: str, detail: str, number: str | None) -> Response:
    """RFC 9457, for what happens under /api before the API's own views are reached."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    more = {"code": code, "detail": detail, "instance": number}
    answer = jsonify({**body, **{k: v for k, v in more.items() if v}})
    answer.mimetype = "application/problem+json"
    return answer


def _is_api() -> bool:
    return request.path.startswith("/api/")
