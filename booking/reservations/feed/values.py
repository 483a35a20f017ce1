"""What feeds are made of, as values."""

from dataclasses import dataclass
from typing import NamedTuple

from booking.core.lifecycle import HOLDING, State
from booking.core.scheduling.interval import Interval
from booking.facilities.values import FacilityFacts

DAY = 24 * 3600
DAYS_BACK = 30
DAYS_AHEAD = 366
WINDOWS = {"site": (7, 31), "kind": (7, 92)}
"""Days back and ahead of feeds over many facilities; more would be more than clients take."""

_ENDED_STATES = frozenset(State) - HOLDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A scope that its reader may see; `revisions` are the journal's that change what it shows.

    `facilities` are those it is about, in planning order; none where it is about people. `title`
    is what only its own rows know of a name, such as a production's.
    """

    text: str
    kind: str
    facilities: tuple[FacilityFacts, ...] = ()
    title: str = ""
    key: int = 0
    """The person, company or production; 0 where facilities decide."""
    revisions: frozenset[str]

    @property
    def asked(self) -> str:
        """The text as one asks for it: a production by its code name."""
        return f"{self.kind}:{self.title}" if self.title else self.text

    @property
    def facility(self) -> FacilityFacts | None:
        """The one facility of a scope that is about one."""
        return self.facilities[0] if self.kind in ("facility", "freebusy") else None


class Version(NamedTuple):
    """`tag` is equal as long as the feed's bytes are; `changed` is when that last changed."""

    tag: str
    changed: int
    lapsed: int


class Mark(NamedTuple):
    """An occurrence in a feed, as it stands and with all that decides what the feed says of it.

    Equal marks, with equal names of things, are told in equal words. Of what is masked there is a
    mark for each facility, `facility_id`, as there is a bar on the planning; it is 0 for what the
    reader may know. Instants in UTC epoch seconds.
    """

    starts: int
    ends: int
    uid: str
    occurrence_id: int
    facility_id: int
    state: str
    rank: int | None
    changed: int
    sequence: int
    booking_id: int
    revision: int
    expires: int | None
    places: str
    """Ids of the facilities it was given, with blanks between; empty where it is masked."""

    @property
    def is_masked(self) -> bool:
        """Whether the reader may know no more than that it is there."""
        return self.facility_id != 0


class FeedRow(NamedTuple):
    """One occurrence as its reader may know it; instants in UTC epoch seconds.

    `state` is `occupied` or `option` and everything from `number` on None where it is masked;
    `rank` is None once it holds nothing. `uid` and `sequence` as in RFC 5545.
    """

    uid: str
    starts: int
    ends: int
    state: str
    rank: int | None
    changed: int
    sequence: int
    facilities: tuple[FacilityFacts, ...]
    revision: int = 0
    """The booking's, which never falls."""
    created: int | None = None
    number: str | None = None
    title: str | None = None
    company: str | None = None
    requester: str | None = None
    production: str | None = None
    rule: str = ""
    """RRULE of the series it belongs to, empty where there is none."""

    @property
    def ended(self) -> bool:
        """Whether it will not take place, or did not."""
        return self.state in _ENDED_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """By when somebody must confirm or release options of one booking, `at` in epoch seconds.

    `dates` is how many of its dates share the clock; `challenged` that another waits for the
    answer. `uid` stays while the deadline moves.
    """

    uid: str
    at: int
    dates: int
    challenged: bool
    changed: int
    sequence: int
    row: FeedRow


def window(now: int, kind: str = "") -> Interval:
    """What a kind of feed shows: whole days in UTC around today; equal all day long."""
    back, ahead = WINDOWS.get(kind, (DAYS_BACK, DAYS_AHEAD))
    today = now - now % DAY
    return Interval(today - back * DAY, today + ahead * DAY)
