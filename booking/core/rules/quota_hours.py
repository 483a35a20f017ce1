"""How many hours of a kind of facility a company has in one ISO week."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding, Room, Usage

HOUR, MINUTE = 3600, 60


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each kind and each week in which the company would have too much.

    What counts is the time within the week, for each facility of the kind by itself.
    """
    for usage in facts.usage:
        rooms = [room for room in facts.rooms if room.kind == usage.kind]
        limits = [room.settings["quota_hours"] for room in rooms if "quota_hours" in room.settings]
        total_s = usage.booked_s + _asked(facts, rooms, usage)
        if limits and total_s > min(limits) * HOUR:
            yield Finding("quota_hours", _params(rooms[0], usage, min(limits), total_s))


def _asked(facts: Facts, rooms: list[Room], usage: Usage) -> int:
    shared = facts.span.intersection(usage.week)
    return shared.seconds * len(rooms) if shared else 0


def _params(room: Room, usage: Usage, hours: int, total_s: int) -> dict[str, object]:
    return {
        **room.named,
        "kind": usage.kind,
        "hours": hours,
        "booked_min": usage.booked_s // MINUTE,
        "total_min": total_s // MINUTE,
        "week": usage.week.starts,
        "zone": room.zone,
    }
