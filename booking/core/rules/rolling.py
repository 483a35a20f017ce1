"""No rolling options: what has just lapsed is not taken again at once by the same people."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding

HOUR = 3600


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility on which their first option on this time lapsed too lately.

    Of options alone: whoever has made up their mind may ask firmly at once.
    """
    if not facts.option:
        return
    for room in facts.rooms:
        lapsed, hours = facts.lapsed.get(room.code), room.settings.get("rolling", 0)
        if lapsed is not None and facts.now < lapsed + hours * HOUR:
            params = {**room.named, "hours": hours, "lapsed": lapsed, "zone": room.zone}
            yield Finding("rolling", {**params, "until": lapsed + hours * HOUR})
