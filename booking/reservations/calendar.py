"""The planning's bars, masked for whoever looks."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, bindparam, func, select, type_coerce

from booking.core.access import Actor
from booking.core.lifecycle import State
from booking.core.scheduling.interval import Interval
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.journal.queries import revision
from booking.kernel.db import db
from booking.members.models import Company
from booking.productions.models import Production
from booking.reservations import claims
from booking.reservations.claims import Hold
from booking.reservations.events import CALENDAR
from booking.reservations.judgement import may_know
from booking.reservations.models import Occurrence
from booking.reservations.values import OCCUPIED, Entry

_EXPIRES = type_coerce(Occurrence.expires_at, BigInteger)
_LAST_LAPSE = select(func.max(_EXPIRES)).where(bindparam("now") >= _EXPIRES)
_COMPANIES = select(Company.id, Company.code, Company.name)
_PRODUCTIONS = select(Production.id, Production.code_name).where(
    Production.id.in_(bindparam("ids", expanding=True))
)


class _Names(NamedTuple):
    facilities: dict[int, FacilityFacts]
    companies: dict[int, tuple[str, str]]
    productions: dict[int, str]


def bars(actor: Actor, shown: Sequence[FacilityFacts], window: Interval, now: int) -> list[Entry]:
    """The bars of the planning on these facilities over [starts, ends), as they stand at `now`.

    Facility by facility in the order given, then by start and rank. What the caller may not know
    is None, its state `occupied` or `option`. Three statements besides the catalogue's, whatever
    there is to show; one more when an option has just lapsed.
    """
    spaces = sorted({space for facility in shown for space in facility.space_ids})
    holds = claims.standing(spaces, window, now)
    names = _names(holds)
    on_space: dict[int, list[Hold]] = {space: [] for space in spaces}
    for hold in holds:
        on_space[hold.space_id].append(hold)
    return [bar for row in shown for bar in _row(actor, row, on_space, names)]


def calendar_revision(now: int) -> str:
    """Equal as long as the planning is: the last change, and the last clock that ran out."""
    lapsed = db.session.scalar(_LAST_LAPSE, {"now": now})
    return f"{revision((CALENDAR, facilities.SCOPE))}-{lapsed or 0}"


def _names(holds: Iterable[Hold]) -> _Names:
    productions = {hold.production_id for hold in holds if hold.production_id is not None}
    companies = {key: (code, name) for key, code, name in db.session.execute(_COMPANIES)}
    codes = dict(db.session.execute(_PRODUCTIONS, {"ids": [*productions]}).all())
    return _Names({f.id: f for f in facilities.catalogue()}, companies, codes)


def _row(
    actor: Actor, row: FacilityFacts, on_space: dict[int, list[Hold]], names: _Names
) -> list[Entry]:
    """One bar for each occurrence: of several spaces the worst rank counts."""
    worst: dict[int, Hold] = {}
    for space in row.space_ids:
        for hold in on_space[space]:
            other = worst.get(hold.occurrence_id)
            if other is None or hold.rank > other.rank:
                worst[hold.occurrence_id] = hold
    entries = [_bar(actor, row, hold, names) for hold in worst.values()]
    return sorted(entries, key=lambda entry: (entry.starts, entry.rank))


def _bar(actor: Actor, row: FacilityFacts, hold: Hold, names: _Names) -> Entry:
    booked = names.facilities[hold.facility_id]
    known = may_know(actor, hold, booked)
    code, company = names.companies[hold.company_id] if known else (None, None)
    return Entry(
        facility=row.code,
        starts=hold.from_,
        ends=hold.until,
        blocked_from=hold.starts,
        blocked_until=hold.ends,
        state=hold.state if known else masked(hold.state),
        rank=hold.rank,
        mine=hold.company_id == actor.company_id,
        via=None if booked.id == row.id else booked.code,
        booking=hold.number if known else None,
        title=hold.title if known else None,
        company=code,
        company_name=company,
        production=names.productions.get(hold.production_id or 0) if known else None,
    )


def masked(state: str) -> str:
    """What others may know of a state: an option can be challenged, everything else is taken."""
    return State.OPTION.value if state == State.OPTION else OCCUPIED
