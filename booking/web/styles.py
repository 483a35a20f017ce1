"""Style sheets as pages get them: several files as one, without comments, packed."""

import re
from pathlib import Path

from flask import Blueprint, Flask, current_app, request, url_for
from werkzeug.wrappers import Response

from booking.kernel.errors import NotFound
from booking.web import packed
from booking.web.guard import public

SHEETS = {
    "site": (
        *("reset", "tokens", "base", "forms", "components"),
        *("tables", "states", "overlays", "layout"),
    ),
    "planning": ("timeline", "timeline_bars", "planning"),
}
"""The files of static/css that go together; their order is that of the cascade."""

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)

bp = Blueprint("styles", __name__)


def register(app: Flask) -> None:
    """Let templates name a sheet."""
    app.jinja_env.globals["style"] = style


def style(name: str) -> str:
    """The address of a sheet, which changes with any of its files. KeyError for an unknown one."""
    return url_for("styles.sheet", name=name, v=packed.version(_sheet(name)))


@bp.get("/styles/<name>.css")
@public
def sheet(name: str) -> Response:
    """A sheet; under the address that pages name it is kept for ever."""
    if name not in SHEETS:
        raise NotFound
    text = _sheet(name)
    current = request.args.get("v") == packed.version(text)
    return packed.answer(text, "text/css", current=current)


def _sheet(name: str) -> str:
    folder = Path(current_app.static_folder or "") / "css"
    return packed.once(("styles", folder, name), lambda: _joined(folder, name))


def _joined(folder: Path, name: str) -> str:
    """Comments and indentation are left out, and nothing else: minifiers lag behind the language.

    rcssmin 1.3.0 takes the blank out of "table :is(th, td)", which then means something else.
    """
    said = "".join(COMMENT.sub("", (folder / f"{part}.css").read_text()) for part in SHEETS[name])
    return "\n".join(line for line in map(str.strip, said.splitlines()) if line)
