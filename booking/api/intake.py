"""Bodies and queries, read strictly: JSON to pydantic models, every fault with its place."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from booking.api.problems import LONGEST_POINTER, BadParameters, Problem
from booking.kernel.errors import FieldError, Invalid

Model = TypeVar("Model", bound=BaseModel)

CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_type": "not_text",
    "int_type": "not_a_number",
    "int_parsing": "not_a_number",
    "int_parsing_size": "not_a_number",
    "int_from_float": "not_a_number",
    "list_type": "not_a_list",
    "tuple_type": "not_a_list",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
    "dict_type": "not_an_object",
    "literal_error": "unknown_choice",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
}


def body(model: type[Model], *, optional: bool = False) -> Model:
    """The body as a model; nothing at all is `{}` where it is optional.

    Raises Problem 415 and 400 for what is no JSON, Invalid with a pointer for each fault.
    """
    data = request.get_data(cache=False)
    if optional and not data:
        return model()
    if request.mimetype != "application/json":
        raise Problem(415, "unsupported_media_type")
    value = _json(data)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Invalid(*_errors(error, model)) from None


def query(model: type[Model]) -> Model:
    """The query of the address as a model. Raises BadParameters."""
    try:
        return model.model_validate(_arguments(model))
    except ValidationError as error:
        raise BadParameters(*_errors(error, model)) from None


def _arguments(model: type[BaseModel]) -> dict[str, Any]:
    """Lists come repeated or with commas; everything else once."""
    given: dict[str, Any] = {}
    lists = _lists(model)
    for name, values in request.args.lists():
        if name in lists:
            given[name] = [part for value in values for part in value.split(",") if part]
        elif len(values) > 1:
            raise BadParameters(FieldError(name[:LONGEST_POINTER], "repeated"))
        else:
            given[name] = values[0]
    return given


@cache
def _lists(model: type[BaseModel]) -> frozenset[str]:
    """What may come more than once in a query."""
    return frozenset(
        field.alias or name
        for name, field in model.model_fields.items()
        if "tuple" in str(field.annotation)
    )


def _json(data: bytes) -> Any:
    try:
        value = json.loads(data.decode(), object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise Problem(400, "not_json") from None
    for text in _texts(value):
        if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
            raise Problem(400, "not_json")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Problem(400, "duplicate_key", FieldError(_escaped(twice), "duplicate_key"))
    return found


def _no_number(_constant: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, names included; lone surrogates and NUL reach no database."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting += item.keys()
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item


def _errors(error: ValidationError, model: type[BaseModel]) -> list[FieldError]:
    return [_field(details, model) for details in error.errors(include_url=False)]


def _field(details: ErrorDetails, model: type[BaseModel]) -> FieldError:
    """Pydantic's own kinds get our codes; those that our validators raised are ours already."""
    code = CODES.get(details["type"], details["type"])
    path = "/".join(_escaped(str(part)) for part in details["loc"])
    params = dict(details.get("ctx", {}))
    if code == "out_of_range" and "min" not in params:
        params = _range(model, str(details["loc"][0]))
    return FieldError(path, code, params)


def _range(model: type[BaseModel], name: str) -> dict[str, Any]:
    limits = {type(m).__name__: m for m in model.model_fields[name].metadata}
    least, most = limits.get("Ge"), limits.get("Le")
    return {"min": getattr(least, "ge", "−∞"), "max": getattr(most, "le", "∞")}


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")[:LONGEST_POINTER]
