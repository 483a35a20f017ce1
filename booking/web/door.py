"""The display at a door: what happens in the room, and what one does standing before it.

The secret in the address is the permission; who opened the display answers for it.
"""

import hashlib
import json
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import force_locale, gettext
from werkzeug.exceptions import Gone
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from booking.core.scheduling import wallclock
from booking.facilities import queries as facilities
from booking.kernel.clock import now
from booking.kernel.errors import BookingError
from booking.reservations import doors
from booking.reservations.actions import doors as actions
from booking.reservations.doors import DoorFacts
from booking.web.guard import public
from booking.wording import http
from booking.wording.doors import Day, Frame
from booking.wording.messages import sentence
from booking.wording.reservations import finding

Answer = Response | str | tuple[str, int]

LONGER_MIN = (15, 30, 60)
BOOK_MIN = (30, 60, 120)
UNTIL_NEXT = "next"
POLL_S = 20

bp = Blueprint("door", __name__, url_prefix="/door")


@bp.get("/worker.js")
@public
def worker() -> Response:
    """From here, so that it may look after everything under /door/."""
    script = (Path(current_app.static_folder or "") / "js" / "door_worker.js").read_text()
    headers = {"Cache-Control": "no-cache"}
    return Response(script, headers=headers, mimetype="text/javascript")


@bp.get("/<secret>")
@public
def show(secret: str) -> Answer:
    door = _door(secret)
    with force_locale(door.locale):
        return _page(secret, door)


@bp.get("/<secret>/day.json")
@public
def day(secret: str) -> Response:
    """The day in frames; `now` is the server's clock, for displays have their own."""
    door = _door(secret)
    with force_locale(door.locale):
        frames = [frame.as_json for frame in _frames(door)]
    said = json.dumps(frames, separators=(",", ":"))
    tag = hashlib.sha256(said.encode()).hexdigest()[:32]
    response = Response(f'{{"now":{_at()},"frames":{said}}}', mimetype="application/json")
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Now"] = str(_at())
    return response.make_conditional(request)


@bp.get("/<secret>/door.webmanifest")
@public
def manifest(secret: str) -> Response:
    door = _door(secret)
    home = url_for(".show", secret=secret)
    icon = url_for("static", filename="img/favicon.svg")
    said = {
        "name": door.facility.name_in(door.locale),
        "start_url": home,
        "scope": home,
        "display": "fullscreen",
        "background_color": "#10241b",
        "theme_color": "#10241b",
        "icons": [{"src": icon, "sizes": "any", "type": "image/svg+xml"}],
    }
    return Response(json.dumps(said), mimetype="application/manifest+json")


@bp.post("/<secret>/<any('check-in', 'stay', 'end', 'book'):deed>")
@public
def act(secret: str, deed: str) -> Answer:
    door = _door(secret)
    with force_locale(door.locale):
        try:
            _DEEDS[deed](door)
        except BookingError as error:
            return _refused(secret, door, error)
    if _by_script():
        return Response(status=HTTPStatus.NO_CONTENT)
    return redirect(url_for(".show", secret=secret), HTTPStatus.SEE_OTHER)


@bp.errorhandler(Gone)
def gone(error: Gone) -> tuple[str, int]:
    return render_template("door/gone.html"), HTTPStatus.GONE


def _door(secret: str) -> DoorFacts:
    found = doors.by_secret(secret)
    if found is None:
        raise Gone
    actions.see_door(found.id, now())
    return found


def _page(secret: str, door: DoorFacts, wrong: str = "") -> str:
    frames = _frames(door)
    return render_template(
        "door/show.html",
        secret=secret,
        door=door,
        frame=frames[0],
        data={"now": _at(), "frames": [frame.as_json for frame in frames]},
        texts=_texts(),
        at=_at(),
        wrong=wrong,
        longer_min=LONGER_MIN,
        book_min=BOOK_MIN,
        poll_s=POLL_S,
        fits=lambda minutes: _fits(frames[0], minutes),
    )


def _texts() -> dict[str, str]:
    return {
        "offline": gettext("Offline: this is what was known at %(time)s.", time="{time}"),
        "failed": gettext("That did not work. Try again."),
    }


def _frames(door: DoorFacts) -> list[Frame]:
    room, at = door.facility, _at()
    window = wallclock.days(wallclock.local(at, room.time_zone).date(), 1, room.time_zone)
    closures = facilities.closures((room.id,), *window)
    slots = doors.day(door, window, at)
    known = Day(window, room.time_zone, slots, closures, door.may_book, room.turnaround_min * 60)
    return known.frames(at)


def _fits(frame: Frame, minutes: int) -> bool:
    """Whether so many minutes more are free, from now or from the end of what runs."""
    return frame.until is None or (frame.ends or _at()) + minutes * 60 <= frame.until


def _refused(secret: str, door: DoorFacts, error: BookingError) -> Answer:
    status = http.status(error)
    if _by_script():
        return Response(json.dumps({"message": _why(error)}), status, mimetype="application/json")
    return _page(secret, door, _why(error)), status


def _why(error: BookingError) -> str:
    """The first rule that stands against it, or what went wrong."""
    found = getattr(error, "findings", ())
    return finding(found[0]) if found else sentence(error)


def _until(frame: Frame) -> int:
    """What was asked for: so many minutes more, or as long as it is free."""
    minutes = request.form.get("minutes", "")
    if minutes == UNTIL_NEXT and frame.until:
        return frame.until
    asked = int(minutes) if minutes in map(str, {*LONGER_MIN, *BOOK_MIN}) else LONGER_MIN[0]
    return (frame.ends or _at()) + asked * 60


def _occurrence() -> int:
    return request.form.get("occurrence", 0, type=int)


def _check_in(door: DoorFacts) -> None:
    actions.check_in(door, _occurrence(), now())


def _stay(door: DoorFacts) -> None:
    actions.stay_longer(door, _occurrence(), _until(_frames(door)[0]), now())


def _end(door: DoorFacts) -> None:
    actions.end_early(door, _occurrence(), now())


def _book(door: DoorFacts) -> None:
    actions.book_now(door, gettext("Booked at the door"), _until(_frames(door)[0]), now())


_DEEDS: dict[str, Callable[[DoorFacts], None]] = {
    "check-in": _check_in,
    "stay": _stay,
    "end": _end,
    "book": _book,
}


def _by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _at() -> int:
    return int(now().timestamp())
