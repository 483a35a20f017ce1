"""Who else wants what somebody asked for: what stands in its way, and what waits behind it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from booking.core.access import Actor
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.members.queries import company_names
from booking.reservations import claims
from booking.reservations.calendar import masked
from booking.reservations.holds import Hold, Window
from booking.reservations.judgement import may_know


class Rival(NamedTuple):
    """A date of another booking; instants in UTC epoch seconds, None where masked."""

    occurrence_id: int
    starts: int
    ends: int
    state: str
    rank: int
    """The worst of its claims that are in the way."""
    places: tuple[str, ...]
    """The facilities that are wanted twice, by their names in its booking."""
    number: str | None
    title: str | None
    company_name: str | None


def against(actor: Actor, asked: Collection[int], now: int) -> dict[int, list[Rival]]:
    """What overlaps these occurrences on their spaces at `now`, setup and turnaround included.

    Every occurrence asked for is in the answer; its rivals by start and rank, masked for the
    caller. Of pools nobody: shares are in nobody's way. As many statements for a year of dates as
    for one: those of `claims.standing` twice, and one for the companies.
    """
    own = claims.standing_of(asked, now, shares=False)
    windows = [Window(key, h.space_id, h.starts, h.ends) for key, held in own.items() for h in held]
    met = {
        key: [hold for hold in holds if _competes(hold, own[key][0])]
        for key, holds in claims.standing_in(windows, now).items()
    }
    names = company_names(hold.company_id for holds in met.values() for hold in holds)
    booked = {facility.id: facility for facility in facilities.catalogue()}
    return {key: _rivals(actor, met.get(key, ()), booked, names) for key in asked}


def together(several: Iterable[Sequence[Rival]]) -> list[Rival]:
    """The rivals of several dates, each once."""
    found = {rival.occurrence_id: rival for rivals in several for rival in rivals}
    return sorted(found.values(), key=_order)


def _competes(hold: Hold, own: Hold) -> bool:
    return hold.number != own.number and hold.amount is None


def _rivals(
    actor: Actor,
    holds: Iterable[Hold],
    booked: Mapping[int, FacilityFacts],
    names: Mapping[int, str],
) -> list[Rival]:
    by_date: dict[int, list[Hold]] = defaultdict(list)
    for hold in holds:
        by_date[hold.occurrence_id].append(hold)
    return sorted((_rival(actor, held, booked, names) for held in by_date.values()), key=_order)


def _rival(
    actor: Actor,
    held: Sequence[Hold],
    booked: Mapping[int, FacilityFacts],
    names: Mapping[int, str],
) -> Rival:
    worst = max(held, key=lambda hold: hold.rank)
    known = any(may_know(actor, hold, booked[hold.facility_id]) for hold in held)
    return Rival(
        occurrence_id=worst.occurrence_id,
        starts=worst.from_,
        ends=worst.until,
        state=worst.state if known else masked(worst.state),
        rank=worst.rank,
        places=tuple(dict.fromkeys(booked[hold.facility_id].name for hold in held)),
        number=worst.number if known else None,
        title=worst.title if known else None,
        company_name=names[worst.company_id] if known else None,
    )


def _order(rival: Rival) -> tuple[int, int, int]:
    return rival.starts, rival.rank, rival.occurrence_id
