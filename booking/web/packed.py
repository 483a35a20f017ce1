"""Text files of ours as browsers get them: packed, kept for ever under an address that lasts."""

import gzip
import hashlib
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import TypeVar

from flask import current_app, request
from werkzeug.wrappers import Response

Found = TypeVar("Found")

FILES = frozenset({"static", "styles.sheet", "scripts.module"})
"""Endpoints that answer the same to everybody, and say themselves how long that lasts."""
FOREVER = "public, max-age=31536000, immutable"


def answer(text: str, mimetype: str, *, current: bool) -> Response:
    """A file; where its address is that of its present text, it is kept for ever."""
    packs = request.accept_encodings.quality("gzip") > 0
    response = Response(_packed(text) if packs else text, mimetype=mimetype)
    if packs:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = FOREVER if current else "no-cache"
    response.add_etag()
    return response.make_conditional(request)


def once(key: Hashable, find: Callable[[], Found]) -> Found:
    """What `find` says of our files, asked once; each time on a developer's server."""
    if current_app.debug:
        return find()
    known: dict[Hashable, Found] = current_app.extensions.setdefault("booking.files", {})
    if key not in known:
        known[key] = find()
    return known[key]


@lru_cache(maxsize=64)
def version(*contents: str | bytes) -> str:
    """Ten hexadecimal digits that change with any of the contents."""
    digest = hashlib.sha256()
    for content in contents:
        digest.update(content.encode() if isinstance(content, str) else content)
    return digest.hexdigest()[:10]


@lru_cache(maxsize=64)
def _packed(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)
