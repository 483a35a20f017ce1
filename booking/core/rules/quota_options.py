"""How many live options on a kind of facility a company holds at once."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each kind of which an option would be one too many."""
    if not facts.option:
        return
    for kind in dict.fromkeys(room.kind for room in facts.rooms):
        rooms = [room for room in facts.rooms if room.kind == kind]
        limits = [r.settings["quota_options"] for r in rooms if "quota_options" in r.settings]
        held = facts.options.get(kind, 0)
        if limits and held + 1 > min(limits):
            params = {**rooms[0].named, "kind": kind, "limit": min(limits), "held": held}
            yield Finding("quota_options", params)
