"""Every kind of feed: how it looks and what its events tell. A new one is one entry here.

Which rows a scope selects and who may read it is `booking.reservations.feed.SCOPES`; its name is in
`booking.wording.feeds`. A test holds that the three agree.

Three choices that RFCs leave open, made from what clients do:

* A feed never comes without an event: Evolution keeps the old events of one that does, for ever.
  Where there is nothing to show, one transparent all-day event stands on the first day of the
  window, thirty days back, where it is in nobody's way, and says so.
* What is masked leaves no trace when it ends; what the reader may know stays for thirty days,
  cancelled, transparent and marked in its title, since Outlook shows cancelled events as active.
* A deadline is the half hour before it, transparent: events without length are shown nowhere.
"""

import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from flask_babel import get_locale, gettext, ngettext

from booking.core.access import Actor
from booking.core.ical import PRODUCT, Calendar, Event, Status, calendar_bytes, event_bytes, joined
from booking.core.ical.series import NAMESPACE
from booking.core.lifecycle import TENTATIVE
from booking.facilities.queries import sites
from booking.facilities.values import FacilityFacts, SiteFacts
from booking.kernel.remembered import Remembered
from booking.reservations import feed
from booking.reservations.feed import Deadline, FeedRow, Mark, Scope, Version, Wording
from booking.wording import dates
from booking.wording import feeds as words

REFRESH_H = 1
DAY = 24 * 3600
DEADLINE_S = 30 * 60


@dataclass(frozen=True, slots=True)
class Look:
    """A CSS3 colour name (RFC 7986) and the same for Apple; `free` says that it takes no time."""

    color: str
    code: str
    free: bool = False


CATALOG: dict[str, Look] = {
    "me": Look("royalblue", "#4169E1"),
    "company": Look("teal", "#008080"),
    "production": Look("darkorchid", "#9932CC"),
    "facility": Look("slateblue", "#6A5ACD"),
    "freebusy": Look("gray", "#808080"),
    "kind": Look("steelblue", "#4682B4"),
    "site": Look("darkslateblue", "#483D8B", free=True),
    "approvals": Look("darkorange", "#FF8C00", free=True),
}

Writer = Callable[
    [Actor, Scope, Sequence[Mark], int, Wording], tuple[Sequence[bytes], Collection[int]]
]
"""Puts what somebody may see of a scope at an instant into components.

With them the ids of bookings that it shows whole, with dates that it was not given.
"""

_written: Remembered[dict[Mark, bytes]] = Remembered(32)
"""What feeds said of their marks when they were read last; one of 2,000 is some 2 MB."""


def calendar(actor: Actor, scope: Scope, version: Version, now: int) -> bytes:
    """The whole calendar of a scope, in the language of its reader."""
    return written(actor, scope, version, now, _components)


def written(actor: Actor, scope: Scope, version: Version, now: int, components: Writer) -> bytes:
    """A calendar of what the scope shows, put into `components`, and the reader's deadlines.

    Without bookings it has one event that says so; of too many it says how many are left out.
    """
    every, wording = feed.marks(actor, scope, now), feed.wording(actor)
    found = every[: feed.MOST_OCCURRENCES]
    parts, whole = components(actor, scope, found, now, wording)
    left = sum(mark.booking_id not in whole for mark in every[feed.MOST_OCCURRENCES :])
    head = _about(actor, scope, version, left)
    told = [*parts, *_deadlines(scope, found, wording)]
    if told:
        return joined(head, told)
    return calendar_bytes(replace(head, events=(_nothing(actor, scope, now),)))


def _about(actor: Actor, scope: Scope, version: Version, left: int) -> Calendar:
    """What a calendar says of itself; `left` is how many dates it does not show."""
    look, name = CATALOG[scope.kind], words.name(scope)
    zones = {facility.time_zone for facility in scope.facilities}
    return Calendar(
        product=PRODUCT,
        uid=uid(actor, scope, "calendar"),
        name=name,
        description=_described(actor, scope, name, left),
        time_zone=zones.pop() if len(zones) == 1 else dates.HOUSE_ZONE,
        changed=version.changed,
        refresh_h=REFRESH_H,
        color=look.color,
        color_code=look.code,
    )


def _described(actor: Actor, scope: Scope, name: str, left: int) -> str:
    """Free-busy calendars are made to be passed on: they name nobody."""
    said = name
    if scope.kind != "freebusy":
        said = gettext("%(name)s, seen by %(who)s", name=name, who=actor.name)
    if left:
        more = ngettext(
            "%(num)s later date is left out.", "%(num)s later dates are left out.", left
        )
        said = f"{said}. {more}"
    return said


def _components(
    _actor: Actor, scope: Scope, found: Sequence[Mark], _now: int, wording: Wording
) -> tuple[list[bytes], Collection[int]]:
    """The events of marks in their order; only those are put into words that are new."""
    base = words.site_url()
    key = (scope.text, str(get_locale()), base, wording)
    known = _written.recall(key, dict)
    texts = [known.get(mark) for mark in found]
    new = [mark for mark, text in zip(found, texts, strict=True) if text is None]
    fresh = dict(_told(scope, new, wording))
    known.update(fresh)
    feed.forget_all_but(known, found)
    return [text or fresh[mark] for mark, text in zip(found, texts, strict=True)], ()


def _told(scope: Scope, new: Sequence[Mark], wording: Wording) -> Iterator[tuple[Mark, bytes]]:
    if not new:
        return
    said = Said.of(scope, wording)
    for mark, row in zip(new, feed.told(scope, new), strict=True):
        yield mark, event_bytes(event_of(row, said))


class Said(NamedTuple):
    """What the events of one feed have in common."""

    kind: str
    base: str
    says: words.Speech
    worded: int
    """Since when things are called so: what is said otherwise than before has changed."""
    houses: dict[int, SiteFacts]
    places: dict[tuple[int, ...], str]

    @classmethod
    def of(cls, scope: Scope, wording: Wording) -> "Said":
        """For the reader of this request. At most one statement."""
        houses = {site.id: site for site in sites()}
        return cls(scope.kind, words.site_url(), words.speech(), wording.since, houses, {})

    def place(self, given: tuple[FacilityFacts, ...]) -> str:
        """Where it is; the same few rooms come again and again."""
        key = tuple(facility.id for facility in given)
        if key not in self.places:
            self.places[key] = words.location(given, self.houses, self.says)
        return self.places[key]


def event_of(row: FeedRow, said: Said) -> Event:
    """An occurrence as its reader may know it, in their language."""
    return Event(
        uid=row.uid,
        starts=row.starts,
        ends=row.ends,
        changed=max(row.changed, said.worded),
        created=row.created,
        sequence=row.sequence,
        summary=words.summary(row, said.kind, said.says),
        status=_status(row),
        transparent=row.ended or CATALOG[said.kind].free,
        location=said.place(row.facilities),
        description=words.description(row, said.says),
        url=f"{said.base}/bookings/{row.number}" if row.number else "",
        categories=words.categories(row, said.says),
    )


def _status(row: FeedRow) -> Status:
    if row.ended:
        return Status.CANCELLED
    return Status.TENTATIVE if row.state in TENTATIVE else Status.CONFIRMED


def _deadlines(scope: Scope, found: Sequence[Mark], wording: Wording) -> list[bytes]:
    """The clocks of the reader's own options, in no other calendar than theirs."""
    if scope.kind != "me":
        return []
    every = feed.deadlines(scope, found)
    return [event_bytes(_deadline(deadline, wording)) for deadline in every]


def _deadline(deadline: Deadline, wording: Wording) -> Event:
    return Event(
        uid=deadline.uid,
        starts=deadline.at - DEADLINE_S,
        ends=deadline.at,
        changed=max(deadline.changed, wording.since),
        created=deadline.row.created,
        sequence=deadline.sequence,
        summary=words.deadline_summary(deadline, words.speech()),
        transparent=True,
        description=words.deadline_description(deadline, words.speech()),
        url=f"{words.site_url()}/bookings/{deadline.row.number}",
    )


def _nothing(actor: Actor, scope: Scope, now: int) -> Event:
    first = feed.window(now).starts
    return Event(
        uid=uid(actor, scope, "nothing"),
        starts=first,
        ends=first + DAY,
        changed=first,
        sequence=0,
        summary=gettext("No bookings in this calendar at the moment"),
        transparent=True,
        whole_days=True,
    )


def uid(actor: Actor, scope: Scope, what: str) -> str:
    """An identifier for what belongs to a person's feed of a scope: stable, and tells nothing."""
    return str(uuid.uuid5(NAMESPACE, f"{actor.user_id} {scope.text} {what}"))
