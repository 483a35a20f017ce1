"""Every kind of feed: how it looks and what its events tell. A new one is one entry here.

Which rows a scope selects and who may read it is `booking.reservations.feed.SCOPES`; its name is in
`booking.wording.feeds`. A test holds that the three agree.

Two choices that RFCs leave open, made from what clients do:

* A feed never comes without an event: Evolution keeps the old events of one that does, for ever.
  Where there is nothing to show, one transparent all-day event stands on the first day of the
  window, thirty days back, where it is in nobody's way, and says so.
* What is masked leaves no trace when it ends; what the reader may know stays for thirty days,
  cancelled, transparent and marked in its title, since Outlook shows cancelled events as active.
"""

import uuid
from dataclasses import dataclass

from flask_babel import gettext

from booking.core.access import Actor
from booking.core.ical import Calendar, Event, FreeBusy, Status
from booking.core.lifecycle import TENTATIVE
from booking.core.scheduling.interval import Interval
from booking.facilities.queries import sites
from booking.reservations import feed
from booking.reservations.feed import FeedRow, Scope, Version
from booking.wording import dates
from booking.wording import feeds as words

PRODUCT = "-//Mediacite//Booking 1//FR"
NAMESPACE = uuid.UUID("b1d8a9a4-6f0c-5c53-9a51-2d6d0f6f7a10")
REFRESH_H = 1
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Look:
    """A CSS3 colour name (RFC 7986) and the same for Apple."""

    color: str
    code: str


CATALOG: dict[str, Look] = {
    "me": Look("royalblue", "#4169E1"),
    "company": Look("teal", "#008080"),
    "facility": Look("slateblue", "#6A5ACD"),
    "freebusy": Look("gray", "#808080"),
}


def calendar(actor: Actor, scope: Scope, version: Version, now: int) -> Calendar:
    """The whole calendar of a scope, in the language of its reader."""
    rows = feed.rows(actor, scope, now)
    addresses = {site.id: site.address for site in sites()}
    base = words.site_url()
    events = [_event(row, scope.kind, addresses, base) for row in rows]
    look, name = CATALOG[scope.kind], words.name(scope)
    return Calendar(
        product=PRODUCT,
        uid=_uid(actor, scope, "calendar"),
        name=name,
        description=_described(actor, scope, name),
        time_zone=scope.facility.time_zone if scope.facility else dates.HOUSE_ZONE,
        changed=version.changed,
        refresh_h=REFRESH_H,
        color=look.color,
        color_code=look.code,
        events=events or [_nothing(actor, scope, now)],
    )


def free_busy(actor: Actor, scope: Scope, version: Version, now: int) -> FreeBusy:
    """The same of a `freebusy` scope as periods, for programs that plan meetings."""
    rows = feed.rows(actor, scope, now)
    return FreeBusy(
        product=PRODUCT,
        uid=_uid(actor, scope, "freebusy"),
        changed=version.changed,
        window=feed.window(now),
        busy=[Interval(row.starts, row.ends) for row in rows],
    )


def _described(actor: Actor, scope: Scope, name: str) -> str:
    """Free-busy calendars are made to be passed on: they name nobody."""
    if scope.kind == "freebusy":
        return name
    return gettext("%(name)s, seen by %(who)s", name=name, who=actor.name)


def _event(row: FeedRow, kind: str, addresses: dict[int, str], base: str) -> Event:
    return Event(
        uid=row.uid,
        starts=row.starts,
        ends=row.ends,
        changed=row.changed,
        created=row.created,
        sequence=row.sequence,
        summary=words.summary(row, kind),
        status=_status(row),
        transparent=row.ended,
        location=words.location(row, addresses),
        description=words.description(row),
        url=f"{base}/bookings/{row.number}" if row.number else "",
        categories=words.categories(row),
    )


def _status(row: FeedRow) -> Status:
    if row.ended:
        return Status.CANCELLED
    return Status.TENTATIVE if row.state in TENTATIVE else Status.CONFIRMED


def _nothing(actor: Actor, scope: Scope, now: int) -> Event:
    first = feed.window(now).starts
    return Event(
        uid=_uid(actor, scope, "nothing"),
        starts=first,
        ends=first + DAY,
        changed=first,
        sequence=0,
        summary=gettext("No bookings in this calendar at the moment"),
        transparent=True,
        whole_days=True,
    )


def _uid(actor: Actor, scope: Scope, what: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{actor.user_id} {scope.text} {what}"))
