"""The table of calls: what each takes, gives and refuses, from which the document is written."""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import UnionType
from typing import Any

from flask import Blueprint
from pydantic import BaseModel
from pydantic_core import to_json
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from booking.api import auth, intake, problems
from booking.core.access import GRANTS
from booking.kernel.errors import BookingError

PUBLIC = "public"
Gives = type[BaseModel] | UnionType | None
bp = Blueprint("api", __name__, url_prefix="/api/v1")
bp.register_error_handler(problems.Problem, problems.of_problem)
bp.register_error_handler(BookingError, problems.of_refusal)
bp.register_error_handler(HTTPException, problems.of_http)
bp.teardown_request(auth.fall_silent)


@dataclass(frozen=True, slots=True)
class Answer:
    """A model and what goes with it; what is large may be given as JSON already."""

    model: BaseModel | str | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One line of the table; `path` as in OpenAPI, `refuses` are the statuses of its problems.

    `gives` has a model for each status, or one of several as a union.
    """

    method: str
    path: str
    permission: str
    summary: str
    gives: Mapping[int, Gives]
    name: str
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    body_optional: bool = False
    headers: Sequence[str] = ()
    refuses: Sequence[int] = ()


CALLS: list[Call] = []
"""In the order in which they were declared."""

View = Callable[..., Answer]


def call(method: str, path: str, *, permission: str, **more: Any) -> Callable[[View], View]:
    """Declare a call. Its function gets the `actor`, then `query`, `body`, parts of the path.

    Raises KeyError, at import, for a permission that nobody has.
    """
    if permission != PUBLIC:
        GRANTS[permission]

    def declare(function: View) -> View:
        name = function.__name__
        declared = Call(method=method, path=path, permission=permission, name=name, **more)
        CALLS.append(declared)
        view = _view(declared, function)
        view.permission = permission  # type: ignore[attr-defined]
        rule = re.sub(r"\{(\w+)\}", r"<\1>", path)
        endpoint = f"{function.__module__.rpartition('.')[2]}_{name}"
        bp.add_url_rule(rule, endpoint, view, provide_automatic_options=False, methods=[method])
        return function

    return declare


def _view(declared: Call, function: View) -> Callable[..., Response]:
    @functools.wraps(function)
    def view(**parts: str) -> Response:
        given: dict[str, Any] = dict(parts)
        if declared.permission != PUBLIC:
            given["actor"] = auth.caller(declared.permission)
        query = intake.query(declared.query or _Nothing)
        if declared.query:
            given["query"] = query
        if declared.body:
            given["body"] = intake.body(declared.body, optional=declared.body_optional)
        return _respond(function(**given))

    return view


class _Nothing(BaseModel, extra="forbid"):
    """Calls without a query refuse any."""


def _respond(answer: Answer) -> Response:
    if answer.model is None:
        response = Response(status=answer.status)
    else:
        text = answer.model if isinstance(answer.model, str) else to_json(answer.model)
        response = Response(text, answer.status, mimetype="application/json")
    response.headers.update(answer.headers)
    response.vary.add("Authorization")
    return response
