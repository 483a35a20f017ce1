"""What no request may hold, whichever door it comes to."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest
from werkzeug.routing import IntegerConverter

from booking.web.guard import View, signed_in

MIB = 1024 * 1024
NUL = "\0"
"""No text of ours can hold it, and PostgreSQL refuses the statement."""
LARGEST_KEY = 2**31 - 1
"""Keys are 32-bit integers: a larger number is nobody's, and no statement takes it."""


class Key(IntegerConverter):
    """`<int:…>` in an address."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_KEY, **options})


def takes(most_bytes: int) -> Callable[[View], View]:
    """Mark a view that files are sent to: from whoever signed in it takes more than others do."""

    def mark(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def key(text: str) -> int:
    """A key typed into an address or a form. Raises ValueError for what cannot be one."""
    number = int(text)
    if not (text.isascii() and 0 <= number <= LARGEST_KEY):
        raise ValueError(text)
    return number


def register(app: Flask) -> None:
    """Look at addresses before anything else does; what is typed into fields, actions judge."""
    app.url_map.converters["int"] = Key
    app.url_value_preprocessor(_allow_files)
    app.before_request(_refuse_nul)
    app.teardown_request(_close_files)


def _allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form."""
    view = current_app.view_functions.get(endpoint or "")
    most: int | None = getattr(view, "most_bytes", None)
    if most and signed_in():
        request.max_content_length = most


def _close_files(_error: BaseException | None) -> None:
    """Large ones wait in a file of their own, which is gone once it is closed."""
    request.close()


def _refuse_nul() -> None:
    """Answer 400 rather than let a query fail."""
    query = request.query_string
    if NUL in request.path or b"%00" in query or NUL.encode() in query:
        raise BadRequest
