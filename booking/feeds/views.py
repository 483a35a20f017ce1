"""GET and HEAD of calendar feeds: no login, no cookie, no redirect, no page."""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from flask import Blueprint, current_app, request
from flask_babel import force_locale
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed
from werkzeug.wrappers import Response

from booking.core.access import Actor
from booking.core.scheduling.interval import Interval
from booking.feeds import catalog, forms
from booking.feeds.copies import SMALLEST, Copies
from booking.feeds.freebusy import free_busy
from booking.feeds.limits import ReadLimit
from booking.feeds.ranges import OutOfRange, asked_range
from booking.kernel import clock
from booking.kernel.errors import Busy
from booking.kernel.tokens import digest
from booking.members import actions, queries
from booking.members.actions.keys import USED_EVERY
from booking.members.values import FeedHolder
from booking.productions.queries import invited_ids
from booking.reservations import feed
from booking.reservations.feed import Scope, Version
from booking.wording import feeds as words

Writer = Callable[[Actor, Scope, Version, int], bytes]

bp = Blueprint("feeds", __name__)

ICS, IFB = "text/calendar; charset=utf-8", "text/calendar; charset=utf-8; component=VFREEBUSY"
PLAIN = "text/plain; charset=utf-8"
MAX_AGE_S = 300
LONGEST_SECRET = 100
READS, COPIES = "booking.feed_reads", "booking.feed_copies"
EDITION = "booking.feed_edition"
COPIES_IN = "feeds"
"""The folder of copies, beside the database of SQLite."""
PACKING_LEVEL = 3
"""A fifth more bytes than 6, in a third of the time."""
HEADERS = {
    "Cache-Control": f"private, max-age={MAX_AGE_S}",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
GONE = "This calendar address is not valid any more.\n"
LATER = "This calendar cannot be read at the moment.\n"
RETRY_S = 60
ODD = "This calendar has no such form, or the range is not one of at most 400 days.\n"
READ_ONLY = "This address can only be read.\n"
OFTEN = "This calendar is read too often.\n"
ROBOTS = "User-agent: *\nDisallow: /api/\n"
"""Feeds are not named: Google Calendar does not fetch what robots.txt forbids. Each answer says
`X-Robots-Tag: noindex` instead."""


FORMS: dict[str, Writer] = {
    "expanded": catalog.calendar,
    "series": forms.series,
    "availability": forms.availability,
}
"""What may follow `?form=`: each occurrence by itself, unless one wants it otherwise."""

OF_ONE_FACILITY = frozenset({"availability"})


class _Asked(NamedTuple):
    """Who reads which feed at which address (its digest), and when."""

    address: str
    actor: Actor
    scope: Scope
    ending: str
    now: int


class _Form(NamedTuple):
    """A form of a feed: what its ETag calls it, and who writes it."""

    tag: str
    write: Writer


class _Body(NamedTuple):
    """What an answer holds, packed with gzip or not."""

    data: bytes
    packed: bool


def ics(secret: str, name: str) -> Response:
    """The feed of a secret. `name` is for people: whatever it is, the secret decides."""
    return _answer(secret, "ics")


def ifb(secret: str, name: str) -> Response:
    """Free and busy periods, for the secrets of `freebusy` feeds only."""
    return _answer(secret, "ifb")


def robots() -> Response:
    return Response(ROBOTS, headers={"Content-Type": PLAIN, "Cache-Control": "max-age=86400"})


def _open(rule: str, view: Callable[..., Response]) -> None:
    """Hang up a view for everybody: the secret in its address is the permission."""
    view.permission = "public"  # type: ignore[attr-defined]
    bp.add_url_rule(rule, view_func=view, methods=["GET"], provide_automatic_options=False)


_open("/feeds/<secret>/<name>.ics", ics)
_open("/feeds/<secret>/<name>.ifb", ifb)
_open("/robots.txt", robots)


def refuse() -> Response | None:
    """What leads to no feed, in plain text: an error page would show the secret of its address.

    Clients try PUT and PROPFIND to find out what an address is: 405, before anything else looks.
    """
    if request.routing_exception is None or not request.path.startswith("/feeds/"):
        return None
    if isinstance(request.routing_exception, MethodNotAllowed):
        return _plain(READ_ONLY, 405, Allow="GET, HEAD")
    return _plain(GONE, 410)


@bp.errorhandler(Busy)
def busy(error: Busy) -> Response:
    return _plain(LATER, 503, **{"Retry-After": str(RETRY_S)})


@bp.errorhandler(HTTPException)
def odd(error: HTTPException) -> Response:
    """Nothing that is odd about an address tells whether it ever was one."""
    return _plain(GONE, 410)


@bp.errorhandler(InternalServerError)
def broken(error: InternalServerError) -> Response:
    """Flask has logged it; clients keep what they have and ask again."""
    return _plain(LATER, 500)


def _plain(said: str, status: int, **headers: str) -> Response:
    fixed = {"Content-Type": PLAIN, "Cache-Control": "no-store"}
    return Response(said, status, {**fixed, **headers})


def _answer(secret: str, ending: str) -> Response:
    now = clock.now()
    holder = queries.feed_holder(secret[:LONGEST_SECRET], now)
    actor = _as_actor(holder)
    scope = feed.scope(actor, holder.scope) if holder and actor else None
    if holder is None or actor is None or scope is None or not _has(scope, ending):
        return _plain(GONE, 410)
    reads: ReadLimit = current_app.extensions[READS]
    if wait := reads.wait_s(address := digest(secret), now.timestamp()):
        return _plain(OFTEN, 429, **{"Retry-After": str(wait)})
    _note_use(holder, now)
    with force_locale(actor.locale):
        return _feed(_Asked(address, actor, scope, ending, int(now.timestamp())))


def _as_actor(holder: FeedHolder | None) -> Actor | None:
    """The reader with their productions; for a stranger the same statement is asked for nobody."""
    productions = invited_ids(holder.actor.user_id if holder else 0)
    return replace(holder.actor, productions=productions) if holder else None


def _has(scope: Scope, ending: str) -> bool:
    return ending == "ics" or scope.kind == "freebusy"


def _note_use(holder: FeedHolder, now: datetime) -> None:
    """A feed is not refused because writing down its use must wait."""
    if holder.used_at is not None and now - holder.used_at < USED_EVERY:
        return
    try:
        actions.use_feed(holder.token_id, request.user_agent.string, now)
    except Busy:
        return


def _feed(asked: _Asked) -> Response:
    try:
        form = _form(asked)
    except OutOfRange:
        return _plain(ODD, 400)
    version = feed.version(asked.actor, asked.scope, asked.now)
    answer = Response(headers=HEADERS)
    answer.set_etag(f"{version.tag}-{form.tag}-{_edition()}", weak=True)
    answer.last_modified = datetime.fromtimestamp(version.changed, UTC)
    answer.vary.add("Accept-Encoding")
    if _unchanged(answer, version):
        answer.status_code = 304
        answer.headers.remove("Content-Type")
        return answer
    answer.headers.update(_content(asked.scope, asked.ending))
    body = _body(asked, form, version)
    answer.set_data(body.data)
    if body.packed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _form(asked: _Asked) -> _Form:
    """In which form the calendar is wanted. Raises OutOfRange for one that there is not."""
    if asked.ending == "ifb":
        room = asked.scope.facility
        assert room is not None
        window = asked_range(request.args, room.time_zone, asked.now)
        return _Form(f"ifb-{window.starts}-{window.ends}", partial(_free_busy, window))
    wanted = request.args.get("form", "expanded")
    if wanted not in FORMS or (wanted in OF_ONE_FACILITY and not asked.scope.facility):
        raise OutOfRange
    return _Form(f"ics-{wanted}", FORMS[wanted])


def _edition() -> str:
    """What else feeds depend on: who wrote them, and the address of the site, which they name."""
    written_by: str = current_app.extensions[EDITION]
    return f"{written_by}{zlib.crc32(words.site_url().encode()):08x}"


def _free_busy(window: Interval, actor: Actor, scope: Scope, version: Version, now: int) -> bytes:
    return free_busy(actor, scope, version, window, now)


def _content(scope: Scope, ending: str) -> dict[str, str]:
    """What only an answer with a body says."""
    return {
        "Content-Type": ICS if ending == "ics" else IFB,
        "Content-Disposition": f'inline; filename="{words.slug(words.name(scope))}.{ending}"',
    }


def _unchanged(answer: Response, version: Version) -> bool:
    """RFC 9110, 13.2.2: If-Modified-Since counts only where no If-None-Match came."""
    if "If-None-Match" in request.headers:
        tag, _weak = answer.get_etag()
        return tag is not None and request.if_none_match.contains_weak(tag)
    since = request.if_modified_since
    return since is not None and version.changed <= since.timestamp()


def _body(asked: _Asked, form: _Form, version: Version) -> _Body:
    """The feed as this client takes it: as it was kept, or written anew."""
    packs = request.accept_encodings.quality("gzip") > 0
    copies: Copies = current_app.extensions[COPIES]
    name = f"{asked.address} {form.tag} {_edition()} {packs}"
    if kept := copies.find(name, version.tag):
        return _Body(kept, packs)
    data = form.write(asked.actor, asked.scope, version, asked.now)
    body = gzip.compress(data, PACKING_LEVEL, mtime=0) if packs else data
    if len(data) >= SMALLEST:
        copies.keep(name, version.tag, body)
    return _Body(body, packs)
