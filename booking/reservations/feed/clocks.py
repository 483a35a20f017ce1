"""By when people must answer for their options: entries of their own in the feed `me`."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from booking.core.lifecycle import State
from booking.reservations import challenges
from booking.reservations.feed.telling import told
from booking.reservations.feed.values import Deadline, Mark, Scope


def deadlines(shown: Scope, found: Sequence[Mark]) -> list[Deadline]:
    """The deadlines of the options among a person's marks, soonest first.

    Dates of one booking that share a clock and are challenged alike make one. Three statements
    where there is an option, else none.
    """
    options = [m for m in found if m.expires and m.state == State.OPTION and not m.is_masked]
    if not options:
        return []
    open_now = challenges.open_of([mark.occurrence_id for mark in options])
    challenged = {one.challenged_id for one in open_now}
    groups: dict[tuple[int, int, bool], list[Mark]] = defaultdict(list)
    for mark in options:
        assert mark.expires is not None
        key = (mark.expires, mark.booking_id, mark.occurrence_id in challenged)
        groups[key].append(mark)
    firsts = [min(group, key=lambda mark: mark.occurrence_id) for group in groups.values()]
    made = zip(groups.items(), told(shown, firsts), strict=True)
    every = [
        Deadline(
            uid=str(uuid.uuid5(uuid.UUID(row.uid), "deadline")),
            at=at,
            dates=len(group),
            challenged=is_challenged,
            changed=max(mark.changed for mark in group),
            sequence=max(mark.revision for mark in group),
            row=row,
        )
        for ((at, _booking, is_challenged), group), row in made
    ]
    return sorted(every, key=lambda deadline: (deadline.at, deadline.uid))
