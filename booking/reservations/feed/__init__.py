"""What calendar feeds are made of: the occurrences of a scope as they stand, masked for the reader.

`scopes` says who may read what, `finding` finds the occurrences, `telling` tells about them,
`clocks` are the deadlines of a person's own options, `editions` who writes all that.
"""

from booking.reservations.feed.clocks import deadlines
from booking.reservations.feed.editions import note_edition
from booking.reservations.feed.finding import MOST_OCCURRENCES, forget_all_but, marks, marks_of
from booking.reservations.feed.scopes import BY_ID, SCOPES, scope
from booking.reservations.feed.telling import rows, told
from booking.reservations.feed.values import Deadline, FeedRow, Mark, Scope, Version, window
from booking.reservations.feed.versions import Wording, version, wording

__all__ = [
    "BY_ID",
    "MOST_OCCURRENCES",
    "SCOPES",
    "Deadline",
    "FeedRow",
    "Mark",
    "Scope",
    "Version",
    "Wording",
    "deadlines",
    "forget_all_but",
    "marks",
    "marks_of",
    "note_edition",
    "rows",
    "scope",
    "told",
    "version",
    "window",
    "wording",
]
