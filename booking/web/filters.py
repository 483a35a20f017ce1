"""What templates may call: dates in words, addresses of files."""

import json
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, request, url_for
from markupsafe import Markup
from pydantic_core import to_json

from booking.web import packed
from booking.wording import dates, facilities, reservations, rules
from booking.wording.messages import sentence

# The first that is found: Edge says that it is Chrome, and Chrome that it is Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
SYMBOL = re.compile(r'<symbol id="([a-z-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)


def register(app: Flask) -> None:
    """Add the filters and functions; as globals, since imported macros see nothing else."""
    app.jinja_env.filters.update(
        browser=browser,
        day=dates.day,
        duration=dates.duration,
        event=reservations.event,
        facility_name=facilities.name_of,
        file_size=facilities.file_size,
        length_of_time=rules.length,
        event_detail=reservations.event_detail,
        moment=dates.moment,
        moved_by=reservations.moved_by,
        percent=dates.percent,
        repetition=reservations.repetition,
        sentence=sentence,
        share=reservations.share,
        span=dates.span,
        state=reservations.state,
        time=dates.clock,
        weekday=dates.weekday,
        within=dates.within,
    )
    app.jinja_env.globals.update(asset=asset, drawing=drawing, vendor=vendor)
    app.jinja_env.policies["json.dumps_function"] = _json
    app.jinja_env.policies["json.dumps_kwargs"] = {}
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _json(value: object) -> str:
    """JSON for the data of a page: the planning's is large, and this a tenth of json.dumps."""
    return to_json(value).decode()


def browser(user_agent: str) -> str:
    """What people call a browser: "Firefox, Windows"; a program's own name where it is none."""
    name = next((name for mark, name in BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    if name is None:
        return user_agent.partition(" ")[0] or "–"
    return f"{name}, {system}" if system else name


def asset(name: str) -> str:
    """The address of a file of ours, with its version: it may be kept for ever."""
    return packed.once(("asset", request.script_root, name), lambda: _address(name))


def _address(name: str) -> str:
    path = Path(current_app.static_folder or "") / name
    version = packed.version(path.read_bytes()) if path.is_file() else "missing"
    return url_for("static", filename=name, v=version)


def vendor(name: str) -> str | None:
    """The address of a file that npm brought; None where it was not fetched."""
    folder = Path(current_app.static_folder or "") / "vendor"
    manifest = folder / "manifest.json"
    stamp = manifest.stat().st_mtime_ns if manifest.is_file() else 0
    versioned = _manifest(manifest, stamp).get(name)
    return url_for("static", filename=f"vendor/{versioned}") if versioned else None


def drawing(name: str) -> Markup:
    """What the symbol of an icon is made of, for pages that show it a thousand times.

    A reference to the sprite costs the browser a tree of its own each time. KeyError for an unknown
    name.
    """
    sprite = Path(current_app.static_folder or "") / "img" / "icons.svg"
    return _drawings(sprite, sprite.stat().st_mtime_ns)[name]


@lru_cache
def _drawings(sprite: Path, _stamp: int) -> dict[str, Markup]:
    return {name: Markup(lines) for name, lines in SYMBOL.findall(sprite.read_text())}


@lru_cache
def _manifest(path: Path, stamp: int) -> dict[str, str]:
    return dict(json.loads(path.read_text())) if stamp else {}
