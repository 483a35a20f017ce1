"""Free and busy periods of a facility, for programs that plan meetings (RFC 5545, 3.6.4)."""

from booking.core.access import Actor
from booking.core.ical import PRODUCT, FreeBusy, free_busy_bytes
from booking.core.scheduling.interval import Interval, subtracted
from booking.core.scheduling.opening import open_spans
from booking.facilities.queries import closures
from booking.feeds.catalog import uid
from booking.reservations import feed
from booking.reservations.feed import Scope, Version


def free_busy(actor: Actor, scope: Scope, version: Version, window: Interval, now: int) -> bytes:
    """What is taken within a window [starts, ends), and when the facility cannot be had at all."""
    room = scope.facility
    assert room is not None
    found = feed.marks(actor, scope, now, window)
    shut = subtracted([window], open_spans(room.opening, room.time_zone, window))
    closed = [Interval(c.starts, c.ends) for c in closures([room.id], *window)]
    return free_busy_bytes(
        FreeBusy(
            product=PRODUCT,
            uid=uid(actor, scope, "freebusy"),
            changed=version.changed,
            window=window,
            busy=[Interval(mark.starts, mark.ends) for mark in found],
            unavailable=[*shut, *closed],
        )
    )
