"""A shoot beside a mix: facilities that disturb each other are not used at the same time."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility and each neighbour that is in use meanwhile.

    Which of the two makes the noise does not matter, nor whose the other booking is. Facilities
    that one booking takes together were meant together.
    """
    together = {room.code for room in facts.rooms}
    for room in facts.rooms:
        found = {
            beside.code: beside
            for beside in reversed(room.neighbours)
            if beside.span.overlaps(facts.span) and beside.code not in together
        }
        for code, beside in sorted(found.items()):
            params = {**room.named, "neighbour": beside.name, "neighbour_code": code}
            when = {"starts": beside.span.starts, "ends": beside.span.ends, "zone": room.zone}
            yield Finding("noise", {**params, **when})
