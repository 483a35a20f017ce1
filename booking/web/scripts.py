"""Scripts as pages get them: each module a file, without comments, packed.

Modules import each other by relative addresses, so the version stands in front of all their names.
"""

import posixpath
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from flask import Blueprint, Flask, current_app, url_for
from werkzeug.wrappers import Response

from booking.kernel.errors import NotFound
from booking.web import packed
from booking.web.guard import public

COMMENT = re.compile(
    r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*)(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
"""One that has its lines to itself: a type beside code stays."""
IMPORT = re.compile(r' from "(\.[\w./]+)\.js";$', re.MULTILINE)

bp = Blueprint("scripts", __name__)


def register(app: Flask) -> None:
    """Let templates name a script, and what it imports."""
    app.jinja_env.globals["script"] = script
    app.jinja_env.globals["imported"] = imported


def script(name: str) -> str:
    """The address of a module, which changes with any of them. KeyError for an unknown one."""
    modules = _modules()
    if name not in modules:
        raise KeyError(name)
    return url_for("scripts.module", version=packed.version(*modules.values()), name=name)


def imported(names: Sequence[str]) -> list[str]:
    """The addresses of all that these modules import, and that in turn; the nearest first."""
    key = ("imports", current_app.static_folder, *names)
    found = packed.once(key, lambda: _imported(_modules(), names))
    return [script(name) for name in found]


@bp.get("/scripts/<version>/<path:name>.js")
@public
def module(version: str, name: str) -> Response:
    """A module; under the version that pages name it is kept for ever."""
    modules = _modules()
    if name not in modules:
        raise NotFound
    current = version == packed.version(*modules.values())
    return packed.answer(modules[name], "text/javascript", current=current)


def _modules() -> Mapping[str, str]:
    """The texts by the names that addresses give them: "timeline/layout"."""
    folder = Path(current_app.static_folder or "") / "js"
    return packed.once(("scripts", folder), lambda: _read(folder))


def _read(folder: Path) -> dict[str, str]:
    files = sorted(folder.rglob("*.js"))
    return {
        file.relative_to(folder).with_suffix("").as_posix(): COMMENT.sub("", file.read_text())
        for file in files
    }


def _imported(modules: Mapping[str, str], names: Sequence[str]) -> list[str]:
    found = list(names)
    for name in found:  # it grows while we look
        folder = posixpath.dirname(name)
        ways = (posixpath.join(folder, way) for way in IMPORT.findall(modules[name]))
        near = dict.fromkeys(map(posixpath.normpath, ways))
        found += [other for other in near if other not in found]
    return found[len(names) :]
