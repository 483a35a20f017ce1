"""What no request may hold, whichever door it comes to."""

from typing import Any

from flask import Flask, request
from werkzeug.exceptions import BadRequest
from werkzeug.routing import IntegerConverter

NUL = "\0"
"""No text of ours can hold it, and PostgreSQL refuses the statement."""
LARGEST_KEY = 2**31 - 1
"""Keys are 32-bit integers: a larger number is nobody's, and no statement takes it."""


class Key(IntegerConverter):
    """`<int:…>` in an address."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_KEY, **options})


def key(text: str) -> int:
    """A key typed into an address or a form. Raises ValueError for what cannot be one."""
    number = int(text)
    if not (text.isascii() and 0 <= number <= LARGEST_KEY):
        raise ValueError(text)
    return number


def register(app: Flask) -> None:
    """Look at addresses before anything else does; what is typed into fields, actions judge."""
    app.url_map.converters["int"] = Key
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    """Answer 400 rather than let a query fail."""
    query = request.query_string
    if NUL in request.path or b"%00" in query or NUL.encode() in query:
        raise BadRequest
