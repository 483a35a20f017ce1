"""The other forms of a feed: as series objects, and the opening hours of a facility."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import groupby

from booking.core.access import Actor
from booking.core.ical import PRODUCT, event_bytes
from booking.core.ical.availability import Availability, availability_bytes
from booking.core.ical.objects import Event
from booking.core.ical.series import Series, series_bytes, series_of, series_uid
from booking.core.ical.zones import timezone_bytes
from booking.core.scheduling.interval import Interval
from booking.facilities.queries import closures
from booking.feeds.catalog import Said, event_of, uid, written
from booking.reservations import feed
from booking.reservations.feed import FeedRow, Mark, Scope, Version, Wording
from booking.wording import feeds as words


def series(actor: Actor, scope: Scope, version: Version, now: int) -> bytes:
    """The calendar with the dates of a series in one object, where all clients understand it.

    Its SEQUENCE is the booking's revision: the dates that are shown become fewer.
    """
    return written(actor, scope, version, now, _components)


def _components(
    actor: Actor, scope: Scope, found: Sequence[Mark], now: int, wording: Wording
) -> tuple[list[bytes], Collection[int]]:
    rows, whole = _whole(actor, scope, found, now)
    made, singles = _grouped(rows, Said.of(scope, wording))
    zones = [zone for one in sorted({s.zone for s in made}) if (zone := timezone_bytes(one))]
    of_series = (part for one in made for part in series_bytes(one))
    return [*zones, *of_series, *map(event_bytes, singles)], whole


def _whole(
    actor: Actor, scope: Scope, found: Sequence[Mark], now: int
) -> tuple[list[FeedRow], Collection[int]]:
    """What a feed shows, of series all dates, however far before or behind; and which those are."""
    rows = feed.told(scope, found)
    known = zip(found, rows, strict=True)
    ids = sorted({mark.booking_id for mark, row in known if row.rule})
    if not ids:
        return rows, ids
    whole = feed.told(scope, feed.marks_of(actor, scope, ids, now))
    return [*(row for row in rows if not row.rule), *(row for row in whole if row.rule)], ids


def _grouped(rows: Sequence[FeedRow], said: Said) -> tuple[list[Series], list[Event]]:
    made: list[Series] = []
    singles: list[Event] = []
    order = sorted(rows, key=lambda row: (row.number or "", row.starts, row.uid))
    for _number, group in groupby(order, key=lambda row: row.number):
        dates = list(group)
        one = _series(dates, said) if dates[0].rule else None
        if one:
            made.append(one)
        else:
            singles += [event_of(row, said) for row in dates]
    return made, singles


def _series(dates: Sequence[FeedRow], said: Said) -> Series | None:
    zones = {facility.time_zone for row in dates for facility in row.facilities}
    if len(zones) != 1:
        return None
    first, name = dates[0], series_uid(dates[0].number or "")
    found = series_of(name, [event_of(row, said) for row in dates], first.rule, zones.pop())
    return found and replace(found, master=found.master._replace(sequence=first.revision))


def availability(actor: Actor, scope: Scope, version: Version, now: int) -> bytes:
    """The opening hours and closures of a facility, for programs that plan meetings."""
    room = scope.facility
    assert room is not None
    name = uid(actor, scope, "availability")
    window = feed.window(now)
    closed = closures([room.id], *window)
    return availability_bytes(
        Availability(
            product=PRODUCT,
            uid=name,
            name=words.name(scope),
            zone=room.time_zone,
            changed=version.changed,
            week=room.opening if any(room.opening) else (((0, 1440),),) * 7,
            closed=tuple((f"{name}-{c.id}", Interval(c.starts, c.ends)) for c in closed),
        )
    )
