"""Writing closures: a facility, or a whole site, is shut for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from booking.core import text
from booking.core.access import Actor, Subject, allowed
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import AmbiguousTime, NonexistentTime, resolve
from booking.facilities import queries
from booking.facilities.actions import checks
from booking.facilities.actions.rows import inserted
from booking.facilities.events import about_closure
from booking.facilities.models import Closure
from booking.facilities.values import FacilityFacts
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from booking.kernel.transaction import transaction

FIRST_YEAR, LAST_YEAR = 1971, 9000


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What to shut, and when, as typed.

    Exactly one of `facility` and `site`, codes; `start` and `end` naive, wall clock of the site;
    the folds choose between the two instants of a time that the clock change repeats.
    """

    facility: str | None = None
    site: str | None = None
    start: datetime
    end: datetime
    start_fold: int | None = None
    end_fold: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Shut:
    """A closing understood: the facilities it shuts, and when."""

    facilities: tuple[FacilityFacts, ...]
    site_id: int | None
    window: Interval
    reason: str

    @property
    def space_ids(self) -> list[int]:
        """The spaces nobody can use then, ascending."""
        return sorted({space for f in self.facilities for space in f.space_ids})

    @property
    def zone(self) -> str:
        """The zone of the site."""
        return self.facilities[0].time_zone


def understand(actor: Actor, wish: Closing, now: datetime) -> Shut:
    """What a closing would shut.

    Raises Invalid with every field at fault, Forbidden where the caller does not decide.
    """
    shut = _facilities(wish)
    site_id = shut[0].site_id if wish.site else None
    _authorize(actor, shut, site_id)
    wrong = list(checks.line("reason", text.normal(wish.reason), checks.REASON_LENGTH))
    window = _window(wish, shut[0].time_zone, int(now.timestamp()), wrong)
    if wrong or window is None:
        raise Invalid(*wrong)
    return Shut(shut, site_id, window, text.normal(wish.reason))


@transaction
def add_closure(actor: Actor, wish: Closing, now: datetime) -> int:
    """Shut a facility or a site; the id of the closure. Bookings that exist stay as they are.

    Whoever books the same spaces at this moment comes before or after, never at once.

    Raises Invalid with every field at fault, or Forbidden.
    """
    shut = understand(actor, wish, now)
    queries.lock_spaces(shut.space_ids)
    values = {
        "facility_id": None if shut.site_id else shut.facilities[0].id,
        "site_id": shut.site_id,
        "starts": shut.window.starts,
        "ends": shut.window.ends,
        "reason": shut.reason,
    }
    closure_id = inserted(Closure, values)
    event = about_closure("added", closure_id, _concerned(shut.facilities), after=values)
    record([event], actor_id=actor.user_id, at=now)
    return closure_id


@transaction
def remove_closure(actor: Actor, closure_id: int, now: datetime) -> None:
    """Open again what a closure shut. Raises NotFound or Forbidden."""
    found = queries.closure(closure_id)
    if found is None:
        raise NotFound
    shut = tuple(facility for facility in queries.catalogue() if found.concerns(facility))
    _authorize(actor, shut, found.site_id)
    db.session.execute(delete(Closure).where(Closure.id == closure_id))
    before = {"starts": found.starts, "ends": found.ends, "reason": found.reason}
    event = about_closure("removed", closure_id, _concerned(shut), before=before)
    record([event], actor_id=actor.user_id, at=now)


def may_close_site(actor: Actor, site_id: int) -> bool:
    """Whether the caller decides about a site as a whole."""
    return allowed(actor, "closure:edit", Subject(facilities=((0, site_id),)))


def _authorize(actor: Actor, shut: Sequence[FacilityFacts], site_id: int | None) -> None:
    if site_id is not None:
        permitted = may_close_site(actor, site_id)
    else:
        subject = Subject(facilities=tuple((f.id, f.site_id) for f in shut))
        permitted = allowed(actor, "closure:edit", subject)
    if not permitted:
        raise Forbidden


def _facilities(wish: Closing) -> tuple[FacilityFacts, ...]:
    """The facilities of the site, or the one facility. Raises Invalid for an unknown code."""
    found = tuple(
        facility
        for facility in queries.catalogue()
        if (facility.site_code == wish.site if wish.site else facility.code == wish.facility)
    )
    if not found:
        raise Invalid(FieldError("what", "unknown"))
    return found


def _concerned(shut: Sequence[FacilityFacts]) -> list[int]:
    """Every facility over the same spaces: their feeds and plannings change too."""
    spaces = {space for facility in shut for space in facility.space_ids}
    near = (f for f in queries.catalogue() if f in shut or not spaces.isdisjoint(f.space_ids))
    return [facility.id for facility in near]


def _window(wish: Closing, zone: str, now: int, wrong: list[FieldError]) -> Interval | None:
    starts = _instant("start", wish.start, wish.start_fold, zone, wrong)
    ends = _instant("end", wish.end, wish.end_fold, zone, wrong)
    if starts is None or ends is None:
        return None
    if ends <= starts:
        wrong.append(FieldError("end", "closure_backwards"))
    elif ends <= now:
        wrong.append(FieldError("end", "closure_over"))
    return Interval(starts, ends)


def _instant(
    path: str, moment: datetime, fold: int | None, zone: str, wrong: list[FieldError]
) -> int | None:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        wrong.append(FieldError(path, "out_of_range", {"min": FIRST_YEAR, "max": LAST_YEAR}))
        return None
    local = moment.isoformat(timespec="minutes")
    try:
        return resolve(moment, zone, fold)
    except NonexistentTime:
        wrong.append(FieldError(path, "nonexistent_time", {"local": local}))
    except AmbiguousTime:
        wrong.append(FieldError(path, "ambiguous_time", {"local": local}))
    return None
