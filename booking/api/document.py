"""GET /openapi.json: the OpenAPI 3.1 document, written from the table of calls and its models."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, RootModel
from pydantic.json_schema import models_json_schema

from booking.api import schemas
from booking.api.bookings import VERBS
from booking.api.calls import CALLS, PUBLIC, Answer, Call, Gives, call
from booking.api.problems import MEDIA_TYPE, TITLES

REFERENCE = "#/components/schemas/{model}"
JSON = "application/json"
EVERYWHERE = (400, 401, 403)
"""Any call refuses unknown parameters, strangers, and those without the permission."""
HEADERS = {
    "If-None-Match": "The ETag you have: 304 while it is the current one.",
    "If-Match": "The ETag of the booking you saw: 412 when it changed in the meantime.",
    "Idempotency-Key": (
        "1 to 200 visible ASCII characters. A repeat with the same key and body gets the first"
        " answer again, with Idempotent-Replayed: true."
    ),
    "Prefer": (
        "With return=minimal (RFC 7240) the answer is a Receipt, sooner, and says so in"
        " Preference-Applied."
    ),
}
DESCRIPTION = """\
Times: ISO 8601. With an offset they are instants, without one the wall clock of the facility's
site. Answers carry both. Errors are RFC 9457 problems with a stable `code`; what you may not see
is 404. Sign in with `Authorization: Bearer …`, or with the session of a browser, which must send
its CSRF token in `X-CSRFToken` to write."""


class OpenApi(RootModel[dict[str, Any]]):
    """The document itself."""


@call(
    "GET",
    "/openapi.json",
    permission=PUBLIC,
    summary="This document",
    gives={200: OpenApi},
)
def openapi() -> Answer:
    return Answer(OpenApi(document()), headers={"Cache-Control": "private, max-age=300"})


@lru_cache
def document() -> dict[str, Any]:
    """The whole document; always the same in one process."""
    paths: dict[str, Any] = {}
    for declared in CALLS:
        paths.setdefault(declared.path, {})[declared.method.lower()] = _operation(declared)
    bearer = {"type": "http", "scheme": "bearer"}
    session = {"type": "apiKey", "in": "cookie", "name": "session"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Médiacité Booking", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"bearer": bearer, "session": session},
        },
    }


def _schemas() -> dict[str, Any]:
    """Bodies as they are read, answers and problems as they are written."""
    read = {(c.body, "validation") for c in CALLS if c.body}
    told = {(m, "serialization") for c in CALLS for g in c.gives.values() for m in _models(g)}
    wanted: set[Any] = {*read, *told, (schemas.Problem, "serialization")}
    in_order = sorted(wanted, key=lambda pair: str(pair[0].__name__))
    _map, found = models_json_schema(in_order, ref_template=REFERENCE)
    definitions: dict[str, Any] = found["$defs"]
    return definitions


def _operation(declared: Call) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{declared.method.lower()}{_camel(declared.path)}",
        "summary": declared.summary,
        "parameters": [*_path(declared), *_query(declared.query), *_headers(declared)],
        "responses": _responses(declared),
    }
    if declared.permission == PUBLIC:
        operation["security"] = []
    else:
        operation["x-permission"] = declared.permission
    if declared.body:
        operation["requestBody"] = {
            "required": not declared.body_optional,
            "content": {JSON: {"schema": _reference(declared.body)}},
        }
    return operation


def _responses(declared: Call) -> dict[str, Any]:
    given = {str(status): _given(status, given) for status, given in declared.gives.items()}
    everywhere = (400,) if declared.permission == PUBLIC else EVERYWHERE
    refused = sorted({*everywhere, *declared.refuses})
    problem = {"content": {MEDIA_TYPE: {"schema": _reference(schemas.Problem)}}}
    return given | {str(s): {"description": TITLES[s], **problem} for s in refused}


def _given(status: int, given: Gives) -> dict[str, Any]:
    described = {200: "OK", 201: "Created", 204: "Done", 304: "Unchanged"}[status]
    told = [_reference(model) for model in _models(given)]
    if not told:
        return {"description": described}
    schema = told[0] if len(told) == 1 else {"oneOf": told}
    return {"description": described, "content": {JSON: {"schema": schema}}}


def _models(given: Gives) -> Sequence[type[BaseModel]]:
    return get_args(given) or ((given,) if given else ())


def _path(declared: Call) -> list[dict[str, Any]]:
    kinds: dict[str, dict[str, Any]] = {
        "verb": {"type": "string", "enum": [verb.value for verb in VERBS]},
        "id": {"type": "integer"},
    }
    return [
        {"name": n, "in": "path", "required": True, "schema": kinds.get(n, {"type": "string"})}
        for n in re.findall(r"\{(\w+)\}", declared.path)
    ]


def _query(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = model.model_json_schema(by_alias=True)
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": field.pop("description", ""),
            "schema": {k: v for k, v in field.items() if k != "title"},
            **({"style": "form", "explode": False} if field.get("type") == "array" else {}),
        }
        for name, field in schema["properties"].items()
    ]


def _headers(declared: Call) -> list[dict[str, Any]]:
    return [
        {"name": n, "in": "header", "description": HEADERS[n], "schema": {"type": "string"}}
        for n in declared.headers
    ]


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REFERENCE.format(model=model.__name__)}


def _camel(path: str) -> str:
    return "".join(word.capitalize() for word in re.findall(r"\w+", path))
