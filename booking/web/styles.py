"""Style sheets as pages get them: several files as one, without comments, packed."""

import gzip
import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, current_app, request, url_for
from werkzeug.wrappers import Response

from booking.kernel.errors import NotFound
from booking.web.guard import public

SHEETS = {
    "site": (
        *("reset", "tokens", "base", "forms", "components"),
        *("tables", "states", "overlays", "layout"),
    ),
    "planning": ("timeline", "timeline_bars", "planning"),
}
"""The files of static/css that go together; their order is that of the cascade."""
FOREVER = "public, max-age=31536000, immutable"

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)

bp = Blueprint("styles", __name__)


def register(app: Flask) -> None:
    """Let templates name a sheet."""
    app.jinja_env.globals["style"] = style


def style(name: str) -> str:
    """The address of a sheet, which changes with any of its files. KeyError for an unknown one."""
    return url_for("styles.sheet", name=name, v=_version(_sheet(name)))


@bp.get("/styles/<name>.css")
@public
def sheet(name: str) -> Response:
    """A sheet; under the address that pages name it is kept for ever."""
    if name not in SHEETS:
        raise NotFound
    text = _sheet(name)
    packs = request.accept_encodings.quality("gzip") > 0
    answer = Response(_packed(text) if packs else text, mimetype="text/css")
    if packs:
        answer.content_encoding = "gzip"
    answer.vary.add("Accept-Encoding")
    current = request.args.get("v") == _version(text)
    answer.headers["Cache-Control"] = FOREVER if current else "no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


def _sheet(name: str) -> str:
    folder = Path(current_app.static_folder or "") / "css"
    files = [folder / f"{part}.css" for part in SHEETS[name]]
    return _joined(tuple(files), tuple(file.stat().st_mtime_ns for file in files))


@lru_cache(maxsize=8)
def _joined(files: Sequence[Path], _stamps: Sequence[int]) -> str:
    """Comments and indentation are left out, and nothing else: minifiers lag behind the language.

    rcssmin 1.3.0 takes the blank out of "table :is(th, td)", which then means something else.
    """
    said = "".join(COMMENT.sub("", file.read_text()) for file in files)
    return "\n".join(line for line in map(str.strip, said.splitlines()) if line)


@lru_cache(maxsize=8)
def _packed(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


@lru_cache(maxsize=8)
def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
