"""What went wrong, as RFC 9457 problems with a stable code and a sentence in the caller's language.

Whatever happens under /api is answered from here: refusals of the nouns, of HTTP, of the router.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from booking.api import texts, times
from booking.core.scheduling.availability import Alternative
from booking.facilities import queries as facilities
from booking.kernel import errors
from booking.kernel.errors import BookingError, FieldError
from booking.reservations.answers import KeyReused
from booking.reservations.values import Conflict, DateVerdict
from booking.wording import http
from booking.wording.messages import sentence
from booking.wording.reservations import finding as finding_sentence

PREFIX = "/api/"
TYPE = "urn:mediacite-booking:problem:{}"
MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 50
LONGEST_POINTER = 200

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    428: "Precondition Required",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "content_too_large",
    415: "unsupported_media_type",
}
"""Of what HTTP or the router refuse; the nouns' errors bring their own."""


class Problem(Exception):
    """A refusal of the API itself; its sentence is in `booking.api.texts`."""

    def __init__(self, status: int, code: str, *fields: FieldError, **headers: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.fields = fields
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class BadParameters(errors.Invalid):
    """Something in the query of the address cannot be understood."""


def of_problem(error: Problem) -> Response:
    more = {"errors": _fields(error.fields, "pointer")} if error.fields else {}
    return _answer(error.status, error.code, texts.sentence(error.code), error.headers, **more)


def of_refusal(error: BookingError) -> Response:
    status = 422 if isinstance(error, KeyReused) else int(http.status(error))
    headers = http.headers(error)
    if isinstance(error, errors.Stale):
        headers = {**headers, "ETag": f'"{error.params["current"]}"'}
    return _answer(status, error.code, _detail(error), headers, **_particulars(error))


def of_http(error: HTTPException) -> Response:
    """Answers that Werkzeug made itself, such as redirects, go as they are."""
    status = error.code or 500
    if status < 400 or status == 500:
        return error.get_response()
    headers = {k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After")}
    code = CODES.get(status, "bad_request")
    return _answer(status, code, texts.sentence(code), headers)


def refuse_unknown() -> Response | None:
    """What leads to no call of the API: 404 and 405 as problems, whoever asks."""
    refused = request.routing_exception
    if refused is None or not request.path.startswith(PREFIX):
        return None
    return of_http(refused)


def _detail(error: BookingError) -> str:
    if isinstance(error, errors.Invalid):
        return texts.sentence("invalid_parameters" if _in_query(error) else "invalid_body")
    return sentence(error)


def _in_query(error: BookingError) -> bool:
    return isinstance(error, BadParameters)


def _particulars(error: BookingError) -> dict[str, Any]:
    """What a program needs to know besides the sentence."""
    if isinstance(error, errors.Invalid):
        return {"errors": _fields(error.fields, "parameter" if _in_query(error) else "pointer")}
    if isinstance(error, errors.Refused):
        found = [_finding(finding) for finding in error.findings]
        return {"findings": found, **_instead(error.alternatives), **_series(error.dates)}
    if isinstance(error, errors.Clash):
        clash = _clash(error.conflicts, error.alternatives)
        return {"rank": error.rank, **clash, **_series(error.dates)}
    if isinstance(error, errors.WrongState):
        return {k: v for k, v in error.params.items() if k in ("verb", "state", "rank")}
    kept = ("current", "retry_after_s")
    return {k: v for k, v in error.params.items() if k in kept}


def _fields(fields: Sequence[FieldError], place: str) -> list[dict[str, str]]:
    return [
        {
            place: _pointer(field.path) if place == "pointer" else field.path,
            "code": field.code,
            "message": texts.field(field),
        }
        for field in fields[:MOST_ERRORS]
    ]


def _pointer(path: str) -> str:
    """RFC 6901, within reason; the whole body is the empty pointer."""
    return f"/{path}"[:LONGEST_POINTER] if path else ""


def _finding(finding: Any) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "message": finding_sentence(finding),
        "overridable": finding.overridable,
    }


def _clash(
    conflicts: Iterable[Conflict], alternatives: Iterable[Alternative]
) -> dict[str, list[dict[str, Any]]]:
    zones = _zones()
    held = [_conflict(conflict, zones[conflict.facility]) for conflict in conflicts]
    return {"conflicts": held, **_instead(alternatives)}


def _instead(alternatives: Iterable[Alternative]) -> dict[str, list[dict[str, Any]]]:
    zones = _zones()
    return {"alternatives": [_alternative(way, zones[way.facility]) for way in alternatives]}


def _series(verdicts: Sequence[DateVerdict]) -> dict[str, Any]:
    return {"dates": list(dates(verdicts))} if verdicts else {}


def dates(verdicts: Iterable[DateVerdict]) -> Iterator[dict[str, Any]]:
    """Every date of a series, with what would become of it."""
    zones = _zones()
    for verdict in verdicts:
        zone = zones[verdict.facilities[0]]
        yield {
            "date": verdict.on.isoformat(),
            **times.span(verdict.starts, verdict.ends, zone),
            "facilities": list(verdict.facilities),
            "outcome": verdict.outcome,
            "rank": verdict.rank,
            "kept": verdict.kept,
            "findings": [_finding(finding) for finding in verdict.findings],
            "conflicts": [_conflict(conflict, zone) for conflict in verdict.conflicts],
            "room": _alternative(verdict.room, zone) if verdict.room else None,
        }


def _zones() -> dict[str, str]:
    return {facility.code: facility.time_zone for facility in facilities.catalogue()}


def _alternative(way: Alternative, zone: str) -> dict[str, Any]:
    return {
        "kind": way.kind,
        "facility": way.facility,
        "replaces": way.replaces,
        **times.span(way.starts, way.ends, zone),
    }


def _conflict(conflict: Conflict, zone: str) -> dict[str, Any]:
    return {
        "facility": conflict.facility,
        **times.span(conflict.starts, conflict.ends, zone),
        "blocked_from": times.wall(conflict.blocked_from, zone),
        "blocked_until": times.wall(conflict.blocked_until, zone),
        "held_as": conflict.held_as,
        "rank": conflict.rank,
        "booking": conflict.number,
        "title": conflict.title,
        "left": conflict.left,
        "quantity": conflict.quantity,
    }


def _answer(status: int, code: str, detail: str, headers: dict[str, str], **more: Any) -> Response:
    body = {
        "type": TYPE.format(code),
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    answer = jsonify(body)
    answer.status_code = status
    answer.mimetype = MEDIA_TYPE
    answer.headers.update(headers)
    return answer
